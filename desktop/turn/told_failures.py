"""What the user was told about the present response, so that no failure is told twice.

A service reports one failure in two ways: as an `error` event, and in the response's end.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.protocol import failures
from desktop.protocol.events import Error, ResponseCompleted
from desktop.protocol.failures import Failure

MOST_TOLD = 16
"""The last ones are compared with."""


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    words: str
    known: Failure | None
    end: bool
    """It came with a response's end."""


class ToldFailures:
    """The failures that were told since a response was last asked for."""

    def __init__(self) -> None:
        self._told: list[_Told] = []

    def clear(self) -> None:
        """Another response is asked for, or begins by itself."""
        self._told.clear()

    def is_new(self, failed: Error | ResponseCompleted) -> bool:
        """Whether this is still to be told; from then on it has been.

        An end that says nothing of its own only repeats an error before it. Errors that say the same are
        several errors.
        """
        end = isinstance(failed, ResponseCompleted)
        why = failed.reason if isinstance(failed, ResponseCompleted) else ""
        known = failures.reason(failed.code, why, failed.message)
        one = _Told(failed.code.lower(), failed.message.strip().lower(), known, end)
        before = [told for told in self._told if end or told.end]
        self._told = [*self._told, one][-MOST_TOLD:]
        if end and before and known is None and not one.words:
            return False
        return not any(_same(told, one) for told in before)


def _same(told: _Told, one: _Told) -> bool:
    if one.known is not None and one.known is told.known:
        return True
    if one.words and told.words:
        return one.words in told.words or told.words in one.words
    return one.code != "" and one.code == told.code
