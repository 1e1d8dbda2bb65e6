"""Which strokes may approve a call: not those that were meant for something else.

Pure: times are seconds of `time.monotonic`, of the strokes themselves and not of when they were read.
"""

from __future__ import annotations

READ_S = 0.5
"""How long a card must have been in sight. Source: the design's rules for approvals."""
REPEAT_S = 0.1
"""A key-down so soon after the key's last event is a repeat: on X11 a held key repeats as pairs of up and
down, and on a busy machine one in ten looks like a real stroke (up to 5 ms apart)."""


class StrokeGuard:
    """Follows the strokes on a card, from before it is in sight."""

    def __init__(self) -> None:
        self._seen_at: float | None = None
        self._key_at: dict[int, float] = {}
        self._held: set[int] = set()

    def hide(self) -> None:
        """Another question is asked, or none: nothing of it is in sight yet."""
        self._seen_at = None

    def seen(self, at: float) -> bool:
        """The card is in sight; whether it was not before."""
        first = self._seen_at is None
        if first:
            self._seen_at = at
        return first

    def key_down(self, key: int, at: float, *, repeats: bool) -> bool:
        """A key went down; whether it may approve."""
        held = key in self._held
        again = repeats or held or at - self._key_at.get(key, -1.0) < REPEAT_S
        self._key_at[key] = at
        self._held.add(key)
        return not again and self.may(at)

    def key_up(self, key: int, at: float) -> None:
        """A key went up, or seems to."""
        self._key_at[key] = at
        self._held.discard(key)

    def lose_keys(self) -> None:
        """Another window has the keyboard: where the keys go up isn't told."""
        self._held.clear()

    def may(self, at: float) -> bool:
        """Whether a stroke made then may approve: a button of the mouse went down."""
        return self._seen_at is not None and at - self._seen_at >= READ_S
