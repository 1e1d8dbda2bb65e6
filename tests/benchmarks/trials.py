"""Trials that a busy machine spoils are run again, a few times, and each time is reported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

ATTEMPTS = 5

_Result = TypeVar("_Result")


class SpoiledTrialError(Exception):
    """The trial measured the machine, not the program. Restore the earlier state before raising it."""


def repeat_spoiled(trial: Callable[[], _Result], attempts: int = ATTEMPTS) -> _Result:
    """The result of the first valid attempt.

    Raises:
        SpoiledTrialError: every attempt was spoiled.
    """
    for attempt in range(1, attempts + 1):
        try:
            return trial()
        except SpoiledTrialError as exc:
            print(f"Attempt {attempt} of {attempts} was spoiled: {exc}", file=sys.stderr, flush=True)
            reason = exc
    raise SpoiledTrialError(f"{attempts} attempts in a row were spoiled; the last: {reason}") from reason
