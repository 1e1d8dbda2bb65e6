"""`python -m tests.benchmarks [NAME ...]`: measures, prints a JSON line each and a table at the end.

The JSON goes to `build/bench.jsonl` too. A group that fails loses only its own later figures. The exit code
is 1 when figures are missing, and 0 also when a goal was missed or something became worse: that is told.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.run import run

GROUPS = (
    "floors",
    "window",
    "audio",
    "files",
    "tail",
    "transcript",
    "journal",
    "recording",
    "compare",
    "faults",
    "anywhere",
    "room",
    "models",
    "tools",
)
QUICK = ("floors", "quick")
REPORT = Path("build") / "bench.jsonl"
BASELINE = Path(__file__).with_name("baseline.jsonl")


def main(words: list[str]) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure, and compare with the goals.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one or more of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="the figures that matter most, in two minutes")
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    options = parser.parse_args(words)
    groups: list[str] = options.groups or list(QUICK if options.quick else GROUPS)
    if unknown := [group for group in groups if group not in (*GROUPS, *QUICK)]:
        parser.error(f"no group is named {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    code = run({group: _measure(group) for group in groups}, REPORT, BASELINE)
    if options.keep and code == 0:
        shutil.copyfile(REPORT, BASELINE)
    return code


def _measure(group: str) -> Callable[[], Iterator[Figure]]:
    def measure() -> Iterator[Figure]:
        figures: Iterator[Figure] = importlib.import_module(f"tests.benchmarks.{group}").measure()
        return figures

    return measure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
