"""Lays out a line of the transcript: a bubble at its speaker's side, a tool's card, or a note."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from desktop.ui.common.theme import BASE_PX, GAP, GRID, INSET, SMALL_PX
from desktop.ui.transcript.text_selection import END, to_units
from desktop.viewmodels import numbers
from desktop.viewmodels.line_words import note_words, tool_words
from desktop.viewmodels.transcript_line import Line

WIDEST = 0.78
"""A bubble's share of the pane's width."""
NARROWEST_TEXT = 80.0
SHOWN_CHARS = 8_000
"""Only so much of a longer text is drawn: a megabyte takes seconds. Copies and exports have all of it."""
PILL = 24.0
"""Height of the button that plays the rest."""
ICON = 12.0
"""The side of an icon beside small text of the usual size."""
CARD = 32.0
STACKED = 4.0
"""Pixels between the foot and the button below it."""


class Fonts:
    """The fonts of the transcript, from its widget's, at `percent` of the usual size."""

    def __init__(self, widget: QWidget, percent: int = 100) -> None:
        self.words = QFont(widget.font())
        self.words.setPixelSize(round(BASE_PX * percent / 100))
        self.small = QFont(widget.font())
        self.small.setPixelSize(round(SMALL_PX * percent / 100))
        self.name = QFont(self.small)
        self.name.setWeight(QFont.Weight.DemiBold)

    def small_width(self, words: str) -> float:
        """The width of a small text."""
        return QFontMetricsF(self.small).horizontalAdvance(words)

    @property
    def icon(self) -> float:
        """The side of an icon beside a small text."""
        return ICON * self.small.pixelSize() / SMALL_PX

    @property
    def pill(self) -> float:
        """The height of a button with a small text."""
        return max(PILL, QFontMetricsF(self.small).height() + GRID)


@dataclass(slots=True)
class LaidLine:
    """A line with the places of its parts, in pixels from the row's top left."""

    height: int
    layout: QTextLayout
    text_at: QPointF
    shape: QRectF
    """The bubble or card; empty for notes."""
    foot: str = ""
    play: QRectF | None = None
    """The button that plays the unheard rest."""
    cut: bool = False
    """Whether the text goes on after what is drawn."""
    stacked: bool = False
    """Whether the button is below the foot: there is no room beside it."""

    @property
    def outline(self) -> QRectF:
        """The outline of the drawn parts."""
        if not self.shape.isEmpty():
            return self.shape
        left, width = _natural(self.layout)
        rect = QRectF(left, 0, width, self.layout.boundingRect().height()).translated(self.text_at)
        return rect.adjusted(-GRID, -2, GRID, 2)

    def place_at(self, at: QPointF) -> int:
        """The place in the text that is nearest to this point, in UTF-16 units."""
        inner = at - self.text_at
        if inner.y() < 0:
            return 0
        for number in range(self.layout.lineCount()):
            line = self.layout.lineAt(number)
            if inner.y() < line.y() + line.height():
                return int(line.xToCursor(inner.x()))
        return END if self.cut else len(self.layout.text().encode("utf-16-le", "surrogatepass")) // 2

    def band(self, place: int) -> tuple[float, float]:
        """Top and height of the text line that contains this place."""
        line = self.layout.lineForTextPosition(place)
        return (self.text_at.y() + line.y(), line.height()) if line.isValid() else (0.0, float(self.height))


def play_words(*, sounding: bool = False) -> str:
    """The text of the button for the unheard rest; `sounding`: while it plays."""
    if sounding:
        return QCoreApplication.translate("Transcript", "Stop playing")
    return QCoreApplication.translate("Transcript", "Play the rest")


def lay_out(line: Line, width: int, fonts: Fonts, mirrored: bool = False) -> LaidLine:
    """Lay out a line for a list of this width; `mirrored` where windows run from right to left."""
    if line.tool is not None:
        return _lay_out_card(line, width, fonts, mirrored)
    if line.speaker == "system":
        layout = _wrapped(line.text[:SHOWN_CHARS], fonts.small, width - 4 * GAP, centred=True)
        height = round(layout.boundingRect().height()) + 2 * GRID
        return LaidLine(height, layout, QPointF(2 * GAP, GRID), QRectF())
    return _lay_out_bubble(line, width, fonts, mirrored)


def guess_heights(chars: Sequence[int], width: int, percent: int = 100) -> NDArray[np.int64]:
    """The approximate heights of bubbles with so many characters each, at this size of the letters."""
    letter = BASE_PX * percent / 100
    per_line = max(1.0, _text_width(width) / (letter * 0.55))
    lines = np.minimum(np.asarray(chars, np.int64), SHOWN_CHARS) // per_line
    return np.rint(34 + 2.2 * letter + 1.25 * letter * lines).astype(np.int64)


