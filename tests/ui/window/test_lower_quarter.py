"""The lower quarter: the words get the room, and the talk button stays under the hand."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetricsF

from desktop.base.message import verbatim
from desktop.turn.effects import Note, Retrying
from desktop.turn.note_subject import NoteSubject
from desktop.ui.common.centred import SLACK
from desktop.ui.transcript.bubble import Fonts
from tests.ui.window.test_small_window import place, settle, use

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

SIZES = [(720, 480), (853, 533), (1040, 700), (1440, 900), (2560, 1440)]
SUBJECTS: tuple[NoteSubject, ...] = get_args(NoteSubject)
WIDEST = 420
"""Of pickers and meters, in px."""
LONG = "The key was refused. Check that it is a project's runtime key and has not been revoked. " * 3


def fixed(window) -> dict[str, QRect]:
    """The places of what one aims at."""
    row = window.audio
    parts = {
        "talk": window.talk_button,
        "text": window.text_line.field,
        "microphone": row.input.picker,
        "mute": row.input.mute,
        "volume": row.output.volume,
        "connect": window.session_bar,
    }
    return {name: place(part) for name, part in parts.items()}


@pytest.mark.parametrize("size", SIZES)
def test_a_note_moves_nothing_that_one_aims_at(shown, qtbot, size):
    window = shown.window
    use(shown, qtbot, *size)
    before = fixed(window)
    for show in (
        lambda: window.show_note(Note("hint", verbatim("Hold to talk."))),
        lambda: window.show_note(Note("error", verbatim(LONG), "401", "change_key")),
        lambda: window.show_retrying(Retrying(3, 7, verbatim("The connection was lost."), "1006")),
        lambda: window.show_sending(12),
        lambda: window.show_sending(0),
        lambda: shown.notes.settle(*SUBJECTS),
    ):
        show()
        settle()
        assert fixed(window) == before


@pytest.mark.parametrize("size", SIZES)
def test_without_a_note_no_room_is_kept_for_one(shown, qtbot, size):
    window = shown.window
    use(shown, qtbot, *size)
    assert not window.note_line.isVisible()
    gap = place(window.talk_button).top() - place(window.workspace).bottom()
    assert gap <= 10
    before = window.transcript.height()
    window.show_note(Note("warning", verbatim("The microphone is gone.")))
    settle()
    assert window.note_line.isVisible()
    assert not place(window.note_line).intersects(place(window.transcript))
    shown.notes.settle(*SUBJECTS)
    settle()
    assert window.transcript.height() == before


def test_the_last_words_stay_in_sight_when_a_note_comes(shown, qtbot):
    window, view = shown.window, shown.window.transcript.view
    for number in range(40):
        shown.transcript.add_typed(f"line {number}")
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0)
    window.show_note(Note("error", verbatim(LONG), "401"))
    settle()
    last = view.visualRect(shown.transcript.index(39))
    assert view.viewport().rect().contains(last)


@pytest.mark.parametrize("size", SIZES)
def test_pickers_and_meters_are_no_wider_than_they_need(shown, qtbot, size):
    window = shown.window
    use(shown, qtbot, *size)
    row = window.audio
    for part in (row.input.picker, row.input.meter, row.output.picker, row.output.meter, row.output.volume):
        assert part.width() <= WIDEST
    left, button, right = place(row.input), place(window.talk_button), place(row.output)
    assert abs(left.width() - right.width()) <= 1
    assert abs(left.left() - (window.width() - 1 - right.right())) <= 1, "the group is in the middle"
    assert abs(button.center().x() - window.width() // 2) <= 1
    gaps = (button.left() - left.right() - 1, right.left() - button.right() - 1)
    assert abs(gaps[0] - gaps[1]) <= 1
    assert max(gaps) <= 16 + SLACK / 2


def test_on_a_large_screen_a_line_can_be_read(shown, qtbot):
    window, view = shown.window, shown.window.transcript.view
    use(shown, qtbot, 2560, 1440)
    shown.transcript.add_typed("reading " * 100)
    shown.transcript.begin_response(1)
    shown.transcript.grow_response(1, "answering " * 100, 0)
    settle()
    letter = QFontMetricsF(Fonts(view).words).averageCharWidth()
    for row in range(2):
        layout = view.laid(row).layout
        widest = max(layout.lineAt(n).naturalTextWidth() for n in range(layout.lineCount()))
        assert 45 <= widest / letter <= 100
    pane, column = place(window.transcript), place(view.viewport())
    assert abs((column.left() - pane.left()) - (pane.right() - column.right())) <= 16, "but for the bar"
    line = place(window.text_line)
    assert line.width() <= column.width() + 32
    assert abs(line.center().x() - pane.center().x()) <= 1


def test_a_click_in_the_column_of_a_large_screen_meets_its_line(shown, qtbot):
    view = shown.window.transcript.view
    use(shown, qtbot, 2560, 1440)
    shown.transcript.add_typed("hello")
    settle()
    rect = view.visualRect(shown.transcript.index(0))
    assert view.indexAt(rect.center()).row() == 0
    assert rect.width() == view.viewport().width()
