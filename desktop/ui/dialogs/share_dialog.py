"""The preview of a recording that is to be shared: what goes in, what was taken out, where it is saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common.availability import allow
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GAP, GRID, INSET
from desktop.ui.dialogs.save_dialog import SaveDialog, documents
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.ui.fields.switch import Switch
from desktop.viewmodels import numbers
from desktop.viewmodels.share_preview import SharePreview, TakenOut
from desktop.viewmodels.wording import worded

WIDTH, HEIGHT = 560, 560


class ShareDialog(TalkingDialog):
    """Shows what it is given; it reads and writes no file.

    Answer `prepare_asked` with `show_preview`, and `save_asked` with `show_saved`, or with `show_problem`.
    """

    prepare_asked = Signal(bool)
    """Whether with its sound."""
    save_asked = Signal(Path)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Share recording"))
        self.resize(WIDTH, HEIGHT)
        self.folder = documents()
        """The folder to suggest."""
        self._preview: SharePreview | None = None
        self._sound = Switch()
        self._sound_words = PlainLabel()
        self._page = QWidget()
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        self._save = QPushButton(self.tr("Save as…"))
        self._save.setProperty("role", "primary")
        self._save.setAutoDefault(False)
        self._scroll = ScrollArea()
        self._lay_out()
        self._sound.clicked.connect(self._on_sound_clicked)
        self._save.clicked.connect(self._choose_path)
        self._wait()

    def show_preview(self, preview: SharePreview) -> None:
        """What would be in the zip."""
        self._preview = preview
        allow(self._sound, "" if preview.has_sound else self.tr("No sound was recorded"))
        self._sound.setChecked(preview.sound)
        allow(self._save, "")
        self._show_page(preview)
        self._say("")

    def show_saved(self, message: Message) -> None:
        """The zip is written."""
        self._say(worded(message), "good")

    def show_problem(self, message: Message) -> None:
        """Why it can't be read or written."""
        self._say(worded(message), "problem")

    def begin(self) -> None:
        """Ask for the preview, without sound: it is put in by whoever wants it in."""
        self.prepare_asked.emit(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.ended.emit()

    def _lay_out(self) -> None:
        intro = PlainLabel(
            self.tr(
                "One zip, for an issue at the provider's for example. Its report can be read in any browser. "
                "Nothing is sent anywhere: the file is yours to hand on."
            )
        )
        intro.setWordWrap(True)
        self._sound_words.setText(
            self.tr("With sound. Nothing can be taken out of it: everything that was said will be heard.")
        )
        self._sound_words.setWordWrap(True)
        self._sound.setAccessibleName(self.tr("With sound"))
        self._sound.setAccessibleDescription(self._sound_words.text())
        row = QHBoxLayout()
        row.setSpacing(INSET)
        row.addWidget(self._sound, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._sound_words, 1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(self.tr("What is in it"))
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self._save)
        bottom.addWidget(self._said, 1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(intro)
        column.addLayout(row)
        column.addWidget(self._scroll, 1)
        column.addLayout(bottom)

    def _show_page(self, preview: SharePreview) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GAP)
        title = self.tr("What is in it: {0}").format(numbers.file_size(preview.size))
        files = [(name, _file_words(name), numbers.file_size(size)) for name, size in preview.files]
        column.addWidget(_card(title, files))
        taken = [(_kind_words(kind), "", numbers.whole(count)) for kind, count in preview.taken_out]
        nothing = self.tr("Nothing was found that has to be taken out")
        column.addWidget(_card(self.tr("What was taken out") if taken else nothing, taken))
        hint = self.tr(
            "What looks like a key, an address or a name was looked for. Nobody can find everything: look "
            "through the report before you hand it on."
        )
        if preview.damaged:
            missing = self.tr("Some of this recording can't be read, and is missing.")
            hint = f"{missing} {hint}"
        below = PlainLabel(hint)
        below.setProperty("role", "muted")
        below.setWordWrap(True)
        column.addWidget(below)
        column.addStretch(1)
        self._page = page
        self._scroll.setWidget(page)  # the one before is deleted

    def _wait(self) -> None:
        allow(self._save, self.tr("One moment…"))
        self._say(self.tr("Looking through the recording…"))

    def _on_sound_clicked(self) -> None:
        self._wait()
        self.prepare_asked.emit(self._sound.isChecked())

    def _choose_path(self) -> None:
        if self._preview is None:
            return
        dialog = SaveDialog(self)
        dialog.setWindowTitle(self.tr("Save as"))
        dialog.offer(f"{self._preview.name}.zip", {".zip": self.tr("Zip (*.zip)")})
        dialog.start_in(self.folder)
        dialog.path_chosen.connect(self.save_asked)
        dialog.show()

    def _say(self, words: str, role: str = "muted") -> None:
        self._said.setText(words)
        self._said.setAccessibleName(words)
        self._said.setProperty("role", role)
        self._said.style().polish(self._said)


def _card(title: str, rows: list[tuple[str, str, str]]) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    grid = QGridLayout(card)
    grid.setContentsMargins(INSET, INSET, INSET, INSET)
    grid.setHorizontalSpacing(INSET)
    grid.setVerticalSpacing(GRID // 2)
    grid.setColumnStretch(1, 1)
    heading = PlainLabel(title)
    heading.setProperty("role", "heading")
    grid.addWidget(heading, 0, 0, 1, 3)
    for number, (name, what, figure) in enumerate(rows, 1):
        for column, words in enumerate((name, what, figure)):
            label = PlainLabel(words)
            if column == 1:
                label.setProperty("role", "muted")
                label.setWordWrap(True)
            at = Qt.AlignmentFlag.AlignRight if column == 2 else Qt.AlignmentFlag.AlignLeft
            side = at | Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(label, number, column, Qt.AlignmentFlag(0) if column == 1 else side)
    return card


def _file_words(name: str) -> str:
    translate = QCoreApplication.translate
    words = {
        "report.html": translate("ShareDialog", "for any browser"),
        "session.json": translate("ShareDialog", "what was asked for"),
        "frames.jsonl": translate("ShareDialog", "every frame, without pictures"),
        "marks.jsonl": translate("ShareDialog", "keys, states and times"),
        "journal.jsonl": translate("ShareDialog", "the conversation"),
        "sent": translate("ShareDialog", "what was sent"),
        "received": translate("ShareDialog", "what was received"),
    }
    return words.get(name) or words.get(name.partition(".")[0], "")


def _kind_words(kind: TakenOut) -> str:
    translate = QCoreApplication.translate
    words: dict[TakenOut, str] = {
        "key": translate("ShareDialog", "Keys, tokens, passwords"),
        "email": translate("ShareDialog", "E-mail addresses"),
        "home": translate("ShareDialog", "Home folders"),
        "user": translate("ShareDialog", "Your name"),
        "host": translate("ShareDialog", "This computer's name"),
    }
    return words[kind]