def reads_from_right(text: str) -> bool:
    """Whether the text's first letter is of a script that runs from right to left."""
    for letter in text[:200]:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _lay_out_bubble(line: Line, width: int, fonts: Fonts, mirrored: bool) -> LaidLine:
    heard = to_units(line.text, line.heard) if line.unheard_text and line.heard is not None else END
    layout = _wrapped(line.text[:SHOWN_CHARS] or "…", fonts.words, _text_width(width), upright=heard)
    left_most, natural = _natural(layout)
    # A response of an earlier conversation has no number: its sound is gone.
    widest, unheard = _text_width(width), bool(line.unheard_text and line.number)
    metrics = QFontMetricsF(fonts.small)
    foot_lines = _foot_lines(line, metrics, widest)
    foot_width = max(map(fonts.small_width, foot_lines))
    words = max(fonts.small_width(play_words(sounding=sounding)) for sounding in (False, True))
    pill = QSizeF(words + fonts.icon + 3 * GRID, fonts.pill)
    stacked = unheard and (len(foot_lines) > 1 or foot_width + GAP + pill.width() > widest)
    foot_height = 4 + (fonts.pill if unheard else 0.0)
    if stacked or not unheard:
        foot_height += metrics.height() + (len(foot_lines) - 1) * metrics.lineSpacing()
    if stacked:
        foot_height += STACKED
    beside = foot_width + GAP + pill.width() if unheard else foot_width
    inner = max(natural, *((foot_width, pill.width()) if stacked else (beside,)))
    shape = QSizeF(inner + 2 * INSET, layout.boundingRect().height() + foot_height + 2 * INSET - 4)
    at_right = (line.speaker == "user") != mirrored
    left = width - GAP - shape.width() if at_right else float(GAP)
    bubble = QRectF(QPointF(left, GRID / 2), shape)
    # A text from right to left is at the right of its place.
    inset = inner - natural if reads_from_right(line.text) else 0.0
    text_at = QPointF(left + INSET - left_most + inset, bubble.top() + INSET - 2)
    play = None
    if unheard:
        edge = bubble.left() + INSET - GRID if mirrored else bubble.right() - INSET + GRID / 2 - pill.width()
        play = QRectF(QPointF(edge, bubble.bottom() - GRID - fonts.pill), pill)
    height = round(bubble.height() + GRID)
    foot = "\n".join(foot_lines)
    return LaidLine(height, layout, text_at, bubble, foot, play, len(line.text) > SHOWN_CHARS, stacked)


def _lay_out_card(line: Line, width: int, fonts: Fonts, mirrored: bool) -> LaidLine:
    layout = _wrapped(line.text[:200], fonts.name, _text_width(width))
    left_most, natural = _natural(layout)
    foot = tool_words(line.tool) if line.tool else ""
    text_height = layout.boundingRect().height()
    shape = QSizeF(
        INSET + 16 + GRID + natural + GAP + fonts.small_width(foot) + INSET, max(CARD, text_height + 2 * GRID)
    )
    left = width - GAP - shape.width() if mirrored else float(GAP)
    card = QRectF(QPointF(left, GRID / 2), shape)
    start = left + (INSET + fonts.small_width(foot) + GAP if mirrored else INSET + 16 + GRID)
    text_at = QPointF(start - left_most, card.top() + (card.height() - text_height) / 2)
    return LaidLine(round(card.height() + GRID), layout, text_at, card, foot)


def _foot_lines(line: Line, metrics: QFontMetricsF, widest: float) -> list[str]:
    """The time and what is said about the line; in as many lines as it takes, each part in one."""
    lines = [""]
    for part in _foot_parts(line):
        longer = f"{lines[-1]} · {part}" if lines[-1] else part
        if lines[-1] and metrics.horizontalAdvance(longer) > widest:
            lines.append(part)
        else:
            lines[-1] = longer
    return [metrics.elidedText(each, Qt.TextElideMode.ElideRight, widest) for each in lines]


def _foot_parts(line: Line) -> list[str]:
    parts = [f"{line.at:%H:%M:%S}", note_words(line.note)]
    if line.unheard_text:
        parts.append(QCoreApplication.translate("Transcript", "rest not heard"))
    if len(line.text) > SHOWN_CHARS:
        words = QCoreApplication.translate("Transcript", "first {shown} of {all} characters")
        parts.append(words.format(shown=numbers.whole(SHOWN_CHARS), all=numbers.whole(len(line.text))))
    return [part for part in parts if part]


def _text_width(width: int) -> float:
    return max(NARROWEST_TEXT, width * WIDEST - 2 * INSET - 2 * GAP)


def _natural(layout: QTextLayout) -> tuple[float, float]:
    """Where the text begins, and its width."""
    rects = [layout.lineAt(number).naturalTextRect() for number in range(layout.lineCount())]
    left = min((rect.left() for rect in rects), default=0.0)
    return left, max((rect.right() for rect in rects), default=0.0) - left


def _italic(begin: int, end: int) -> QTextLayout.FormatRange:
    part = QTextLayout.FormatRange()
    part.start, part.length = begin, max(0, end - begin)
    form = QTextCharFormat()
    form.setFontItalic(True)
    part.format = form
    return part


def _wrapped(text: str, font: QFont, width: float, centred: bool = False, upright: int = END) -> QTextLayout:
    """Break the text into lines; what follows after `upright` UTF-16 units is italic."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    if upright < END:
        layout.setFormats([_italic(upright, 2 * len(text))])
    leftward = reads_from_right(text)
    option = QTextOption(Qt.AlignmentFlag.AlignRight if leftward else Qt.AlignmentFlag.AlignLeft)
    if centred:
        option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    # Not the application's direction: the user may write Hebrew in an English window.
    direction = Qt.LayoutDirection.RightToLeft if leftward else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout
