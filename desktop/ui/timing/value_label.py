"""The labels of figures in the timing pane."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

ROW_GAP = 2
"""Pixels between two rows of figures."""


def value_label(text: str = "", widest: str = "") -> QLabel:
    """A figure, at the right of its column, which has room for `widest` from the start."""
    label = QLabel(text)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
