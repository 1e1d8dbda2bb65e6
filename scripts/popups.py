"""What opens over the window and the dialogs, in the screenshots: each menu, list and tip."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TypeVar

from dialogs import settings_dialog
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QListWidget,
    QMenu,
    QToolButton,
    QToolTip,
    QWidget,
)
from scenes import SCENES, window_of

from desktop.ui.session.model_box import ModelBox
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.session.spend_button import SpendButton
from desktop.ui.session.voice_box import VoiceBox
from desktop.ui.talk.message_field import MessageField
from desktop.ui.talk.picture_button import PictureButton
from desktop.ui.window.main_menu import MainMenu
from desktop.ui.window.main_window import MainWindow

Popup = tuple[str, QWidget, Callable[[], object]]
KINDS = (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
LONG = "A long tip has several lines: what it says about a button is read, not cut off at the screen's edge."


def open_now() -> list[QWidget]:
    """The popups that are open, the lowest first."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.windowType() in KINDS]


SCENE: dict[str, tuple[str, Callable[[MainWindow], object]]] = {
    "menu": ("ready", lambda window: drop(_one(window, MainMenu), 1)),
    "options": ("ready", lambda window: drop(_one(window, OptionsButton), 2)),
    "spend": ("spend", lambda window: drop(_one(window, SpendButton), 1)),
    "picture-menu": ("ready", lambda window: drop(_one(window, PictureButton), 0)),
    "models": ("ready", lambda window: _one(window, ModelBox).showPopup()),
    "models-retired": ("retired", lambda window: _one(window, ModelBox).showPopup()),
    "model-tip": ("retired", lambda window: tip(_one(window, ModelBox))),
    "voices": ("ready", lambda window: _one(window, VoiceBox).showPopup()),
    "languages": ("translate", lambda window: _last_box(window.session_bar).showPopup()),
    "microphones": ("ready", lambda window: window.audio.input.picker.showPopup()),
    "speakers": ("ready", lambda window: window.audio.output.picker.showPopup()),
    "types": ("events", lambda window: window.side.events.types.showPopup()),
    "directions": ("events", lambda window: window.side.events.directions.showPopup()),
    "bubble-menu": ("ready", lambda window: ask(window.transcript.view)),
    "text-menu": ("ready", lambda window: ask(_one(window, MessageField))),
    "turn-menu": ("timing", lambda window: ask(window.side.timing.turns)),
    "tip": ("ready", lambda window: tip(_one(window, MainMenu))),
    "long-tip": ("ready", lambda window: tip(_one(window, MainMenu), LONG)),
}
"""For each popup the scene that it opens over, and what opens it."""


def all_of_them(size: tuple[int, int], names: Collection[str] = ()) -> Iterator[Popup]:
    """Name, window, and what opens its popup, for a window of this size; of these names, or all."""
    scenes = {scene.name: scene for scene in SCENES}
    for name, (scene, opens) in SCENE.items():
        if not names or f"popup-{name}" in names:
            window, act = window_of(scenes[scene], size)
            yield f"popup-{name}", window, partial(_open, window, act, opens)


def of_dialogs() -> Iterator[Popup]:
    """Name, dialog, and what opens its popup."""
    parent = QWidget()
    for page, place, name in (
        (0, -1, "reconnect"),
        (1, 0, "presets"),
        (5, 0, "microphone"),
        (7, 1, "language"),
    ):
        dialog = settings_dialog(parent)
        pages = dialog.findChild(QListWidget)
        assert isinstance(pages, QListWidget)
        pages.setCurrentRow(page)

        def opens(dialog: QWidget = dialog, place: int = place) -> None:
            shown = [box for box in dialog.findChildren(QComboBox) if box.isVisible()]
            shown[place].showPopup()

        yield f"popup-settings-{name}", dialog, opens


def drop(button: QToolButton, active: int) -> None:
    """Open a button's menu as a click does, one entry under the pointer; none without a button."""
    if not button.isVisible():
        return
    menu = button.menu()
    assert isinstance(menu, QMenu)
    room = button.window().geometry()
    at = button.mapToGlobal(QPoint(0, button.height()))
    wanted = menu.sizeHint()
    if at.x() + wanted.width() > room.right():
        at.setX(button.mapToGlobal(QPoint(button.width(), 0)).x() - wanted.width())
    if at.y() + wanted.height() > room.bottom():
        at.setY(button.mapToGlobal(QPoint(0, 0)).y() - wanted.height())
    menu.popup(at)
    menu.setActiveAction(menu.actions()[active])


def ask(widget: QWidget) -> None:
    """Ask for a widget's context menu, as the right button of the mouse does."""
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    at = QPoint(40, 20)
    if isinstance(widget, QAbstractItemView):
        rows = (widget.visualRect(widget.model().index(row, 0)) for row in range(widget.model().rowCount()))
        at = next((row.center() for row in rows if row.center().y() > 0), at)
    QApplication.sendEvent(
        target, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, target.mapToGlobal(at))
    )


def tip(button: QWidget, words: str = "") -> None:
    """Show a button's tip."""
    QToolTip.showText(button.mapToGlobal(QPoint(0, button.height())), words or button.toolTip(), button)


def _open(window: MainWindow, act: Callable[[], object], opens: Callable[[MainWindow], object]) -> None:
    act()
    QApplication.processEvents()  # what moves when a pane is shown has moved
    opens(window)


Kind = TypeVar("Kind", bound=QWidget)


def _one(window: QWidget, kind: type[Kind]) -> Kind:
    found = window.findChild(kind)
    assert isinstance(found, kind)
    return found


def _last_box(bar: QWidget) -> QComboBox:
    return [box for box in bar.findChildren(QComboBox) if box.isVisible()][-1]
