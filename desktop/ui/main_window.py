"""The window: its parts, where they are, and which speaks to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractItemModel, QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.models.events import EventsModel
from desktop.models.tool_calls import ToolCallsModel
from desktop.protocol.catalog import Model
from desktop.protocol.effects import Note, State
from desktop.ui.level_meter import FLOOR_DB, LevelMeter
from desktop.ui.level_meter import HEIGHT as METER_HEIGHT
from desktop.ui.note_line import NoteLine, QuestionBar
from desktop.ui.session_bar import SessionBar
from desktop.ui.side_panel import SidePanel
from desktop.ui.talk_button import TalkButton
from desktop.ui.talk_keys import TalkKeys
from desktop.ui.text_line import TextLine
from desktop.ui.theme import GAP, GRID, INSET
from desktop.ui.transcript_pane import TranscriptPane

SIZE = (1040, 700)
SMALLEST = (720, 480)
METER_MS = 33
"""Thirty looks a second at the levels; none while no session is open."""
METER_REST_MS = 100
"""Between two looks in silence."""

COUNT_MS = 1_000
"""Between two looks at what the streams have counted."""
SILENT_DB = FLOOR_DB + 0.5

Needle = tuple[float, float, bool]
"""Bar and peak mark in dBFS, and whether it clipped."""


class MainWindow(QWidget):
    """Presstalk's window. It shows what it is told and says what was done with it; it knows no session."""

    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    escaped = Signal()
    text_entered = Signal(str)
    model_chosen = Signal(str)
    voice_chosen = Signal(str)
    connect_clicked = Signal()
    restart_clicked = Signal()
    question_answered = Signal(str, bool)
    closed = Signal()
    first_painted = Signal()
    """Once, when the window can be seen."""

    def __init__(
        self,
        models: Iterable[Model],
        transcript: QAbstractItemModel,
        tool_calls: ToolCallsModel,
        events: EventsModel,
        needles: Callable[[], tuple[Needle, Needle]],
        counters: Callable[[], str],
    ) -> None:
        super().__init__()
        self.setWindowTitle("Presstalk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._needles = needles
        self._counters = counters
        self.session_bar = SessionBar(models)
        self.transcript = TranscriptPane(transcript)
        self.side = SidePanel(tool_calls, events)
        self.text_line = TextLine()
        self.question = QuestionBar()
        self.note_line = NoteLine()
        self.talk_button = TalkButton()
        self._meters = (
            LevelMeter("microphone", self.tr("Microphone level")),
            LevelMeter("speaker", self.tr("Speaker level")),
        )
        self.counts = QLabel()
        self.counts.setProperty("role", "muted")
        self.counts.setIndent(METER_HEIGHT + GRID)
        self._keys = TalkKeys(self)
        self._timer = QTimer(self, interval=METER_MS)
        self._counting = QTimer(self, interval=COUNT_MS)
        self._painted = False
        self._lay_out()
        self._connect_signals()
        self.talk_button.setFocus()

    def show_state(self, state: State) -> None:
        """Show the one word everywhere it stands; meters move while a session is open."""
        self.talk_button.show_state(state)
        self.session_bar.show_state(state)
        if state is State.READY:
            self.note_line.clear_problem()
        if state in (State.OFFLINE, State.ERROR):
            self._timer.stop()
            self._counting.stop()
            self._move_meters()
            self._count()
        elif not self._timer.isActive():
            self._timer.start()
            self._counting.start()

    def show_note(self, note: Note) -> None:
        """Show a plain sentence."""
        self.note_line.show_note(note)

    def restore(self, geometry: str) -> None:
        """Take the place and size that `geometry` gave once."""
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def geometry_text(self) -> str:
        """The window's place and size, for the next start."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._keys.on_deactivated()
            self.talk_button.on_deactivated()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self.closed.emit()
        event.accept()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.transcript, 1)
        left.addWidget(self.question)
        left.addWidget(self.text_line)
        conversation = QWidget()
        conversation.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        right = QVBoxLayout()
        right.addWidget(self.side)
        side = QFrame()
        side.setProperty("role", "card")
        side.setLayout(right)
        right.setContentsMargins(GRID, GRID, GRID, GRID)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(conversation)
        splitter.addWidget(side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([SIZE[0] - 280, 280])
        splitter.setHandleWidth(GAP)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.setSpacing(INSET)
        page.addWidget(self.session_bar)
        page.addWidget(splitter, 1)
        page.addLayout(self._bottom())

    def _bottom(self) -> QGridLayout:
        meters = QVBoxLayout()
        meters.setSpacing(GRID)
        for meter in self._meters:
            meters.addWidget(meter)
        meters.addWidget(self.counts)
        box = QHBoxLayout()
        box.addLayout(meters, 1)
        bottom = QGridLayout()
        bottom.setHorizontalSpacing(GAP)
        bottom.addLayout(box, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        bottom.addWidget(self.talk_button, 0, 1, Qt.AlignmentFlag.AlignCenter)
        bottom.addWidget(self.note_line, 0, 2, Qt.AlignmentFlag.AlignVCenter)
        bottom.setColumnStretch(0, 1)
        bottom.setColumnStretch(2, 1)
        return bottom

    def _connect_signals(self) -> None:
        # talk
        self.talk_button.pressed.connect(self.talk_pressed)
        self.talk_button.released.connect(self.talk_released)
        self.talk_button.lost.connect(self.talk_lost)
        self._keys.pressed.connect(self.talk_pressed)
        self._keys.released.connect(self.talk_released)
        self._keys.lost.connect(self.talk_lost)
        self._keys.escaped.connect(self.escaped)
        # session
        self.session_bar.model_chosen.connect(self.model_chosen)
        self.session_bar.voice_chosen.connect(self.voice_chosen)
        self.session_bar.connect_clicked.connect(self.connect_clicked)
        self.session_bar.restart_clicked.connect(self.restart_clicked)
        # words
        self.text_line.entered.connect(self.text_entered)
        self.question.answered.connect(self.question_answered)
        # meters
        self._timer.timeout.connect(self._move_meters)
        self._counting.timeout.connect(self._count)
        # keys
        toggle = QAction(self.tr("Connect or disconnect"), self)
        toggle.setShortcut(QKeySequence("Ctrl+K"))
        toggle.setAutoRepeat(False)
        toggle.triggered.connect(self.connect_clicked)
        self.addAction(toggle)

    def _count(self) -> None:
        self.counts.setText(self._counters())

    def _move_meters(self) -> None:
        needles = self._needles()
        for meter, needle in zip(self._meters, needles, strict=True):
            meter.show_needle(*needle)
        self.talk_button.show_level(needles[0][0])
        rests = all(mark <= SILENT_DB for _, mark, _ in needles)
        self._timer.setInterval(METER_REST_MS if rests else METER_MS)
