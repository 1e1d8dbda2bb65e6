"""Measures group after group, and keeps what was measured whatever fails later."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from tests.benchmarks import comparison
from tests.benchmarks.figures import Figure, missed, table


def run(
    groups: Mapping[str, Callable[[], Iterator[Figure]]], report: Path, baseline: Path | None = None
) -> int:
    """Print a JSON line for each figure, then the table and what became worse; 1 if a group failed.

    Args:
        groups: what measures, by its name.
        report: written at the end. Figures that are in it already, and aren't measured now, stay.
        baseline: figures of a release to compare with.
    """
    last = comparison.load(report)
    figures: list[Figure] = []
    failed: dict[str, str] = {}
    try:
        for group, measure in groups.items():
            try:
                for figure in measure():
                    print(msgspec.json.encode(figure).decode(), flush=True)
                    figures.append(figure)
            except Exception as exc:  # whatever it is, the other groups can still be measured
                traceback.print_exc()
                failed[group] = f"{type(exc).__name__}: {exc}"
    finally:
        measured = {one.name for one in figures}
        comparison.save([*(one for one in last.values() if one.name not in measured), *figures], report)
        print(table(figures), flush=True)
        for line in missed(figures):
            print(line, flush=True)
        for line in comparison.worse(figures, last, "in the last run"):
            print(line, flush=True)
        if baseline:
            for line in comparison.worse(figures, comparison.load(baseline), "the baseline"):
                print(line, flush=True)
        for group, reason in failed.items():
            print(f"MISSING: figures of {group}, because of {reason}", file=sys.stderr, flush=True)
    return 1 if failed else 0
