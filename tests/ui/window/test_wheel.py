"""The wheel that turns over a picker by chance chooses nothing, whether the picker has the focus or not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox


def turn(picker: QComboBox, by: int) -> None:
    at = QPointF(picker.rect().center())
    nothing = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase)
    QApplication.sendEvent(
        picker, QWheelEvent(at, picker.mapToGlobal(at), QPoint(), QPoint(0, by), *nothing, False)
    )


@pytest.mark.parametrize("focused", [False, True])
def test_the_wheel_chooses_nothing(shown, focused: bool):
    pickers = [one for one in shown.window.findChildren(QComboBox) if one.count() > 1]
    assert len(pickers) > 2
    before = [one.currentIndex() for one in pickers]
    for picker in pickers:
        if focused:
            picker.setFocus()
        for by in (-120, 120, -120):
            turn(picker, by)
    assert [one.currentIndex() for one in pickers] == before
    assert shown.emitted == []
