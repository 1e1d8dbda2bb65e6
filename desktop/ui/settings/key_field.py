"""The field for a key: pasted, checked and saved. A saved key is never shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common.availability import allow
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.plain_text import LinkLabel, PlainLabel
from desktop.ui.common.theme import GRID
from desktop.viewmodels.wording import worded

KeySource = Literal["environment", "keychain", "cli", "ticket", "none"]
KeyProblem = Literal["", "empty", "management", "characters", "long"]
Tone = Literal["muted", "good", "problem"]


@dataclass(frozen=True, slots=True)
class KeyRules:
    """The rules about keys that the field needs: passed in, so that it doesn't import `access`."""

    clean: Callable[[str], str]
    """The key in what was pasted, without spaces and quotes."""
    problem: Callable[[str], KeyProblem]
    """Why a cleaned key can't be used; empty where only the service can tell."""
    longest: int
    """Characters."""
    page_url: str
    """Where keys are made."""


class KeyField(QWidget):
    """A masked line, what is wrong with its content, and where the key in use comes from.

    After `check_requested`, `save_requested` or `delete_requested` it waits for `show_result`.
    """

    check_requested = Signal(str)
    """Check this key with the service and keep it if it is good."""
    save_requested = Signal(str)
    """Keep this key although the check failed."""
    delete_requested = Signal()

    def __init__(self, rules: KeyRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self._source: KeySource = "none"
        self._line = QLineEdit()
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaxLength(2 * self._rules.longest)  # a longer paste still shows as too long
        self._line.setAccessibleName(self.tr("Key"))
        self._reveal = IconButton("reveal", self.tr("Show the key"))
        self._reveal.setCheckable(True)
        self._status = PlainLabel()
        self._words = PlainLabel()
        self._check = QPushButton(self.tr("Check and save"))
        self._save = QPushButton(self.tr("Save unchecked"))
        self._delete = QPushButton(self.tr("Remove key"))
        self._lay_out()
        self._line.textEdited.connect(self._on_edited)
        self._line.returnPressed.connect(self._check.click)
        self._reveal.toggled.connect(self._on_revealed)
        self._check.clicked.connect(self._on_check_clicked)
        self._save.clicked.connect(self._on_save_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self.show_source("none")

    def show_source(self, source: KeySource, ending: str = "") -> None:
        """Show where the key in use comes from, and its last characters."""
        self._source = source
        ends = self.tr(" It ends in {0}.").format(ending) if ending else ""
        template = {
            "environment": self.tr(
                "The key from OPPER_API_KEY is in use.{0} To use one from here, unset the variable and "
                "restart."
            ),
            "keychain": self.tr("A key is stored in this system's keychain.{0}"),
            "cli": self.tr(
                "The key from the Opper CLI's sign-in is in use.{0} A key saved here takes precedence."
            ),
            "ticket": self.tr("Your organisation's tickets give access to the service: no key is needed.{0}"),
            "none": self.tr("No key yet: only the offline demo answers.{0}"),
        }[source]
        self._status.setText(template.format(ends))
        taken = source == "environment"
        self._line.setReadOnly(taken)
        self._line.setPlaceholderText(self.tr("Set by OPPER_API_KEY") if taken else self.tr("Paste a key"))
        if taken:
            self._line.clear()
        for control in (self._reveal, self._check):
            control.setVisible(not taken)
        self._delete.setVisible(source == "keychain")
        self._judge()

    def show_result(self, ok: bool, message: Message) -> None:
        """Show how a check, a save or a removal ended. A key that was saved leaves the line."""
        key = self._rules.clean(self._line.text())
        if ok:
            self._line.clear()
            self._reveal.setChecked(False)
        self._judge()
        allow(self._delete, "")
        self._line.setReadOnly(self._source == "environment")
        self._save.setVisible(not ok and self._source != "environment" and not self._rules.problem(key))
        self._say(worded(message), "good" if ok else "problem")

    def focus(self) -> None:
        """Put the cursor in the line."""
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        link = LinkLabel(
            self.tr("Keys are created per project on {0}."), "platform.opper.ai", self._rules.page_url
        )
        link.setAccessibleName(self.tr("Create a key on platform.opper.ai"))
        typed = QHBoxLayout()
        typed.setSpacing(GRID)
        typed.addWidget(self._line, 1)
        typed.addWidget(self._reveal)
        done = QHBoxLayout()
        done.setSpacing(GRID)
        for button in (self._check, self._save, self._delete):
            button.setAutoDefault(False)
            done.addWidget(button)
        done.addStretch(1)
        self._check.setProperty("role", "primary")
        self._save.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for label in (self._status, self._words, link):
            label.setWordWrap(True)
        column.addWidget(self._status)
        column.addLayout(typed)
        column.addWidget(self._words)
        column.addLayout(done)
        column.addWidget(link)

    def _on_edited(self, text: str) -> None:
        key = self._rules.clean(text)
        if key != text:
            before = self._rules.clean(text[: self._line.cursorPosition()])
            self._line.setText(key)
            self._line.setCursorPosition(len(before))
        self._save.hide()
        self._judge()
        if key != text and key and not self._rules.problem(key):
            self._say(self.tr("Spaces and line breaks were removed."), "muted")

    def _judge(self) -> None:
        """Show what is wrong with the text in the line; only a possible key can be checked."""
        trouble = self._rules.problem(self._rules.clean(self._line.text()))
        allow(self._check, self._why_not(trouble))
        self._check.setText(self.tr("Check and save"))
        self._say(self._sentence(trouble), "problem")

    def _sentence(self, trouble: KeyProblem) -> str:
        return {
            "": "",
            "empty": "",
            "management": self.tr(
                "This is a management key (opmak-…): it creates projects, and sessions refuse it. Open your "
                "project on platform.opper.ai and create a runtime key there."
            ),
            "characters": self.tr(
                "This contains characters that aren't allowed in a key. Copy the key again."
            ),
            "long": self.tr("This is too long to be a key. Copy only the key."),
        }[trouble]

    def _why_not(self, trouble: KeyProblem) -> str:
        return self.tr("Paste a key first") if trouble == "empty" else self._sentence(trouble)

    def _on_check_clicked(self) -> None:
        self._wait(self.tr("Checking…"))
        self.check_requested.emit(self._rules.clean(self._line.text()))

    def _on_save_clicked(self) -> None:
        self._wait(self.tr("Saving…"))
        self.save_requested.emit(self._rules.clean(self._line.text()))

    def _on_delete_clicked(self) -> None:
        self._wait(self.tr("Removing…"))
        self.delete_requested.emit()

    def _wait(self, words: str) -> None:
        self._line.setReadOnly(True)  # not disabled: it keeps the focus that the buttons lose
        self._line.setFocus()
        for button in (self._check, self._delete):
            allow(button, words)
        self._save.hide()
        self._say(words, "muted")

    def _on_revealed(self, revealed: bool) -> None:
        if revealed:
            self._line.setEchoMode(QLineEdit.EchoMode.Normal)
            self._reveal.show_as("conceal", self.tr("Hide the key"))
        else:
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
            self._reveal.show_as("reveal", self.tr("Show the key"))

    def _say(self, words: str, tone: Tone) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._words.setAccessibleName(words)
        if self._words.property("role") != tone:
            self._words.setProperty("role", tone)
            self._words.style().polish(self._words)
