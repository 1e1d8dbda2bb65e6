"""The pane of frames, sent and received: filter, open, pause and save them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.base.visible_text import visible_line
from desktop.ui.common import accessible
from desktop.ui.common.clear_button import offer_clearing
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.json_tree import JsonTree
from desktop.ui.common.master_detail import DetailHeader, MasterDetail
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.dialogs.save_dialog import documents
from desktop.ui.events.frame_table import FrameTable
from desktop.viewmodels import numbers
from desktop.viewmodels.event_filter import EventFilter
from desktop.viewmodels.events_model import Column, EventRole, EventsModel

ROOMY = 560
"""From this width of the pane on the filter and the pickers share a line."""
ONE_ROW = 24
"""The least height of the table: above it everything keeps its own place."""
TYPED_MS = 120
"""The delay from the last key to the filter, which takes 20 ms with a full model."""
TOLD_MS = 6_000
"""How long the pane shows the outcome of a save."""


class EventsPane(QWidget):
    """Shows an `EventsModel`. The chosen frame opens over the pane's height, as it was when it was opened."""

    path_chosen = Signal(str)
    """Where the frames are to be written: answer with `show_saved`."""

    def __init__(self, model: EventsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._proxy = EventFilter(model, self)
        self.table = FrameTable(self._proxy)
        self.tree = JsonTree(self.tr("Frame"))
        self.field = QLineEdit()
        self.types = Picker()
        self.directions = Picker()
        self.pause = IconButton("pause", self.tr("Pause"), checkable=True)
        self._clear = IconButton("trash", self.tr("Clear"))
        self._save = IconButton("save", self.tr("Save as JSON Lines"))
        self._header = DetailHeader()
        self._opening = self._make_opening()
        self._words = PlainLabel()
        self._file = ""
        self._typing = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._told = QTimer(self, interval=TOLD_MS, singleShot=True)
        self._fill()
        self._lay_out()
        self._connect_signals()
        self._on_counted()

    def open_frame(self, row: int) -> None:
        """Open the frame in this row of the table."""
        self._opening.open(self.table.model().index(row, 0))

    def show_saved(self, file: str, problem: str) -> None:
        """Show that the frames were written as `file`, or why they can't be."""
        if problem:
            self._words.setText(self.tr("Not saved: {0}").format(problem))
        else:
            self._words.setText(self.tr("Saved as {0}").format(file))
        self._told.start()

    def show_file(self, path: str) -> None:
        """Name the file with all frames, including those too old to be shown; empty if there is none."""
        self._file = path
        set_tip(self._words, path)
        self._on_counted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_choices(event.size().width() >= ROOMY)

    def _fill(self) -> None:
        self.field.setPlaceholderText(self.tr("Filter"))
        self.field.setAccessibleName(self.tr("Filter the frames"))
        offer_clearing(self.field)
        self.types.addItem(self.tr("All types"), "")
        accessible.name_control(self.types, self.tr("Type"))
        self.types.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.types.setMinimumContentsLength(8)
        self.types.currentTextChanged.connect(lambda words: set_tip(self.types, words))
        for row in self._model.rows:
            self._on_type_seen(row.first.type)
        for words, direction in (
            (self.tr("Both directions"), ""),
            (self.tr("Received"), "in"),
            (self.tr("Sent"), "out"),
        ):
            self.directions.addItem(words, direction)
        accessible.name_control(self.directions, self.tr("Direction"))
        self._words.setProperty("role", "muted")

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.pause, self._clear, self._save):
            buttons.addWidget(button)
        self._filters = QWidget()
        filters = QVBoxLayout(self._filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(GRID)
        self._above = QHBoxLayout()
        self._above.setSpacing(GRID)
        self._above.addWidget(self.field, 2)
        self._above.addLayout(buttons)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(GRID)
        self._choices.addWidget(self.types, 1)
        self._choices.addWidget(self.directions)
        self.table.setMinimumHeight(ONE_ROW)
        filters.addLayout(self._above)
        filters.addLayout(self._choices)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        # With too little room its end is cut off, and nothing is squeezed over something else.
        page.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        page.addWidget(self._filters)
        page.addWidget(self._opening, 1)
        page.addWidget(self._words)

    def _make_opening(self) -> MasterDetail:
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._header)
        column.addWidget(self.tree, 1)
        return MasterDetail(self.table, frame, self._header, self.tree.view)

    def _place_choices(self, roomy: bool) -> None:
        if roomy == (self._above.indexOf(self.types) >= 0):
            return
        old, new, at = (self._choices, self._above, 1) if roomy else (self._above, self._choices, 0)
        for place, box in enumerate((self.types, self.directions), start=at):
            old.removeWidget(box)
            new.insertWidget(place, box, 1 if box is self.types else 0)

    def _connect_signals(self) -> None:
        # filter
        self.field.textChanged.connect(lambda: self._typing.start())
        self._typing.timeout.connect(self._on_filter_changed)
        self.types.currentIndexChanged.connect(self._on_filter_changed)
        self.directions.currentIndexChanged.connect(self._on_filter_changed)
        # frames
        self._model.type_seen.connect(self._on_type_seen)
        self._model.counted.connect(self._on_counted)
        self._told.timeout.connect(self._on_counted)
        self._opening.opened.connect(self._on_opened)
        self._opening.currentChanged.connect(self._on_page_changed)
        # buttons
        self.pause.toggled.connect(self._model.pause)
        self._clear.clicked.connect(self._on_clear_clicked)
        self._save.clicked.connect(self._on_save_clicked)

    def _on_filter_changed(self) -> None:
        self._typing.stop()
        self._proxy.choose(self.field.text(), self.types.currentData(), self.directions.currentData())
        self._on_counted()

    def _on_type_seen(self, kind: str) -> None:
        if self.types.findData(kind) < 0:
            place = 1
            while place < self.types.count() and self.types.itemData(place) < kind:
                place += 1
            self.types.insertItem(place, visible_line(kind), kind)

    def _on_opened(self, index: QModelIndex) -> None:
        # A removed row stays open: the user may still be reading it.
        row = index.data(EventRole.ROW)
        if row is not None:
            model, at = self.table.model(), index.row()
            cells = [
                model.index(at, column).data() for column in (Column.TIME, Column.DIRECTION, Column.SIZE)
            ]
            self._header.say(row.first.type, " · ".join(str(cell) for cell in cells if cell))
            self.tree.show_value(row.content())

    def _on_page_changed(self) -> None:
        # Filters and buttons belong to the list. Without them the pane is as wide: nothing beside it moves.
        opened = self._opening.is_open
        narrowest = self.types.minimumSizeHint().width() + GRID + self.directions.minimumSizeHint().width()
        self._opening.setMinimumWidth(narrowest if opened else 0)
        self._filters.setVisible(not opened)

    def _on_clear_clicked(self) -> None:
        self._opening.close_detail()
        self._model.clear()
        self.tree.clear()

    def _on_save_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the frames"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        WorkAreaGuard(dialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(documents())
        dialog.setNameFilter(self.tr("JSON Lines (*.jsonl)"))
        dialog.setDefaultSuffix("jsonl")
        dialog.selectFile(self.tr("frames {0}.jsonl").format(f"{datetime.now():%Y-%m-%d %H-%M-%S}"))
        dialog.fileSelected.connect(self.path_chosen)
        dialog.open()

    def _on_counted(self) -> None:
        if self._proxy.active and self._model.frames:
            nothing = self.tr("No frame matches the filter.")
        else:
            nothing = self.tr("Frames appear here as they are sent and received.")
        self.table.empty_words = nothing
        if self._told.isActive():
            return
        words = self.tr("{0} frames").format(numbers.whole(self._model.frames))
        if self._model.paused:
            words = self.tr("{0} · paused, {1} more waiting").format(
                words, numbers.whole(self._model.waiting)
            )
        if self._file:
            words = self.tr("{0} · all kept on disk").format(words)
        if words != self._words.text():
            self._words.setText(words)
