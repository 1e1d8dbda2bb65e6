"""One session's hearing on the event loop: audio comes in at any speed, words go out in order.

The socket's reader never waits here. What the recogniser hasn't got to yet is kept, bounded by
`LONGEST_BACKLOG_S`; what comes on top is refused, and the client is told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from desktop.offline.configuration import Turns
from desktop.offline.listening import Heard, Listening, TurnEnded
from desktop.offline.speech import HEARING_RATE, SpeechFailed, SpeechUnavailable, Studio

LEAST_COMMIT_MS = 100
LONGEST_BACKLOG_S = 600
"""Seconds of audio waiting to be heard. Hearing takes 0.1 of real time, so only a burst gets here."""
SLICE_S = 1.0
"""Seconds of audio handed over at once: the most a command that follows has to wait for, times 0.1."""

Words = asyncio.Future[str | None]
"""The words of a take, empty if there was no speech in it; None if it could not be heard."""


class AudioRefused(Exception):
    """Audio or a commit that isn't taken; `code` is for programs, the text for people."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class _Commit(msgspec.Struct, frozen=True):
    words: Words


class _Clear(msgspec.Struct, frozen=True):
    pass


class _Retune(msgspec.Struct, frozen=True):
    turns: Turns | None


_Job = bytearray | _Commit | _Clear | _Retune


class Ear:
    """Hears for one session; `run` does the work and must be running.

    Args:
        studio: the engines.
        rate: Hz of the audio that comes in.
        turns: the turn detection; None when the client commits.
        on_heard: called on the loop with each turn that begins or ends.
        on_trouble: called with a plain sentence and a code when something can't be heard.
    """

    def __init__(
        self,
        studio: Studio,
        rate: int,
        turns: Turns | None,
        on_heard: Callable[[Heard], None],
        on_trouble: Callable[[str, str], None],
    ) -> None:
        self._studio = studio
        self._rate = rate
        self._turns = turns
        self._on_heard = on_heard
        self._on_trouble = on_trouble
        self._listening: Listening | None = None
        self._jobs: deque[_Job] = deque()
        self._news = asyncio.Event()
        self._received = 0
        self._consumed = 0

    @property
    def buffered_ms(self) -> float:
        """Audio that was received and belongs to no finished take yet."""
        return (self._received - self._consumed) * 1_000 / self._rate

    @property
    def busy(self) -> bool:
        """Whether something waits to be heard."""
        return bool(self._jobs)

    def append(self, pcm: bytes) -> None:
        """Takes PCM16 at the session's rate.

        Raises:
            AudioRefused: half a sample, or too much audio is waiting.
        """
        if len(pcm) % 2:
            raise AudioRefused("audio must be whole 16-bit samples: it has an odd byte.", "invalid_audio")
        waiting = sum(len(job) for job in self._jobs if isinstance(job, bytearray))
        if waiting + len(pcm) > LONGEST_BACKLOG_S * self._rate * 2:
            raise AudioRefused(
                f"More than {LONGEST_BACKLOG_S} s of audio is waiting: this piece was dropped.",
                "input_audio_buffer_full",
            )
        self._received += len(pcm) // 2
        if self._jobs and isinstance(self._jobs[-1], bytearray):
            self._jobs[-1] += pcm
        elif pcm:
            self._push(bytearray(pcm))

    def commit(self) -> Words:
        """Ends the take; its words come when they are read.

        Raises:
            AudioRefused: less than 100 ms were appended.
        """
        if self.buffered_ms < LEAST_COMMIT_MS:
            raise AudioRefused(
                f"Error committing input audio buffer: buffer too small. Expected at least "
                f"{LEAST_COMMIT_MS}ms of audio, but buffer only has {self.buffered_ms:.2f}ms of audio.",
                "input_audio_buffer_commit_empty",
            )
        self._consumed = self._received
        words: Words = asyncio.get_running_loop().create_future()
        self._push(_Commit(words))
        return words

    def clear(self) -> None:
        """Throws away what was appended since the last commit."""
        self._consumed = self._received
        while self._jobs and isinstance(self._jobs[-1], bytearray):
            self._jobs.pop()
        self._push(_Clear())

    def retune(self, turns: Turns | None) -> None:
        """Changes the turn detection; audio that is not committed is thrown away."""
        self._turns = turns
        self._consumed = self._received
        self._push(_Retune(turns))

    def _push(self, job: _Job) -> None:
        self._jobs.append(job)
        self._news.set()

    async def run(self) -> None:
        """Works through what comes in, until it is cancelled."""
        try:
            await self._open(self._turns)
        except SpeechUnavailable as exc:
            self._on_trouble(str(exc), exc.code)
        try:
            while True:
                while self._jobs:
                    await self._step()
                self._news.clear()
                await self._news.wait()
        finally:
            if self._listening is not None:
                # The thread is the detector's: it is freed there, after whatever runs on it now.
                await asyncio.shield(self._studio.hear(self._listening.close))

    async def _open(self, turns: Turns | None) -> None:
        hearing = await self._studio.hearing()
        self._listening = await self._studio.hear(lambda: Listening(hearing, self._rate, turns))

    async def _step(self) -> None:
        """Does one job; a take stays in the queue, for more to be added, until its last slice is due."""
        job = self._jobs[0]
        if isinstance(job, bytearray) and len(job) > self._slice:
            piece = bytes(job[: self._slice])
            del job[: self._slice]
            await self._attempt(piece)
            return
        self._jobs.popleft()
        await self._attempt(bytes(job) if isinstance(job, bytearray) else job)

    @property
    def _slice(self) -> int:
        return int(SLICE_S * self._rate) * 2

    async def _attempt(self, job: bytes | _Commit | _Clear | _Retune) -> None:
        try:
            await self._do(job)
        except SpeechFailed as exc:
            self._on_trouble(str(exc), "speech_failed")
            if isinstance(job, _Commit):
                job.words.set_result(None)
            if self._listening is not None:
                await self._studio.hear(self._listening.clear)

    async def _do(self, job: bytes | _Commit | _Clear | _Retune) -> None:
        listening = self._listening
        if listening is None:
            if isinstance(job, _Commit):
                job.words.set_result(None)
        elif isinstance(job, bytes):
            for heard in await self._studio.hear(lambda: listening.feed(job)):
                if isinstance(heard, TurnEnded):
                    self._consumed = max(self._consumed, heard.until * self._rate // HEARING_RATE)
                self._on_heard(heard)
        elif isinstance(job, _Commit):
            job.words.set_result(await self._studio.hear(listening.commit))
        elif isinstance(job, _Clear):
            await self._studio.hear(listening.clear)
        else:
            await self._studio.hear(listening.close)
            await self._open(job.turns)
