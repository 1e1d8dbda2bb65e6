"""The pane of tool calls: the model's calls and their results, and running a tool by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.base.message import Message
from desktop.ui.common.availability import allow
from desktop.ui.common.clear_button import offer_clearing
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.json_tree import JsonTree
from desktop.ui.common.master_detail import MasterDetail
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GRID
from desktop.ui.tools.bench_panel import BenchPanel
from desktop.ui.tools.call_detail import CallDetail
from desktop.ui.tools.call_list import CallList
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.tool_calls_model import Call, CallRole
from desktop.viewmodels.wording import worded


class ToolInspector(QWidget):
    """Shows a `ToolCallsModel`. The call that is chosen opens over the pane's height."""

    run_again_requested = Signal(str, str)
    """A tool's name and its arguments as they were typed, to be checked. `show_problem` tells what is wrong
    with them, `close_editor` that it runs."""
    send_requested = Signal(str)
    """The id of a call that was run by hand, whose result is to be sent to the model."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setFilterRole(CallRole.WORDS)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proxy.setSourceModel(model)
        self.calls = CallList(self._proxy)
        self.field = QLineEdit()
        self.definitions_button = IconButton("definitions", self.tr("Tools that were sent"), checkable=True)
        self.definitions = JsonTree(self.tr("Tools that were sent"))
        self.bench_button = IconButton("bench", self.tr("Bench: change the tools' results"), checkable=True)
        self.bench = BenchPanel()
        self._pages = QStackedWidget()
        self.detail = CallDetail()
        self.detail.others = self._others
        self._opening = MasterDetail(self.calls, self.detail, self.detail.header, self.detail.tree.view)
        self._lay_out()
        self._connect_signals()
        self._model_has_tools = True
        self._on_filter_changed("")

    def show_definitions(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """Show the tools as the model knows them: each with `name`, `description` and `parameters`."""
        named = {
            str(one.get("name", "?")): {k: v for k, v in one.items() if k != "name"} for one in definitions
        }
        self.definitions.show_value(named)
        self.bench.show_tools(list(named))

    def show_choice(self, choice: ChosenOptions) -> None:
        """Say what will appear here with this model, where it is given tools at all."""
        self._model_has_tools = choice.model.tools
        if not self._model_has_tools:
            self.definitions_button.setChecked(False)
            self.bench_button.setChecked(False)
        why = "" if self._model_has_tools else self.tr("This model is given no tools")
        allow(self.definitions_button, why)
        allow(self.bench_button, why)
        self._on_filter_changed(self.field.text())
        self.calls.viewport().update()

    def show_problem(self, problem: Message) -> None:
        """Show why the arguments can't be used."""
        self.detail.editor.show_problem(worded(problem))

    def open_call(self, row: int) -> None:
        """Open the call in this row of the list."""
        self._opening.open(self.calls.model().index(row, 0))

    def close_editor(self) -> None:
        """The call runs."""
        self.detail.close_editor()

    def _lay_out(self) -> None:
        self.field.setPlaceholderText(self.tr("Filter"))
        self.field.setAccessibleName(self.tr("Filter the tool calls"))
        offer_clearing(self.field)
        self._above = QWidget()
        above = QHBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(GRID)
        above.addWidget(self.field, 1)
        above.addWidget(self.bench_button)
        above.addWidget(self.definitions_button)
        self._pages.addWidget(self._opening)
        self._pages.addWidget(self.definitions)
        scrolled = ScrollArea()
        scrolled.show_bare(self.bench)
        self._pages.addWidget(scrolled)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        # With too little room its end is cut off, and nothing is squeezed over something else.
        page.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        page.addWidget(self._above)
        page.addWidget(self._pages, 1)

    def _connect_signals(self) -> None:
        # calls
        self.field.textChanged.connect(self._on_filter_changed)
        self._opening.opened.connect(self._on_opened)
        self._opening.currentChanged.connect(self._on_page_changed)
        self._proxy.dataChanged.connect(self._on_data_changed)
        self._proxy.modelReset.connect(self._opening.close_detail)
        # definitions
        self.definitions_button.toggled.connect(lambda _: self._turn_page(self.definitions_button))
        self.bench_button.toggled.connect(lambda _: self._turn_page(self.bench_button))
        # again
        self.detail.run_again_requested.connect(self.run_again_requested)
        self.detail.send_requested.connect(self.send_requested)

    def _on_filter_changed(self, text: str) -> None:
        self._proxy.setFilterFixedString(text.strip())
        if text.strip():
            self.calls.empty_words = self.tr("No call matches the filter.")
        elif self._model_has_tools:
            self.calls.empty_words = self.tr("The tools the assistant uses appear here. Ask what time it is.")
        else:
            self.calls.empty_words = self.tr("This model uses no tools.")

    def _turn_page(self, toggled: IconButton) -> None:
        """Show the page of the button that is down; there is one at most."""
        buttons = (self.definitions_button, self.bench_button)
        if toggled.isChecked():
            for other in buttons:
                if other is not toggled:
                    other.setChecked(False)
        shown = next((place for place, button in enumerate(buttons, 1) if button.isChecked()), 0)
        self._pages.setCurrentIndex(shown)
        allow(self.field, self.tr("The filter is for the calls") if shown else "")

    def _others(self, call: Call) -> list[Call]:
        model = self._proxy.sourceModel()
        every = (model.index(row, 0).data(CallRole.CALL) for row in range(model.rowCount()))
        return [one for one in every if one is not call and one.name == call.name and one.result is not None]

    def _on_opened(self, index: QModelIndex) -> None:
        call = index.data(CallRole.CALL)
        if call is not None:
            self.detail.show_call(call)

    def _on_page_changed(self) -> None:
        # The filter belongs to the list.
        self._above.setVisible(not self._opening.is_open)

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        current = self.calls.currentIndex()
        shown = self._opening.is_open and current.isValid()
        if shown and first.row() <= current.row() <= last.row():
            self.detail.show_call(current.data(CallRole.CALL))
