"""The microphone and the speaker of a session, which can be exchanged while it runs.

Opening a stream can take a second (Bluetooth) and closing one as long: that is done in a thread, while uplink
and downlink rest. What the user says meanwhile is lost, what the assistant says waits; levels and counters
continue.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Callable
from functools import partial
from typing import Literal

from desktop.audio.interfaces import AudioError, DeviceOpenError, Microphone, Speaker
from desktop.audio.levels import Level
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.response_audio import HeardOf
from desktop.realtime.speaker_downlink import SpeakerDownlink

log = logging.getLogger(__name__)

OPEN_S = 6.0
"""How long the opening of both may take. A Bluetooth headset needs a second, a sound server's start a few;
one that hangs never answers, and the session goes on without sound."""
Side = Literal["microphone", "speaker"]
MICROPHONE_HANGS = Text(
    "microphone-hangs",
    "The microphone can't be opened: the sound system isn't responding. Restart it, then connect again.",
)
SPEAKER_HANGS = Text(
    "speaker-hangs",
    "The speaker can't be opened: the sound system isn't responding. Restart it, then connect again.",
)
HANGS: dict[Side, Message] = {"microphone": MICROPHONE_HANGS(), "speaker": SPEAKER_HANGS()}


class AudioIO:
    """Opens, exchanges and closes the devices of uplink and downlink; one at a time.

    Args:
        uplink: reads the microphone.
        downlink: feeds the speaker.
        cut: called with what was heard of the responses that no other speaker continues.
    """

    def __init__(
        self, uplink: MicrophoneUplink, downlink: SpeakerDownlink, cut: Callable[[dict[int, HeardOf]], None]
    ) -> None:
        self._uplink = uplink
        self._downlink = downlink
        self._cut = cut
        self._changing = asyncio.Lock()
        self._live = False
        self._opened: set[Side] = set()
        self._lost: list[Side] = []
        # Of the devices that were exchanged since the session began.
        self._overruns = self._underruns = 0

    @property
    def has_microphone(self) -> bool:
        """Whether there is a microphone, or will be one in a moment."""
        return "microphone" in self._opened or self._changing.locked()

    @property
    def levels(self) -> tuple[Level, Level]:
        """How loud the microphone is, and what is heard of the speaker."""
        self._guarded(self._uplink.fetch)
        return self._uplink.microphone.level, self._downlink.speaker.level

    @property
    def overruns(self) -> int:
        """How often the microphone's sound was lost because it wasn't fetched in time."""
        return self._overruns + self._uplink.microphone.overruns

    @property
    def underruns(self) -> int:
        """How often the speaker ran empty in the middle of a response."""
        return self._underruns + self._downlink.speaker.underruns

    @property
    def prebuffer_ms(self) -> float:
        """How much of a response has to be there before it starts to sound."""
        return self._downlink.speaker.prebuffer_ms

    def step(self, until: float = math.inf) -> None:
        """Move the audio on, both ways; the microphone's until this time of `time.monotonic` at most."""
        self.step_speaker()
        self._step_uplink(until)

    def step_speaker(self) -> None:
        """Move the speaker's audio on, and leave the microphone's where it is."""
        self._downlink.step()

    def newly_lost(self) -> list[Side]:
        """The devices that have gone or failed since the last look; each is reported once."""
        if "microphone" in self._opened and self._uplink.microphone.lost:
            self._step_uplink()  # what it captured before is still in the ring
            self._give_up("microphone")
        if "speaker" in self._opened and self._downlink.speaker.lost:
            self._give_up("speaker")
        lost, self._lost = self._lost, []
        return lost

    def _step_uplink(self, until: float = math.inf) -> None:
        self._guarded(partial(self._uplink.step, until))

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception:
            # Reported once: a device that fails now fails a hundred times a second.
            log.exception("the microphone failed")
            self._give_up("microphone")

    def _give_up(self, side: Side) -> None:
        if side == "microphone":
            self._uplink.detach()
        if side in self._opened:
            self._opened.discard(side)
            self._lost.append(side)

    async def open(self, input_rate: int, output_rate: int) -> dict[Side, AudioError]:
        """Open what isn't open at these rates in Hz; what can't be opened, and why."""
        async with self._changing:
            self._live = True
            due: list[Side] = []
            if "microphone" not in self._opened or input_rate != self._uplink.rate:
                self._step_uplink()  # speech from before belongs to the open take
                self._uplink.detach()
                self._uplink.set_rate(input_rate)
                due.append("microphone")
            if "speaker" not in self._opened or output_rate != self._downlink.rate:
                self._downlink.detach()
                self._downlink.set_rate(output_rate)
                due.append("speaker")
            return await self._start(due)

    async def exchange(
        self,
        microphone: Microphone | None = None,
        speaker: Speaker | None = None,
        between: Callable[[], None] | None = None,
    ) -> dict[Side, AudioError]:
        """Go on with other devices, opened at the rates of the old ones.

        Args:
            microphone: not open yet; None keeps the present one, and it isn't touched.
            speaker: the same.
            between: called in a thread when the old ones are closed.

        Returns what couldn't be opened, and why. Nothing is opened before the session is.
        """
        async with self._changing:
            closing: list[Microphone | Speaker] = []
            due: list[Side] = []
            if microphone:
                self._step_uplink()
                self._uplink.detach()
                self._overruns += self._uplink.microphone.overruns
                closing.append(self._uplink.microphone)
                due.append("microphone")
            if speaker:
                self._downlink.detach()
                self._underruns += self._downlink.speaker.underruns
                closing.append(self._downlink.speaker)
                due.append("speaker")
            self._opened.difference_update(due)
            self._uplink.microphone = microphone or self._uplink.microphone
            self._downlink.speaker = speaker or self._downlink.speaker
            await in_daemon(lambda: _close(closing))
            if between:
                await in_daemon(between)
            return await self._start(due) if self._live else {}

    async def close(self) -> None:
        """Close both. What was heard has to be asked for before."""
        async with self._changing:
            self._live = False
            self._uplink.detach()
            self._downlink.detach()
            self._opened.clear()
            await in_daemon(lambda: _close([self._uplink.microphone, self._downlink.speaker]))
            self._downlink.give_up()
            self._overruns = self._underruns = 0

    def _rate(self, side: Side) -> int:
        return self._uplink.rate if side == "microphone" else self._downlink.rate

    async def _start(self, due: list[Side]) -> dict[Side, AudioError]:
        problems: dict[Side, AudioError] = {}
        until = asyncio.get_running_loop().time() + OPEN_S
        for side in due:
            device = self._uplink.microphone if side == "microphone" else self._downlink.speaker
            try:
                await _open(side, device, self._rate(side), until)
            except AudioError as exc:
                problems[side] = exc
                self._opened.discard(side)
                continue
            self._opened.add(side)
            if side == "microphone":
                self._uplink.attach()
            else:
                self._cut(self._downlink.attach())
        if "speaker" in problems:
            self._cut(self._downlink.give_up())
        return problems


async def _open(side: Side, device: Microphone | Speaker, rate: int, until: float) -> None:
    """Start a device. Raises AudioError, also when it takes longer than `until` on the loop's clock."""
    given_up = threading.Event()

    def start() -> None:
        device.start(rate)
        if given_up.is_set():
            device.close()  # nothing waits for it any more

    try:
        async with asyncio.timeout_at(until):
            await in_daemon(start)
    except TimeoutError:
        given_up.set()
        raise DeviceOpenError(HANGS[side]) from None


def _close(devices: list[Microphone | Speaker]) -> None:
    for device in devices:
        try:
            device.close()
        except Exception:
            # It is useless now, and the next one must be opened in any case.
            log.exception("a sound device can't be closed")
