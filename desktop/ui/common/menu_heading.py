"""The heading of a menu's section."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidgetAction

from desktop.ui.common.plain_text import PlainLabel


def add_heading(menu: QMenu, words: str) -> None:
    """Add a heading at the end: a text that can't be chosen.

    Qt's own (`QMenu.addSection`) has the height of a separator under a style sheet, which cuts its text off.
    """
    label = PlainLabel(words)
    label.setProperty("role", "heading")
    heading = QWidgetAction(menu)
    heading.setText(words)  # for screen readers
    heading.setDefaultWidget(label)
    heading.setEnabled(False)
    menu.addAction(heading)
