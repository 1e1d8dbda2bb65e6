"""Notes, what helps, and the countdown to the next try."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.base.message import verbatim
from desktop.protocol.endings import Action
from desktop.turn.effects import DisplayState, Note, Retrying
from desktop.ui.session.note_action import NoteAction
from desktop.ui.session.note_line import NoteLine
from desktop.viewmodels.note_board import NoteBoard
from tests.ui.find import label, running_timers, tick

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def board(qapp) -> NoteBoard:
    return NoteBoard()


@pytest.fixture
def line(qtbot, board: NoteBoard) -> NoteLine:
    made = NoteLine(board)
    qtbot.addWidget(made)
    made.show()
    return made


def action_of(line: NoteLine) -> NoteAction:
    return line.findChild(NoteAction)


@pytest.mark.parametrize("action", [each for each in get_args(Action) if each])
def test_each_action_is_a_button_that_says_what_it_does(line, board, action: Action):
    emitted: list[str] = []
    line.acted.connect(emitted.append)
    board.add(Note("error", verbatim("No."), "4xx", action))
    button = action_of(line)
    assert button.isVisible()
    assert button.text()
    assert button.accessibleName() == button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert emitted == [action]


def test_where_nothing_helps_there_is_no_button(line, board):
    board.add(Note("error", verbatim("No."), "402", "top_up"))
    board.add(Note("warning", verbatim("Well.")))
    assert not action_of(line).isVisible()
    board.add(Note("error", verbatim("No."), "402", "top_up"))
    board.remove(board.shown)
    assert not action_of(line).isVisible()


def test_what_helps_only_later_cannot_be_had_before(line, board):
    board.add(Note("error", verbatim("Too many."), "429", "wait", after_s=2))
    button = action_of(line)
    assert not button.isEnabled()
    assert button.text() == "Try again in 2 s"
    tick(button)
    assert not button.isEnabled()
    tick(button)
    assert button.isEnabled()
    assert button.text() == "Try again"
    assert running_timers(button) == []


def test_the_button_takes_no_focus_from_the_talk_key(line, board):
    board.add(Note("error", verbatim("No."), "", "reconnect"))
    button = action_of(line)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_next_try_is_counted_down_to(line):
    emitted: list[str] = []
    line.acted.connect(emitted.append)
    line.show_retrying(Retrying(1, 0.2))
    assert line.text == "", "it is over before one has read it"
    line.show_retrying(Retrying(3, 1.6))
    assert line.text == "Reconnecting: attempt 3 in 2 s"
    assert action_of(line).text() == "Try now"
    QTest.mouseClick(action_of(line), Qt.MouseButton.LeftButton)
    assert emitted == ["now"]
    tick(line)
    assert line.text == "Reconnecting: attempt 3 in 1 s"
    tick(line)
    assert line.text == "Reconnecting: attempt 3"
    assert not action_of(line).isVisible()
    assert running_timers(line) == []


def test_why_it_is_tried_again_is_read_meanwhile(line):
    line.show_retrying(Retrying(2, 1.6, verbatim("The service aborted the session (busy)."), "1013"))
    assert line.text == "The service aborted the session (busy). Reconnecting: attempt 2 in 2 s"
    assert label(line, "code").text() == "1013"
    tick(line)
    assert line.text == "The service aborted the session (busy). Reconnecting: attempt 2 in 1 s"


def test_what_the_drop_cost_is_told_again_afterwards(line, board):
    board.add(Note("warning", verbatim("The connection dropped before the answer was complete."), "1006"))
    line.show_retrying(Retrying(2, 5))
    line.end_retrying()
    assert line.text == "The connection dropped before the answer was complete."
    assert label(line, "code").text() == "1006"
    board.add(Note("hint", verbatim("Hold to talk.")))
    line.show_retrying(Retrying(2, 5))
    line.end_retrying()
    assert line.text == ""


def test_a_note_ends_the_countdown(line, board):
    line.show_retrying(Retrying(2, 5))
    board.add(Note("error", verbatim("No network.")))
    assert running_timers(line) == []
    line.end_retrying()
    assert line.text == "No network."


def test_what_is_still_to_be_sent_is_shown_and_then_the_note_again(line, board):
    board.add(Note("warning", verbatim("The line is slow.")))
    line.show_sending(34)
    assert line.text == "Sending: 34 s of speech left"
    line.show_sending(1)
    assert line.text == "Sending: 1 s of speech left"
    line.show_sending(0)
    assert line.text == "The line is slow."
    board.add(Note("hint", verbatim("Hold to talk.")))
    line.show_sending(3)
    line.show_sending(0)
    assert line.text == ""


def test_the_countdown_ends_with_the_tries(shown):
    line = shown.window.note_line
    line.show_retrying(Retrying(2, 5))
    shown.window.show_state(DisplayState.LISTENING)
    assert line.text, "a take is recorded while it is tried"
    shown.window.begin_session(0.0)
    assert line.text == ""
    line.show_retrying(Retrying(2, 5))
    shown.window.show_state(DisplayState.OFFLINE)
    assert line.text == ""


def test_a_services_words_are_no_markup(line, board):
    board.add(Note("error", verbatim("<img src='x'> <b>no</b>"), "<i>code</i>"))
    labels = line.findChildren(QLabel)
    assert {label.text() for label in labels} == {"<img src='x'> <b>no</b>", "<i>code</i>"}
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
