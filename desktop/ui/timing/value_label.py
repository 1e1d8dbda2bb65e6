"""The labels of figures in the timing pane."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.ui.common.plain_text import PlainLabel

ROW_GAP = 2
"""Pixels between two rows of figures."""


def value_label(text: str = "", widest: str = "") -> PlainLabel:
    """A figure, at the right of its column, which has room for `widest` from the start."""
    label = PlainLabel(text)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
