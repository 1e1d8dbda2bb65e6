"""What stands below the conversation: a note, a call to approve, a question, and the line for typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.common.centred import Centred
from desktop.ui.common.theme import GRID
from desktop.ui.session.note_line import NoteLine
from desktop.ui.talk.text_line import TextLine
from desktop.ui.tools.approval_card import ApprovalCard
from desktop.ui.tools.question_bar import QuestionBar
from desktop.ui.transcript.transcript_pane import COLUMN


class EntryColumn(Centred):
    """As wide as the words above it at most. A note or a question takes its room from the conversation,
    which keeps its last words in sight: below, nothing moves."""

    def __init__(
        self, note: NoteLine, approval: ApprovalCard, question: QuestionBar, text_line: TextLine
    ) -> None:
        inner = QWidget()
        super().__init__(inner, COLUMN)
        self._typing = text_line
        self._column = column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for part in (note, approval, question, text_line):
            column.addWidget(part)

    def show_typing(self, shown: bool) -> None:
        """Whether there is room for the line for typing."""
        self._typing.setVisible(shown)

    def set_spacing(self, pixels: int) -> None:
        """So many pixels are between the parts."""
        self._column.setSpacing(pixels)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._ask_for_height()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ask_for_height()

    def _ask_for_height(self) -> None:
        # The splitter that it is in doesn't ask how many lines a sentence takes.
        self.setMinimumHeight(max(0, self._column.minimumHeightForWidth(self._column.geometry().width())))
