"""The state and the reason why there is no session are one thing: they come and go together."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QObject, Signal

from desktop.base.message import verbatim
from desktop.conversation.displayed_state import DisplayedState
from desktop.turn.effects import DisplayState, Note
from desktop.viewmodels.note_board import FAILURES, FITS, NoteBoard

FAILURE = Note("error", verbatim("The key was refused."), "401", "change_key", subject="session")


class Audio(QObject):
    """The devices, as far as the state depends on them."""

    mute_changed = Signal(bool)
    used_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.muted = False
        self.missing: set[str] = set()

    def lacks(self, side: str) -> bool:
        return side in self.missing


class Bench:
    """The displayed state and the board, connected as in the program."""

    def __init__(self) -> None:
        self.audio, self.board = Audio(), NoteBoard()
        self.displayed = DisplayedState(self.audio)
        self.seen: list[str] = []
        self.displayed.changed.connect(self.board.follow)
        self.displayed.failure_told.connect(self.board.add)
        self.board.failure_settled.connect(self.displayed.forget_failure)
        self.displayed.changed.connect(lambda _: self.check())
        self.board.changed.connect(self.check)

    def check(self) -> None:
        """Nothing stands beside a state that it doesn't fit."""
        state = self.displayed.current
        self.seen.append(state.value)
        for note in self.board.standing:
            assert state in FITS.get(note.subject, (state,)), (state, note)


@pytest.fixture
def bench(qapp) -> Bench:
    return Bench()


def test_a_failure_is_told_with_the_end_and_not_beside_ready(bench: Bench):
    bench.displayed.begin()
    bench.displayed.follow(DisplayState.READY)
    bench.displayed.fail(FAILURE)
    assert bench.board.shown is None, "the streams are still being closed"
    bench.displayed.end(DisplayState.ERROR)
    assert (bench.displayed.current, bench.board.shown) == (DisplayState.ERROR, FAILURE)
    bench.displayed.begin()
    assert bench.board.shown is None, "it is tried again"


@pytest.mark.parametrize("subject", FAILURES)
def test_without_its_reason_there_is_no_error(bench: Bench, subject):
    bench.displayed.begin()
    bench.displayed.fail(Note("error", verbatim("No."), subject=subject))
    bench.displayed.end(DisplayState.ERROR)
    bench.board.settle(subject)
    assert bench.displayed.current is DisplayState.OFFLINE


def test_a_failure_of_a_session_that_the_user_ends_is_not_told(bench: Bench):
    bench.displayed.begin()
    bench.displayed.fail(FAILURE)
    bench.displayed.end(DisplayState.OFFLINE)
    assert bench.board.standing == ()


def test_no_state_claims_a_device_that_is_missing(bench: Bench):
    for state, muted, missing in product(
        DisplayState, (False, True), ((), ("microphone",), ("speaker",), ("microphone", "speaker"))
    ):
        bench.audio.muted, bench.audio.missing = muted, set(missing)
        bench.displayed.follow(state)
        shown = bench.displayed.current
        if "microphone" in missing:
            assert shown not in (DisplayState.LISTENING, DisplayState.READY, DisplayState.INTERRUPTED)
        if "speaker" in missing:
            assert shown is not DisplayState.SPEAKING
        if muted:
            assert shown is not DisplayState.LISTENING


def test_a_microphone_that_comes_back_is_seen_once(bench: Bench):
    bench.displayed.follow(DisplayState.READY)
    bench.audio.missing = {"microphone"}
    bench.audio.used_changed.emit()
    bench.audio.used_changed.emit()
    bench.audio.missing = set()
    bench.audio.used_changed.emit()
    assert bench.seen == ["Ready", "No microphone", "Ready"]
