"""What the audio row means: devices, volume, mute, meters and the microphone test."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop.audio.cues import Cue
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import Level
from desktop.base.message import Text
from desktop.devices import turn_cues
from desktop.devices.backend import AudioBackend
from desktop.devices.device_messages import note_of
from desktop.devices.device_router import DeviceNews, DeviceRouter
from desktop.devices.device_selection import records
from desktop.devices.loopback_check import LoopbackCheck, TestState
from desktop.realtime.session import Session
from desktop.realtime.session_events import DeviceLost, SessionOpened
from desktop.settings.schema import Settings
from desktop.turn.effects import Muted, Note, Notice, StateChanged
from desktop.turn.mute_switch import MuteSwitch
from desktop.viewmodels.devices import DevicesModel

log = logging.getLogger(__name__)

ONLY_SILENCE = Text(
    "only-silence", "The microphone gave only silence. Check that it is on, or choose another one."
)


class AudioController(QObject):
    """Gives each session its devices and looks after them. `close` it after the last session.

    Opening, closing and looking block and are done in threads.
    """

    noted = Signal(Note)
    test_changed = Signal(str)
    """A `microphone_test.TestState`."""
    test_allowed = Signal(bool)
    """A session has the microphone, or none does."""
    mute_changed = Signal(bool)
    seen = Signal(list, list)
    """The microphones and the speakers that are there: of each its key and what it is called."""
    chosen = Signal(str)
    """The name of a setting that was changed here."""

    def __init__(self, settings: Settings, audio: AudioBackend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inputs = DevicesModel("input", self)
        self.outputs = DevicesModel("output", self)
        self.inputs.choose(settings.input_device)
        self.outputs.choose(settings.output_device)
        self.mute_switch = MuteSwitch()
        """Every session reads it, and sets it while it is attached."""
        self._settings = settings
        self._attended = True
        self._session: Session | None = None
        self._rates: tuple[int, int] | None = None
        self._test = LoopbackCheck(self._on_test_changed, self._on_test_failed)
        self._starting: asyncio.Task[None] | None = None
        self._router = DeviceRouter(
            audio,
            {"microphone": settings.input_device, "speaker": settings.output_device},
            self._on_devices_seen,
            self._on_news,
            lambda: settings.volume,
        )

    # What can be asked

    @property
    def muted(self) -> bool:
        """Whether nobody hears the microphone."""
        return self.mute_switch.muted

    def levels(self) -> tuple[Level, Level]:
        """How loud the microphone is, and what is heard of the speaker. For meters to poll."""
        return self._session.levels if self._session else self._test.levels

    def counted(self) -> dict[str, float]:
        """What the session's streams and its link have counted, and its rates in Hz; nothing without one."""
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

    # What the user does

    def choose_input(self, wanted: str) -> None:
        """Take this microphone, by key or name; empty is the system's default. At once, and remembered."""
        self._settings.input_device = wanted
        self.inputs.choose(wanted)
        self._router.pick("microphone", wanted)
        self.chosen.emit("input_device")

    def choose_output(self, wanted: str) -> None:
        """Take this speaker, likewise."""
        self._settings.output_device = wanted
        self.outputs.choose(wanted)
        self._router.pick("speaker", wanted)
        self.chosen.emit("output_device")

    def settings_changed(self, name: str) -> None:
        """A setting was changed elsewhere."""
        if name == "input_device" and self._settings.input_device != self.inputs.chosen:
            self.choose_input(self._settings.input_device)
        elif name == "output_device" and self._settings.output_device != self.outputs.chosen:
            self.choose_output(self._settings.output_device)

    def set_volume(self, volume: float) -> None:
        """From 0 to 1; at once, and remembered."""
        self._settings.volume = volume
        self._test.set_volume(volume)
        if self._session:
            self._session.set_volume(volume)

    def mute(self, muted: bool) -> None:
        """Let nobody hear the microphone, in this session and the next, until it is unmuted."""
        if self._session:
            self._session.mute(muted)  # its notice comes back to `observe`
        elif self.mute_switch.set(muted):
            self.mute_changed.emit(muted)

    def start_test(self) -> None:
        """Record what the chosen microphone hears, and play it on the chosen speaker. Not in a session."""
        if self._session is None and self._starting is None and self._test.state == "idle":
            self._starting = asyncio.create_task(self._start_test(), name="start of the microphone test")

    def stop_test(self) -> None:
        """Enough was recorded: play it. Or enough was heard."""
        self._test.stop()

    def look(self) -> None:
        """A list of devices is being looked at: see what is plugged in."""
        self._router.look()

    def watch(self) -> None:
        """See from now on what is plugged in and out."""
        self._router.watch(lambda: self._attended)

    def attend(self, attended: bool) -> None:
        """The window is in front, or not any more."""
        self._attended = attended
        self._router.stir()

    # What the controller does

    async def open(self) -> tuple[Microphone, Speaker]:
        """The devices of a session that begins, not open yet; they are free."""
        self.test_allowed.emit(False)
        await self._end_test()
        return await self._router.open()

    def attach(self, session: Session) -> None:
        """This session has what `open` gave."""
        self._session = session
        self._router.attach(session)

    def detach(self) -> None:
        """No session any more; whatever `open` gave is closed."""
        self._session = self._rates = None
        self._router.detach()
        self.test_allowed.emit(True)

    def observe(self, notice: Notice) -> None:
        """Hear what the session says."""
        if self._settings.sounds:
            turn_cues.sound(notice, self._session, self._sound_alone)
        match notice:
            case DeviceLost(side, problem):
                self._router.lose(side, problem)
            case SessionOpened():
                self._rates = (notice.input_rate, notice.output_rate)
            case Muted(muted):
                self.mute_changed.emit(muted)
            case StateChanged():
                self._router.stir()
            case _:
                pass

    def ring(self) -> None:
        """Ring a bell on the chosen speaker. Blocks. Raises AudioError."""
        self._router.ring()

    def _sound_alone(self, cue: Cue) -> None:
        def work() -> None:
            try:
                self._router.cue(cue)
            except AudioError as exc:
                log.info("no %s cue: %s", cue, exc)

        # Nobody waits for it: a device that hangs must not hold the exit up.
        threading.Thread(target=work, name="cue", daemon=True).start()

    async def close(self) -> None:
        """Leave off."""
        await self._end_test()
        await self._router.close()

    # The test

    async def _start_test(self) -> None:
        try:
            microphone, speaker = await self._router.open()
            self._test.start(microphone, speaker)
        finally:
            self._starting = None

    async def _end_test(self) -> None:
        if self._starting:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        await self._test.end()

    def _on_test_changed(self, state: TestState) -> None:
        self.test_changed.emit(state)

    def _on_test_failed(self, why: Literal["silent"] | AudioError) -> None:
        self.noted.emit(Note("warning", ONLY_SILENCE() if why == "silent" else why.message))

    # The devices

    def _on_devices_seen(self, devices: Sequence[Device]) -> None:
        inputs, outputs = records(devices, "input"), records(devices, "output")
        self.inputs.show(inputs)
        self.outputs.show(outputs)
        self.seen.emit([(one.key, one.label) for one in inputs], [(one.key, one.label) for one in outputs])

    def _on_news(self, news: DeviceNews) -> None:
        self.noted.emit(note_of(news))
