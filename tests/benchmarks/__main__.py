"""`python -m tests.benchmarks [NAME ...]`: measures, prints a JSON line each and a table at the end.

The JSON goes to `build/bench.jsonl` too. A group that fails loses only its own later figures. The exit code
is 1 when figures are missing, and 0 also when a goal was missed: the table shows that.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.run import run

GROUPS = ("window", "audio", "files", "transcript", "journal", "faults")
REPORT = Path("build") / "bench.jsonl"


def main(words: list[str]) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure, and compare with the goals.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one or more of {', '.join(GROUPS)}")
    groups: list[str] = parser.parse_args(words).groups
    if unknown := [group for group in groups if group not in GROUPS]:
        parser.error(f"no group is named {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return run({group: _measure(group) for group in groups or GROUPS}, REPORT)


def _measure(group: str) -> Callable[[], Iterator[Figure]]:
    def measure() -> Iterator[Figure]:
        figures: Iterator[Figure] = importlib.import_module(f"tests.benchmarks.{group}").measure()
        return figures

    return measure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
