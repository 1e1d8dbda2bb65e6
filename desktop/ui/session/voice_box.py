"""The picker of the voice. Where the voices aren't known, any can be typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QStyleOptionComboBox, QWidget

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
        self._agents = self._short = False
        self.activated.connect(lambda row: self._say(str(self.itemData(row))))

    def show_voice(self, model: Model, voice: str, *, agents: bool = False) -> None:
        """Show the model's voices, with this one chosen; an empty one of an agent's session is its own."""
        line = self.lineEdit()
        typing = line is not None and line.hasFocus() and line.isModified()
        if typing and voice == self._shown:
            return  # a change of state must not remove what is being typed
        self._shown, self._agents = voice, agents
        self._let_type(model.any_voice)
        if line := self.lineEdit():
            line.setPlaceholderText(self._empty_words(short=self._short))
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

    def show_short(self, short: bool) -> None:
        """Show in one word that the voice is the agent's, where there is no room for more."""
        self._short = short
        if line := self.lineEdit():
            line.setPlaceholderText(self._empty_words(short=short))
        self.update()

    def width_when(self, *, short: bool) -> int:
        """The width in which what it shows can be read, whichever it shows now."""
        words = visible_line(self._shown) or self._empty_words(short=short)
        return self.size_for(words).width()

    def _empty_words(self, *, short: bool) -> str:
        """What stands for no chosen voice."""
        if not self._agents:
            return self.tr("Voice")
        return self.tr("Agent", "decides the voice") if short else self.tr("By the agent")

    def _option(self) -> QStyleOptionComboBox:
        option = super()._option()
        if not self._shown and self._agents:
            option.currentText = self._empty_words(short=self._short)
        return option

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
