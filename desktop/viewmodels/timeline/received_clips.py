"""Where the sound that was received stands on the time axis: where it was heard, not where it came.

A reply's sound comes faster than it is spoken. It stands from the mark of its first sample on, with a gap
where the speaker ran empty; what was not heard of it follows, marked as such.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.viewmodels.timeline.records import SAMPLE_BYTES, Clip

MOST_REPLIES = 100_000
MOST_GAPS = 1_000
"""Of a reply."""


@dataclass(slots=True)
class ReplySound:
    """The sound of one reply: where it lies in the track, and what of it was heard when."""

    came_us: int
    offset: int
    size: int
    rate: int
    played_us: float | None = None
    reply: int = 0
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """The end of each time without sound, and its length."""
    heard_us: float | None = None
    """How much of it was heard; None: all of it, as far as it was played."""
    version: int = 0
    made: tuple[int, list[Clip]] | None = None

    def clips(self) -> list[Clip]:
        """It on the time axis."""
        if self.made is None or self.made[0] != self.version:
            self.made = (self.version, self._make())
        return self.made[1]

    def _make(self) -> list[Clip]:
        if self.played_us is None:
            return [Clip(self.came_us, self.offset, self.size, self.rate, heard=False)]
        heard = self.size if self.heard_us is None else min(self.size, self._bytes(self.heard_us))
        made: list[Clip] = []
        at, begin = 0, self.played_us
        for end, length in self.gaps:
            upto = min(heard, at + self._bytes(end - length - begin))
            if upto > at:
                made.append(Clip(begin, self.offset + at, upto - at, self.rate))
                at = upto
            begin = max(begin, end)
        if heard > at:
            made.append(Clip(begin, self.offset + at, heard - at, self.rate))
        if self.size > heard:
            begin = made[-1].end_us if made else self.played_us
            made.append(Clip(begin, self.offset + heard, self.size - heard, self.rate, heard=False))
        return made

    def _bytes(self, us: float) -> int:
        return max(0, int(us * self.rate / 1_000_000)) * SAMPLE_BYTES


class ReceivedClips:
    """The sound of all replies, in the order in which it came."""

    def __init__(self) -> None:
        self.replies: list[ReplySound] = []
        self._open = False
        self._played: ReplySound | None = None
        self._by_number: dict[int, ReplySound] = {}

    def cut(self) -> None:
        """Another reply begins."""
        self._open = False

    def add(self, t_us: int, offset: int, size: int, rate: int) -> None:
        """Sound that came then, of so many bytes."""
        last = self.replies[-1] if self.replies else None
        if last is not None and self._open and last.rate == rate:
            last.size += size
            last.version += 1
        elif len(self.replies) < MOST_REPLIES:
            self.replies.append(ReplySound(t_us, offset, size, rate))
            self._open = True

    def begin_playing(self, t_us: int, reply: int) -> None:
        """The first sample of this reply left the speaker then.

        It is the last one whose sound had come: one that came before it, and was dropped, never sounds.
        """
        for sound in reversed(self.replies[-8:]):
            if sound.played_us is None and sound.came_us <= t_us:
                sound.played_us, sound.reply = float(t_us), reply
                sound.version += 1
                self._played = self._by_number[reply] = sound
                return

    def run_empty(self, t_us: int, ms: float) -> None:
        """Until then the speaker had been empty for so many ms, in the middle of a reply."""
        sound = self._played
        if sound is not None and len(sound.gaps) < MOST_GAPS and ms > 0:
            sound.gaps.append((float(t_us), ms * 1_000))
            sound.version += 1

    def end_playing(self, reply: int, heard_ms: float | None) -> None:
        """So much of this reply was heard; None: all of it."""
        sound = self._by_number.pop(reply, None)
        if sound is not None:
            sound.heard_us = None if heard_ms is None else max(0.0, heard_ms * 1_000)
            sound.version += 1

    def clips(self) -> list[Clip]:
        """All of them; what was not heard ends where the next reply sounds."""
        found: list[Clip] = []
        for sound in self.replies:
            clips = sound.clips()
            last = found[-1] if found else None
            if last is not None and not last.heard and clips and last.end_us > clips[0].begin_us:
                room = max(0, int((clips[0].begin_us - last.begin_us) * last.rate / 1_000_000))
                found[-1] = Clip(last.begin_us, last.offset, room * SAMPLE_BYTES, last.rate, heard=False)
            found += clips
        return [clip for clip in found if clip.size > 0]
