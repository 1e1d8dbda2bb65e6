"""What Qt itself asks, in a box that it makes, with the names of files in it: plain text too."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox

from desktop.recording import export
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
NAME = "<table bgcolor=magenta><tr><td>.md"


def test_a_name_of_a_file_that_is_there_is_no_html(qtbot, tmp_path: Path):
    use_light_theme()
    (tmp_path / NAME).write_text("what was there")
    dialog = SaveConversationDialog("a.md", export.FORMATS)
    dialog.setOption(dialog.Option.DontUseNativeDialog)
    dialog.start_in(str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.findChild(QLineEdit).setText(NAME)
    asked = []

    def look() -> None:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QMessageBox) and box.isVisible():
                asked.extend((one.textFormat(), one.text()) for one in box.findChildren(QLabel) if one.text())
                box.reject()

    timer = QTimer(dialog, interval=20)
    timer.timeout.connect(look)
    timer.start()
    dialog.accept()
    assert any(NAME in text for _, text in asked), "it asked"
    assert {form for form, _ in asked} == {Qt.TextFormat.PlainText}
