"""What the window shows and says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from desktop.base.message import verbatim
from desktop.protocol import catalog
from desktop.turn.effects import DisplayState, Note
from desktop.ui.common import theme
from desktop.ui.session.note_action import NoteAction
from desktop.ui.session.note_line import HINT_MS
from desktop.ui.talk.level_meter import LevelMeter
from desktop.viewmodels.chosen_options import ChosenOptions
from tests.ui.find import button, label, running_timers


def test_a_chosen_model_shows_its_voices(shown):
    bar = shown.window.session_bar
    bar.show_choice(ChosenOptions(catalog.find("xai/grok-voice-latest"), "leo"))
    voices = bar.findChildren(QComboBox)[1]
    assert [voices.itemText(i) for i in range(voices.count())] == ["ara", "eve", "leo", "rex", "sal"]
    assert voices.currentText() == "leo"
    assert shown.emitted == [], "showing is not choosing"


def test_a_model_that_the_list_does_not_know_is_shown(shown):
    shown.window.session_bar.show_choice(ChosenOptions(catalog.find("new/model")))
    models, voices, _ = shown.window.session_bar.findChildren(QComboBox)
    assert models.currentData() == "new/model"
    assert voices.isEditable(), "nobody has said which there are"


def test_choosing_says_so(shown):
    models, voices, _ = shown.window.session_bar.findChildren(QComboBox)
    shown.window.session_bar.show_choice(ChosenOptions(catalog.MODELS[0], "marin"))
    models.activated.emit(models.findData("xai/grok-voice-latest"))
    voices.activated.emit(2)
    assert shown.emitted == [("chosen", "model", "xai/grok-voice-latest"), ("chosen", "voice", "ash")]


def test_the_connect_button_says_what_it_does(shown):
    connect = button(shown.window.session_bar, "Connect")
    for state in DisplayState:
        shown.window.show_state(state)
        closed = state in (DisplayState.OFFLINE, DisplayState.ERROR)
        assert connect.text() == ("Connect" if closed else "Disconnect")
    QTest.mouseClick(connect, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("connect_clicked",)]


def test_text_is_sent_and_stays_until_it_was(shown):
    field = shown.window.text_line.field
    QTest.keyClicks(field, "hello there")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.emitted == [("text_entered", "hello there")]
    assert field.text() == "hello there"
    shown.window.text_line.clear("hello there")
    assert field.text() == ""


def test_blank_text_is_not_sent(shown):
    QTest.keyClicks(shown.window.text_line.field, "   ")
    QTest.keyClick(shown.window.text_line.field, Qt.Key.Key_Return)
    assert shown.emitted == []


def test_a_question_does_not_take_the_focus(shown, qtbot):
    shown.window.talk_button.setFocus()
    shown.window.question.ask(verbatim("Open example.org?"))
    assert shown.window.question.isVisible()
    assert shown.window.talk_button.hasFocus()
    allow = shown.window.question.findChildren(QWidget)[-1]
    QTest.mouseClick(allow, Qt.MouseButton.LeftButton)
    assert shown.emitted == [], "nobody has read it yet"
    qtbot.waitUntil(allow.isEnabled)
    QTest.mouseClick(allow, Qt.MouseButton.LeftButton)
    assert shown.emitted == [("question_answered", verbatim("Open example.org?"), True)]
    shown.window.question.hide()
    assert shown.window.talk_button.hasFocus()


def test_hints_go_and_errors_stay(shown):
    line = shown.window.note_line
    shown.window.show_note(Note("hint", verbatim("Hold to talk.")))
    assert [timer.interval() for timer in running_timers(line)] == [HINT_MS]
    shown.window.show_note(Note("error", verbatim("The key was refused."), "401"))
    assert line.text == "The key was refused."
    assert running_timers(line) == []
    assert label(line, "code").text() == "401"


def test_an_error_goes_when_it_works_again(shown):
    shown.window.show_note(Note("error", verbatim("The key was refused."), "401"))
    shown.window.show_state(DisplayState.READY)
    assert shown.window.note_line.text == ""


def test_why_an_answer_failed_stays_until_the_user_goes_on(shown):
    window = shown.window
    window.show_state(DisplayState.READY)
    window.show_state(DisplayState.THINKING)
    window.show_note(Note("error", verbatim("The balance is used up."), "402", "top_up"))
    window.show_state(DisplayState.READY)
    assert window.note_line.text == "The balance is used up."
    assert window.note_line.findChild(NoteAction).isVisibleTo(window)
    window.show_state(DisplayState.LISTENING)
    assert window.note_line.text == ""


@pytest.mark.parametrize("state", [DisplayState.THINKING, DisplayState.SENDING, DisplayState.LISTENING])
def test_a_new_question_removes_the_last_ones_error(shown, state: DisplayState):
    shown.window.show_state(DisplayState.READY)
    shown.window.show_note(Note("error", verbatim("The answer failed.")))
    shown.window.show_state(state)
    assert shown.window.note_line.text == ""


def test_meters_move_only_while_a_session_is_open(shown):
    assert not shown.window.meters.running
    shown.window.show_state(DisplayState.READY)
    assert shown.window.meters.running
    shown.needles = ((-12.0, -6.0, True), (-12.0, -6.0, False))
    shown.window.meters.move()
    shown.window.show_state(DisplayState.OFFLINE)
    assert not shown.window.meters.running
    assert shown.window.audio.input.meter.bar_db == -60.0, "what was heard last isn't heard for ever"


def test_what_the_streams_lost_can_be_seen(shown, qtbot):
    shown.window.side.setCurrentWidget(shown.window.side.timing)
    shown.counted = {"input_rate": 24_000, "underruns": 2, "round_trip_ms": 31.6}
    shown.window.show_state(DisplayState.READY)
    words = lambda: {label.accessibleName() for label in shown.window.side.timing.findChildren(QLabel)}  # noqa: E731
    qtbot.waitUntil(lambda: {"Microphone: 24 kHz", "Underruns: 2", "Round trip: 32 ms"} <= words())


def test_a_meter_shows_its_level(qtbot):
    meter = LevelMeter("microphone", "Microphone level")
    qtbot.addWidget(meter)
    meter.resize(240, 20)
    silent = meter.grab().toImage()
    meter.show_needle(-20.0, -10.0, True)
    loud = meter.grab().toImage()
    assert silent != loud
    assert meter.accessibleDescription() == "clipping"


def test_the_transcript_follows_its_end_unless_scrolled_up(shown, qtbot):
    bar = shown.window.transcript.verticalScrollBar()
    for number in range(60):
        shown.transcript.add_typed(f"line {number}")
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(0)
    shown.transcript.add_typed("one more")
    highest = bar.maximum()
    qtbot.waitUntil(lambda: bar.maximum() > highest or bar.maximum() == highest)
    assert bar.value() == 0


def test_a_long_answer_grows_the_bubble(shown, qtbot):
    shown.transcript.begin_response(1)
    shown.transcript.grow_response(1, "word ", 0)
    qtbot.waitUntil(lambda: shown.window.transcript.visualRect(shown.transcript.index(0)).height() > 0)
    before = shown.window.transcript.visualRect(shown.transcript.index(0)).height()
    shown.transcript.grow_response(1, "word " * 200, 0)
    qtbot.waitUntil(
        lambda: shown.window.transcript.visualRect(shown.transcript.index(0)).height() > 2 * before
    )


def test_every_control_has_a_name_for_screen_readers(shown):
    from PySide6.QtGui import QAccessible

    for widget in shown.window.findChildren(QWidget):
        if (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.objectName() != "qt_spinbox_lineedit"
        ):
            face = QAccessible.queryAccessibleInterface(widget)
            assert face.text(QAccessible.Text.Name), f"{widget} has no accessible name"


def test_the_window_is_usable_when_small(shown):
    shown.window.resize(720, 480)
    assert shown.window.minimumSizeHint().width() <= 720
    assert shown.window.minimumSizeHint().height() <= 480


def luminance(name: str) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(name).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_pair_of_colours_in_use_can_be_read(colours):
    grounds = (colours.bg, colours.surface, colours.raised)
    pairs = [(ink, ground) for ink in (colours.text, colours.muted) for ground in grounds]
    pairs += [(colours.text, colours.user_bubble), (colours.muted, colours.user_bubble)]
    pairs += [(colours.on_fill, colours.accent), (colours.on_rec, colours.rec_fill)]
    pairs += [
        (ink, ground)
        for ink in (colours.rec, colours.ok, colours.warn, colours.accent)
        for ground in (colours.bg, colours.surface)
    ]
    low = [(one, other, round(contrast(one, other), 2)) for one, other in pairs if contrast(one, other) < 4.5]
    assert low == []


def test_a_new_conversation_is_begun_by_its_button_and_by_its_key(shown):
    begun: list[str] = []
    shown.window.new_conversation_clicked.connect(lambda: begun.append("asked"))
    button = shown.window.new_button
    assert button.isVisible()
    assert button.accessibleName() == "New conversation"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert begun == ["asked"]
    QTest.keyClick(shown.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert begun == ["asked"] * 2


def test_the_times_are_exported_from_the_main_menu_too(shown, qtbot):
    (entry,) = (one for one in shown.window.menu.menu_shown.actions() if one.text() == "Export times…")
    assert entry.isEnabled()
    with qtbot.waitSignal(shown.window.export_times_clicked):
        entry.trigger()


def test_what_was_said_is_edited_in_the_line_and_sent_as_something_new(shown):
    model, line = shown.transcript, shown.window.text_line
    model.add_typed("What tme is it?")
    view = shown.window.transcript.view
    view.settle()
    (edit,) = (one for one in view.menu(0).actions() if one.text() == "Edit and send again")
    edit.trigger()
    assert line.field.hasFocus()
    assert line.field.text() == "What tme is it?"
    for _ in "me is it?":
        QTest.keyClick(line.field, Qt.Key.Key_Left)
    QTest.keyClicks(line.field, "i")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert ("text_entered", "What time is it?") in shown.emitted
    assert model.lines[0].text == "What tme is it?", "what was sent stays as it was"
