"""However fast a service changes what is shown, it is painted once a tick, and the last of it is seen."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from desktop.base.message import verbatim
from desktop.turn.effects import DisplayState, Note
from desktop.turn.timing import TurnTiming
from desktop.ui.common import gathering
from desktop.ui.common.gathering import Gathering
from desktop.ui.session.status_chip import StatusChip
from desktop.ui.timing.figures_table import FiguresTable
from desktop.ui.timing.turn_list import TurnList
from desktop.ui.tools.call_list import CallList
from desktop.viewmodels.event_record import clean_record
from desktop.viewmodels.events_model import AGAIN_MS

FRAMES = 1_000
NEVER_MS = 600_000


class Paints(QObject):
    """Counts what is painted, by name."""

    def __init__(self, **widgets: QWidget) -> None:
        super().__init__()
        self.counted = Counter[str]()
        self._names = {widget: name for name, widget in widgets.items()}
        for widget in self._names:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.counted[self._names[watched]] += 1
        return False


def test_the_first_change_is_shown_at_once_and_the_others_together(qapp, monkeypatch):
    monkeypatch.setattr(gathering, "PAINT_MS", 33)
    now, shown = [10.0], []
    owner = QObject()
    gathered = Gathering(lambda: shown.append(now[0]), owner, clock=lambda: now[0])
    gathered.change()
    assert shown == [10.0]
    for _ in range(FRAMES):
        gathered.change()
    assert (shown, gathered.pending) == ([10.0], True)
    now[0] = 10.033
    gathered.flush()
    assert (shown, gathered.pending) == ([10.0, 10.033], False)
    now[0] = 10.070
    gathered.change()
    assert shown[-1] == 10.070


def test_what_is_shown_later_isnt_shown_from_within_the_change(qtbot):
    shown: list[int] = []
    owner = QObject()
    gathered = Gathering(lambda: shown.append(1), owner, later=True)
    gathered.change()
    gathered.change()
    assert shown == []
    qtbot.waitUntil(lambda: shown == [1])


@pytest.mark.parametrize("pane", ["tools", "timing"])
def test_a_thousand_frames_within_a_tick_are_painted_once(shown, qtbot, monkeypatch, pane):
    """Every part of the window that a frame of the service reaches."""
    window, side = shown.window, shown.window.side
    parts = {
        "transcript": window.transcript.view.viewport(),
        "calls": window.findChild(CallList).viewport(),
        "turns": window.findChild(TurnList).viewport(),
        "figures": window.findChild(FiguresTable),
        "note": window.note_line,
        "state": window.findChild(StatusChip),
        "talk": window.talk_button,
    }
    side.setCurrentWidget(getattr(side, pane))
    feed(shown, 0)
    shown.events.flush()
    qtbot.wait(100)
    monkeypatch.setattr(gathering, "PAINT_MS", NEVER_MS)
    feed(shown, 1)
    QApplication.processEvents()
    paints, signals = Paints(**parts), Counter[str]()
    shown.events.rowsInserted.connect(lambda: signals.update(["events"]))
    begin = time.monotonic()
    for number in range(2, FRAMES):
        feed(shown, number)
        if number % 10 == 0:
            QApplication.processEvents()
    assert {name: count for name, count in paints.counted.items() if count > 1} == {}
    passed_ms = 1_000 * (time.monotonic() - begin)
    assert signals["events"] <= passed_ms / AGAIN_MS + 2, "the model gathers itself"
    for gathered in window.findChildren(Gathering):
        gathered.flush()
    assert window.note_line.text == f"No. {FRAMES - 1}"
    assert window.findChild(StatusChip).state is DisplayState.THINKING
    assert window.findChild(TurnList).currentIndex().row() == FRAMES - 1
    assert window.findChild(CallList).viewport().updatesEnabled()


def feed(shown, number: int) -> None:
    """What a frame of each kind leads to."""
    shown.transcript.begin_response(number)
    shown.transcript.grow_response(number, f"word {number}", 0.0)
    shown.transcript.end_response(number, "complete")
    shown.tool_calls.begin(f"c{number}", "calculate", {"expression": "1 + 1"})
    shown.tool_calls.end(f"c{number}", "done", 2, 1.0)
    shown.timing.show(TurnTiming(number + 1, release=0, first_heard=100 + number))
    shown.notes.add(Note("error", verbatim(f"No. {number}"), f"c{number}"))
    shown.window.show_state(DisplayState.THINKING if number % 2 else DisplayState.SPEAKING)
    shown.events.add(clean_record(float(number), "in", "new.event", 20, {"n": number}))


@pytest.mark.parametrize("kind", ["error", "hint"])
def test_a_screen_reader_is_told_the_last_note_of_a_tick(shown, monkeypatch, kind):
    told: list[str] = []
    monkeypatch.setattr(gathering, "PAINT_MS", NEVER_MS)
    monkeypatch.setattr(
        "desktop.ui.session.note_line.accessible.announce", lambda _, words, urgent: told.append(words)
    )
    for number in range(FRAMES):
        shown.notes.add(Note(kind, verbatim(f"No. {number}")))
    for gathered in shown.window.note_line.findChildren(Gathering):
        gathered.flush()
    assert told == ["No. 0", f"No. {FRAMES - 1}"]
