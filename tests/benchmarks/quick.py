"""The figures of the window that matter most, from few trials: enough to see that something became worse."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import window
from tests.benchmarks.figures import Figure


def measure() -> Iterator[Figure]:
    """The figures of the window, in a minute and a half."""
    yield from window.measure(trials=8, windows=4, starts=3)
