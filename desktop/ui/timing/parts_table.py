"""What the wait of a turn is made of, beside the medians of a model's turns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QGridLayout, QSizePolicy, QWidget

from desktop.turn.timing import TurnTiming
from desktop.turn.turn_parts import ROWS, Row, interruption_of, parts_of, share_of, summarise_parts, wait_of
from desktop.ui.common import accessible
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, INSET
from desktop.ui.timing.figures_table import LATE_TURN, WIDEST
from desktop.ui.timing.value_label import ROW_GAP, value_label
from desktop.viewmodels.part_words import joined, part_words
from desktop.viewmodels.timing_model import NONE, milliseconds

NAME_WIDTH = 112
"""Room for the longest name in either language."""


class PartsTable(QWidget):
    """The parts of the selected turn, and n, median and p95 of each over the turns of one model or of all."""

    def __init__(self) -> None:
        super().__init__()
        self.models = Picker()
        accessible.name_control(self.models, self.tr("Turns of this model"))
        self.models.addItem(self.tr("All"), "")
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._turn = value_label(widest=self.tr("Turn {0}").format(LATE_TURN))
        self._note = PlainLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._cells: dict[Row, tuple[PlainLabel, ...]] = {}
        self._turns: Sequence[TurnTiming] = ()
        self._shown: TurnTiming | None = None
        self._lay_out()
        self.models.currentIndexChanged.connect(lambda: self._fill())

    def show_turns(self, turns: Sequence[TurnTiming], turn: TurnTiming | None) -> None:
        """Show the parts of this turn, beside those of all."""
        self._turns, self._shown = turns, turn
        known = {self.models.itemData(index) for index in range(self.models.count())}
        for model in dict.fromkeys(one.detail.model for one in turns):
            if model not in known:
                self.models.addItem(model.rpartition("/")[2], model)
        self._fill()

    def texts(self, row: Row) -> tuple[str, ...]:
        """The texts of a row: the turn's, how many, the median, the p95."""
        return tuple(cell.text() for cell in self._cells[row])

    @property
    def note(self) -> str:
        """What is said about the turn."""
        return self._note.text()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, 0, INSET, 0)  # the scroll bar lies over it
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(ROW_GAP)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.models, 0, 0)
        heads = (self._turn, value_label(self.tr("n")), value_label(self.tr("Median")), value_label("p95"))
        for column, head in enumerate(heads, start=1):
            head.setProperty("role", "muted")
            grid.addWidget(head, 0, column)
        for line, row in enumerate(ROWS, start=1):
            name = PlainLabel(part_words(row))
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            set_tip(name, part_words(row))
            name.setMinimumWidth(NAME_WIDTH)
            grid.addWidget(name, line, 0)
            cells = tuple(value_label(widest=WIDEST if column != 1 else "999") for column in range(4))
            for label in (name, *cells) if row == "wait" else ():
                label.setProperty("role", "heading")
            for column, cell in enumerate(cells, start=1):
                grid.addWidget(cell, line, column)
            self._cells[row] = cells
        grid.addWidget(self._note, len(ROWS) + 1, 0, 1, 5)

    def _fill(self) -> None:
        turn = self._shown
        self._turn.setText(self.tr("Turn {0}").format(turn.number) if turn else self.tr("Turn"))
        own = _values(turn) if turn else {}
        summary = summarise_parts(self._turns).get(self.models.currentData() or "", {})
        for row, cells in self._cells.items():
            found = summary.get(row)
            words = (
                _figure(own.get(row)),
                str(found.count) if found else NONE,
                _figure(found.median if found else None),
                _figure(found.p95 if found else None),
            )
            for cell, text in zip(cells, words, strict=True):
                cell.setText(text)
        self._note.setText(self._words_about(turn) if turn else "")

    def _words_about(self, turn: TurnTiming) -> str:
        way, counts = turn.detail.way, turn.detail.counts
        several = [part for part in parts_of(turn) if len(part.names) > 1]
        words = [
            self.tr("{0} together: {1}").format(joined(part.names), milliseconds(part.ms)) for part in several
        ]
        if turn.first_heard is not None and way.latency_unknown:
            words.append(self.tr("The speaker doesn't report its delay."))
        if way.by_server:
            words.append(self.tr("The server decided when the speech ended."))
        if counts.underruns:
            words.append(
                self.tr("{0} stalls, {1}").format(counts.underruns, milliseconds(counts.underrun_ms))
            )
        if counts.silence_ms:
            words.append(self.tr("{0} of silence in the answer").format(milliseconds(counts.silence_ms)))
        if counts.words_a_minute:
            words.append(self.tr("{0} words a minute").format(round(counts.words_a_minute)))
        return " · ".join(words)


def _values(turn: TurnTiming) -> dict[Row, float | None]:
    stopped = interruption_of(turn)
    found: dict[Row, float | None] = {
        part.names[0]: part.ms for part in parts_of(turn) if len(part.names) == 1
    }
    return found | {
        "wait": wait_of(turn),
        "client": share_of(turn, "client"),
        "service_share": share_of(turn, "service"),
        "interruption": stopped.to_silence if stopped else None,
    }


def _figure(ms: float | None) -> str:
    return milliseconds(ms).removesuffix(" ms")
