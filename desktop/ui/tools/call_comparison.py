"""Two calls' results, compared line by line."""

from __future__ import annotations

import difflib

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.base.terminal import plain_json
from desktop.ui.common import accessible
from desktop.ui.common.code_text import CodeText
from desktop.ui.common.picker import Picker
from desktop.ui.common.theme import GRID
from desktop.viewmodels.bench_setting import bench_words
from desktop.viewmodels.json_tree_model import as_json
from desktop.viewmodels.line_words import state_words
from desktop.viewmodels.tool_calls_model import Call

MOST_LINES = 1_000
"""Of a result: comparing takes the square of it at worst, a tenth of a second."""
MOST_CHARACTERS = 100_000
MOST_OTHERS = 20
"""Calls to compare with: the last ones of the same tool."""


def comparison(before: object, after: object) -> str:
    """Two results as JSON: lines with - are only in the first, lines with + only in the second."""
    texts = [plain_json(as_json(one)) for one in (before, after)]
    lines = [text.split("\n") for text in texts]
    translate = QCoreApplication.translate
    if texts[0] == texts[1]:
        return translate("CallComparison", "The results are the same.")
    if max(map(len, texts)) > MOST_CHARACTERS or max(map(len, lines)) > MOST_LINES:
        return translate("CallComparison", "The results are too long to compare here.")
    differing = difflib.unified_diff(lines[0], lines[1], n=MOST_LINES, lineterm="")
    return "\n".join(list(differing)[3:])  # without its head, which names files


class CallComparison(QWidget):
    """Compares a call with an earlier one of the same tool, which is chosen."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call: Call | None = None
        self._others: list[Call] = []
        self.other = Picker()
        accessible.name_control(self.other, self.tr("Compare with"))
        self.text = CodeText(self.tr("Differences"))
        close = QPushButton(self.tr("Close"))
        row = QHBoxLayout()
        row.addWidget(self.other, 1)
        row.addWidget(close)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addLayout(row)
        page.addWidget(self.text, 1)
        self.other.currentIndexChanged.connect(lambda _: self._show())
        close.clicked.connect(self.closed)

    def compare(self, call: Call, others: list[Call]) -> None:
        """Compare this call with one of these, the last of them first."""
        self._call, self._others = call, others[-MOST_OTHERS:][::-1]
        self.other.blockSignals(True)
        self.other.clear()
        for one in self._others:
            bench = f" · {bench_words(one.bench)}" if one.bench else ""
            self.other.addItem(f"{one.at:%H:%M:%S} · {state_words(one.state)}{bench}")
        self.other.blockSignals(False)
        self._show()

    def _show(self) -> None:
        row = self.other.currentIndex()
        if self._call is not None and 0 <= row < len(self._others):
            self.text.setPlainText(comparison(self._others[row].result, self._call.result))
