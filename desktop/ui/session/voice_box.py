"""The picker of the voice. Where the voices aren't known, any can be typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.base.visible_text import visible_line
from desktop.protocol.catalog import Model
from desktop.ui.common.availability import allow
from desktop.ui.common.picker import Picker

LONGEST = 100
"""Characters of a voice's name."""


class VoiceBox(Picker):
    """A typed voice is chosen when it is entered or the field is left; an empty one is the model's own."""

    voice_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._shown = ""
        self.activated.connect(lambda row: self._say(str(self.itemData(row))))

    def show_voice(self, model: Model, voice: str, *, agents: bool = False) -> None:
        """Show the model's voices, with this one chosen; an empty one of an agent's session is its own."""
        line = self.lineEdit()
        typing = line is not None and line.hasFocus() and line.isModified()
        if typing and voice == self._shown:
            return  # a change of state must not remove what is being typed
        self._shown = voice
        self._let_type(model.any_voice)
        if line := self.lineEdit():
            empty = self.tr("By the agent") if agents else self.tr("Voice")
            line.setPlaceholderText(empty)
            self.setMinimumContentsLength(len(empty))  # Qt's width is that of the entries
        else:
            self.setMinimumContentsLength(0)
        self.clear()
        if agents and not model.any_voice:
            self.addItem(self.tr("By the agent"), "")
        others = [voice] if voice and voice not in model.voices else []
        for name in (*model.voices, *others):
            self.addItem(visible_line(name), name)
        if model.any_voice:
            self.setCurrentIndex(self.findData(voice) if voice else -1)
            self.setEditText(voice)
        else:
            self.setCurrentIndex(self.findData(voice))
        chosen = model.any_voice or self.count() > 1
        allow(self, "" if chosen else self.tr("This model has only one voice"))

    def _let_type(self, any_voice: bool) -> None:
        if any_voice == self.isEditable():
            return
        self.setEditable(any_voice)
        line = self.lineEdit()
        if line is not None:
            line.setMaxLength(LONGEST)
            line.setAccessibleName(self.accessibleName())
            line.editingFinished.connect(lambda: self._say(line.text()))

    def _say(self, voice: str) -> None:
        if voice.strip() != self._shown:
            self._shown = voice.strip()
            self.voice_chosen.emit(self._shown)
