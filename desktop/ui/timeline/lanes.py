"""Where the lanes of a timeline are, from the top: the axis, marks, both voices, waits, tools, frames."""

from __future__ import annotations

from dataclasses import dataclass

GUTTER = 84
"""Left of the lanes: their names."""
NARROW_GUTTER = 12
EDGE = 8
"""Right of them."""
RULER = 18
MARKS = 12
WAITS = 10
TOOLS = 12
FRAMES = 10
GAP = 2
BELOW = 4
HEIGHT = 176
LOW = 104
"""In a low window."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's upper edge and its height."""

    top: int
    height: int

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    def holds(self, y: float) -> bool:
        """Whether it is at this height."""
        return self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of a picture."""

    ruler: Lane
    marks: Lane
    sent: Lane
    received: Lane
    waits: Lane
    tools: Lane
    frames: Lane

    @classmethod
    def of_height(cls, height: int) -> Lanes:
        """Fixed ones, and two waves that share the rest."""
        fixed = RULER + MARKS + WAITS + TOOLS + FRAMES + 6 * GAP + BELOW
        wave = max(8, (height - fixed) // 2)
        tops = [0]
        for size in (RULER, MARKS, wave, wave, WAITS, TOOLS):
            tops.append(tops[-1] + size + GAP)
        sizes = (RULER, MARKS, wave, wave, WAITS, TOOLS, FRAMES)
        return cls(*(Lane(top, size) for top, size in zip(tops, sizes, strict=True)))
