"""Every kind of note beside every state, and what makes each untrue."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

import desktop
from desktop.base.message import verbatim
from desktop.turn.effects import DisplayState, Note
from desktop.turn.note_subject import NoteSubject
from desktop.viewmodels.note_board import FAILURES, NoteBoard

SUBJECTS: tuple[NoteSubject, ...] = get_args(NoteSubject)
S = DisplayState
CLOSED = {S.OFFLINE, S.ERROR}
OPEN = set(S) - CLOSED - {S.CONNECTING}
TRUE_BESIDE: dict[str, set[DisplayState]] = {
    "news": set(S),
    "session": CLOSED,
    "network": CLOSED,
    "no session": CLOSED,
    "connecting": {S.CONNECTING},
    "resting": {S.RESTING},
    "answer": OPEN,
    "take": set(S),
    "listening": {S.LISTENING, S.MUTED},
    "mute": set(S),
    "microphone": OPEN | {S.CONNECTING},
    "speaker": OPEN | {S.CONNECTING},
    "test": set(S),
    "change": OPEN,
    "key": set(S),
    "models": set(S),
    "settings": set(S),
    "settings read": set(S),
    "recording": set(S),
    "export": set(S),
    "left": set(S),
    "reset": set(S),
    "budget": set(S),
    "retired": set(S),
    "hotkey": set(S),
    "tray": set(S),
    "login": set(S),
    "others": set(S),
}
"""Beside which states each note can be read without contradicting the state's word."""
OVER_WITH_THE_NEXT_TAKE = {"news", "answer", "take", "export", "test"}


def error(subject: NoteSubject) -> Note:
    return Note("error", verbatim(subject), subject=subject)


def test_the_table_is_whole() -> None:
    assert set(TRUE_BESIDE) == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_note_stands_beside_a_state_that_denies_it(subject: NoteSubject) -> None:
    fits = TRUE_BESIDE[subject]
    for before, state in product(fits, S):
        board = NoteBoard()
        board.follow(before)
        board.add(error(subject))
        board.follow(state)
        stands = bool(board.standing)
        if state not in fits:
            assert not stands, (before, state)
        elif before is not state and subject in OVER_WITH_THE_NEXT_TAKE and state is S.LISTENING:
            assert not stands, "the user goes on"
        elif subject not in OVER_WITH_THE_NEXT_TAKE:
            assert stands, f"it is still true: {before}, {state}"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_note_goes_with_its_reason_and_only_with_that(subject: NoteSubject) -> None:
    board = NoteBoard()
    board.add(error(subject))
    board.settle(*(other for other in SUBJECTS if other != subject))
    assert board.shown == error(subject)
    board.settle(subject)
    assert board.shown is None


def test_a_hint_covers_what_stands_and_uncovers_it() -> None:
    board = NoteBoard()
    missing = Note("warning", verbatim("It needs a key."), action="add_key", subject="key")
    hint = Note("hint", verbatim("Not connected."), subject="no session")
    board.add(missing)
    board.add(hint)
    assert board.shown is hint
    board.remove(hint)
    assert board.shown is missing


def test_why_there_is_no_session_is_one_reason() -> None:
    board = NoteBoard()
    board.add(error("network"))
    board.add(error("session"))
    assert [note.subject for note in board.standing] == ["session"]


@pytest.mark.parametrize("subject", FAILURES)
def test_a_failure_that_is_settled_is_told(subject: NoteSubject) -> None:
    board, told = NoteBoard(), []
    board.failure_settled.connect(lambda: told.append(True))
    board.add(error(subject))
    board.settle("key")
    assert told == []
    board.settle(subject)
    assert told == [True]


def test_another_device_is_news_until_one_speaks_and_none_at_all_is_not() -> None:
    board = NoteBoard()
    board.follow(S.READY)
    board.add(Note("warning", verbatim("Now using the default."), subject="speaker"))
    board.add(error("microphone"))
    board.follow(S.LISTENING)
    assert [note.subject for note in board.standing] == ["microphone"]


def test_every_note_of_the_program_says_what_it_is_about() -> None:
    """A warning or an error of no subject would stay beside anything."""
    unsaid = []
    for path in Path(desktop.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _name(node.func) != "Note" or not node.args:
                continue
            kind = node.args[0]
            hint = isinstance(kind, ast.Constant) and kind.value == "hint"
            subject = len(node.args) > 5 or any(word.arg == "subject" for word in node.keywords)
            if not (hint or subject):
                unsaid.append(f"{path.name}:{node.lineno}")
    assert [place for place in unsaid if not place.startswith(("device_messages", "main_window"))] == []


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
