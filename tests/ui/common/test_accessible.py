"""What a screen reader finds at the widgets that paint themselves, and what it is told to say."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

import desktop
from desktop.base.message import verbatim
from desktop.turn.effects import DisplayState, Note
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.fields.choice import ChoiceField
from desktop.ui.session.note_line import NoteLine
from desktop.ui.session.status_chip import StatusChip
from desktop.ui.settings.pages.row import SettingRow
from desktop.ui.talk.level_meter import LevelMeter
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.tools.question_bar import QuestionBar
from desktop.viewmodels.note_board import NoteBoard
from tests.ui.opened import Opened

# The virtual screen says so of every window of a fixed size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Role, Text = QAccessible.Role, QAccessible.Text
POLITE, ASSERTIVE = QAccessible.AnnouncementPoliteness.Polite, QAccessible.AnnouncementPoliteness.Assertive


@pytest.fixture
def read_aloud(qapp, monkeypatch: pytest.MonkeyPatch):
    """A screen reader that runs, and what it was told to say."""
    announcements = []

    def hear(event) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            announcements.append((event.message(), event.politeness()))

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return announcements


def interface(widget):
    return QAccessible.queryAccessibleInterface(widget)


def test_the_talk_button_is_a_button_with_its_state_in_its_name(qtbot):
    button = TalkButton()
    qtbot.addWidget(button)
    found = interface(button)
    assert found.role() == Role.Button
    assert found.text(Text.Name) == "Talk: Offline"
    assert not found.state().pressed
    button.show_state(DisplayState.LISTENING)
    assert found.text(Text.Name) == "Talk: Listening"
    assert found.state().pressed
    button.show_locked(True)
    assert found.text(Text.Name) == "Talk: Locked · Tap to send"


def test_pressing_the_talk_button_by_a_screen_reader_asks_for_the_lock(qtbot):
    button = TalkButton()
    qtbot.addWidget(button)
    asked = []
    button.lock_requested.connect(lambda: asked.append(True))
    actions = interface(button).actionInterface()
    assert actions.pressAction() in actions.actionNames()
    actions.doAction(actions.pressAction())
    assert asked == [True]


def test_the_window_passes_it_on(shown):
    asked = []
    shown.window.lock_requested.connect(lambda: asked.append(True))
    actions = interface(shown.window.talk_button).actionInterface()
    actions.doAction(actions.pressAction())
    assert asked == [True]


def test_the_talk_button_can_be_focused_by_a_screen_reader(shown):
    shown.window.text_line.field.setFocus()
    actions = interface(shown.window.talk_button).actionInterface()
    actions.doAction(actions.setFocusAction())
    assert shown.window.talk_button.hasFocus()


def test_a_meter_is_an_indicator_with_its_level(qtbot):
    meter = LevelMeter("microphone", "Microphone level")
    qtbot.addWidget(meter)
    meter.show_needle(-21.6, -8.0, True)
    found = interface(meter)
    assert found.role() == Role.Indicator
    assert found.text(Text.Name) == "Microphone level"
    assert found.text(Text.Description) == "clipping"
    assert found.text(Text.Value) == "-22 dBFS"
    value = found.valueInterface()
    assert (value.minimumValue(), value.currentValue(), value.maximumValue()) == (-60.0, -21.6, 0.0)


def test_every_widget_can_be_asked_for_every_interface(shown):
    """As a screen reader's first question does; Qt calls what Python overrides, and must understand it."""
    kinds = ("action", "attributes", "editableText", "selection", "tableCell", "text", "value")
    for widget in [shown.window, *shown.window.findChildren(QWidget)]:
        found = interface(widget)
        for kind in kinds:
            getattr(found, f"{kind}Interface")()
    meter = interface(shown.window.findChild(LevelMeter))
    assert meter.valueInterface() is not None
    assert meter.actionInterface() is not None, "what Qt has itself is still there"
    assert meter.textInterface() is None


def test_only_our_own_scroll_area_is_used():
    """Qt's ends the program when a screen reader asks it for a child that isn't there."""
    files = Path(desktop.__file__).parent.rglob("*.py")
    users = {path.name for path in files if "QScrollArea" in path.read_text(encoding="utf-8")}
    assert users == {"scroll_area.py", "dialog_style.py"}, "and the style sheet names it"


def test_only_our_own_picker_is_used():
    """Qt's cuts its text off, and the wheel changes it."""
    files = Path(desktop.__file__).parent.rglob("*.py")
    assert not [path.name for path in files if "QComboBox()" in path.read_text(encoding="utf-8")]


def test_a_scroll_area_has_no_more_children_than_it_says(qtbot):
    """Its scroll bars come and go while a screen reader counts them."""
    area = ScrollArea()
    qtbot.addWidget(area)
    area.setWidget(QLabel("words"))
    found = interface(area)
    assert found.role() == Role.Client
    assert found.child(found.childCount()) is None
    assert found.child(1_000_000) is None


def test_the_window_is_one(shown):
    assert interface(shown.window).role() == Role.Window
    assert interface(shown.window).text(Text.Name) == "Presstalk"


