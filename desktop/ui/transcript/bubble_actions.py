"""What can be done with a bubble: small buttons beside it, while the mouse or the keyboard is on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPen

from desktop.base.message import Shortcut
from desktop.ui.common import icons
from desktop.ui.common.theme import Tokens
from desktop.ui.transcript.bubble import LaidLine
from desktop.viewmodels import shortcuts
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.wording import with_keys

BubbleAction = Literal["rest", "play", "copy", "edit"]
"""`rest` plays what was not heard; its button is in the bubble, the others are beside it."""

SIDE = 24.0
ICON = 16.0
GAP = 2.0
AWAY = 6.0
"""Between the bubble and the first button."""

_KEYS: dict[BubbleAction, Shortcut | QKeySequence.StandardKey] = {
    "rest": shortcuts.ENTER,
    "play": shortcuts.ENTER,
    "copy": shortcuts.COPY,
    "edit": shortcuts.EDIT,
}
_ICONS: dict[BubbleAction, str] = {"play": "play", "copy": "copy", "edit": "edit"}


def actions(line: Line) -> tuple[BubbleAction, ...]:
    """The actions beside this line's bubble; the first one is the next to it."""
    if line.tool is not None or line.speaker == "system" or not line.text:
        return ()
    play: tuple[BubbleAction, ...] = ("play",) if line.can_be_played else ()
    edit: tuple[BubbleAction, ...] = ("edit",) if line.can_be_edited else ()
    return ("copy", *play, *edit)


def words(action: BubbleAction, *, sounding: bool = False) -> str:
    """What an action is called in menus and, with its key, in tooltips; `sounding`: it plays now."""
    translate = QCoreApplication.translate
    match action:
        case "rest" | "play" if sounding:
            return translate("Transcript", "Stop playing")
        case "rest":
            return translate("Transcript", "Play the rest")
        case "play":
            return translate("Transcript", "Play again")
        case "copy":
            return translate("Transcript", "Copy bubble")
        case "edit":
            return translate("Transcript", "Edit and send again")


def tooltip(action: BubbleAction, *, sounding: bool = False) -> str:
    """An action's words and its key."""
    return with_keys(words(action, sounding=sounding), _KEYS[action])


def places(line: Line, laid: LaidLine, width: int) -> list[tuple[BubbleAction, QRectF]]:
    """The buttons beside a bubble, in pixels from the row's top left; beside it is where the room is.

    Args:
        line: what is in the row.
        laid: its parts.
        width: of the list.
    """
    bubble = laid.shape
    rightward = bubble.left() < width - bubble.right()
    top = bubble.bottom() - SIDE - 2
    found = []
    for number, action in enumerate(actions(line)):
        away = AWAY + number * (SIDE + GAP)
        left = bubble.right() + away if rightward else bubble.left() - away - SIDE
        found.append((action, QRectF(QPointF(left, top), QSizeF(SIDE, SIDE))))
    return found


def action_at(at: QPointF, line: Line, laid: LaidLine, width: int) -> BubbleAction | None:
    """The button at this point of the row; None for none."""
    if laid.play and laid.play.contains(at):
        return "rest"
    return next((action for action, place in places(line, laid, width) if place.contains(at)), None)


@dataclass(frozen=True, slots=True)
class ActionMarks:
    """The buttons of a row are shown, and the mouse is over this one."""

    hovered: BubbleAction | None = None
    sounding: BubbleAction | None = None
    """What was asked of the line plays: its button stops it."""


def paint_actions(
    painter: QPainter, line: Line, laid: LaidLine, top: int, width: int, marks: ActionMarks, colours: Tokens
) -> None:
    """Draw the buttons beside the bubble of a row that begins at `top`."""
    for action, place in places(line, laid, width):
        button = place.translated(0, top)
        over = action == marks.hovered
        painter.setPen(QPen(QColor(colours.accent), 1) if over else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(button, 6, 6)
        edge = (SIDE - ICON) / 2
        icon = QRectF(button.left() + edge, button.top() + edge, ICON, ICON)
        name = "stop" if action == marks.sounding else _ICONS[action]
        icons.draw(painter, name, QColor(colours.text if over else colours.muted), icon)
