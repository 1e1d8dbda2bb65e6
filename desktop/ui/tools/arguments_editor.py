"""The editor for a call's arguments, to run the call again with changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, RADIUS, SMALL_PX, tokens
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import key_words


class ArgumentsEditor(QWidget):
    """A field for JSON, what is wrong with it, and the buttons Run and Cancel. Ctrl+Enter runs."""

    entered = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(self.tr("Arguments as JSON"))
        self.field.setTabChangesFocus(True)
        self.field.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(SMALL_PX + 1)
        self.field.setFont(font)
        self.field.setMinimumHeight(56)
        self.field.installEventFilter(self)
        self._problem = PlainLabel()
        self._problem.setWordWrap(True)
        self._problem.setAccessibleName(self.tr("Problem"))
        self._problem.hide()
        self._run = QPushButton(self.tr("Run"))
        self._run.setProperty("role", "primary")
        set_tip(self._run, key_words(shortcuts.RUN_TOOL))
        self._cancel = QPushButton(self.tr("Cancel"))
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._run)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addWidget(self.field, 1)
        page.addWidget(self._problem)
        page.addLayout(buttons)
        self._run.clicked.connect(self._on_run_clicked)
        self._cancel.clicked.connect(self.cancelled)
        self.field.textChanged.connect(lambda: self.show_problem(""))
        self._apply_theme()

    @property
    def problem(self) -> str:
        """The displayed sentence, or an empty string."""
        return self._problem.text()

    def edit(self, text: str) -> None:
        """Start with this text."""
        self.field.setPlainText(text)
        self.show_problem("")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, text: str) -> None:
        """Show what is wrong; an empty text says that nothing is. The next change removes it."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._on_run_clicked()
                return True
        return super().eventFilter(watched, event)

    def _on_run_clicked(self) -> None:
        self.entered.emit(self.field.toPlainText())

    def _apply_theme(self) -> None:
        colours = tokens()
        sheet = (
            f"QPlainTextEdit {{ background: {colours.surface}; color: {colours.text};"
            f" border: 1px solid {colours.raised}; border-radius: {RADIUS}px; padding: 4px;"
            f" font-family: monospace; font-size: {SMALL_PX + 1}px; }}"
            f"QPlainTextEdit:focus {{ border-color: {colours.accent}; }}"
        )
        if sheet != self.field.styleSheet():
            self.field.setStyleSheet(sheet)
            self._problem.setStyleSheet(f"color: {colours.rec};")
