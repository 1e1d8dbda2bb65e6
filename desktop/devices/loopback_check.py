"""The microphone test: it records for a while, and plays back what it heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

import numpy as np

from desktop.audio.format import Samples, float_to_pcm16
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import FLOOR_DB, SILENCE, Level, measure
from desktop.base.task_set import TaskSet
from desktop.devices.open_device import opened

RATE = 48_000
LONGEST_S = 10.0
STEP_S = 0.020
SILENT_DB = FLOOR_DB + 0.5
"""A microphone that is switched off delivers zeros; one that is on has noise of its own."""

TestState = Literal["idle", "recording", "playing"]


class LoopbackCheck:
    """One test at a time. The microphone is open only while it records, the speaker only while it plays.

    Args:
        on_changed: called with each new state.
        on_failed: called with what went wrong: an error, or "silent" if the microphone gave only silence.
    """

    def __init__(
        self,
        on_changed: Callable[[TestState], None],
        on_failed: Callable[[Literal["silent"] | AudioError], None],
    ) -> None:
        self._on_changed = on_changed
        self._on_failed = on_failed
        self._state: TestState = "idle"
        self._tasks = TaskSet()
        self._task: asyncio.Task[None] | None = None
        self._enough = asyncio.Event()
        self._devices: tuple[Microphone, Speaker] | None = None

    @property
    def state(self) -> TestState:
        """What it does now."""
        return self._state

    @property
    def levels(self) -> tuple[Level, Level]:
        """The levels of the microphone and of what is heard from the speaker."""
        if self._devices is None:
            return SILENCE, SILENCE
        return self._devices[0].level, self._devices[1].level

    def set_gain(self, gain_db: float) -> None:
        """The microphone's, at once."""
        if self._devices:
            self._devices[0].gain_db = gain_db

    def set_volume(self, volume: float) -> None:
        """From 0 to 1, at once."""
        if self._devices:
            self._devices[1].volume = volume

    def start(self, microphone: Microphone, speaker: Speaker) -> None:
        """Record, until `stop` or for LONGEST_S; then play back."""
        if self._task is None:
            self._enough.clear()
            self._devices = (microphone, speaker)
            self._task = self._tasks.spawn(self._run(microphone, speaker), name="microphone test")

    def stop(self) -> None:
        """Enough was recorded, or enough was heard."""
        self._enough.set()

    def cancel(self) -> None:
        """Stop soon, and play nothing."""
        if self._task and not self._task.cancelling():
            self._task.cancel()

    async def end(self) -> None:
        """Stop, whatever it does; both devices are closed then."""
        task = self._task
        self.cancel()
        if task:
            await asyncio.wait({task})

    async def _run(self, microphone: Microphone, speaker: Speaker) -> None:
        try:
            heard = await self._record(microphone)
            if measure(heard).peak_db <= SILENT_DB:
                self._on_failed("silent")
            else:
                await self._play(speaker, heard)
        except AudioError as exc:
            self._on_failed(exc)
        finally:
            self._task = None
            self._devices = None
            self._show("idle")

    async def _record(self, microphone: Microphone) -> Samples:
        heard: list[Samples] = [np.zeros(0, dtype=np.float32)]
        clock = asyncio.get_running_loop().time
        async with opened(microphone, RATE):
            self._show("recording")
            until = clock() + LONGEST_S
            while not self._enough.is_set() and not microphone.lost and clock() < until:
                await asyncio.sleep(STEP_S)
                heard.append(microphone.read())
        self._enough.clear()
        return np.concatenate(heard)

    async def _play(self, speaker: Speaker, heard: Samples) -> None:
        async with opened(speaker, RATE):
            self._show("playing")
            speaker.write(1, float_to_pcm16(heard))
            speaker.complete(1)
            while speaker.playing and not self._enough.is_set() and not speaker.lost:
                await asyncio.sleep(STEP_S)
                speaker.pump()

    def _show(self, state: TestState) -> None:
        if state != self._state:
            self._state = state
            self._on_changed(state)
