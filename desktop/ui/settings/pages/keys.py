"""The page of the keys that work in all programs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.base.hotkey import Way
from desktop.base.message import Message
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.fields.hotkey import HotkeyField
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page
from desktop.viewmodels import shortcuts
from desktop.viewmodels.hotkey_words import sign_words
from desktop.viewmodels.wording import key_words, worded


class KeysPage(Page):
    """One row for each key, and by which way they come."""

    recording = Signal(bool)
    """A key is about to be pressed."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Keys"), form, parent)
        about = PlainLabel(
            self.tr(
                "These keys work in all programs, even if Presstalk is hidden. In its window {0} talks too."
            ).format(key_words(shortcuts.TALK))
        )
        about.setWordWrap(True)
        self._column.addWidget(about)
        for name, label, hint in (
            (
                "talk_key",
                self.tr("Talk"),
                self.tr("Hold it, or tap it twice. Pedals work too."),
            ),
            ("mute_key", self.tr("Mute"), self.tr("Mutes the microphone, or lets it be heard again.")),
            ("push_to_mute_key", self.tr("Mute while held"), self.tr("For a cough in a hands-free talk.")),
            (
                "discard_key",
                self.tr("Discard"),
                self.tr("Like {0} in the window: discards what you say, or silences the answer.").format(
                    key_words(shortcuts.CANCEL)
                ),
            ),
        ):
            field = HotkeyField()
            field.recording.connect(self.recording)
            self._add(name, label, hint, field)
        self._way = PlainLabel()
        self._way.setProperty("role", "muted")
        self._way.setWordWrap(True)
        self._column.addWidget(self._way)
        self._column.addStretch(1)

    def show_way(self, way: Way, key: str, named: str, problem: Message | None) -> None:
        """Say by which way the talk key comes, or why by none; see `hotkey_words.sign_words`."""
        self._way.setText(sign_words(way, key, named, problem))

    def show_key_problem(self, name: str, problem: Message | None) -> None:
        """Say why the key of this setting can't be had; None: it can."""
        self.row(name).show_problem(worded(problem) if problem else "")
