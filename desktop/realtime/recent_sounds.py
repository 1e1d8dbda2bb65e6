"""The sound of what was said lately, by the user and by the assistant: to be played again.

It is in memory only, and the oldest goes first. What becomes of a take or a response doesn't depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

from desktop.audio.format import float_to_pcm16, pcm16_to_float
from desktop.audio.resample import convert

MOST_BYTES = 36_000_000
"""Of all sounds together: more than 12 minutes at 24 kHz."""
LONGEST_BYTES = 12_000_000
"""Of one sound. A longer one is not kept at all: half of it would be taken for the whole."""

Said = Literal["take", "response"]


@dataclass(frozen=True, slots=True)
class Sound:
    """PCM16 mono at `rate` Hz."""

    pcm: bytes
    rate: int

    def at(self, rate: int) -> Sound:
        """The same at another rate in Hz. Blocks: 0.1 s for two minutes."""
        if rate == self.rate:
            return self
        return Sound(float_to_pcm16(convert(pcm16_to_float(self.pcm), self.rate, rate)), rate)


@dataclass(slots=True)
class _Kept:
    rate: int
    pcm: bytearray = field(default_factory=bytearray)
    too_long: bool = False


class RecentSounds:
    """Keeps the sound of takes and responses, by their numbers.

    Args:
        changed: called with what was said, its number, and whether its sound is kept from now on.
        most_bytes: of all together.
        longest_bytes: of one.
    """

    def __init__(
        self,
        changed: Callable[[Said, int, bool], None] = lambda said, number, kept: None,
        most_bytes: int = MOST_BYTES,
        longest_bytes: int = LONGEST_BYTES,
    ) -> None:
        self._changed = changed
        self._most = most_bytes
        self._longest = longest_bytes
        self._kept: dict[tuple[Said, int], _Kept] = {}
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes of all sounds together."""
        return self._size

    def add(self, said: Said, number: int, pcm: bytes, rate: int) -> None:
        """More of a take or a response: whole samples of PCM16 at this rate in Hz."""
        if not pcm:
            return
        kept = self._kept.get((said, number))
        if kept is None:
            kept = self._kept[said, number] = _Kept(rate)
            self._changed(said, number, True)
        if kept.too_long:
            return
        if rate != kept.rate:
            self._convert(kept, rate)  # a reconnect in mid-take, at another rate
        kept.pcm += pcm
        self._size += len(pcm)
        if len(kept.pcm) > self._longest:
            self._size -= len(kept.pcm)
            kept.pcm, kept.too_long = bytearray(), True
            self._changed(said, number, False)
        self._make_room()

    def get(self, said: Said, number: int) -> Sound | None:
        """All of a sound so far; None if it isn't kept."""
        kept = self._kept.get((said, number))
        return Sound(bytes(kept.pcm), kept.rate) if kept and kept.pcm else None

    def drop(self, said: Said, number: int) -> None:
        """Forget a sound: the user has discarded it."""
        kept = self._kept.pop((said, number), None)
        if kept is not None:
            self._size -= len(kept.pcm)
            if not kept.too_long:
                self._changed(said, number, False)

    def keep_only(self, takes: Collection[int]) -> None:
        """Forget all sounds but those of these takes: another conversation begins."""
        for said, number in list(self._kept):
            if said != "take" or number not in takes:
                self.drop(said, number)

    def _convert(self, kept: _Kept, rate: int) -> None:
        self._size -= len(kept.pcm)
        kept.pcm = bytearray(Sound(bytes(kept.pcm), kept.rate).at(rate).pcm)
        kept.rate = rate
        self._size += len(kept.pcm)

    def _make_room(self) -> None:
        while self._size > self._most:
            self.drop(*next(iter(self._kept)))
