"""The settings dialog: what is changed is said, once and only if it is good."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QStackedWidget,
)

from desktop.settings import prompt_presets, schema
from desktop.ui.common.icon_button import IconButton
from desktop.ui.fields.instructions import InstructionsField
from desktop.ui.settings.pages.level_rows import LevelRow
from desktop.ui.settings.pages.row import SettingRow
from desktop.ui.talk.level_meter import LevelMeter
from tests.ui.find import button
from tests.ui.opened import Opened, click, enter, retype

# The offscreen platform has no window manager to tell a dialog's smallest size to, and warns of it.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def opened(qtbot) -> Opened:
    return Opened(qtbot)


def test_every_setting_that_has_a_page_is_a_setting(opened):
    names = [name for page in opened.dialog._pages for name in page.names]
    assert set(names) <= set(schema.defaults())
    assert len(names) == len(set(names)) == 49


def test_showing_is_not_changing(opened):
    opened.dialog.show_values(
        schema.defaults()
        | {"tail_ms": 400, "temperature": 0.4, "instructions": "x", "theme": "dark", "sounds": True}
    )
    opened.dialog.show_devices([("A", "A")], [("B", "B")])
    opened.dialog.close()
    assert opened.emitted == []


def test_figures_are_applied_at_once(opened):
    opened.turn_to("Talking")
    enter(opened.control(QDoubleSpinBox, "After releasing"), "450")
    assert opened.emitted == [("tail_ms", 450)]
    assert isinstance(opened.emitted[0][1], int)
    assert opened.control(QSlider, "After releasing").value() == 45


def test_the_fields_of_a_page_begin_and_end_at_the_same_places(opened):
    opened.turn_to("General")
    (page,) = [page for page in opened.dialog._pages if "text_percent" in page.names]
    places = {
        (field.mapTo(page, QPoint()).x(), field.width())
        for field in (page.row(name).field for name in ("theme", "text_percent", "ui_language", "keep_days"))
    }
    assert len(places) == 1, places


def test_a_slider_says_one_value_for_one_step(opened):
    opened.turn_to("Talking")
    slider = opened.control(QSlider, "Before pressing")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.emitted == [("pre_roll_ms", 310)]


def test_figures_out_of_range_are_not_taken(opened):
    opened.turn_to("Talking")
    figures = opened.control(QDoubleSpinBox, "After releasing")
    retype(figures, "99999")
    opened.dialog.close()
    assert all(0 <= value <= 1_000 for _, value in opened.emitted), opened.emitted


def test_the_wheel_scrolls_and_changes_nothing(opened):
    opened.turn_to("Talking")
    figures = opened.control(QDoubleSpinBox, "After releasing")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(figures.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(figures, wheel)
    assert opened.emitted == []


def test_a_switch_is_turned_by_mouse_and_by_enter(opened):
    opened.turn_to("Talking")
    switch = opened.control(QCheckBox, "Double tap to lock")
    click(switch)
    switch.setFocus()
    QTest.keyClick(opened.dialog.windowHandle(), Qt.Key.Key_Return)
    assert opened.emitted == [("tap_lock", False), ("tap_lock", True)]


def test_the_temperature_is_off_until_it_is_switched_on(opened):
    opened.turn_to("Conversation")
    figures = opened.control(QDoubleSpinBox, "Temperature")
    assert not figures.isEnabled()
    click(opened.control(QCheckBox, "Set Temperature"))
    assert figures.isEnabled()
    enter(figures, "1.2")
    click(opened.control(QCheckBox, "Set Temperature"))
    assert opened.emitted == [("temperature", 0.8), ("temperature", 1.2), ("temperature", None)]


def test_one_field_goes_back_to_its_default(qtbot):
    opened = Opened(qtbot, tail_ms=400)
    opened.turn_to("Talking")
    click(opened.control(IconButton, "Reset After releasing to the default"))
    assert opened.emitted == [("tail_ms", 200)]
    resets = [button for button in opened.dialog.findChildren(IconButton) if button.isVisible()]
    assert resets == [], "what is at its default has nothing to reset"


def test_all_fields_go_back_to_their_defaults(qtbot):
    opened = Opened(qtbot, tail_ms=400, theme="dark", instructions="own", input_device="Gone", sounds=True)
    asked: list[str] = []
    opened.dialog.reset_requested.connect(asked.extend)
    click(opened.button("Reset all…"))
    assert asked == [], "it asks first"
    click(opened.button("Reset all"))
    names = {name for page in opened.dialog._pages for name in page.names}
    assert set(asked) == names
    assert opened.emitted == [], "the store changes them, and shows what they are then"


def test_the_focus_stays_with_what_is_reset(opened):
    opener = opened.button("Reset all…")
    for ends in ("Cancel", "Reset all"):
        opener.setFocus()
        click(opener)
        assert opened.dialog.focusWidget().text() == "Cancel"
        shown = (one for one in opened.dialog.findChildren(QPushButton) if one.isVisible())
        (chosen,) = (one for one in shown if one.text() == ends)
        chosen.setFocus()
        opened.dialog.reset_requested.connect(lambda _: opened.dialog.offer_undo(True))
        QTest.keyClick(chosen, Qt.Key.Key_Space)
        assert opened.dialog.focusWidget().text() == ("Undo" if ends == "Reset all" else "Reset all…")
    opened.dialog.undo_requested.connect(lambda: opened.dialog.offer_undo(False))
    QTest.keyClick(opened.dialog.focusWidget(), Qt.Key.Key_Space)
    assert opened.dialog.focusWidget() is opener


def test_an_address_is_judged_when_it_is_left(opened):
    line = opened.control(QLineEdit, "Service address")
    enter(line, "http://example.org")
    assert "https://" in opened.words()
    assert opened.emitted == []
    enter(line, "https://example.org")
    assert opened.emitted == [("base_url", "https://example.org")]
    assert "must begin" not in opened.words()


def test_a_bad_address_from_a_file_is_shown_as_bad(qtbot):
    assert "This isn't a valid address" in Opened(qtbot, base_url="nowhere").words()


def test_what_was_typed_and_not_entered_is_taken_at_the_close(opened):
    click(button(opened.dialog, "Organisation"))
    line = opened.control(QLineEdit, "Ticket address")
    QTest.keyClicks(line, "https://mint.example/t")
    assert not line.hasFocus(), "else it is said when the focus goes"
    opened.dialog.close()
    assert opened.emitted == [("ticket_url", "https://mint.example/t")]


def test_a_device_that_is_gone_stays_chosen_and_is_marked(qtbot):
    opened = Opened(qtbot, input_device="ALSA: Gone")
    opened.dialog.show_devices([("ALSA: Desk", "Desk")], [("ALSA: Box", "Box")])
    opened.turn_to("Sound")
    box = opened.control(QComboBox, "Microphone")
    names = [box.itemText(row) for row in range(box.count())]
    assert names == ["System default", "Desk", "ALSA: Gone (missing)"]
    assert box.currentText() == "ALSA: Gone (missing)"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert opened.emitted == [("input_device", "ALSA: Desk")]
    opened.dialog.show_devices([("ALSA: Desk", "Desk")], [])
    assert box.currentText() == "Desk"


def test_a_setting_that_something_else_decides_is_read_only(qtbot):
    opened = Opened(qtbot, base_url="https://a.example")
    opened.dialog.lock("base_url", "OPPER_BASE_URL is set and wins.")
    assert not opened.control(QLineEdit, "Service address").isEnabled()
    assert "OPPER_BASE_URL is set" in opened.words()
    click(opened.button("Reset all"))
    assert opened.emitted == []
    opened.dialog.lock("base_url", "")
    assert opened.control(QLineEdit, "Service address").isEnabled()


# Instructions


def test_typed_instructions_are_taken_after_a_pause(opened, qtbot):
    opened.turn_to("Conversation")
    text = opened.control(QPlainTextEdit, "Instructions")
    with qtbot.waitSignal(opened.dialog.changed):
        retype(text, "Be brief")
        assert opened.emitted == []
    assert opened.emitted == [("instructions", "Be brief")]
    assert opened.control(QComboBox, "Start with").currentText() == "Your own"


def test_a_preset_fills_the_text_and_undo_brings_the_own_back(qtbot):
    opened = Opened(qtbot, instructions="my own words")
    opened.turn_to("Conversation")
    box = opened.control(QComboBox, "Start with")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert opened.emitted[-1] == ("instructions", prompt_presets.PRESETS[1][1])
    text = opened.control(QPlainTextEdit, "Instructions")
    text.undo()
    text.undo()
    assert text.toPlainText() == "my own words"


def test_a_paste_of_a_megabyte_is_refused_whole(qtbot):
    field = InstructionsField(prompt_presets.PRESETS, "", schema.LONGEST_INSTRUCTIONS)
    qtbot.addWidget(field)
    field.show_value("kept")
    large = QMimeData()
    large.setText("x" * 1_000_000)
    with qtbot.waitSignal(field.refused):
        field.target().insertFromMimeData(large)
    assert field.value() == "kept"


def test_how_long_is_a_number_of_days(opened):
    opened.turn_to("General")
    box = opened.control(QComboBox, "Keep for")
    assert box.currentText() == "Forever"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert opened.emitted == [("keep_days", 90)]
    opened.dialog.show_values({"keep_days": 14})
    assert box.currentText() == "14 days"
    opened.dialog.show_values({"keep_days": 7})
    assert [box.itemText(row) for row in range(box.count())] == ["7 days", "30 days", "90 days", "Forever"]


# What few people need, and sound


def test_what_organisations_need_is_folded(qtbot):
    opened = Opened(qtbot)
    heading = button(opened.dialog, "Organisation")
    assert "Connect with a ticket" not in opened.words()
    heading.setFocus()
    QTest.keyClick(heading, Qt.Key.Key_Space)
    assert "Connect with a ticket" in opened.words()
    QTest.keyClick(heading, Qt.Key.Key_Space)
    assert "Connect with a ticket" not in opened.words()


@pytest.mark.parametrize("used", [{"ticket_url": "https://mint.example/t"}, {"mint_tickets": True}])
def test_it_is_unfolded_where_it_is_used(qtbot, used):
    assert "Connect with a ticket" in Opened(qtbot, **used).words()


def test_it_is_unfolded_where_a_header_is_kept(qtbot):
    opened = Opened(qtbot)
    opened.dialog.show_header("")
    assert "Connect with a ticket" not in opened.words()
    opened.dialog.show_header("Authorization")
    assert "Connect with a ticket" in opened.words()


def test_the_volume_is_on_the_page_of_sound(qtbot):
    opened = Opened(qtbot, volume=0.6)
    opened.turn_to("Sound")
    slider = opened.control(QSlider, "Volume")
    assert slider.value() == 60
    assert "60 %" in opened.words()
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.emitted == [("volume", 0.65)]
    assert "65 %" in opened.words()
    opened.dialog.show_values({"volume": 0.2})
    assert slider.value() == 20
    assert opened.emitted == [("volume", 0.65)], "only the user's changes are announced"


def test_the_volume_has_a_live_meter_and_a_test_beside_it(opened):
    opened.turn_to("Sound")
    meter = opened.control(LevelMeter, "Speaker level")
    opened.dialog.show_needles((-60.0, -60.0, False), (-20.0, -12.0, False))
    assert meter.bar_db == -20.0
    asked = []
    opened.dialog.speaker_test_clicked.connect(lambda: asked.append("test"))
    button = opened.control(QPushButton, "Test the speaker: three notes at this volume")
    click(button)
    opened.dialog.show_playing("test")
    assert button.text() == "Stop"
    click(button)
    opened.dialog.show_playing("")
    assert asked == ["test", "test"]
    assert button.text() == "Test"


def test_the_fields_of_a_page_end_at_one_edge(qtbot):
    opened = Opened(qtbot, tail_ms=400, theme="dark")
    for name in ("Connection", "Conversation", "Talking", "Sound", "General"):
        opened.turn_to(name)
        page = opened.dialog.findChild(QStackedWidget).currentWidget()
        fields = [row.field for row in page.findChildren(SettingRow) if row.isVisible()]
        levels = [row.test for row in page.findChildren(LevelRow) if row.isVisible()]
        edges = {one.mapTo(page, one.rect().topRight()).x() for one in (*fields, *levels)}
        assert len(edges) == 1, name


def test_the_gain_has_a_live_meter_and_a_test_beside_it(opened):
    opened.turn_to("Sound")
    enter(opened.control(QDoubleSpinBox, "Microphone gain"), "9")
    assert opened.emitted == [("microphone_gain_db", 9)]
    meter = opened.control(LevelMeter, "Microphone level with its gain")
    opened.dialog.show_needles((-20.0, -12.0, False), (-60.0, -60.0, False))
    assert meter.bar_db == -20.0
    asked = []
    opened.dialog.test_started.connect(lambda: asked.append("start"))
    opened.dialog.test_stopped.connect(lambda: asked.append("stop"))
    button = opened.control(QPushButton, "Test the microphone: it records you, then plays the recording")
    click(button)
    opened.dialog.show_test("recording")
    click(button)
    opened.dialog.show_test("idle")
    assert asked == ["start", "stop"]
    assert button.text() == "Test"
