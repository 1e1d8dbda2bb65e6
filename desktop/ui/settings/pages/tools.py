"""The page of the tools: MCP servers, one's own functions, and what each tool may do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.base.message import Message
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GRID
from desktop.ui.settings.import_panel import ImportPanel
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.pages.page import Page
from desktop.ui.settings.server_editor import ServerEditor
from desktop.ui.settings.source_list import SourceList
from desktop.ui.settings.tool_list import ToolList
from desktop.viewmodels.tool_rows import ImportRow, SourceRow
from desktop.viewmodels.wording import worded


class ToolsPage(Page):
    """Sources above, tools below. It has no settings of the file's: what it shows it is given."""

    import_clicked = Signal()
    """Answer with `show_imports`."""
    example_clicked = Signal()
    folder_clicked = Signal()

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Tools"), form, parent)
        about = PlainLabel(
            self.tr("Tools of MCP servers, and functions of your own. They run as you, once you allow it.")
        )
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        self.sources, self.editor, self.imports, self.tools = (
            SourceList(),
            ServerEditor(),
            ImportPanel(),
            ToolList(),
        )
        self.notice = PlainLabel()
        self.notice.setWordWrap(True)
        self.notice.hide()
        more = [
            self._button(self.tr("Take over from other programs…"), self.import_clicked),
            self._button(self.tr("Make an example function"), self.example_clicked),
            self._button(self.tr("Open the folder"), self.folder_clicked),
        ]
        heading = PlainLabel(self.tr("All tools"))
        heading.setProperty("role", "heading")
        self._column.addWidget(about)
        for widget in (self.sources, self.editor, self.imports, self.notice):
            self._column.addWidget(widget)
        for row in (more[:1], more[1:]):
            buttons = QHBoxLayout()
            buttons.setSpacing(GRID)
            for button in row:
                buttons.addWidget(button)
            buttons.addStretch(1)
            self._column.addLayout(buttons)
        self._column.addWidget(heading)
        self._column.addWidget(self.tools)
        self._column.addStretch(1)
        self.editor.hide()
        self.imports.hide()
        self.sources.edit_clicked.connect(self._on_edit_clicked)
        self.editor.cancelled.connect(self.close_editor)
        self.imports.cancelled.connect(self.imports.hide)
        self.imports.chosen.connect(lambda _: self.imports.hide())

    def show_imports(self, rows: Sequence[ImportRow]) -> None:
        """Show what other programs have."""
        self.imports.show_rows(rows)
        self.imports.setVisible(bool(rows))

    def show_notice(self, ok: bool, message: Message) -> None:
        """Show how something that was asked for ended."""
        self.notice.setText(worded(message))
        self.notice.setProperty("role", "good" if ok else "problem")
        self.notice.style().polish(self.notice)
        self.notice.show()

    def close_editor(self) -> None:
        """The server was saved, or is left as it was."""
        self.editor.hide()
        self.sources.show()

    def _button(self, words: str, clicked: SignalInstance) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(clicked)
        return button

    def _on_edit_clicked(self, name: str) -> None:
        row: SourceRow | None = self.sources.chosen if name else None
        self.editor.edit(row.entry if row else None)
        self.notice.hide()
        self.sources.hide()
        self.editor.show()
