"""The settings dialog and its parts, the about dialog and the first run's line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from desktop import presets, settings
from desktop.ui import theme
from desktop.ui.about_dialog import AboutDialog
from desktop.ui.fields.instructions import InstructionsField
from desktop.ui.icon_button import IconButton
from desktop.ui.key_field import KeyField
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.settings_pages.form import Form
from desktop.ui.welcome_strip import WelcomeStrip

# The offscreen platform has no window manager to tell a dialog's smallest size to, and warns of it.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

KEY = "op-4b1c9d2e7f60aa31"
FORM = Form(
    settings.defaults(),
    settings.BOUNDS,
    settings.problem,
    presets.PRESETS,
    "The program's own.",
    settings.LONGEST_INSTRUCTIONS,
    "https://api.opper.ai",
    "/usual/folder",
)
SIGNALS = ("key_check_requested", "key_save_requested", "import_requested", "export_requested")


class Opened:
    """A dialog on the screen, and what it said, in order."""

    def __init__(self, qtbot, **values: object) -> None:
        self.dialog = SettingsDialog(FORM, {**settings.defaults(), **values})
        qtbot.addWidget(self.dialog)
        self.said: list[tuple] = []
        self.dialog.changed.connect(lambda name, value: self.said.append((name, value)))
        for name in SIGNALS:
            getattr(self.dialog, name).connect(lambda value, name=name: self.said.append((name, value)))
        for name in ("key_delete_requested", "talk_pressed", "talk_released", "take_escaped"):
            getattr(self.dialog, name).connect(lambda name=name: self.said.append((name,)))
        self.dialog.show()
        qtbot.waitExposed(self.dialog)
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)

    def turn_to(self, title: str) -> None:
        pages = self.dialog.findChild(QListWidget)
        (item,) = pages.findItems(title, Qt.MatchFlag.MatchExactly)
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=pages.visualItemRect(item).center())

    def control(self, kind: type, name: str):
        """The control of that kind and accessible name."""
        (found,) = [each for each in self.dialog.findChildren(kind) if each.accessibleName() == name]
        assert found.isVisible(), f"{name} can't be seen"
        return found

    def button(self, text: str) -> QPushButton:
        (found,) = [each for each in self.dialog.findChildren(QPushButton) if each.text() == text]
        return found

    def words(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())


@pytest.fixture(scope="module")
def fusion(qapp: QApplication) -> None:
    qapp.setStyle("Fusion")  # 0.2 s while other dialogs are still about
    theme.dress(qapp, theme.LIGHT)


@pytest.fixture(autouse=True)
def light(qapp: QApplication, fusion: None) -> None:
    if theme.tokens() is not theme.LIGHT:
        theme.dress(qapp, theme.LIGHT)


@pytest.fixture
def opened(qtbot) -> Opened:
    return Opened(qtbot)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def retype(widget: QWidget, text: str) -> None:
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)


def enter(widget: QWidget, text: str) -> None:
    retype(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)


# Values


def test_every_setting_that_has_a_page_is_a_setting(opened):
    names = [name for page in opened.dialog._pages for name in page.names]
    assert set(names) <= set(settings.defaults())
    assert len(names) == len(set(names)) == 14


def test_showing_is_not_changing(opened):
    opened.dialog.show_values(
        settings.defaults()
        | {"tail_ms": 400, "temperature": 0.4, "instructions": "x", "theme": "dark", "sounds": True}
    )
    opened.dialog.show_devices(["A"], ["B"])
    opened.dialog.close()
    assert opened.said == []


def test_figures_are_applied_at_once(opened):
    opened.turn_to("Talking")
    enter(opened.control(QDoubleSpinBox, "After the release"), "450")
    assert opened.said == [("tail_ms", 450)]
    assert isinstance(opened.said[0][1], int)
    assert opened.control(QSlider, "After the release").value() == 45


def test_a_slider_says_one_value_for_one_step(opened):
    opened.turn_to("Talking")
    slider = opened.control(QSlider, "Before the press")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.said == [("pre_roll_ms", 310)]


def test_figures_out_of_range_are_not_taken(opened):
    opened.turn_to("Talking")
    figures = opened.control(QDoubleSpinBox, "After the release")
    retype(figures, "99999")
    opened.dialog.close()
    assert all(0 <= value <= 1_000 for _, value in opened.said), opened.said


def test_the_wheel_scrolls_and_changes_nothing(opened):
    opened.turn_to("Talking")
    figures = opened.control(QDoubleSpinBox, "After the release")
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
    assert opened.said == []


def test_a_switch_is_turned_by_mouse_and_by_enter(opened):
    opened.turn_to("Talking")
    switch = opened.control(QCheckBox, "Double tap locks")
    click(switch)
    switch.setFocus()
    QTest.keyClick(opened.dialog.windowHandle(), Qt.Key.Key_Return)
    assert opened.said == [("tap_lock", False), ("tap_lock", True)]


def test_the_temperature_is_off_until_it_is_switched_on(opened):
    opened.turn_to("Conversation")
    figures = opened.control(QDoubleSpinBox, "Temperature")
    assert not figures.isEnabled()
    click(opened.control(QCheckBox, "Set Temperature"))
    assert figures.isEnabled()
    enter(figures, "1.2")
    click(opened.control(QCheckBox, "Set Temperature"))
    assert opened.said == [("temperature", 0.8), ("temperature", 1.2), ("temperature", None)]


def test_one_field_goes_back_to_its_default(qtbot):
    opened = Opened(qtbot, tail_ms=400)
    opened.turn_to("Talking")
    click(opened.control(IconButton, "Reset After the release to the default"))
    assert opened.said == [("tail_ms", 200)]
    resets = [button for button in opened.dialog.findChildren(IconButton) if button.isVisible()]
    assert resets == [], "what is at its default has nothing to reset"


def test_all_fields_go_back_to_their_defaults(qtbot):
    opened = Opened(qtbot, tail_ms=400, theme="dark", instructions="own", input_device="Gone", sounds=True)
    click(opened.button("Reset all"))
    assert dict(opened.said) == {
        "tail_ms": 200,
        "theme": "system",
        "instructions": "",
        "input_device": "",
        "sounds": False,
    }


def test_an_address_is_judged_when_it_is_left(opened):
    line = opened.control(QLineEdit, "Service address")
    enter(line, "http://example.org")
    assert "https://" in opened.words()
    assert opened.said == []
    enter(line, "https://example.org")
    assert opened.said == [("base_url", "https://example.org")]
    assert "must begin" not in opened.words()


def test_a_bad_address_from_a_file_is_shown_as_bad(qtbot):
    assert "This is no address" in Opened(qtbot, base_url="nowhere").words()


def test_what_was_typed_and_not_entered_is_taken_at_the_close(opened):
    line = opened.control(QLineEdit, "Ticket address")
    QTest.keyClicks(line, "https://mint.example/t")
    assert not line.hasFocus(), "else it is said when the focus goes"
    opened.dialog.close()
    assert opened.said == [("ticket_url", "https://mint.example/t")]


def test_a_device_that_is_gone_stays_chosen_and_is_marked(qtbot):
    opened = Opened(qtbot, input_device="ALSA: Gone")
    opened.dialog.show_devices(["ALSA: Desk"], ["ALSA: Box"])
    opened.turn_to("Sound")
    box = opened.control(QComboBox, "Microphone")
    names = [box.itemText(row) for row in range(box.count())]
    assert names == ["System default", "ALSA: Desk", "ALSA: Gone (not there)"]
    assert box.currentText() == "ALSA: Gone (not there)"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert opened.said == [("input_device", "ALSA: Desk")]
    opened.dialog.show_devices(["ALSA: Desk"], [])
    assert box.currentText() == "ALSA: Desk"


def test_a_setting_that_something_else_decides_is_read_only(qtbot):
    opened = Opened(qtbot, base_url="https://a.example")
    opened.dialog.lock("base_url", "OPPER_BASE_URL is set and wins.")
    assert not opened.control(QLineEdit, "Service address").isEnabled()
    assert "OPPER_BASE_URL is set" in opened.words()
    click(opened.button("Reset all"))
    assert opened.said == []
    opened.dialog.lock("base_url", "")
    assert opened.control(QLineEdit, "Service address").isEnabled()


# Instructions


def test_typed_instructions_are_taken_after_a_pause(opened, qtbot):
    opened.turn_to("Conversation")
    text = opened.control(QPlainTextEdit, "Instructions")
    with qtbot.waitSignal(opened.dialog.changed):
        retype(text, "Be brief")
        assert opened.said == []
    assert opened.said == [("instructions", "Be brief")]
    assert opened.control(QComboBox, "Begin with").currentText() == "Your own"


def test_a_preset_fills_the_text_and_undo_brings_the_own_back(qtbot):
    opened = Opened(qtbot, instructions="my own words")
    opened.turn_to("Conversation")
    box = opened.control(QComboBox, "Begin with")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert opened.said[-1] == ("instructions", presets.PRESETS[1][1])
    text = opened.control(QPlainTextEdit, "Instructions")
    text.undo()
    text.undo()
    assert text.toPlainText() == "my own words"


def test_a_paste_of_a_megabyte_is_refused_whole(qtbot):
    field = InstructionsField(presets.PRESETS, "", settings.LONGEST_INSTRUCTIONS)
    qtbot.addWidget(field)
    field.show_value("kept")
    large = QMimeData()
    large.setText("x" * 1_000_000)
    with qtbot.waitSignal(field.refused):
        field.target().insertFromMimeData(large)
    assert field.value() == "kept"


# The key


@pytest.mark.parametrize("pasted", [f" {KEY}\n", f"{KEY[:6]}\r\n{KEY[6:]}", f"{KEY[:9]} {KEY[9:]}"])
def test_a_pasted_key_is_cleaned_and_checked(opened, pasted: str):
    line = opened.control(QLineEdit, "Key")
    QApplication.clipboard().setText(pasted)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == KEY
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert "taken out" in opened.words()
    click(opened.button("Check and save"))
    assert opened.said == [("key_check_requested", KEY)]
    assert not opened.button("Check and save").isEnabled()
    opened.dialog.show_key_result(True, "The key works.")
    assert line.text() == ""
    assert "The key works." in opened.words()


def test_a_management_key_is_explained_before_it_is_saved(opened):
    line = opened.control(QLineEdit, "Key")
    retype(line, "opmak" + "-123456789")
    assert "management key" in opened.words()
    assert not opened.button("Check and save").isEnabled()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert opened.said == []


def test_a_megabyte_is_no_key(opened):
    line = opened.control(QLineEdit, "Key")
    QApplication.clipboard().setText("x" * 1_000_000)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "too long" in opened.words()
    assert not opened.button("Check and save").isEnabled()


def test_a_key_that_could_not_be_checked_can_be_saved_all_the_same(opened):
    line = opened.control(QLineEdit, "Key")
    retype(line, KEY)
    assert not opened.button("Save unchecked").isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    opened.dialog.show_key_result(False, "The service can't be reached.")
    assert line.text() == KEY, "nothing that was typed is lost"
    click(opened.button("Save unchecked"))
    assert opened.said == [("key_check_requested", KEY), ("key_save_requested", KEY)]


def test_a_key_can_be_looked_at_while_it_is_typed(opened):
    line = opened.control(QLineEdit, "Key")
    retype(line, KEY)
    click(opened.control(IconButton, "Show the key"))
    assert line.echoMode() == QLineEdit.EchoMode.Normal
    click(opened.control(IconButton, "Hide the key"))
    assert line.echoMode() == QLineEdit.EchoMode.Password


def test_the_environments_key_wins_and_is_shown_as_such(opened):
    opened.dialog.show_key("environment", "aa31")
    assert "OPPER_API_KEY is in use. It ends in aa31." in opened.words()
    assert opened.control(QLineEdit, "Key").isReadOnly()
    assert not opened.button("Check and save").isVisible()
    assert not opened.button("Remove key").isVisible()


def test_a_kept_key_can_be_removed(opened):
    assert not opened.button("Remove key").isVisible()
    opened.dialog.show_key("keychain")
    click(opened.button("Remove key"))
    assert opened.said == [("key_delete_requested",)]
    opened.dialog.show_key("none")
    opened.dialog.show_key_result(True, "The key is removed.")
    assert "No key yet" in opened.words()


def test_the_way_to_a_key_is_shown(opened):
    assert 'href="https://platform.opper.ai"' in opened.words()


# The window


def test_it_is_not_modal_and_space_talks_in_it(opened):
    assert not opened.dialog.isModal()
    opened.turn_to("Talking")
    handle = opened.dialog.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_Space)
    QTest.keyRelease(handle, Qt.Key.Key_Space)
    assert opened.said == [("talk_pressed",), ("talk_released",)]


def test_space_in_a_text_field_is_a_space(opened):
    opened.turn_to("Conversation")
    text = opened.control(QPlainTextEdit, "Instructions")
    text.setFocus()
    QTest.keyClick(opened.dialog.windowHandle(), Qt.Key.Key_Space)
    assert text.toPlainText() == " "
    assert opened.said == []


def test_escape_throws_a_take_away_and_else_closes(opened):
    opened.turn_to("Talking")
    handle = opened.dialog.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_Space)
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert opened.said == [("talk_pressed",), ("take_escaped",)]
    assert opened.dialog.isVisible()
    QTest.keyRelease(handle, Qt.Key.Key_Space)
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not opened.dialog.isVisible()


def test_every_control_has_a_name(opened):
    for kind in (QLineEdit, QPlainTextEdit, QComboBox, QCheckBox, QSlider, QDoubleSpinBox, IconButton):
        for control in opened.dialog.findChildren(kind):
            if control.objectName() != "qt_spinbox_lineedit":
                assert control.accessibleName(), control


@pytest.mark.parametrize("title", ["Connection", "Conversation", "Talking", "Sound", "General"])
def test_a_small_dialog_cuts_nothing_off(opened, title: str):
    opened.dialog.resize(opened.dialog.minimumSize())
    opened.turn_to(title)
    page = opened.dialog._stack.currentWidget()
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()


def test_it_changes_its_colours_with_the_application(opened, qapp):
    theme.dress(qapp, theme.DARK)
    assert theme.DARK.surface in opened.dialog.styleSheet()


def test_files_are_chosen_without_taking_the_talk_key_away(opened, tmp_path: Path):
    click(opened.button("Export…"))
    chooser = opened.dialog.findChild(QFileDialog)
    assert not chooser.isModal()
    assert QApplication.activeModalWidget() is None
    chooser.fileSelected.emit(str(tmp_path / "a.json"))
    assert opened.said == [("export_requested", tmp_path / "a.json")]
    chooser.close()


def test_an_import_is_told(opened):
    opened.dialog.show_notice(False, "This is no settings file.")
    assert "This is no settings file." in opened.words()


def test_the_key_page_is_turned_to_for_the_first_key(opened):
    opened.turn_to("General")
    opened.dialog.show_key_page()
    assert opened.control(QLineEdit, "Key").hasFocus()


# About and the first run


def test_diagnostics_are_copied_and_shown(qtbot):
    dialog = AboutDialog([("Presstalk", "0.1.0"), ("Qt", "6")])
    qtbot.addWidget(dialog)
    dialog.show()
    (copy,) = [each for each in dialog.findChildren(QPushButton) if each.text() == "Copy diagnostics"]
    with qtbot.waitSignal(dialog.diagnostics_requested):
        click(copy)
    with qtbot.assertNotEmitted(dialog.diagnostics_requested):
        click(copy)
    dialog.show_diagnostics("Versions\n  Presstalk: 0.1.0\n")
    assert QApplication.clipboard().text() == "Versions\n  Presstalk: 0.1.0\n"
    assert dialog.findChild(QPlainTextEdit).isVisible()
    assert not dialog.isModal()


def test_the_first_runs_line_offers_a_key_and_goes(qtbot):
    strip = WelcomeStrip()
    qtbot.addWidget(strip)
    strip.show()
    with qtbot.waitSignal(strip.add_key_clicked):
        click(strip.findChild(QPushButton))
    assert strip.isVisible()
    with qtbot.waitSignal(strip.dismissed):
        click(strip.findChild(IconButton))
    assert not strip.isVisible()


def test_a_key_field_says_nothing_of_a_kept_key(qtbot):
    field = KeyField()
    qtbot.addWidget(field)
    field.show_source("keychain", "")
    assert "ends in" not in "".join(label.text() for label in field.findChildren(QLabel))
