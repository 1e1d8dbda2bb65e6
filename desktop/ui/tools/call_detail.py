"""One tool call: its arguments and its result, and an editor for the arguments."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.base.terminal import plain_json
from desktop.ui.common.availability import allow
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.json_tree import JsonTree
from desktop.ui.common.master_detail import DetailHeader
from desktop.ui.common.plain_text import set_tip, short
from desktop.ui.common.theme import GRID
from desktop.ui.tools.arguments_editor import ArgumentsEditor
from desktop.ui.tools.call_comparison import CallComparison
from desktop.ui.tools.picture_strip import PictureStrip
from desktop.viewmodels import numbers
from desktop.viewmodels.bench_setting import bench_words
from desktop.viewmodels.json_tree_model import as_json
from desktop.viewmodels.line_words import SAID_WHILE, state_words
from desktop.viewmodels.tool_calls_model import Call

EDITABLE = 200_000
"""Characters of arguments that can be edited. A text field with more is slow."""


class CallDetail(QWidget):
    """Shows arguments and result as a tree, or the arguments in an editor."""

    run_again_requested = Signal(str, str)
    send_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._call: Call | None = None
        self.tree = JsonTree(self.tr("Arguments and result"))
        self.pictures = PictureStrip()
        self.editor = ArgumentsEditor()
        self._again = IconButton("again", self.tr("Run again"))
        self._send = QPushButton(self.tr("Send result"))
        set_tip(self._send, self.tr("Send the result to the model"))
        self._send.hide()
        self._compare = IconButton("compare", self.tr("Compare with another call of this tool"))
        self.comparison = CallComparison()
        self.others: Callable[[Call], list[Call]] = lambda _: []
        """Gives the other calls of the same tool that have ended, oldest first."""
        self.header = DetailHeader(self._send, self._compare, self._again)
        self._pages = QStackedWidget()
        self._lay_out()
        self._again.clicked.connect(self.open_editor)
        self._send.clicked.connect(self._on_send_clicked)
        self._compare.clicked.connect(self.open_comparison)
        self.comparison.closed.connect(self.close_editor)
        self.editor.entered.connect(self._on_entered)
        self.editor.cancelled.connect(self.close_editor)

    def show_call(self, call: Call) -> None:
        """Show this call; an editor that is open for it stays open."""
        if call is not self._call:
            self.close_editor()
        self._call = call
        again = self.tr("Run {0} again, with these or other arguments")
        self._again.show_as("again", again.format(short(call.name)))
        took = f" · {numbers.duration(call.duration_ms)}" if call.duration_ms else ""
        bench = f" · {bench_words(call.bench)}" if call.bench else ""
        far = f" · {call.progress}" if call.progress and call.state in SAID_WHILE else ""
        self.header.say(call.name, f"{call.at:%H:%M:%S} · {state_words(call.state)}{far}{took}{bench}")
        self.pictures.show_pictures(call.pictures)
        value = {"arguments": call.arguments}
        if call.result is not None:
            value["result"] = call.result
        self.tree.show_value(value)
        ended = call.result is not None and bool(self.others(call))
        allow(self._compare, "" if ended else self.tr("There is no other result of this tool yet"))
        self._send.setVisible(call.by_hand and call.state in ("done", "failed"))

    def open_editor(self) -> None:
        """Open the editor for the arguments."""
        if self._call is None:
            return
        arguments = self._call.arguments
        text = plain_json(arguments if isinstance(arguments, str) else as_json(arguments))
        too_long = len(text) > EDITABLE
        self._pages.setCurrentWidget(self.editor)
        self._again.hide()
        self.editor.edit("" if too_long else text)
        if too_long:
            self.editor.show_problem(self.tr("The arguments are too long to edit here."))

    def open_comparison(self) -> None:
        """Compare the call with another one of its tool."""
        if self._call is not None:
            self.comparison.compare(self._call, self.others(self._call))
            self._pages.setCurrentWidget(self.comparison)

    def close_editor(self) -> None:
        """Show the tree."""
        self._pages.setCurrentIndex(0)
        self._again.show()

    def _lay_out(self) -> None:
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.editor)
        self._pages.addWidget(self.comparison)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addLayout(self.header)
        page.addWidget(self.pictures)
        page.addWidget(self._pages, 1)

    def _on_entered(self, text: str) -> None:
        if self._call is not None:
            self.run_again_requested.emit(self._call.name, text)

    def _on_send_clicked(self) -> None:
        if self._call is not None:
            self.send_requested.emit(self._call.call_id)
