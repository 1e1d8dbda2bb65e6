"""The top of the window: whom one talks to, with which voice, and whether one is connected."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from desktop.protocol.catalog import Model
from desktop.protocol.effects import State
from desktop.ui.status_chip import StatusChip
from desktop.ui.theme import GRID

_CLOSED = (State.OFFLINE, State.ERROR)


class SessionBar(QWidget):
    """Model, voice, state and the connect button. It offers a restart when a choice needs one."""

    model_chosen = Signal(str)
    voice_chosen = Signal(str)
    connect_clicked = Signal()
    restart_clicked = Signal()

    def __init__(self, models: Iterable[Model], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = _box(self.tr("Model"))
        for model in models:
            self._models.addItem(model.label, model.id)
        self._models.setMinimumContentsLength(16)
        self._voices = _box(self.tr("Voice"))
        self._voices.setMinimumContentsLength(7)
        self._restart = QPushButton(self.tr("Restart to apply"))
        self._restart.hide()
        self._connect = QPushButton()
        self._connect.setToolTip(QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText))
        self._chip = StatusChip()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (self._models, self._voices, self._restart, self._connect):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._chip)
        self._models.activated.connect(self._on_model_activated)
        self._voices.activated.connect(self._on_voice_activated)
        self._connect.clicked.connect(self.connect_clicked)
        self._restart.clicked.connect(self.restart_clicked)
        self.show_state(State.OFFLINE)

    def show_model(self, model: Model, voice: str) -> None:
        """Show this model and its voices; one that the list doesn't know is added to it."""
        row = self._models.findData(model.id)
        if row < 0:
            self._models.addItem(model.label, model.id)
            row = self._models.count() - 1
        self._models.setCurrentIndex(row)
        self._voices.clear()
        self._voices.addItems(list(model.voices))
        if voice and voice not in model.voices:
            self._voices.addItem(voice)
        self._voices.setCurrentText(voice)
        self._voices.setEnabled(self._voices.count() > 1)

    def show_state(self, state: State) -> None:
        """Show the state, and what the button does in it."""
        self._chip.show_state(state)
        closed = state in _CLOSED
        if closed:
            self._restart.hide()
        self._connect.setText(self.tr("Connect") if closed else self.tr("Disconnect"))
        if self._connect.property("role") != (role := "primary" if closed else "quiet"):
            self._connect.setProperty("role", role)
            self._connect.style().polish(self._connect)

    def offer_restart(self, offered: bool) -> None:
        """Show or hide the button that restarts the session with the new choice."""
        self._restart.setVisible(offered)

    def _on_model_activated(self, row: int) -> None:
        self.model_chosen.emit(self._models.itemData(row))

    def _on_voice_activated(self, row: int) -> None:
        self.voice_chosen.emit(self._voices.itemText(row))


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box
