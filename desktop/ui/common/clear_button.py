"""The small button inside a line of text that empties it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QToolButton

from desktop.ui.common.plain_text import set_tip


def clear_words() -> str:
    """What the button is called."""
    return QCoreApplication.translate("ClearButton", "Clear the text")


def offer_clearing(field: QLineEdit) -> None:
    """Give the line Qt's own button, with the name and the tool tip that Qt doesn't give it."""
    field.setClearButtonEnabled(True)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName(clear_words())
        set_tip(button, clear_words())
