"""The turns, one picture to a row."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from desktop.ui.common.gathering import HeldPainting
from desktop.ui.common.row_delegate import paint_empty
from desktop.ui.timing.turn_delegate import TurnDelegate
from desktop.viewmodels.timing_model import TimingModel


class TurnList(QListView):
    """Shows a `TimingModel`; all pictures have the axis of the delegate."""

    def __init__(self, model: TimingModel) -> None:
        super().__init__()
        self.delegate = TurnDelegate(model, self)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        HeldPainting(self, model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Turn times"))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_empty(self, self.tr("How long each answer took appears here. Hold to talk, then release."))
