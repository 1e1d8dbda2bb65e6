"""In a small window everything has its own place, and the talk button is there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLayout, QStackedWidget, QWidget

from desktop.base.message import verbatim
from desktop.protocol import catalog
from desktop.turn.effects import DisplayState, Note
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart

# The offscreen platform has no window manager to tell the window's smallest size to, and warns of it.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

WORDS_HEIGHT = 180
"""Of 480 pixels: eleven lines."""


def placed(layout: QLayout) -> Iterator[QWidget]:
    """The visible widgets of a layout."""
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if (widget := item.widget()) is not None:
            if widget.isVisible():
                yield widget
        elif (inner := item.layout()) is not None:
            yield from placed(inner)


def clashes(window: QWidget) -> list[str]:
    """What lies over something else, or beyond the edge of what it is in."""
    found = []
    for parent in [window, *window.findChildren(QWidget)]:
        if not parent.isVisible() or parent.layout() is None:
            continue
        parts = [part for part in placed(parent.layout()) if not part.geometry().isEmpty()]
        found += [f"{one} over {two}" for one, two in combinations(parts, 2) if over(one, two)]
        if not isinstance(parent, QStackedWidget):  # a pane may lose its lower end
            found += [f"{part} beyond {parent}" for part in parts if outside(part, parent)]
    return found


def outside(part: QWidget, parent: QWidget) -> bool:
    return not parent.rect().contains(part.geometry())


def over(one: QWidget, two: QWidget) -> bool:
    return one.geometry().intersects(two.geometry())


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def use(shown, qtbot, width: int, height: int) -> None:
    shown.window.setMinimumSize(1, 1)
    shown.window.resize(width, height)
    qtbot.waitUntil(lambda: (shown.window.width(), shown.window.height()) == (width, height))
    qtbot.waitUntil(lambda: shown.window.audio.width() == width - 32)
    settle()


def settle() -> None:
    for _ in range(6):  # layouts settle from the inside out
        QApplication.processEvents()


def show_strips(window) -> None:
    """Everything that can stand above or below the conversation at the same time."""
    window.show_welcome(True)
    window.restart.offer(PendingRestart(ChosenOptions(catalog.MODELS[1]), ("model",)))
    window.show_note(
        Note("error", verbatim("The key was refused. Check that it is right. " * 2), "401", "change_key")
    )
    window.question.ask(verbatim("Open example.org?\nhttps://example.org"))


@pytest.mark.parametrize("pane", ["transcript", "tools", "events", "timing"])
@pytest.mark.parametrize("size", [(720, 480), (859, 520), (860, 480), (1024, 540), (1097, 560), (640, 430)])
@pytest.mark.parametrize("strips", [False, True], ids=["quiet", "with every strip"])
def test_nothing_lies_over_anything(shown, qtbot, pane, size, strips):
    window = shown.window
    use(shown, qtbot, *size)
    if strips:
        show_strips(window)
    if pane != "transcript":
        window.side.setCurrentWidget(getattr(window.side, pane))
    elif window.workspace.narrow:
        window.side.setCurrentWidget(window.transcript)
    settle()
    assert clashes(window) == []


def test_the_words_get_the_room(shown, qtbot):
    use(shown, qtbot, 720, 480)
    assert shown.window.transcript.view.viewport().height() >= WORDS_HEIGHT


@pytest.mark.parametrize("size", [(720, 480), (853, 400), (683, 340), (640, 300), (640, 270)])
@pytest.mark.parametrize("state", [DisplayState.OFFLINE, DisplayState.LISTENING])
def test_the_talk_button_is_whole_however_small_the_window(shown, qtbot, size, state):
    window = shown.window
    window.show_state(state)
    window.show_welcome(True)
    use(shown, qtbot, *size)
    button = place(window.talk_button)
    assert window.rect().contains(button)
    assert window.talk_button.size() == window.talk_button.sizeHint()
    assert not button.intersects(place(window.workspace))
