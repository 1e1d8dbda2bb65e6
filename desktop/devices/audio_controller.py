"""What the audio row means: devices, volume, mute, meters, cues and the microphone test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.audio.devices import Device
from desktop.audio.interfaces import Microphone, Speaker
from desktop.audio.levels import Level
from desktop.devices.audio_options import AudioOptions
from desktop.devices.backend import AudioBackend
from desktop.devices.cue_player import CuePlayer
from desktop.devices.device_messages import note_of
from desktop.devices.device_news import DeviceNews
from desktop.devices.device_router import DeviceRouter
from desktop.devices.device_selection import device_records
from desktop.devices.doctor.audio_doctor import DISCONNECT_FIRST, AudioDoctor
from desktop.devices.sound_checks import SoundChecks
from desktop.realtime.audio_io import Side
from desktop.realtime.recent_sounds import Sound
from desktop.realtime.session import Session
from desktop.realtime.session_events import DeviceLost, SessionOpened
from desktop.turn.effects import Muted, Note, Notice, StateChanged
from desktop.turn.mute_switch import MuteSwitch
from desktop.viewmodels.devices_model import DevicesModel


class AudioController(QObject):
    """Gives each session its devices and looks after them. `close` it after the last session.

    Opening and closing devices and looking for them block, and are done in threads.
    """

    noted = Signal(Note)
    test_changed = Signal(str)
    """A `loopback_check.TestState`."""
    playing_changed = Signal(str)
    """A `sound_checks.Playing`."""
    in_session = Signal(bool)
    """Whether a session has the devices: it lends them to a test, and sends nothing of it."""
    mute_changed = Signal(bool)
    used_changed = Signal()
    """Another device is used on a side, or none any more."""
    seen = Signal(list, list)
    """The microphones and the speakers that are plugged in: the key and the label of each."""
    options_changed = Signal(AudioOptions, str)
    """A device was chosen or the volume changed: the options, and the name of the one to be remembered."""

    def __init__(self, audio: AudioBackend, options: AudioOptions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs = DevicesModel("input", self)
        self.outputs = DevicesModel("output", self)
        self.inputs.choose(options.input_device)
        self.outputs.choose(options.output_device)
        self.mute_switch = MuteSwitch()
        """Every session reads it, and sets it while it is attached."""
        self._options = options
        self._attended = True
        self._session: Session | None = None
        self._rates: tuple[int, int] | None = None
        self._opening = False
        """A session is about to have the devices: nobody else begins anything with them."""
        self._router = DeviceRouter(
            audio,
            {"microphone": options.input_device, "speaker": options.output_device},
            self._on_devices_seen,
            self._on_news,
            self.used_changed.emit,
            lambda: self._options.volume,
            lambda: self._options.gain_db,
        )
        self._checks = SoundChecks(
            self._router, self.test_changed.emit, self.playing_changed.emit, self.noted.emit
        )
        self.doctor = AudioDoctor(self._router, self)
        self._cues = CuePlayer(self._router.cue)

    # What can be asked

    @property
    def muted(self) -> bool:
        """Whether nobody hears the microphone."""
        return self.mute_switch.muted

    def lacks(self, side: Side) -> bool:
        """Whether the session has none of these: nothing that is said can be heard."""
        return self._router.lacks(side)

    def levels(self) -> tuple[Level, Level]:
        """The levels of the microphone and of what is heard from the speaker. For meters to poll."""
        return self._session.levels if self._session else self._checks.levels

    @property
    def devices_in_use(self) -> tuple[tuple[str, int, float | None], tuple[str, int, float | None]]:
        """The session's microphone and speaker: name, own rate in Hz, and latency in ms where it is known."""
        latencies = self._session.latencies_ms if self._session else (None, None)
        first, second = self._router.used("microphone"), self._router.used("speaker")
        return (*_named(first), latencies[0]), (*_named(second), latencies[1])

    def counted(self) -> dict[str, float]:
        """The counters of the session's streams and connection, and its rates in Hz; may be empty."""
        if not self._session or not self._rates:
            return {}
        counters = self._session.counters
        counted: dict[str, float] = {"input_rate": self._rates[0], "output_rate": self._rates[1]}
        if counters.round_trip_ms:
            counted["round_trip_ms"] = counters.round_trip_ms
        return counted | {
            "overruns": counters.overruns,
            "underruns": counters.underruns,
            "prebuffer_ms": counters.prebuffer_ms,
        }

    @property
    def options(self) -> AudioOptions:
        """What is chosen now."""
        return self._options

    # What the user does

    def choose_input(self, key: str) -> None:
        """Use this microphone at once, given by key or name; empty is the system's default.

        One that could not be opened before is tried again.
        """
        self._pick_input(key)
        self._remember(replace(self._options, input_device=key), "input_device")

    def choose_output(self, key: str) -> None:
        """Use this speaker, as `choose_input` does."""
        self._pick_output(key)
        self._remember(replace(self._options, output_device=key), "output_device")

    def set_volume(self, volume: float) -> None:
        """From 0 to 1, at once."""
        self._apply_volume(volume)
        self._remember(replace(self._options, volume=volume), "volume")

    def use_options(self, options: AudioOptions) -> None:
        """Let what was chosen elsewhere hold at once, as far as it is another choice than before."""
        before, self._options = self._options, options
        if options.input_device != before.input_device:
            self._pick_input(options.input_device)
        if options.output_device != before.output_device:
            self._pick_output(options.output_device)
        if options.volume != before.volume:
            self._apply_volume(options.volume)
        if options.gain_db != before.gain_db:
            self._checks.set_gain(options.gain_db)
            if self._session:
                self._session.set_gain(options.gain_db)

    def mute(self, muted: bool) -> None:
        """Mute the microphone, in this session and the next, until it is unmuted."""
        if self._session:
            self._session.mute(muted)  # its notice comes back to `observe`
        elif self.mute_switch.set(muted):
            self.mute_changed.emit(muted)

    def start_test(self) -> None:
        """Record what the microphone hears, and play it; a session sends none of it."""
        if not self._taken:
            self._checks.test_microphone(self._session)

    def stop_test(self) -> None:
        """Play what was recorded so far; while it is played, stop."""
        self._checks.finish_recording()

    def test_speaker(self) -> None:
        """Play three notes on the chosen speaker; or fall silent, if they play."""
        if not self._taken:
            self._checks.test_speaker(self._session)

    def play(self, sound: Sound) -> None:
        """Play what was said before on the chosen speaker."""
        if not self._taken:
            self._checks.play(sound, self._session)

    async def examine(self) -> None:
        """Let the doctor examine the chosen devices; it says what it found."""
        if self._session or self._opening:
            self.doctor.failed.emit(DISCONNECT_FIRST())
            return
        await self._checks.end()
        self.doctor.start()

    def silence(self) -> None:
        """The user speaks, or wants silence: end tests and what is played again."""
        self._checks.cancel()
        self.doctor.cancel()

    def look(self) -> None:
        """See soon what is plugged in: the user is looking at a list of devices."""
        self._router.look()

    def watch(self) -> None:
        """Notice from now on what is plugged in and out."""
        self._router.watch(lambda: self._attended)

    def rely_on_reports(self, reported: bool) -> None:
        """Whether the system tells of devices that come and go, by `hear_of_change`."""
        self._router.rely_on_reports(reported)

    def hear_of_change(self) -> None:
        """The system has told that a device may have come or gone."""
        self._router.hear_of_change()

    def attend(self, attended: bool) -> None:
        """The window is in front, or not any more."""
        self._attended = attended
        self._router.recheck()

    # What the controller does

    async def open(self) -> tuple[Microphone, Speaker]:
        """The devices of a session that begins, not open yet; they are free."""
        self._opening = True
        await self._checks.end()
        await self.doctor.end()
        return await self._router.open()

    def attach(self, session: Session) -> None:
        """This session has what `open` gave."""
        self._session, self._opening = session, False
        self._router.attach(session)
        self.in_session.emit(True)

    def detach(self) -> None:
        """No session any more; whatever `open` gave is closed."""
        self._session, self._rates, self._opening = None, None, False
        self._checks.cancel()
        self._router.detach()
        self.in_session.emit(False)

    def observe(self, notice: Notice) -> None:
        """React to what the session reports."""
        if self._options.cues:
            self._cues.observe(notice, self._session)
        match notice:
            case DeviceLost(side, problem):
                self._router.lose(side, problem)
            case SessionOpened():
                self._rates = (notice.input_rate, notice.output_rate)
            case Muted(muted):
                self.mute_changed.emit(muted)
            case StateChanged():
                self._router.recheck()
            case _:
                pass

    def ring(self) -> None:
        """Ring a bell on the chosen speaker. Blocks. Raises AudioError."""
        self._router.ring()

    async def close(self) -> None:
        """End the test, and look at no devices any more."""
        await self._checks.close()
        await self.doctor.end()
        await self._router.close()

    # The devices

    @property
    def _taken(self) -> bool:
        """Whether a session or the doctor is about to have the devices, or the doctor has them."""
        return self._opening or self.doctor.running

    def _pick_input(self, key: str) -> None:
        self.inputs.choose(key)
        self._router.choose("microphone", key)

    def _pick_output(self, key: str) -> None:
        self.outputs.choose(key)
        self._router.choose("speaker", key)

    def _apply_volume(self, volume: float) -> None:
        self._checks.set_volume(volume)
        if self._session:
            self._session.set_volume(volume)

    def _remember(self, options: AudioOptions, name: str) -> None:
        self._options = options
        self.options_changed.emit(options, name)

    def _on_devices_seen(self, devices: Sequence[Device]) -> None:
        inputs, outputs = device_records(devices, "input"), device_records(devices, "output")
        self.inputs.show(inputs)
        self.outputs.show(outputs)
        self.seen.emit([(one.key, one.label) for one in inputs], [(one.key, one.label) for one in outputs])

    def _on_news(self, news: DeviceNews) -> None:
        self.noted.emit(note_of(news))


def _named(device: Device | None) -> tuple[str, int]:
    return (device.name, device.rate) if device else ("", 0)