def test_a_picker_says_what_it_is(shown):
    """Its name may be its value, in Qt: the description says what is chosen there."""
    pickers = shown.window.findChildren(QComboBox)
    found = sorted(interface(picker).text(Text.Description) for picker in pickers)
    assert found == [
        *("Compare with", "Direction", "Microphone", "Model", "Result", "Speaker", "Tool", "Translate into"),
        *("Turns of this model", "Type", "Voice"),
    ]


def test_a_picker_in_the_settings_says_what_it_is_and_its_hint(qtbot):
    pickers = Opened(qtbot).dialog.findChildren(QComboBox)
    found = {picker.accessibleName(): interface(picker).text(Text.Description) for picker in pickers}
    assert len(found) == len(pickers)
    assert all(name and words.startswith(name) for name, words in found.items()), found
    assert found["Language"] == "Language. Takes effect at the next start."


def test_a_locked_setting_says_why(qtbot):
    row = SettingRow("Theme", "Light or dark.", ChoiceField((("a", "A"),)))
    qtbot.addWidget(row)
    picker = interface(row.field.target())
    assert picker.text(Text.Description) == "Theme. Light or dark."
    row.lock("Given on the command line.")
    assert picker.text(Text.Description) == "Theme. Given on the command line."
    row.lock("")
    assert picker.text(Text.Description) == "Theme. Light or dark."


def test_a_meter_that_moves_says_nothing(qtbot, read_aloud):
    meter = LevelMeter("microphone", "Microphone level")
    qtbot.addWidget(meter)
    meter.show_needle(-21.6, -8.0, False)
    assert read_aloud == []


def test_each_change_of_the_state_is_reported_once(qtbot, read_aloud):
    chip = StatusChip()
    qtbot.addWidget(chip)
    assert interface(chip).role() == Role.StaticText
    for state in (*DisplayState, DisplayState.ERROR):
        chip.show_state(state)
    assert [words for words, _ in read_aloud] == [
        state.value for state in DisplayState if state is not DisplayState.OFFLINE
    ]
    assert interface(chip).text(Text.Name) == "State: Error"


def test_what_is_urgent_is_said_at_once(qtbot, read_aloud):
    chip = StatusChip()
    qtbot.addWidget(chip)
    chip.show_state(DisplayState.LISTENING)
    chip.show_state(DisplayState.THINKING)
    assert read_aloud == [("Listening", ASSERTIVE), ("Thinking", POLITE)]


def test_the_lock_is_reported(qtbot, read_aloud):
    button = TalkButton()
    qtbot.addWidget(button)
    button.show_state(DisplayState.LISTENING)
    button.show_locked(True)
    button.show_locked(False)
    assert read_aloud == [("Locked. Tap to send", ASSERTIVE)]


def test_a_note_is_an_alert(qtbot, read_aloud):
    board = NoteBoard()
    line = NoteLine(board)
    qtbot.addWidget(line)
    board.add(Note("hint", verbatim("Hold to talk.")))
    board.add(Note("error", verbatim("The service is busy. Try again."), "429"))
    assert read_aloud == [("Hold to talk.", POLITE), ("The service is busy. Try again.", ASSERTIVE)]
    found = interface(line)
    assert found.role() == Role.AlertMessage
    assert found.text(Text.Name) == "The service is busy. Try again. 429"
    line.show()
    assert not found.state().invisible
    board.remove(board.shown)
    assert found.text(Text.Name) == ""
    assert found.state().invisible, "no alert without words"


def test_a_question_is_read_once(qtbot, read_aloud):
    bar = QuestionBar()
    qtbot.addWidget(bar)
    bar.ask(verbatim("Open https://example.org in the browser?"))
    bar.ask(verbatim("Open https://example.org in the browser?"))
    assert read_aloud == [("Open https://example.org in the browser?", ASSERTIVE)]


def test_without_a_screen_reader_nothing_is_reported(qtbot, monkeypatch: pytest.MonkeyPatch):
    updates = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: False)
    monkeypatch.setattr(QAccessible, "updateAccessibility", updates.append)
    chip = StatusChip()
    qtbot.addWidget(chip)
    chip.show_state(DisplayState.LISTENING)
    assert updates == []


def test_events_reach_qt_while_a_reader_is_on(shown, monkeypatch: pytest.MonkeyPatch):
    """The real calls, with the real events: none of them may fail in Qt."""
    reached = []
    to_qt = QAccessible.updateAccessibility

    def update(event) -> None:
        to_qt(event)
        if isinstance(event, QAccessibleAnnouncementEvent):
            reached.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    QAccessible.setActive(True)
    try:
        for state in DisplayState:
            shown.window.show_state(state)
        shown.window.show_state(DisplayState.LISTENING)
        shown.window.show_locked(True)
        shown.window.show_note(Note("error", verbatim("No."), "1006"))
        shown.window.text_line.field.setFocus()
        shown.window.show_state(DisplayState.READY)
        QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_Tab)
    finally:
        QAccessible.setActive(False)
    states = [state.value for state in DisplayState if state is not DisplayState.OFFLINE]
    assert reached == [*states, "Listening", "Locked. Tap to send", "No.", "Ready"]


def test_widgets_that_were_looked_at_can_go(qtbot):
    for _ in range(50):
        meter, button = LevelMeter("microphone", "Level"), TalkButton()
        assert interface(meter).valueInterface().currentValue() == -60.0
        assert interface(button).role() == Role.Button
        meter.deleteLater()
        button.deleteLater()
        del meter, button
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
