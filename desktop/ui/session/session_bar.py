"""The top of the window: the model, the options of the session, and its state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.cost.total import Total
from desktop.protocol.catalog import LANGUAGES, Model
from desktop.turn.effects import DisplayState
from desktop.ui.common import accessible
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.session.model_box import ModelBox
from desktop.ui.session.options_button import OptionsButton
from desktop.ui.session.session_figures import SessionFigures
from desktop.ui.session.status_chip import StatusChip
from desktop.ui.session.voice_box import VoiceBox
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.languages import language_name
from desktop.viewmodels.wording import with_keys

_CLOSED = (DisplayState.OFFLINE, DisplayState.ERROR)
NARROWEST = 96
"""The least width of a picker; its tool tip has the whole text."""
LANGUAGE = 136
"""A language's name fits in this width, in German too."""
WIDEST_NAME = 240
"""Pixels that the model's name gets at the cost of the state's word, which the talk button has too."""
WIDEST_VOICE = 160
"""Pixels that a voice's name gets at the cost of others; a longer one is cut."""

WIDEST = 16_777_215
"""Qt's word for no bound."""


class _Short(NamedTuple):
    """What is shown with fewer words."""

    chip: bool = False
    figures: bool = False
    options: bool = False
    voice: bool = False


_LADDER = tuple(_Short(*(at < step for at in range(4))) for step in range(5))
"""From all words to none: the state's goes first, the talk button has it too."""


class SessionBar(QWidget):
    """Model, voice or language, options, state and the connect button."""

    chosen = Signal(str, str)
    """The field of `ChosenOptions` and its value."""
    connect_clicked = Signal()
    refresh_clicked = Signal()
    """Fetch the service's list of models; answer with `show_models`."""

    def __init__(self, models: Iterable[Model], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = _named(ModelBox(models), self.tr("Model"))
        self._voices = _named(VoiceBox(), self.tr("Voice"))
        self._languages = _named(Picker(), self.tr("Translate into"))
        for code in sorted(LANGUAGES, key=language_name):
            self._languages.addItem(language_name(code), code)
        self._languages.setMinimumWidth(LANGUAGE)
        self._options = OptionsButton()
        self._connect = QPushButton()
        self._figures = SessionFigures()
        self._clock, self.spend = self._figures.clock, self._figures.spend
        self._chip = StatusChip()
        self._languages.hide()
        self._options.hide()
        self._lay_out()
        self._models.model_chosen.connect(lambda model: self.chosen.emit("model", model))
        self._models.refresh_clicked.connect(self.refresh_clicked)
        self._voices.voice_chosen.connect(lambda voice: self.chosen.emit("voice", voice))
        self._languages.activated.connect(
            lambda row: self.chosen.emit("language", self._languages.itemData(row))
        )
        self._options.chosen.connect(self.chosen)
        self._connect.clicked.connect(self.connect_clicked)
        self.show_state(DisplayState.OFFLINE)

    def show_choice(self, choice: ChosenOptions) -> None:
        """Show these options, and those of the model; a model that isn't in the list is added to it."""
        model = choice.model
        self._models.show_model(model)
        self._voices.show_voice(model, choice.voice, agents=choice.agents)
        self._voices.setVisible(not model.translates)
        self._languages.setVisible(model.translates)
        self._languages.setCurrentIndex(self._languages.findData(choice.language))
        self._options.show_choice(choice)
        self._fit()

    def show_models(self, models: Iterable[Model]) -> None:
        """Offer these models."""
        self._models.show_models(models)

    def show_state(self, state: DisplayState) -> None:
        """Show the state, and what the button does in it."""
        self._chip.show_state(state)
        closed = state in _CLOSED
        if closed or state in (DisplayState.RESTING, DisplayState.RECONNECTING):
            self._clock.end()
        self._connect.setText(self.tr("Connect") if closed else self.tr("Disconnect"))
        does = self.tr("Open a session") if closed else self.tr("End the session")
        set_tip(self._connect, with_keys(does, shortcuts.CONNECT))
        if self._connect.property("role") != (role := "primary" if closed else "quiet"):
            self._connect.setProperty("role", role)
            self._connect.style().polish(self._connect)
        self._fit()

    def begin_session(self, renews_s: float = 0.0) -> None:
        """A session was opened: start its clock. It is renewed at the age of `renews_s`, 0 if unknown."""
        self._clock.begin(renews_s)

    def show_spent(self, session: Total) -> None:
        """Show what the session has cost so far."""
        self._figures.show_spent(session)
        self._fit()

    def choose_model(self) -> None:
        """Let the user choose another model."""
        self._models.setFocus()
        self._models.showPopup()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # Not the layout's own: that is with the words for which there is room now.
        needed = self._needed(_LADDER[-1]) + NARROWEST
        return QSize(min(needed, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Leave out as few words as the model's name needs; the clock's room is always kept.

        The name itself is cut last, with an ellipsis; nothing else in the row is ever cut.
        """
        if self.layout() is None:
            return
        name = min(self._models.width_of_text(), WIDEST_NAME)
        room = self.width()
        step = next((one for one in _LADDER if self._needed(one) + name <= room), _LADDER[-1])
        self._chip.show_short(step.chip)
        self._figures.show_stacked(step.figures)
        self._options.show_short(step.options)
        self._voices.show_short(step.voice)
        self._options.setFixedWidth(self._options.width_when(short=step.options))
        voice = max(NARROWEST, self._voice_width(step))
        self._voices.setMinimumWidth(voice)
        # The room that the clock doesn't need yet is the model's, whose name is cut.
        self._voices.setMaximumWidth(voice if step.voice else WIDEST)
        self._models.setMinimumWidth(max(NARROWEST, min(name, room - self._needed(step))))

    def _needed(self, step: _Short) -> int:
        """The width of all but the model's name."""
        widths = [
            self._connect_width(),
            self._figures.width_when(stacked=step.figures),
            self._chip.width_when(short=step.chip),
        ]
        if not self._voices.isHidden():
            widths.append(max(NARROWEST, self._voice_width(step)))
        if not self._languages.isHidden():
            widths.append(LANGUAGE)
        if not self._options.isHidden():
            widths.append(self._options.width_when(short=step.options))
        return sum(widths) + GRID * len(widths)

    def _voice_width(self, step: _Short) -> int:
        return min(self._voices.width_when(short=step.voice), WIDEST_VOICE)

    def _connect_width(self) -> int:
        """The button's width with the longer of its words, so that nothing changes with the state."""
        frame = self._connect.sizeHint().width() - self._words_width(self._connect.text())
        return frame + max(map(self._words_width, (self.tr("Connect"), self.tr("Disconnect"))))

    def _words_width(self, words: str) -> int:
        return self._connect.fontMetrics().horizontalAdvance(words)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (self._models, self._voices, self._languages, self._options, self._connect):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._figures)
        row.addWidget(self._chip)


Box = TypeVar("Box", bound=Picker)


def _named(box: Box, name: str) -> Box:
    accessible.name_control(box, name)
    set_tip(box, name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(NARROWEST)
    return box
