"""Plays a sound that is not part of a conversation: a test of the speaker, or what was said before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktop.audio.interfaces import AudioError, Speaker
from desktop.audio.levels import SILENCE, Level
from desktop.base.task_set import TaskSet
from desktop.devices.open_device import opened
from desktop.realtime.recent_sounds import Sound

STEP_S = 0.020


class SoundPlayer:
    """One sound at a time; the speaker is open only while it plays.

    Args:
        on_changed: called with whether one plays.
        on_failed: called if there is no speaker to play on.
    """

    def __init__(self, on_changed: Callable[[bool], None], on_failed: Callable[[AudioError], None]) -> None:
        self._on_changed = on_changed
        self._on_failed = on_failed
        self._tasks = TaskSet()
        self._task: asyncio.Task[None] | None = None
        self._speaker: Speaker | None = None

    @property
    def playing(self) -> bool:
        """Whether one plays."""
        return self._task is not None

    @property
    def level(self) -> Level:
        """Of what is heard of it."""
        return self._speaker.level if self._speaker else SILENCE

    def set_volume(self, volume: float) -> None:
        """From 0 to 1, at once."""
        if self._speaker:
            self._speaker.volume = volume

    def play(self, speaker: Speaker, sound: Sound) -> None:
        """Play this on a speaker that isn't open yet. Nothing may play."""
        if self._task is None:
            self._task = self._tasks.spawn(self._run(speaker, sound), name="sound")

    def cancel(self) -> None:
        """Fall silent soon."""
        if self._task and not self._task.cancelling():
            self._task.cancel()

    async def end(self) -> None:
        """Fall silent; the speaker is closed then."""
        task = self._task
        self.cancel()
        if task:
            await asyncio.wait({task})

    async def _run(self, speaker: Speaker, sound: Sound) -> None:
        try:
            async with opened(speaker, sound.rate):
                self._speaker = speaker
                self._on_changed(True)
                speaker.write(1, sound.pcm)
                speaker.complete(1)
                while speaker.playing and not speaker.lost:
                    await asyncio.sleep(STEP_S)
                    speaker.pump()
        except AudioError as exc:
            self._on_failed(exc)
        finally:
            self._task = self._speaker = None
            self._on_changed(False)
