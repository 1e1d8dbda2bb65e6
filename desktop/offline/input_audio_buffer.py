"""One session's input audio on the event loop: it arrives at any speed, transcripts leave in order.

The socket's reader never waits here. Audio that the recogniser hasn't reached yet is kept, up to
`LONGEST_BACKLOG_S`; more is refused with an error.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import assert_never

import msgspec

from desktop.offline.accepted_config import VadSettings
from desktop.offline.speech_engines import RECOGNIZER_RATE, SpeechEngines, SpeechFailed, SpeechUnavailable
from desktop.offline.turn_recognizer import TurnEnded, TurnEvent, TurnRecognizer

LEAST_COMMIT_MS = 100
LONGEST_BACKLOG_S = 600
"""Seconds of audio waiting to be recognised. That takes 0.1 of real time, so only a burst gets here."""
SLICE_S = 1.0
"""Seconds of audio handed over at once: the most a command that follows has to wait for, times 0.1."""

TranscriptFuture = asyncio.Future[str | None]
"""The transcript of a take, empty if there was no speech in it; None if recognition failed."""


class AudioRefused(Exception):
    """Audio or a commit that is refused; `code` is for programs, the text for people."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class _Commit(msgspec.Struct, frozen=True):
    transcript: TranscriptFuture


class _Clear(msgspec.Struct, frozen=True):
    pass


class _Retune(msgspec.Struct, frozen=True):
    vad: VadSettings | None


_Job = bytearray | _Commit | _Clear | _Retune


class InputAudioBuffer:
    """Recognises the speech of one session; `run` does the work and must be running.

    Args:
        studio: the engines.
        rate: Hz of the audio that comes in.
        turns: the turn detection; None when the client commits.
        on_turn_event: called on the loop with each turn that begins or ends.
        on_error: called with a plain sentence and a code when recognition fails.
    """

    def __init__(
        self,
        engines: SpeechEngines,
        rate: int,
        vad: VadSettings | None,
        on_turn_event: Callable[[TurnEvent], None],
        on_error: Callable[[str, str], None],
    ) -> None:
        self._engines = engines
        self._rate = rate
        self._vad = vad
        self._on_turn_event = on_turn_event
        self._on_error = on_error
        self._turn_recognizer: TurnRecognizer | None = None
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
        """Whether audio waits to be recognised."""
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

    def commit(self) -> TranscriptFuture:
        """Ends the take; its transcript comes when it is recognised.

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
        transcript: TranscriptFuture = asyncio.get_running_loop().create_future()
        self._push(_Commit(transcript))
        return transcript

    def clear(self) -> None:
        """Discards the audio appended since the last commit."""
        self._consumed = self._received
        while self._jobs and isinstance(self._jobs[-1], bytearray):
            self._jobs.pop()
        self._push(_Clear())

    def retune(self, vad: VadSettings | None) -> None:
        """Changes the turn detection; uncommitted audio is discarded."""
        self._vad = vad
        self._consumed = self._received
        self._push(_Retune(vad))

    def _push(self, job: _Job) -> None:
        self._jobs.append(job)
        self._news.set()

    async def run(self) -> None:
        """Works through incoming audio until it is cancelled."""
        try:
            await self._open(self._vad)
        except SpeechUnavailable as exc:
            self._on_error(str(exc), exc.code)
        try:
            while True:
                while self._jobs:
                    await self._step()
                self._news.clear()
                await self._news.wait()
        finally:
            if self._turn_recognizer is not None:
                # The thread is the detector's: it is freed there, after whatever runs on it now.
                await asyncio.shield(self._engines.on_recognizer_thread(self._turn_recognizer.close))

    async def _open(self, vad: VadSettings | None) -> None:
        recognizer = await self._engines.recognizer()
        self._turn_recognizer = await self._engines.on_recognizer_thread(
            lambda: TurnRecognizer(recognizer, self._rate, vad)
        )

    async def _step(self) -> None:
        """Does one job; a take stays in the queue, for more to be added, until its last slice is due."""
        job = self._jobs[0]
        if isinstance(job, bytearray) and len(job) > self._slice:
            piece = bytes(job[: self._slice])
            del job[: self._slice]
            await self._try_job(piece)
            return
        self._jobs.popleft()
        await self._try_job(bytes(job) if isinstance(job, bytearray) else job)

    @property
    def _slice(self) -> int:
        return int(SLICE_S * self._rate) * 2

    async def _try_job(self, job: bytes | _Commit | _Clear | _Retune) -> None:
        try:
            await self._run_job(job)
        except SpeechFailed as exc:
            self._on_error(str(exc), "speech_failed")
            if isinstance(job, _Commit):
                job.transcript.set_result(None)
            if self._turn_recognizer is not None:
                await self._engines.on_recognizer_thread(self._turn_recognizer.clear)

    async def _run_job(self, job: bytes | _Commit | _Clear | _Retune) -> None:
        recognizer = self._turn_recognizer
        if recognizer is None:
            if isinstance(job, _Commit):
                job.transcript.set_result(None)
            return
        match job:
            case bytes():
                for event in await self._engines.on_recognizer_thread(lambda: recognizer.feed(job)):
                    if isinstance(event, TurnEnded):
                        self._consumed = max(self._consumed, event.until * self._rate // RECOGNIZER_RATE)
                    self._on_turn_event(event)
            case _Commit(transcript):
                transcript.set_result(await self._engines.on_recognizer_thread(recognizer.commit))
            case _Clear():
                await self._engines.on_recognizer_thread(recognizer.clear)
            case _Retune(vad):
                await self._engines.on_recognizer_thread(recognizer.close)
                await self._open(vad)
            case _:
                assert_never(job)
