"""The key in the settings dialog, the dialog as a window, the about dialog and the first run's line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
)

from desktop.base.message import verbatim
from desktop.turn.effects import DisplayState
from desktop.ui.common import theme
from desktop.ui.common.icon_button import IconButton
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.session.welcome_strip import WelcomeStrip
from desktop.ui.settings.key_field import KeyField
from tests.ui.opened import FORM, Opened, click, retype

# The offscreen platform has no window manager to tell a dialog's smallest size to, and warns of it.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

KEY = "op-4b1c9d2e7f60aa31"


@pytest.fixture
def opened(qtbot) -> Opened:
    return Opened(qtbot)


# The key


@pytest.mark.parametrize("pasted", [f" {KEY}\n", f"{KEY[:6]}\r\n{KEY[6:]}", f"{KEY[:9]} {KEY[9:]}"])
def test_a_pasted_key_is_cleaned_and_checked(opened, pasted: str):
    line = opened.control(QLineEdit, "Key")
    QApplication.clipboard().setText(pasted)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == KEY
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert "were removed" in opened.words()
    click(opened.button("Check and save"))
    assert opened.emitted == [("key_check_requested", KEY)]
    assert not opened.button("Check and save").isEnabled()
    opened.dialog.show_key_result(True, verbatim("The key works."))
    assert line.text() == ""
    assert "The key works." in opened.words()


def test_a_management_key_is_explained_before_it_is_saved(opened):
    line = opened.control(QLineEdit, "Key")
    retype(line, "opmak" + "-123456789")
    assert "management key" in opened.words()
    assert not opened.button("Check and save").isEnabled()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert opened.emitted == []


def test_a_megabyte_is_no_key(opened):
    line = opened.control(QLineEdit, "Key")
    QApplication.clipboard().setText("x" * 1_000_000)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "too long" in opened.words()
    assert not opened.button("Check and save").isEnabled()


def test_a_key_that_could_not_be_checked_can_be_saved_anyway(opened):
    line = opened.control(QLineEdit, "Key")
    retype(line, KEY)
    assert not opened.button("Save unchecked").isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    opened.dialog.show_key_result(False, verbatim("The service can't be reached."))
    assert line.text() == KEY, "nothing that was typed is lost"
    click(opened.button("Save unchecked"))
    assert opened.emitted == [("key_check_requested", KEY), ("key_save_requested", KEY)]


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
    assert opened.emitted == [("key_delete_requested",)]
    opened.dialog.show_key("none")
    opened.dialog.show_key_result(True, verbatim("The key was removed."))
    assert "No key yet" in opened.words()


def test_the_way_to_a_key_is_shown(opened):
    assert 'href="https://platform.opper.ai"' in opened.words()


# The window


def test_it_is_not_modal(opened):
    assert not opened.dialog.isModal()


def test_space_turns_a_switch(opened):
    opened.turn_to("Talking")
    switch = next(one for one in opened.dialog.findChildren(QCheckBox) if one.isVisible())
    switch.setFocus()
    before = switch.isChecked()
    QTest.keyClick(opened.dialog.windowHandle(), Qt.Key.Key_Space)
    assert switch.isChecked() is not before
    assert len(opened.emitted) == 1, "the setting alone"


def test_space_in_a_text_field_is_a_space(opened):
    opened.turn_to("Conversation")
    text = opened.control(QPlainTextEdit, "Instructions")
    text.setFocus()
    QTest.keyClick(opened.dialog.windowHandle(), Qt.Key.Key_Space)
    assert text.toPlainText() == " "
    assert opened.emitted == []


def test_escape_throws_a_take_away_and_else_closes(opened):
    opened.turn_to("Talking")
    handle = opened.dialog.windowHandle()
    opened.dialog.show_state(DisplayState.LISTENING)
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert opened.emitted == [("take_escaped",)]
    assert opened.dialog.isVisible()
    opened.dialog.show_state(DisplayState.READY)
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
    theme.apply(qapp, theme.DARK)
    assert theme.DARK.surface in opened.dialog.styleSheet()


def test_files_are_chosen_without_taking_the_talk_key_away(opened, tmp_path: Path):
    click(opened.button("Export…"))
    chooser = opened.dialog.findChild(QFileDialog)
    assert not chooser.isModal()
    assert QApplication.activeModalWidget() is None
    chooser.fileSelected.emit(str(tmp_path / "a.json"))
    assert opened.emitted == [("export_requested", tmp_path / "a.json")]
    chooser.close()


def test_an_import_is_told(opened):
    opened.dialog.show_notice(False, verbatim("This isn't a settings file."))
    assert "This isn't a settings file." in opened.words()


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
    field = KeyField(FORM.key)
    qtbot.addWidget(field)
    field.show_source("keychain", "")
    assert "ends in" not in "".join(label.text() for label in field.findChildren(QLabel))
