"""What the bench does to a tool's calls, as the window edits it, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.message import Text
from desktop.base.visible_text import visible_line
from desktop.viewmodels.wording import worded

MARKS = {
    "delay": Text("bench-delay", "delayed"),
    "error": Text("bench-error", "error"),
    "timeout": Text("bench-timeout", "timeout"),
    "garbage": Text("bench-garbage", "garbage"),
    "empty": Text("bench-empty", "empty result"),
    "huge": Text("bench-huge", "10 MB"),
    "wrong types": Text("bench-wrong-types", "wrong types"),
    "fixed": Text("bench-fixed", "fixed answer"),
}
BENCH = Text("bench-mark", "bench: {what}")


@dataclass(frozen=True, slots=True)
class BenchSetting:
    """As `tools.bench.BenchRule`; `answer` is JSON text."""

    delay_s: float = 0.0
    bend: str = ""
    answer: str = ""
    chance: float = 1.0
    seed: int = 0
    once: bool = True


def bench_words(mark: str) -> str:
    """The badge of a call that the bench has bent; an unknown mark, from a later version's file, stays."""
    what = worded(MARKS[mark]()) if mark in MARKS else visible_line(mark)
    return worded(BENCH(what=what))
