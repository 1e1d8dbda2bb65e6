"""Measures group after group, and keeps what was measured whatever fails later."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.benchmarks.figures import Figure, table


def run(groups: Mapping[str, Callable[[], Iterator[Figure]]], report: Path) -> int:
    """Print a JSON line for each figure, then the table, and write the report; 1 if a group failed."""
    figures: list[Figure] = []
    failed: dict[str, str] = {}
    try:
        for group, measure in groups.items():
            try:
                for figure in measure():
                    print(json.dumps(figure.record()), flush=True)
                    figures.append(figure)
            except Exception as exc:  # whatever it is, the other groups can still be measured
                traceback.print_exc()
                failed[group] = f"{type(exc).__name__}: {exc}"
    finally:
        report.parent.mkdir(exist_ok=True)
        report.write_text("".join(json.dumps(one.record()) + "\n" for one in figures), encoding="utf-8")
        print(table(figures), flush=True)
        for group, reason in failed.items():
            print(f"MISSING: figures of {group}, because of {reason}", file=sys.stderr, flush=True)
    return 1 if failed else 0
