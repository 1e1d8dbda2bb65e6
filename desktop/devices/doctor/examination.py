"""One examination of a microphone and a speaker: half a minute, with both open.

quiet 2 s ──> sweeps 16 s ──> murmur 5 s ──> speech 5 s ──> findings
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from desktop.audio import loop_probe
from desktop.audio.echo_trial import reduction_db
from desktop.audio.format import Samples, float_to_pcm16
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.loop_probe import POSITIONS, RATE
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.devices.doctor.findings import DeviceFacts, Findings, loop_ms, loudness
from desktop.devices.open_device import opened

STEP_S = 0.010
SETTLE_S = 2.0
"""For the first sound of a stream: PulseAudio's comes up to 2 s late."""
QUIET_S = 2.0
SPEECH_S = 5.0
NUMBER = 1
"""Of the response that the probe is for the speaker."""

Phase = Literal["opening", "quiet", "sweeps", "speech", "reckoning"]

DEVICE_LOST = Text(
    "doctor-device-lost", "A device was lost during the examination. Plug it in again, then start again."
)


class Examination:
    """Listens, plays and listens again.

    Args:
        microphone, speaker: not open; closed at the end, whatever happens.
        facts: of both.
        on_phase: called when a phase begins.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        facts: tuple[DeviceFacts, DeviceFacts],
        on_phase: Callable[[Phase], None],
        clock: Callable[[], float],
    ) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._facts = facts
        self._on_phase = on_phase
        self._clock = clock
        self._blocks: list[Samples] = []
        self._read = (list[float](), list[float]())
        self._sounded = (list[float](), list[float]())

    async def run(self) -> Findings:
        """Do all of it. Raises AudioError."""
        self._on_phase("opening")
        murmur = loop_probe.murmur()
        async with opened(self._microphone, RATE), opened(self._speaker, RATE):
            latency_ms = self._speaker.latency_ms
            facts = (
                replace(self._facts[0], latency_ms=self._microphone.latency_ms or None),
                replace(self._facts[1], latency_ms=latency_ms),
            )
            await self._listen(SETTLE_S, until_sound_comes=True)
            self._on_phase("quiet")
            quiet = await self._listen(QUIET_S)
            lost = self._losses()
            self._on_phase("sweeps")
            begins = self._frames
            await self._play(NUMBER, loop_probe.probe())
            murmurs = self._frames
            await self._play(NUMBER + 1, murmur)
            dropped = self._losses() - lost
            heard = self._heard(0)
            self._on_phase("speech")
            spoken = await self._listen(SPEECH_S)
        self._on_phase("reckoning")
        loop = await in_daemon(partial(loop_probe.find_sweeps, heard, begins))
        delay = loop_ms(loop, [int(one) for one in POSITIONS], self._sounded, self._read, latency_ms)
        reduction = None
        if loop.found:
            # It comes back as the last sweep did, after it was handed over.
            late = round(loop.places[-1]) - begins - int(POSITIONS[loop.numbers[-1]])
            reduction = await in_daemon(partial(reduction_db, murmur, heard, murmurs + late, RATE))
        return Findings(
            *facts,
            loudness(quiet, RATE),
            loop,
            delay,
            reduction,
            dropped + loop.jumps,
            loudness(spoken, RATE),
        )

    async def _play(self, number: int, sound: Samples) -> None:
        """Play it to its end, and listen for as long as a long loop takes."""
        self._speaker.write(number, float_to_pcm16(sound))
        self._speaker.complete(number)
        late = self._clock() + 2 * len(sound) / RATE
        while self._speaker.playing and self._clock() < late:
            await self._step()
        await self._listen(loop_probe.LONGEST_LOOP / RATE / 2)

    async def _listen(self, seconds: float, *, until_sound_comes: bool = False) -> Samples:
        """What the microphone hears in this time."""
        begin = self._frames
        until = self._clock() + seconds
        while self._clock() < until and not (until_sound_comes and self._frames):
            await self._step()
        return self._heard(begin)

    async def _step(self) -> None:
        await asyncio.sleep(STEP_S)
        if self._microphone.lost or self._speaker.lost:
            raise AudioError(DEVICE_LOST())
        block = self._microphone.read()
        self._speaker.pump()
        now = self._clock()
        if len(block):
            self._blocks.append(block)
            self._note(self._read, now, self._frames + len(block))
        self._note(self._sounded, now, self._speaker.heard_ms(NUMBER) * RATE / 1_000)

    @property
    def _frames(self) -> int:
        """Frames that were read so far."""
        return int(self._read[1][-1]) if self._read[1] else 0

    @staticmethod
    def _note(curve: tuple[list[float], list[float]], now: float, frames: float) -> None:
        if not curve[1] or frames > curve[1][-1]:
            curve[0].append(now)
            curve[1].append(frames)

    def _heard(self, begin: int) -> Samples:
        return np.concatenate([*self._blocks, np.zeros(0, np.float32)])[begin:]

    def _losses(self) -> int:
        return self._microphone.overruns + self._speaker.underruns
