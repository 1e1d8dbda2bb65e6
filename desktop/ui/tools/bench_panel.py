"""The bench: what the calls of a tool become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.visible_text import visible_line
from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.code_text import CodeText
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, GRID, tokens
from desktop.ui.fields.field import Field
from desktop.ui.fields.number import NumberField
from desktop.ui.fields.switch import SwitchField
from desktop.viewmodels.bench_setting import MARKS, BenchSetting
from desktop.viewmodels.wording import worded

MOST_SEED = 9_999
WIDTH = 144
"""Pixels of a number's field: the pane can be narrow."""
LABEL = 112
"""Pixels of a label at most; longer ones take two lines."""


class BenchPanel(QWidget):
    """Edits what the bench does to one tool, and lists the tools whose calls it bends."""

    bent = Signal(str, BenchSetting)
    """This tool's calls are to be bent in this way."""
    straightened = Signal(str)
    """This tool's calls are to be left as they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings: Mapping[str, BenchSetting] = {}
        self.tool = Picker()
        self.bend = Picker()
        for picker in (self.tool, self.bend):
            picker.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for mark in ("", *(mark for mark in MARKS if mark != "delay")):
            self.bend.addItem(worded(MARKS[mark]()) if mark else self.tr("the tool's own"), mark)
        self.delay = NumberField((0, 120), step=0.5, suffix=self.tr(" s"), decimals=1, width=WIDTH)
        self.chance = NumberField((0, 100), step=5, suffix=self.tr(" %"), width=WIDTH)
        self.seed = NumberField((0, MOST_SEED), step=1, width=WIDTH)
        self.once = SwitchField()
        self.answer = CodeText(self.tr("Fixed answer as JSON"), writable=True)
        self.answer.setFixedHeight(72)
        self.problem = PlainLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.state = PlainLabel()
        self.state.setWordWrap(True)
        self.on = QPushButton(self.tr("Switch on"))
        self.on.setProperty("role", "primary")
        self.off = QPushButton(self.tr("Switch off"))
        self._lay_out()
        self.tool.currentIndexChanged.connect(lambda _: self._show_tool())
        self.bend.currentIndexChanged.connect(lambda _: self._show_answer())
        self.answer.textChanged.connect(lambda: self.show_problem(""))
        self.on.clicked.connect(self._on_clicked)
        self.off.clicked.connect(lambda: self.straightened.emit(self._name))
        self._show_tool()
        self.show_settings({})

    def show_tools(self, names: Sequence[str]) -> None:
        """Offer these tools; the chosen one stays."""
        chosen = self._name
        self.tool.blockSignals(True)
        self.tool.clear()
        for name in names:
            self.tool.addItem(visible_line(name), name)
        self.tool.setCurrentIndex(max(0, self.tool.findData(chosen)))
        self.tool.blockSignals(False)
        self._show_tool()

    def choose(self, name: str) -> None:
        """Edit this tool's."""
        if (row := self.tool.findData(name)) >= 0:
            self.tool.setCurrentIndex(row)

    def show_settings(self, settings: Mapping[str, BenchSetting]) -> None:
        """These tools' calls are bent now."""
        self._settings = settings
        names = ", ".join(visible_line(name) for name in settings)
        self.state.setText(
            self.tr("Not real now: {0}").format(names) if names else self.tr("All results are real.")
        )
        self._allow()

    def show_problem(self, words: str) -> None:
        """Show what is wrong; an empty text says that nothing is."""
        self.problem.setStyleSheet(f"color: {tokens().rec};")
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    @property
    def _name(self) -> str:
        return str(self.tool.currentData() or "")

    def _show_tool(self) -> None:
        setting = self._settings.get(self._name, BenchSetting())
        self.bend.setCurrentIndex(max(0, self.bend.findData(setting.bend)))
        self.answer.setPlainText(setting.answer)
        self.delay.show_value(setting.delay_s)
        self.chance.show_value(round(100 * setting.chance))
        self.seed.show_value(setting.seed)
        self.once.show_value(setting.once)
        self._show_answer()
        self._allow()

    def _show_answer(self) -> None:
        fixed = self.bend.currentData() == "fixed"
        self.answer.setVisible(fixed)
        self.show_problem("")

    def _allow(self) -> None:
        allow(self.on, "" if self._name else self.tr("There is no tool"))
        allow(self.off, "" if self._name in self._settings else self.tr("This tool's results are real"))

    def _on_clicked(self) -> None:
        for field in (self.delay, self.chance, self.seed):
            field.finish()
        self.show_problem("")
        setting = BenchSetting(
            delay_s=float(self.delay.value()),
            bend=str(self.bend.currentData()),
            answer=self.answer.toPlainText(),
            chance=self.chance.value() / 100,
            seed=int(self.seed.value()),
            once=self.once.value(),
        )
        self.bent.emit(self._name, setting)

    def _lay_out(self) -> None:
        about = PlainLabel(
            self.tr(
                "For tests: changes what the assistant's calls return. A failure or fixed answer runs no "
                "tool."
            )
        )
        about.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Tool"), self.tool),
            (self.tr("Delay"), self.delay),
            (self.tr("Result"), self.bend),
            ("", self.answer),
            (self.tr("Chance"), self.chance),
            (self.tr("Seed"), self.seed),
            (self.tr("Next call only"), self.once),
        )
        for row, (words, widget) in enumerate(rows):
            if words:
                label = PlainLabel(words)
                label.setWordWrap(True)
                label.setFixedWidth(LABEL)
                grid.addWidget(label, row, 0)
                if isinstance(widget, Field):
                    widget.set_name(words)
                else:
                    accessible.name_control(widget, words)
            side = Qt.AlignmentFlag.AlignLeft if isinstance(widget, Field) else Qt.AlignmentFlag(0)
            grid.addWidget(widget, row, 1, side)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.off)
        buttons.addWidget(self.on)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, GAP, 0)  # the scroll bar lies over it
        page.setSpacing(GRID)
        page.addWidget(about)
        page.addLayout(grid)
        page.addWidget(self.problem)
        page.addWidget(self.state)
        page.addLayout(buttons)
        page.addStretch(1)
