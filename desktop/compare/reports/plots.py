"""The plots of a report, as SVG: every wait as a dot, and what the waits are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from desktop.compare.reports.markup import Markup, joined, tag
from desktop.compare.results import Outcome
from desktop.compare.statistics import summaries, waits
from desktop.turn.turn_parts import PART_NAMES

WIDTH, NAMES, RIGHT = 960, 300, 70
ROW, TOP, BOTTOM = 34, 8, 34
MOST_DOTS = 300
"""Of a target; of more, the first."""
LONGEST_NAME = 40
TICKS = 6
PART_WORDS = {
    "tail": "tail",
    "packet": "packet",
    "socket": "socket",
    "service": "service",
    "model": "model",
    "prebuffer": "prebuffer",
    "device": "device",
    "leading_silence": "leading silence",
}


def dots(outcome: Outcome) -> Markup:
    """A row for each target: its waits, their median as a line, the middle half of them as a bar."""
    rows = [waits(outcome, at) for at in range(len(outcome.targets))]
    most = max((max(row) for row in rows if row), default=0.0)
    if not most:
        return Markup()
    scale = _Scale(most)
    drawn = []
    for at, values in enumerate(rows):
        middle = TOP + ROW * at + ROW / 2
        drawn.append(_name(outcome.targets[at].name, middle))
        found = summaries(outcome, at).get("key_up_to_audible_ms")
        if found is None:
            drawn.append(tag("text", "no answer", x=NAMES + 4, y=_one(middle + 4), cls="quiet"))
            continue
        ordered = sorted(values)
        low, high = ordered[len(ordered) // 4], ordered[-(len(ordered) // 4) - 1]
        drawn.append(
            tag(
                "rect",
                x=scale(low),
                y=_one(middle - 9),
                width=_one(max(1.0, float(scale(high)) - float(scale(low)))),
                height=18,
                cls="middle-half",
            )
        )
        drawn += [
            tag("circle", tag("title", f"{ms:.0f} ms"), cx=scale(ms), cy=_one(middle), r=4, cls="dot")
            for ms in values[:MOST_DOTS]
        ]
        x = scale(found.median)
        drawn.append(tag("line", x1=x, x2=x, y1=_one(middle - 13), y2=_one(middle + 13), cls="median"))
        label = f"{found.median:.0f} ms"
        drawn.append(tag("text", label, x=WIDTH - 4, y=_one(middle + 4), cls="end"))
    return _plot(len(rows), scale, drawn, "Key-up to audible of every turn, by target")


def bars(outcome: Outcome) -> Markup:
    """A bar for each target: the median of each part of its wait."""
    rows: list[list[tuple[str, float]]] = []
    for at in range(len(outcome.targets)):
        found = summaries(outcome, at)
        rows.append(
            [
                (name[5:], one.median)
                for name, one in found.items()
                if name.startswith("part ") and one.median > 0
            ]
        )
    most = max((sum(ms for _, ms in row) for row in rows), default=0.0)
    if not most:
        return Markup()
    scale = _Scale(most)
    drawn = []
    for at, row in enumerate(rows):
        middle = TOP + ROW * at + ROW / 2
        drawn.append(_name(outcome.targets[at].name, middle))
        begin = 0.0
        for name, ms in row:
            label = f"{_part_words(name)}: {ms:.0f} ms"
            drawn.append(
                tag(
                    "rect",
                    tag("title", label),
                    x=scale(begin),
                    y=_one(middle - 10),
                    width=_one(max(0.5, float(scale(begin + ms)) - float(scale(begin)))),
                    height=20,
                    cls=f"part {_part_class(name)}",
                )
            )
            begin += ms
        drawn.append(
            tag("text", f"{begin:.0f} ms" if row else "-", x=WIDTH - 4, y=_one(middle + 4), cls="end")
        )
    names = dict.fromkeys(name for row in rows for name, _ in row)
    return joined(_plot(len(rows), scale, drawn, "What the wait is made of, medians"), _legend(list(names)))


def _legend(names: Sequence[str]) -> Markup:
    return tag(
        "p",
        *(
            tag("span", tag("span", cls=f"patch {_part_class(name)}"), _part_words(name), cls="entry")
            for name in names
        ),
        cls="legend",
    )


def _part_class(name: str) -> str:
    first = name.split(" + ")[0]
    return f"part-{first}" if first in PART_NAMES else "part-other"


def _part_words(name: str) -> str:
    return " + ".join(PART_WORDS.get(one, one) for one in name.split(" + "))


class _Scale:
    """From ms to the picture's x, with round marks."""

    def __init__(self, most: float) -> None:
        step = 10 ** math.floor(math.log10(most / TICKS))
        self.step = next(step * by for by in (1, 2, 5, 10) if most / (step * by) <= TICKS)
        self.most = self.step * math.ceil(most / self.step)

    def __call__(self, ms: float) -> str:
        return _one(NAMES + (WIDTH - NAMES - RIGHT) * min(max(ms, 0.0), self.most) / self.most)

    @property
    def marks(self) -> list[float]:
        return [self.step * at for at in range(round(self.most / self.step) + 1)]


def _plot(rows: int, scale: _Scale, drawn: Sequence[Markup], words: str) -> Markup:
    height = TOP + ROW * rows + BOTTOM
    foot = TOP + ROW * rows
    grid = []
    for ms in scale.marks:
        x = scale(ms)
        grid.append(tag("line", x1=x, x2=x, y1=TOP, y2=foot, cls="grid"))
        grid.append(tag("text", f"{ms:g}", x=x, y=foot + 18, cls="mark"))
    grid.append(tag("text", "ms", x=WIDTH - 4, y=foot + 18, cls="end quiet"))
    return tag(
        "svg",
        tag("title", words),
        *grid,
        *drawn,
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )


def _name(name: str, middle: float) -> Markup:
    shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return tag("text", tag("title", name), shown, x=NAMES - 10, y=_one(middle + 4), cls="end")


def _one(value: float) -> str:
    return f"{value:.1f}"
