"""The interfaces of the speech engines, and the choice of engines for this computer.

Engines are plain and synchronous. They are reached through `SpeechEngines`, which loads them in the
background and runs each on a thread of its own: the recognisers aren't thread-safe, and none of them may
block the event loop.
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

RECOGNIZER_RATE = 16_000
"""Hz; what recognisers and detectors work on."""
SYNTHESIZER_RATE = 24_000
"""Hz; what synthesizers produce."""

Samples = npt.NDArray[np.float32]
"""Mono, from -1 to 1."""


class SpeechUnavailable(Exception):
    """An engine can't be loaded here; the text is one plain sentence, `code` that of the error."""

    def __init__(self, text: str, code: str = "speech_unavailable") -> None:
        super().__init__(text)
        self.code = code


class SpeechFailed(Exception):
    """An engine that was loaded failed at its work."""


class SpeechBoundary(msgspec.Struct, frozen=True):
    """Where speech begins or ends, in samples at `RECOGNIZER_RATE` since the detector's first."""

    kind: Literal["start", "end"]
    at: int


class SpeechDetector(Protocol):
    """Finds speech in one stream of audio."""

    def feed(self, samples: Samples) -> list[SpeechBoundary]:
        """The beginnings and ends found with this audio, in order; found late, but with exact positions."""

    def close(self) -> None:
        """Frees what the detector holds."""


class Recognizer(Protocol):
    """A speech recogniser and its detectors. Called from one thread only."""

    def detector(self, threshold: float) -> SpeechDetector:
        """A detector for a new stream; the threshold goes from 0 to 1."""

    def transcribe(self, speech: Samples) -> str:
        """The text of a segment of speech of at most half a minute.

        Raises:
            SpeechFailed: the engine gave up.
        """


class Synthesizer(Protocol):
    """A speech synthesizer. Called from one thread only."""

    def synthesize(self, sentence: str) -> bytes:
        """The sentence as PCM16 little-endian mono at `SYNTHESIZER_RATE`.

        Raises:
            SpeechFailed: the engine gave up.
        """


class EngineLoaders(msgspec.Struct, frozen=True):
    """How the two engines are loaded; each loader may raise `SpeechUnavailable`."""

    recognizer: Callable[[], Recognizer]
    synthesizer: Callable[[], Synthesizer]


MOONSHINE_HERE = (sys.platform, platform.machine()) in (
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("win32", "AMD64"),
    ("darwin", "arm64"),
)
"""Whether there is a moonshine wheel for this computer; otherwise pocketsphinx is used."""


def load_recognizer() -> Recognizer:
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


def load_synthesizer() -> Synthesizer:
    """The voice that is installed."""
    if not bundle.has_speech():
        raise _not_in_build("no_voice_in_build")
    from desktop.offline import hibari

    return hibari.load()


def _not_in_build(code: str) -> SpeechUnavailable:
    return SpeechUnavailable(str(codes.MESSAGES[code]), code)


INSTALLED = EngineLoaders(load_recognizer, load_synthesizer)
"""The engines of the `offline` extra."""


class SpeechEngines:
    """The engines of a running server, shared by its sessions."""

    def __init__(self, loaders: EngineLoaders = INSTALLED) -> None:
        self._loaders = loaders
        self._recognizer_thread = ThreadPoolExecutor(1, "recognizer")
        self._synthesizer_thread = ThreadPoolExecutor(1, "synthesizer")
        self._recognizer: asyncio.Future[Recognizer] | None = None
        self._synthesizer: asyncio.Future[Synthesizer] | None = None

    def load(self) -> None:
        """Starts loading both engines, each on its thread; the first use of an engine waits for it."""
        loop = asyncio.get_running_loop()
        self._recognizer = loop.run_in_executor(self._recognizer_thread, self._loaders.recognizer)
        self._synthesizer = loop.run_in_executor(self._synthesizer_thread, self._loaders.synthesizer)
        for future in (self._recognizer, self._synthesizer):
            future.add_done_callback(_log_outcome)

    async def recognizer(self) -> Recognizer:
        """The recogniser, once it is loaded; use it only in `on_recognizer_thread`.

        Raises:
            SpeechUnavailable: it could not be loaded.
        """
        assert self._recognizer is not None, "load() comes first"
        return await asyncio.shield(self._recognizer)

    async def on_recognizer_thread(self, work: Callable[[], T]) -> T:
        """Runs work on the recogniser's thread, one job at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._recognizer_thread, work)

    async def synthesize(self, sentence: str) -> bytes:
        """The sentence as PCM16 at `SYNTHESIZER_RATE`.

        Raises:
            SpeechUnavailable: there is no voice.
            SpeechFailed: the voice failed at this sentence.
        """
        voice = await self.synthesizer()
        return await asyncio.get_running_loop().run_in_executor(
            self._synthesizer_thread, voice.synthesize, sentence
        )

    async def synthesizer(self) -> Synthesizer:
        """The voice, once it is loaded; use it through `synthesize`.

        Raises:
            SpeechUnavailable: it could not be loaded.
        """
        assert self._synthesizer is not None, "load() comes first"
        return await asyncio.shield(self._synthesizer)

    def close(self) -> None:
        """Lets the threads end; the work they are doing is finished first."""
        self._recognizer_thread.shutdown(wait=False, cancel_futures=True)
        self._synthesizer_thread.shutdown(wait=False, cancel_futures=True)


def _log_outcome(future: asyncio.Future[Recognizer] | asyncio.Future[Synthesizer]) -> None:
    if future.cancelled():
        return
    failure = future.exception()
    if failure is None:
        log.info("%s is loaded", type(future.result()).__name__)
    elif isinstance(failure, SpeechUnavailable):
        log.warning("%s", failure)
    else:
        log.error("a speech engine failed to load", exc_info=failure)
