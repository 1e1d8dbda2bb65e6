"""The size of the letters: its keys, its bounds, and a window that holds whatever it is."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.viewmodels.text_sizes import SIZES, stepped

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_steps_go_from_any_size_to_the_next_and_no_further():
    assert [stepped(percent, 1) for percent in (50, 80, 99, 105, 200, 300)] == [80, 90, 100, 110, 200, 200]
    assert [stepped(percent, -1) for percent in (50, 80, 99, 105, 200, 300)] == [80, 80, 90, 100, 175, 200]
    assert stepped(175, 0) == 100


def test_the_keys_ask_for_it_everywhere_in_the_window(shown):
    asked: list[int] = []
    shown.window.text_size_asked.connect(asked.append)
    shown.window.show_text_size(110)
    for place in (shown.window.talk_button, shown.window.text_line.field, shown.window.transcript.view):
        place.setFocus()
        for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0):
            QTest.keyClick(place, key, CONTROL)
    assert asked == [1, 1, -1, 0] * 3
    assert shown.window.text_line.field.text() == ""


def test_at_the_bounds_the_menu_says_why_not(shown):
    actions = {action.text(): action for action in shown.window.menu.menu_shown.actions()}
    for percent, off in ((200, "Larger text"), (80, "Smaller text"), (100, "Normal text size")):
        shown.window.show_text_size(percent)
        disabled = [name for name, action in actions.items() if not action.isEnabled()]
        assert disabled == [off]
        assert actions[off].toolTip() == "It is this size already"


def test_the_conversation_and_the_line_follow_and_nothing_else(shown, qtbot):
    window = shown.window
    window.transcript.view.setMinimumHeight(100)
    shown.transcript.add_typed("some words of the user's")
    window.transcript.view.settle()
    field, voice = window.text_line.field, window.session_bar

    def heights() -> tuple[float, int, int]:
        words = window.transcript.view.laid(0).layout.boundingRect().height()
        return words, field.height(), voice.height()

    before = heights()
    window.show_text_size(200)
    field.set_text("typed")
    after = heights()
    assert after[0] == pytest.approx(2 * before[0], rel=0.1)
    assert after[1] > before[1]
    assert field.fontMetrics().height() > 24
    assert after[2] == before[2]
    window.show_text_size(100)
    assert heights() == before


@pytest.mark.parametrize("percent", [SIZES[0], 125, SIZES[-1]])
@pytest.mark.parametrize("size", [(720, 480), (1040, 700), (2560, 1440)])
def test_every_size_leaves_everything_in_its_place(shown, qtbot, size, percent):
    window = shown.window
    window.resize(*size)
    window.show_text_size(percent)
    window.text_line.field.set_text("\n".join(["many words"] * 9))
    for number in range(4):
        shown.transcript.add_typed("words " * 40 * number)
    qtbot.waitUntil(lambda: window.text_line.field.height() == window.text_line.height())
    parts: list[QWidget] = [
        window.session_bar,
        window.transcript.view,
        window.text_line,
        window.audio,
    ]
    places = [QRect(part.mapTo(window, QPoint()), part.size()) for part in parts]
    for above, below in itertools.pairwise(places):
        assert above.bottom() < below.top()
    assert all(window.rect().contains(place) for place in places)
    assert (window.width(), window.height()) == size
    assert window.transcript.view.height() >= 60, "the words are seen"
