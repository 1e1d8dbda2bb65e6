"""The talk button's size, and where its icon and its words are: inside the ring, in any language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import hypot, sqrt

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

DIAMETER = 112
"""Of the disc, in px: it is larger only where the words need it."""
LARGEST = 1.35
"""So many times the usual diameter at most; the usual one grows with the text."""
BASE_PX = 13
"""The text size for which `DIAMETER` is made."""
STEP = 4
"""Between two diameters, in px."""
SMALLEST_PX = 9
CLEAR = 5.0
"""Between the words and the ring, in px."""
ICON = 28.0
"""At the usual text size."""
ICON_GAP = 2.0
LINES = 3
"""The state is broken into so many lines at most, what to do into one less."""
MARK = QRectF(0, 0, 24, 3)
"""The focus mark below the words."""
MARK_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The disc's diameter and the size of the text, in px."""

    diameter: int
    text_px: int
    shrunk: bool = False
    """The text is smaller than usual, or shortened: with more room it could be larger."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text, its font, and its box: from the centre of the disc."""

    words: str
    font: QFont
    box: QRectF


@dataclass(frozen=True, slots=True)
class Label:
    """What is inside the disc, from its centre."""

    icon: QRectF
    lines: tuple[PlacedLine, ...]
    mark: QRectF
    """Where the focus is shown."""


NOTHING = Label(QRectF(), (), QRectF())


def fit(labels: Iterable[Sequence[str]], font: QFont, most: int) -> Fit:
    """The size in which every label fits; `most` px is the largest diameter, unless it is below the usual.

    The disc grows first, then the text shrinks. What doesn't fit even then is shortened by `place`.
    """
    text_px = QFontInfo(font).pixelSize()
    usual = max(SMALLEST_PX, text_px - 1)
    grown = round(DIAMETER * LARGEST * max(1.0, text_px / BASE_PX))
    largest = max(DIAMETER, min(grown, most))
    every = list(labels)
    for px in range(usual, SMALLEST_PX - 1, -1):
        diameter = DIAMETER
        for words in every:
            while diameter <= largest and _placed(words, font, px, diameter) is None:
                diameter += STEP
        if diameter <= largest:
            return Fit(diameter, px, px < usual)
    return Fit(largest, SMALLEST_PX, shrunk=True)


def place(words: Sequence[str], font: QFont, size: Fit) -> Label:
    """The label's parts; a word that is too long even so is shortened."""
    return _placed(words, font, size.text_px, size.diameter) or _shortened(words, font, size)


def _placed(words: Sequence[str], font: QFont, px: int, diameter: int) -> Label | None:
    """The label with as few lines as fit, or None."""
    radius = diameter / 2 - CLEAR
    for title in _broken(words[0], LINES):
        for hint in _broken(words[1], LINES - 1) if len(words) > 1 else [[]]:
            label = _stacked(title, hint, font, px)
            if all(_inside(box, radius) for box in (label.icon, *(_ink(line) for line in label.lines))):
                return label
    return None


def _stacked(title: Sequence[str], hint: Sequence[str], font: QFont, px: int) -> Label:
    """Icon, lines and focus mark, one below the other, with their middle in the disc's."""
    bold, plain = _fonts(font, px)
    texts = [*((line, bold) for line in title), *((line, plain) for line in hint)]
    icon = ICON * max(1.0, (px + 1) / BASE_PX)
    heights = [QFontMetricsF(used).height() for _, used in texts]
    top = -(icon + ICON_GAP + sum(heights) + MARK_GAP) / 2
    icon_box = QRectF(-icon / 2, top, icon, icon)
    top += icon + ICON_GAP
    lines = []
    for (text, used), height in zip(texts, heights, strict=True):
        width = QFontMetricsF(used).horizontalAdvance(text)
        lines.append(PlacedLine(text, used, QRectF(-width / 2, top, width, height)))
        top += height
    mark = QRectF(MARK)
    mark.moveCenter(QRectF(0, top + MARK_GAP, 0, MARK.height()).center())
    return Label(icon_box, tuple(lines), mark)


def _shortened(words: Sequence[str], font: QFont, size: Fit) -> Label:
    label = _stacked(words[:1], words[1:], font, size.text_px)
    radius = size.diameter / 2 - CLEAR
    lines = []
    for line in label.lines:
        room = 2 * sqrt(max(0.0, radius**2 - max(abs(line.box.top()), abs(line.box.bottom())) ** 2))
        text = QFontMetricsF(line.font).elidedText(line.words, Qt.TextElideMode.ElideRight, room)
        width = min(room, line.box.width())
        box = QRectF(-width / 2, line.box.top(), width, line.box.height())
        lines.append(PlacedLine(text, line.font, box))
    return Label(label.icon, tuple(lines), label.mark)


def _ink(line: PlacedLine) -> QRectF:
    """Where letters can be: the line's own spacing may be nearer to the ring."""
    metrics = QFontMetricsF(line.font)
    return QRectF(line.box.left(), line.box.top() + metrics.leading(), line.box.width(), metrics.height())


def _inside(box: QRectF, radius: float) -> bool:
    return all(hypot(x, y) <= radius for x in (box.left(), box.right()) for y in (box.top(), box.bottom()))


def _broken(words: str, most: int) -> Iterator[list[str]]:
    """The text in one line, in two, and so on, broken at spaces; the most even way first."""
    parts = words.split()
    for count in range(1, min(most, len(parts)) + 1):
        ways = [
            [" ".join(parts[begin:end]) for begin, end in zip((0, *cuts), (*cuts, len(parts)), strict=True)]
            for cuts in combinations(range(1, len(parts)), count - 1)
        ]
        yield from sorted(ways, key=lambda lines: max(map(len, lines)))


@lru_cache(maxsize=32)
def _fonts(font: QFont, px: int) -> tuple[QFont, QFont]:
    """For the state and for what to do, one px smaller."""
    bold, plain = QFont(font), QFont(font)
    bold.setPixelSize(px)
    bold.setWeight(QFont.Weight.DemiBold)
    plain.setPixelSize(max(SMALLEST_PX, px - 1))
    return bold, plain
