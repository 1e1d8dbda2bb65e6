"""The one source of sound that all targets are given: read once, and resampled once for each rate."""

from __future__ import annotations

import hashlib

import numpy as np

from desktop.audio.format import Samples, float_to_pcm16, pcm16_to_float
from desktop.audio.resample import Resampler
from desktop.audio.sound_file import SoundFile
from desktop.base.message import MessageError, Text
from desktop.compare.sound_store import SoundStore
from desktop.conversation.reply_sound import AUDIBLE_DBFS

SHORTEST_MS = 100
"""The smallest take that providers accept."""
LONGEST_S = 600
"""The shortest life that a provider gives a session."""
BLOCK = 65_536
MOST_RATES = 8
"""That a take is kept at. A service may name any rate; the oldest is made again when it is needed."""

TOO_SHORT = Text(
    "compare-take-too-short",
    "{name} has {ms} ms of sound. A take needs {least} ms at least: choose another file.",
)
TOO_LONG = Text(
    "compare-take-too-long",
    "{name} is {minutes} min long. A take can be {most} min long at most: cut it, or choose another file.",
)
SILENT = Text(
    "compare-take-silent",
    "Nothing is said in {name}: all of it is quieter than {least} dBFS. Choose another file.",
)


class TakeError(MessageError, ValueError):
    """A sound that can't be a take; the message says why and what to do."""


class Take:
    """What was said. `at_rate` gives the same bytes to everybody who asks for the same rate.

    Args:
        samples: mono float32.
        rate: of the samples, in Hz.
        name: what to call it in messages and reports.
        store: keeps the sound on the disk; None: it stays in memory.

    Raises:
        TakeError: it is too short, too long, or silent.
    """

    def __init__(self, samples: Samples, rate: int, name: str, store: SoundStore | None = None) -> None:
        self.name, self.rate = name, rate
        self.seconds = len(samples) / rate
        """Its length."""
        self._store = store
        self._at_rate: dict[int, bytes | tuple[int, int]] = {}
        self._hashes: dict[int, str] = {}
        ms = 1_000 * len(samples) / rate
        if ms < SHORTEST_MS:
            raise TakeError(TOO_SHORT(name=name, ms=f"{ms:.0f}", least=SHORTEST_MS))
        if ms > LONGEST_S * 1_000:
            raise _too_long(name, ms / 1_000)
        if float(np.max(np.abs(samples))) < 10 ** (AUDIBLE_DBFS / 20):
            raise TakeError(SILENT(name=name, least=f"{AUDIBLE_DBFS:g}"))
        self._samples = store.put(samples.astype(np.float32).tobytes()) if store else samples

    @property
    def sha256(self) -> dict[int, str]:
        """Of its bytes at each rate that was asked for, by the rate in Hz."""
        return dict(sorted(self._hashes.items()))

    def at_rate(self, rate: int) -> bytes:
        """PCM16 mono at a rate in Hz."""
        kept = self._at_rate.get(rate)
        if isinstance(kept, bytes):
            return kept
        if kept is not None and self._store:
            return self._store.get(kept)
        while len(self._at_rate) >= MOST_RATES:
            del self._at_rate[next(iter(self._at_rate))]
        pcm = self._resampled(rate)
        self._hashes[rate] = hashlib.sha256(pcm).hexdigest()
        self._at_rate[rate] = self._store.put(pcm) if self._store else pcm
        return pcm

    def _resampled(self, rate: int) -> bytes:
        samples = self._samples
        if isinstance(samples, tuple):
            assert self._store is not None, "it gave the place"
            samples = np.frombuffer(self._store.get(samples), np.float32)
        resampler = Resampler(self.rate, rate)
        pieces = [resampler.push(samples[at : at + BLOCK]) for at in range(0, len(samples), BLOCK)]
        return float_to_pcm16(np.concatenate([*pieces, resampler.finish()]))


def take_of(sound: SoundFile, store: SoundStore | None = None) -> tuple[Take, list[str]]:
    """The take of a file of sound, and what the user should know about the file. It blocks.

    Raises:
        TakeError: it can't be one.
    """
    if sound.seconds > LONGEST_S:
        raise _too_long(sound.name, sound.seconds)
    pieces: list[Samples] = []
    while len(block := sound.read(BLOCK)):
        pieces.append(block)
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return Take(samples, sound.rate, sound.name, store), [str(note) for note in sound.notes]


def take_of_pcm(pcm: bytes, rate: int, name: str, store: SoundStore | None = None) -> Take:
    """The take of PCM16 mono. Raises TakeError: it can't be one."""
    return Take(pcm16_to_float(pcm[: len(pcm) // 2 * 2]), rate, name, store)


def _too_long(name: str, seconds: float) -> TakeError:
    return TakeError(TOO_LONG(name=name, minutes=f"{seconds / 60:.0f}", most=LONGEST_S // 60))
