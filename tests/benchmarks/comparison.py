"""What became worse since an earlier run, which may have been on another machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tests.benchmarks.figures import Figure

NOISE = 0.2
"""Medians of two runs of one program differ by less, also beside other work: seen in twenty runs."""
LEAST = 0.5
"""In the figure's unit. Less isn't worth a word."""

Earlier = Mapping[str, Figure]


def load(report: Path) -> dict[str, Figure]:
    """The figures of a report by name; none if there is no report, or not one of this format."""
    try:
        lines = report.read_bytes().splitlines()
        figures = [msgspec.json.decode(line, type=Figure) for line in lines]
    except (OSError, msgspec.MsgspecError):
        return {}
    return {one.name: one for one in figures}


def save(figures: Iterable[Figure], report: Path) -> None:
    """Write a report; the folder is made."""
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in figures))


def worse(figures: Iterable[Figure], earlier: Earlier, than: str) -> list[str]:
    """A line for each figure whose median is worse `than` it was, in floors where both are known."""
    return [
        f"WORSE than {than}: {now.name}: {_words(now)}, was {_words(before)}"
        for now in figures
        if (before := earlier.get(now.name)) and _is_worse(now, before)
    ]


def _is_worse(now: Figure, before: Figure) -> bool:
    # What was measured is worth a word if it would be one on the machine of then, too.
    scale = before.floor / now.floor if now.floor and before.floor else 1.0
    growth = now.p50 * scale - before.p50
    return growth > LEAST and growth > NOISE * abs(before.p50)


def _words(one: Figure) -> str:
    ratio = "" if one.ratio is None else f" ({one.ratio:.2f} floors)"
    return f"{one.p50:g} {one.unit}".rstrip() + ratio
