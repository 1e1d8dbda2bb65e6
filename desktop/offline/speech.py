"""The small interface that speech engines stand behind, and the choice of one.

Engines are plain and synchronous. They are reached through `Studio`, which loads them in the background
and runs each on its own single thread: the recognisers aren't thread-safe, and none of them may block
the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, Protocol, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from desktop.base import bundle
from desktop.protocol import codes

log = logging.getLogger(__name__)

T = TypeVar("T")

HEARING_RATE = 16_000
"""Hz; what recognisers and detectors work on."""
VOICE_RATE = 24_000
"""Hz; what voices produce."""

Samples = npt.NDArray[np.float32]
"""Mono, from -1 to 1."""


class SpeechUnavailable(Exception):
    """An engine can't be loaded here; the text is one plain sentence, `code` that of the error."""

    def __init__(self, text: str, code: str = "speech_unavailable") -> None:
        super().__init__(text)
        self.code = code


class SpeechFailed(Exception):
    """An engine that was loaded failed at its work."""


class Mark(msgspec.Struct, frozen=True):
    """Where speech begins or ends, in samples at `HEARING_RATE` since the detector's first."""

    kind: Literal["start", "end"]
    at: int


class Detector(Protocol):
    """Finds speech in one stream of audio."""

    def feed(self, samples: Samples) -> list[Mark]:
        """The beginnings and ends found with this audio, in order; found late, but placed exactly."""

    def close(self) -> None:
        """Frees what the detector holds."""


class Hearing(Protocol):
    """A speech recogniser with its detector. Called from one thread only."""

    def detector(self, threshold: float) -> Detector:
        """A detector for a new stream; the threshold goes from 0 to 1."""

    def transcribe(self, speech: Samples) -> str:
        """The words in a stretch of speech of at most half a minute.

        Raises:
            SpeechFailed: the engine gave up.
        """


class Speaking(Protocol):
    """A voice. Called from one thread only."""

    def say(self, sentence: str) -> bytes:
        """The sentence as PCM16 little-endian mono at `VOICE_RATE`.

        Raises:
            SpeechFailed: the engine gave up.
        """


class Engines(msgspec.Struct, frozen=True):
    """How the two engines are loaded; each loader may raise `SpeechUnavailable`."""

    hearing: Callable[[], Hearing]
    speaking: Callable[[], Speaking]


MOONSHINE_HERE = (sys.platform, platform.machine()) in (
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("win32", "AMD64"),
    ("darwin", "arm64"),
)
"""Whether there is a moonshine wheel for this computer; pocketsphinx stands in where there is none."""


def load_hearing() -> Hearing:
    """The best recogniser that is installed: moonshine, or pocketsphinx where there is no moonshine."""
    if not bundle.has_speech():
        raise _not_in_build("no_recognition_in_build")
    from desktop.offline import moonshine, sphinx

    try:
        return moonshine.load()
    except SpeechUnavailable as exc:
        log.info("moonshine is not available (%s): trying pocketsphinx", exc)
        try:
            return sphinx.load()
        except SpeechUnavailable:
            raise exc from None


def load_speaking() -> Speaking:
    """The voice that is installed."""
    if not bundle.has_speech():
        raise _not_in_build("no_voice_in_build")
    from desktop.offline import hibari_voice

    return hibari_voice.load()


def _not_in_build(code: str) -> SpeechUnavailable:
    return SpeechUnavailable(str(codes.MESSAGES[code]), code)


INSTALLED = Engines(load_hearing, load_speaking)
"""The engines of the `offline` extra."""


class Studio:
    """The engines of a running server, shared by its sessions."""

    def __init__(self, engines: Engines = INSTALLED) -> None:
        self._engines = engines
        self._hearing_thread = ThreadPoolExecutor(1, "hearing")
        self._speaking_thread = ThreadPoolExecutor(1, "speaking")
        self._hearing: asyncio.Future[Hearing] | None = None
        self._speaking: asyncio.Future[Speaking] | None = None

    def load(self) -> None:
        """Starts loading both engines, each on its thread; the first use of an engine waits for it."""
        loop = asyncio.get_running_loop()
        self._hearing = loop.run_in_executor(self._hearing_thread, self._engines.hearing)
        self._speaking = loop.run_in_executor(self._speaking_thread, self._engines.speaking)
        for future in (self._hearing, self._speaking):
            future.add_done_callback(_log_outcome)

    async def hearing(self) -> Hearing:
        """The recogniser, once it is loaded; use it only in `hear`.

        Raises:
            SpeechUnavailable: it could not be loaded.
        """
        assert self._hearing is not None, "load() comes first"
        return await asyncio.shield(self._hearing)

    async def hear(self, work: Callable[[], T]) -> T:
        """Runs work on the hearing thread, in the order it was asked for."""
        return await asyncio.get_running_loop().run_in_executor(self._hearing_thread, work)

    async def say(self, sentence: str) -> bytes:
        """The sentence as PCM16 at `VOICE_RATE`.

        Raises:
            SpeechUnavailable: there is no voice.
            SpeechFailed: the voice failed at this sentence.
        """
        voice = await self.speaking()
        return await asyncio.get_running_loop().run_in_executor(self._speaking_thread, voice.say, sentence)

    async def speaking(self) -> Speaking:
        """The voice, once it is loaded; use it through `say`.

        Raises:
            SpeechUnavailable: it could not be loaded.
        """
        assert self._speaking is not None, "load() comes first"
        return await asyncio.shield(self._speaking)

    def close(self) -> None:
        """Lets the threads end; what they are at is finished first."""
        self._hearing_thread.shutdown(wait=False, cancel_futures=True)
        self._speaking_thread.shutdown(wait=False, cancel_futures=True)


def _log_outcome(future: asyncio.Future[Hearing] | asyncio.Future[Speaking]) -> None:
    if future.cancelled():
        return
    failure = future.exception()
    if failure is None:
        log.info("%s is loaded", type(future.result()).__name__)
    elif isinstance(failure, SpeechUnavailable):
        log.warning("%s", failure)
    else:
        log.error("a speech engine failed to load", exc_info=failure)
