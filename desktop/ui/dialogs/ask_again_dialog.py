"""Asks a recording's turns again: which model, voice, effort and prompt, and then what differed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.base.visible_text import visible_line
from desktop.protocol.catalog import Model
from desktop.ui.common.availability import allow
from desktop.ui.common.code_text import CodeText
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs.save_dialog import SaveDialog, documents
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.ui.session.voice_box import VoiceBox
from desktop.viewmodels import model_words
from desktop.viewmodels.wording import worded

WIDTH, HEIGHT = 640, 600
PROMPT_HEIGHT = 72
LONGEST_PROMPT = 20_000
SMALLEST_REPORT = 120


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked again: an empty voice, effort or prompt is the usual one."""

    model: str
    voice: str = ""
    effort: str = ""
    instructions: str = ""


class AskAgainDialog(TalkingDialog):
    """Answer `ask_asked` with `show_report` or `show_problem`."""

    ask_asked = Signal(Target)
    stop_asked = Signal()
    save_asked = Signal(Path)
    """Where the report is to be written: as JSON where the name ends so, else as text."""

    def __init__(self, models: Sequence[Model], chosen: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Ask again"))
        self.resize(WIDTH, HEIGHT)
        self.folder = documents()
        """The folder to suggest."""
        self._models = {model.id: model for model in models}
        self._asking = False
        self._model, self._voice, self._effort = Picker(), VoiceBox(), Picker()
        self._prompt, self._report = QPlainTextEdit(), CodeText(self.tr("Report"))
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        self._ask = QPushButton()
        self._save = QPushButton(self.tr("Save report…"))
        self._lay_out()
        self._fill(chosen)
        self._connect_signals()
        self._show_asking(False)
        allow(self._save, self.tr("There is no report yet"))

    def show_report(self, text: str) -> None:
        """What differed, turn by turn, as plain text."""
        self._show_asking(False)
        self._report.setPlainText(text)
        allow(self._save, "")
        self._say(self.tr("Done."), "good")

    def show_problem(self, message: Message) -> None:
        """Why there is no report, or why it can't be written."""
        self._show_asking(False)
        self._say(worded(message), "problem")

    def show_saved(self, message: Message) -> None:
        """The report is written."""
        self._say(worded(message), "good")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._asking:
            self.stop_asked.emit()

    @property
    def target(self) -> Target:
        """What is chosen."""
        voice = self._voice.currentText() if self._voice.isEditable() else self._voice.currentData()
        return Target(
            str(self._model.currentData() or ""),
            str(voice or "").strip(),
            str(self._effort.currentData() or ""),
            self._prompt.toPlainText().strip()[:LONGEST_PROMPT],
        )

    def _lay_out(self) -> None:
        intro = PlainLabel(
            self.tr(
                "The same takes and texts go to a new session, and the report says turn by turn what "
                "differs: the words, the tools, the times, the cost. It costs what talking costs."
            )
        )
        intro.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, field in (
            (self.tr("Model"), self._model),
            (self.tr("Voice"), self._voice),
            (self.tr("Reasoning effort"), self._effort),
            (self.tr("Instructions"), self._prompt),
        ):
            label = PlainLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words)
            form.addRow(label, field)
        self._prompt.setFixedHeight(PROMPT_HEIGHT)
        self._prompt.setTabChangesFocus(True)
        self._prompt.setPlaceholderText(self.tr("The usual ones"))
        self._report.setMinimumHeight(SMALLEST_REPORT)
        self._report.setPlaceholderText(self.tr("The report appears here."))
        self._ask.setProperty("role", "primary")
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        for button in (self._ask, self._save):
            bottom.addWidget(button)
        bottom.addWidget(self._said, 1)
        bottom.addWidget(close)
        for button in (self._ask, self._save, close):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(intro)
        column.addLayout(form)
        column.addWidget(self._report, 1)
        column.addLayout(bottom)

    def _fill(self, chosen: str) -> None:
        day = model_words.today()
        for model in self._models.values():
            words = f"{model_words.provider(model)}: {model_words.name(model, day)}"
            self._model.addItem(visible_line(words), model.id)
        self._model.setCurrentIndex(max(0, self._model.findData(chosen)))
        self._on_model_chosen()

    def _connect_signals(self) -> None:
        self._model.currentIndexChanged.connect(self._on_model_chosen)
        self._ask.clicked.connect(self._on_ask_clicked)
        self._save.clicked.connect(self._choose_path)

    def _on_model_chosen(self) -> None:
        model = self._models.get(str(self._model.currentData()))
        if model is None:
            return
        self._voice.show_voice(model, next(iter(model.voices), ""))
        self._effort.clear()
        self._effort.addItem(self.tr("Usual"), "")
        for effort in model.efforts:
            self._effort.addItem(visible_line(effort), effort)
        allow(self._effort, "" if model.efforts else self.tr("This model has no reasoning effort to choose"))

    def _on_ask_clicked(self) -> None:
        if self._asking:
            self.stop_asked.emit()
            self._show_asking(False)
            self._say(self.tr("Stopped."))
        else:
            self._show_asking(True)
            self._say(self.tr("Asking…"))
            self.ask_asked.emit(self.target)

    def _show_asking(self, asking: bool) -> None:
        self._asking = asking
        self._ask.setText(self.tr("Stop") if asking else self.tr("Ask"))
        why = self.tr("One moment…") if asking else ""
        for field in (self._model, self._prompt):
            allow(field, why)

    def _choose_path(self) -> None:
        dialog = SaveDialog(self)
        dialog.setWindowTitle(self.tr("Save report"))
        dialog.offer(
            self.tr("asked again {0}.txt").format(QDate.currentDate().toString(Qt.DateFormat.ISODate)),
            {".txt": self.tr("Plain text (*.txt)"), ".json": self.tr("JSON (*.json)")},
        )
        dialog.start_in(self.folder)
        dialog.path_chosen.connect(self.save_asked)
        dialog.show()

    def _say(self, words: str, role: str = "muted") -> None:
        self._said.setText(words)
        self._said.setAccessibleName(words)
        self._said.setProperty("role", role)
        self._said.style().polish(self._said)
