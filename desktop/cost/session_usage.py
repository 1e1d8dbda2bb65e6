"""Usage that is told for the session and not for a response (`session.*`): what of it is new.

No schema says whether such figures add up since the session's beginning or count since the last ones. They
are taken as totals while they only grow; one that is smaller in anything counts by itself.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.cost.usage import Usage

_FIELDS = ("input", "cached", "input_audio", "output", "reasoning", "output_audio", "unsplit")


class SessionUsage:
    """One connection's totals."""

    def __init__(self) -> None:
        self._last: Usage | None = None
        self._charged = False

    def charged(self) -> None:
        """Something before the first total was worked out otherwise, and is not to be counted again."""
        self._charged = True

    @property
    def tells(self) -> bool:
        """Whether the service tells totals: then responses are not estimated."""
        return self._last is not None

    def new_in(self, total: Usage) -> Usage | None:
        """What was used since the last total; None if nobody can say."""
        last, self._last = self._last, total
        if last is None:
            return None if self._charged else total
        steps = {name: getattr(total, name) - getattr(last, name) for name in _FIELDS}
        return total if min(steps.values()) < 0 else replace(total, **steps)
