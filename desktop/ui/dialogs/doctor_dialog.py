"""The audio doctor's page: half a minute, then a line for each thing that was measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.viewmodels.doctor_line import PHASES_S, DoctorLine, Phase, as_text, phase_words, verdict_words
from desktop.viewmodels.wording import worded

WIDTH, HEIGHT = 600, 560
TICK_MS = 100
BAR_HEIGHT = 6
ROLES = {"good": "good", "fair": "fair", "bad": "problem", "unknown": "muted"}


class DoctorDialog(TalkingDialog):
    """Answer `start_asked` with `show_phase`, and at the end with `show_lines` or `show_problem`."""

    start_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Audio doctor"))
        self.resize(WIDTH, HEIGHT)
        self._phase: Phase = ""
        self._lines: list[DoctorLine] = []
        self._since = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._move_bar)
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(BAR_HEIGHT)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._button = QPushButton()
        self._button.setAutoDefault(False)
        self._copy = QPushButton(self.tr("Copy as text"))
        self._copy.setAutoDefault(False)
        self._copy.hide()
        self._page = QWidget()
        self._lay_out()
        self._button.clicked.connect(self._on_clicked)
        self._copy.clicked.connect(self._on_copy)
        self._say_what_it_does()
        self.show_phase("")

    def show_phase(self, phase: Phase) -> None:
        """This begins; empty: it is over."""
        self._phase = phase
        self._button.setText(self.tr("Stop") if phase else self.tr("Start"))
        if phase:
            self._say(phase_words(phase), "")
            if phase == next(iter(PHASES_S)):
                self._show([])
            self._since.start()
            self._tick.start()
        else:
            self._tick.stop()
        self._bar.setVisible(bool(phase))
        self._move_bar()

    def show_lines(self, lines: Sequence[DoctorLine]) -> None:
        """What was found."""
        self._show(list(lines))
        bad = sum(line.verdict in ("fair", "bad") for line in lines)
        words = self.tr("All is well.") if not bad else self.tr("Here is what to look at.")
        self._say(words, "good" if not bad else "")

    def show_problem(self, problem: Message) -> None:
        """Why there are no findings."""
        self._say(worded(problem), "problem")

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._phase:
            self.stop_asked.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        scroll = ScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Findings"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._page)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self._button)
        bottom.addWidget(self._copy)
        bottom.addStretch(1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(self._said)
        column.addWidget(self._bar)
        column.addWidget(scroll, 1)
        column.addLayout(bottom)

    def _show(self, lines: list[DoctorLine]) -> None:
        self._lines = lines
        self._copy.setVisible(bool(lines))
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for line in lines:
            _add(grid, line)
        grid.setRowStretch(grid.rowCount(), 1)
        scroll = self.findChild(ScrollArea)
        if scroll:
            scroll.setWidget(fresh)  # the one before is deleted
        self._page = fresh

    def _say_what_it_does(self) -> None:
        self._say(
            self.tr(
                "This takes half a minute. The doctor listens to the room, plays short sweeps and listens "
                "for them, and asks you to read a sentence. Then you are told what to do for good sound."
            ),
            "",
        )

    def _say(self, words: str, role: str) -> None:
        self._said.setText(words)
        self._said.setAccessibleName(words)
        self._said.setProperty("role", role)
        self._said.style().polish(self._said)

    def _move_bar(self) -> None:
        if not self._phase:
            return
        phases = list(PHASES_S)
        done = sum(PHASES_S[one] for one in phases[: phases.index(self._phase)])
        now = min(self._since.elapsed() / 1_000, PHASES_S[self._phase])
        self._bar.setRange(0, round(10 * sum(PHASES_S.values())))
        self._bar.setValue(round(10 * (done + now)))

    def _on_clicked(self) -> None:
        if self._phase:
            self.stop_asked.emit()
            self._say_what_it_does()
        else:
            self.start_asked.emit()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self._lines))
        self._say(self.tr("Copied."), "good")


def _add(grid: QGridLayout, line: DoctorLine) -> None:
    """The name, what was measured, and the verdict in one row; the cure below."""
    row = grid.rowCount()
    name, value, verdict = (
        PlainLabel(line.name),
        PlainLabel(line.value),
        PlainLabel(verdict_words(line.verdict)),
    )
    value.setWordWrap(True)
    value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    value.setAccessibleName(f"{line.name}: {line.value}, {verdict_words(line.verdict)}")
    verdict.setProperty("role", ROLES[line.verdict])
    top = Qt.AlignmentFlag.AlignTop
    grid.addWidget(name, row, 0, top)
    grid.addWidget(value, row, 1)
    grid.addWidget(verdict, row, 2, top | Qt.AlignmentFlag.AlignRight)
    if line.cure:
        cure = PlainLabel(line.cure)
        cure.setProperty("role", "muted")
        cure.setWordWrap(True)
        grid.addWidget(cure, row + 1, 1, 1, 2)
    grid.setRowMinimumHeight(grid.rowCount(), GRID)
    spacer = QWidget()
    spacer.setFixedHeight(GRID // 2)
    grid.addWidget(spacer, grid.rowCount(), 0)
