"""The picker of the model, with a last entry that fetches the service's list again."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.protocol.catalog import Model
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import set_tip
from desktop.viewmodels.wording import worded


class ModelBox(Picker):
    """The last entry fetches the list; the chosen model stays."""

    model_chosen = Signal(str)
    refresh_clicked = Signal()

    def __init__(self, models: Iterable[Model], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Model | None = None
        self.show_models(models)
        self.activated.connect(self._on_activated)

    def show_models(self, models: Iterable[Model]) -> None:
        """Offer these models; the current one stays, whether it is among them or not."""
        self.clear()
        for model in models:
            self.addItem(worded(model.name), model.id)
        self.insertSeparator(self.count())
        self.addItem(self.tr("Refresh the list"))
        if self._shown:
            self.show_model(self._shown)

    def show_model(self, model: Model) -> None:
        """Show this model; one that isn't in the list is added to it."""
        self._shown = model
        row = self.findData(model.id)
        if row < 0:
            row = self.count() - 2
            self.insertItem(row, worded(model.name), model.id)
        self.setCurrentIndex(row)
        set_tip(self, f"{worded(model.name)}\n{model.id}")

    def _on_activated(self, row: int) -> None:
        if row < self.count() - 1:
            self.model_chosen.emit(self.itemData(row))
            return
        if self._shown:
            self.setCurrentIndex(self.findData(self._shown.id))
        self.refresh_clicked.emit()
