"""Draws a line of the transcript that is laid out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextCharFormat, QTextLayout

from desktop.ui.common import icons
from desktop.ui.common.theme import BUBBLE_RADIUS, GRID, INSET, RADIUS, Tokens, call_state_colour
from desktop.ui.transcript.bubble import STACKED, Fonts, LaidLine, play_words
from desktop.ui.transcript.bubble_actions import ActionMarks
from desktop.ui.transcript.text_selection import to_units
from desktop.viewmodels.transcript_line import Line

BAR = 3.0
Span = tuple[int, int]
"""Begin and end in a text, in UTF-16 units."""


@dataclass(slots=True)
class LineMarks:
    """What is marked in a line."""

    selected: Span | None = None
    found: list[Span] = field(default_factory=list)
    match: Span | None = None
    """The current match."""
    current: bool = False
    """Whether it is the current line of the keyboard."""
    actions: ActionMarks | None = None
    """The buttons of its bubble, while they are shown."""


def paint(
    painter: QPainter, line: Line, laid: LaidLine, top: int, marks: LineMarks, look: PaintStyle
) -> None:
    """Draw a line whose row begins at `top`."""
    painter.translate(0, top)
    if line.tool is not None:
        _paint_card(painter, line, laid, look)
    elif line.speaker != "system":
        _paint_bubble(painter, line, laid, marks, look)
    colours = look.colours
    muted = line.speaker == "system" or not line.text
    painter.setPen(QColor(colours.muted if muted else colours.text))
    laid.layout.draw(painter, laid.text_at, _formats(line, marks, colours))
    if marks.current:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawRoundedRect(laid.outline.adjusted(-2, -2, 2, 2), BUBBLE_RADIUS, BUBBLE_RADIUS)
    painter.translate(0, -top)


@dataclass(slots=True)
class PaintStyle:
    """Colours, fonts and direction of the list."""

    colours: Tokens
    fonts: Fonts
    mirrored: bool = False


def _paint_bubble(painter: QPainter, line: Line, laid: LaidLine, marks: LineMarks, look: PaintStyle) -> None:
    colours, bubble = look.colours, laid.shape
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.user_bubble if line.speaker == "user" else colours.raised))
    painter.drawRoundedRect(bubble, BUBBLE_RADIUS, BUBBLE_RADIUS)
    if line.is_being_spoken:
        painter.setBrush(QColor(colours.accent))
        left = bubble.right() + 3 if look.mirrored else bubble.left() - BAR - 3
        painter.drawRoundedRect(QRectF(left, bubble.top() + 8, BAR, bubble.height() - 16), BAR / 2, BAR / 2)
    painter.setFont(look.fonts.small)
    painter.setPen(QColor(colours.muted))
    foot = bubble.adjusted(INSET, 0, -INSET, -GRID)
    if laid.play is not None:
        if laid.stacked:
            foot.setBottom(laid.play.top() - STACKED)
        else:
            foot.setTop(laid.play.top())
        below = Qt.AlignmentFlag.AlignBottom if laid.stacked else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(foot, _leading(look) | below, laid.foot)
        _paint_pill(painter, laid.play, marks.actions or ActionMarks(), look)
    else:
        painter.drawText(foot, _leading(look) | Qt.AlignmentFlag.AlignBottom, laid.foot)


def _paint_pill(painter: QPainter, pill: QRectF, actions: ActionMarks, look: PaintStyle) -> None:
    """The button for the unheard rest, which stops it while it plays."""
    colours = look.colours
    hovered, sounding = actions.hovered == "rest", actions.sounding == "rest"
    painter.setBrush(QColor(colours.surface))
    painter.setPen(QPen(QColor(colours.accent), 1) if hovered else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    ink = QColor(colours.accent)
    side, words = look.fonts.icon, play_words(sounding=sounding)
    # In the middle: there is room for the longer of its words, so that nothing moves.
    spare = pill.width() - 3 * GRID - side - look.fonts.small_width(words)
    edge = GRID + max(0.0, spare / 2)
    left = pill.right() - edge - side if look.mirrored else pill.left() + edge
    icons.draw(
        painter, "stop" if sounding else "play", ink, QRectF(left, pill.center().y() - side / 2, side, side)
    )
    painter.setPen(ink)
    before = edge + side + GRID / 2
    room = pill.adjusted(4, 0, -before, 0) if look.mirrored else pill.adjusted(before, 0, 0, 0)
    painter.drawText(room, _leading(look) | Qt.AlignmentFlag.AlignVCenter, words)


def _paint_card(painter: QPainter, line: Line, laid: LaidLine, look: PaintStyle) -> None:
    colours, card = look.colours, laid.shape
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.raised), 1))
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    state = line.tool.state if line.tool else ""
    colour = call_state_colour(state, colours)
    left = card.right() - INSET - 16 if look.mirrored else card.left() + INSET
    icons.draw(painter, "tool", colour, QRectF(left, card.center().y() - 8, 16, 16))
    painter.setFont(look.fonts.small)
    painter.setPen(colour)
    trailing = Qt.AlignmentFlag.AlignLeft if look.mirrored else Qt.AlignmentFlag.AlignRight
    trailing |= Qt.AlignmentFlag.AlignAbsolute
    painter.drawText(card.adjusted(INSET, 0, -INSET, 0), trailing | Qt.AlignmentFlag.AlignVCenter, laid.foot)


def _leading(look: PaintStyle) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if look.mirrored else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute


def _formats(line: Line, marks: LineMarks, colours: Tokens) -> list[QTextLayout.FormatRange]:
    """Draw the marks; later ones lie above earlier ones."""
    formats = []
    if line.unheard_text and line.heard is not None:
        unheard = (to_units(line.text, line.heard), 2 * len(line.text))
        formats.append(_range(unheard, _inked(colours.muted)))
    tint = QColor(colours.warn)
    tint.setAlpha(80)
    formats += _ranges(marks.found, _inked(colours.text, tint))
    if marks.selected:
        formats.append(_range(marks.selected, _inked(colours.on_fill, QColor(colours.accent))))
    if marks.match:
        formats.append(_range(marks.match, _inked(colours.on_fill, QColor(colours.warn))))
    return formats


def _ranges(spans: Iterable[Span], form: QTextCharFormat) -> list[QTextLayout.FormatRange]:
    return [_range(span, form) for span in spans]


def _inked(ink: str, ground: QColor | None = None) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(QColor(ink))
    if ground is not None:
        form.setBackground(ground)
    return form


def _range(span: Span, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = span[0], span[1] - span[0]
    made.format = form
    return made
