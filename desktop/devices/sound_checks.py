"""Tests of the microphone and the speaker, and sounds that are played again: with a session and without.

A session lends its devices (`borrowed_devices`), because a device can't be opened twice everywhere. Nobody is
interrupted: while somebody speaks nothing begins, and a press of the talk key ends what runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Literal

from desktop.audio.format import float_to_pcm16
from desktop.audio.interfaces import AudioError, Microphone, Speaker
from desktop.audio.levels import Level
from desktop.audio.speaker_tone import speaker_tone
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.devices.borrowed_devices import BorrowedMicrophone, BorrowedSpeaker
from desktop.devices.device_router import DeviceRouter
from desktop.devices.loopback_check import RATE, LoopbackCheck, TestState
from desktop.devices.sound_player import SoundPlayer
from desktop.realtime.recent_sounds import Sound
from desktop.realtime.session import Session
from desktop.turn.effects import Note

ONLY_SILENCE = Text(
    "only-silence",
    "The microphone recorded only silence. Check that it is switched on, or choose another one.",
)
SOMEBODY_SPEAKS = Text("somebody-speaks", "Not while someone is speaking. Try again in a moment.")

Playing = Literal["", "test", "sound"]


class SoundChecks:
    """One test or sound at a time.

    Args:
        router: gives the chosen devices where there is no session.
        on_test: called with each state of the microphone test.
        on_playing: called with what plays: nothing, the speaker's test, or a sound.
        noted: called with what went wrong.
    """

    def __init__(
        self,
        router: DeviceRouter,
        on_test: Callable[[TestState], None],
        on_playing: Callable[[Playing], None],
        noted: Callable[[Note], None],
    ) -> None:
        self._router = router
        self._on_playing = on_playing
        self._noted = noted
        self._loop = LoopbackCheck(on_test, self._on_failed)
        self._player = SoundPlayer(self._on_changed, self._on_failed)
        self._tasks = TaskSet()
        self._starting: asyncio.Task[None] | None = None
        self._what: Playing = ""
        self._sound: Sound | None = None

    @property
    def levels(self) -> tuple[Level, Level]:
        """Of the microphone, and of what is heard from the speaker."""
        heard, played = self._loop.levels
        return heard, self._player.level if self._player.playing else played

    def set_volume(self, volume: float) -> None:
        """From 0 to 1, at once."""
        self._loop.set_volume(volume)
        self._player.set_volume(volume)

    def set_gain(self, gain_db: float) -> None:
        """The microphone's in dB, at once."""
        self._loop.set_gain(gain_db)

    def test_microphone(self, session: Session | None) -> None:
        """Record what the microphone hears, and play it."""
        self._begin(session, self._loop.start)

    def test_speaker(self, session: Session | None) -> None:
        """Play three notes; or fall silent, if they play."""
        if self._what == "test":
            self._player.cancel()
            return
        tone = Sound(float_to_pcm16(speaker_tone(RATE)), RATE)
        self._begin(session, partial(self._play, "test", tone))

    def play(self, sound: Sound, session: Session | None) -> None:
        """Play what was said before; or fall silent, if it is just that what plays."""
        if self._what == "sound" and self._sound == sound:
            self._player.cancel()
            return
        self._begin(session, partial(self._play, "sound", sound))

    def finish_recording(self) -> None:
        """Play what was recorded so far; while it is played, stop."""
        self._loop.stop()

    def cancel(self) -> None:
        """Somebody speaks, or wants silence: stop soon."""
        if self._starting:
            self._starting.cancel()
        self._loop.cancel()
        self._player.cancel()

    async def end(self) -> None:
        """Stop; all devices are closed then."""
        if self._starting:
            self._starting.cancel()
            await asyncio.wait({self._starting})
            self._starting = None  # one that was cancelled before it began could not do so itself
        await self._loop.end()
        await self._player.end()

    async def close(self) -> None:
        """Stop for good."""
        await self.end()
        self._tasks.cancel()

    def _begin(self, session: Session | None, start: Callable[[Microphone, Speaker], None]) -> None:
        if self._starting or self._loop.state != "idle":
            return
        if session and not (session.quiet or session.replays.playing):
            self._noted(Note("hint", SOMEBODY_SPEAKS()))
            return
        self._starting = self._tasks.spawn(self._start(session, start), name="start of a sound check")

    async def _start(self, session: Session | None, start: Callable[[Microphone, Speaker], None]) -> None:
        try:
            await self._player.end()
            if session:
                start(BorrowedMicrophone(session), BorrowedSpeaker(session))
            else:
                start(*await self._router.open())
        finally:
            self._starting = None

    def _play(self, what: Playing, sound: Sound, _: Microphone, speaker: Speaker) -> None:
        self._what, self._sound = what, sound
        self._player.play(speaker, sound)

    def _on_changed(self, playing: bool) -> None:
        if not playing:
            self._what, self._sound = "", None
        self._on_playing(self._what)

    def _on_failed(self, why: Literal["silent"] | AudioError) -> None:
        message, code = (ONLY_SILENCE(), "") if why == "silent" else (why.message, why.code)
        self._noted(Note("warning", message, code, subject="test"))
