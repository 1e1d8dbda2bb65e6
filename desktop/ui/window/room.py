"""What a window of some height has room for."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.ui.common.theme import GAP, GRID

LOW = 580
"""Below this height of the window the words get the room that margins have."""
CRAMPED = 440
"""Below this height the parts stand closer together."""
TINY = 360
"""Below this height, which only small screens have, there is no line for typing: the talk button stays."""
TALK_SHARE = 0.3
"""The talk button's part of the height at most, where its words are too long for its usual size."""


@dataclass(frozen=True, slots=True)
class Room:
    """How the parts share a window; lengths in px."""

    low: bool
    edge: int
    """Above and below all."""
    between: int
    """Between two parts."""
    typing: bool
    """Whether there is a line for typing."""
    talk_button: int
    """The talk button's greatest side."""

    @classmethod
    def of_height(cls, height: int) -> Room:
        """The room in a window of this height."""
        low = height < LOW
        return cls(
            low=low,
            edge=GRID if low else GAP,
            between=GRID // 2 if height < CRAMPED else GRID,
            typing=height >= TINY,
            talk_button=round(height * TALK_SHARE),
        )
