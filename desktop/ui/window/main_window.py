"""The window: its parts, where they are, and which speaks to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.message import Message
from desktop.protocol.catalog import Model
from desktop.turn.effects import Note, State
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.session.note_line import NoteLine, QuestionBar
from desktop.ui.session.recovery_strip import RecoveryStrip
from desktop.ui.session.restart_strip import RestartStrip
from desktop.ui.session.session_bar import SessionBar
from desktop.ui.session.welcome_strip import WelcomeStrip
from desktop.ui.talk.audio_row import AudioRow, TestState
from desktop.ui.talk.level_meter import FLOOR_DB
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.talk.talk_keys import TalkKeys
from desktop.ui.talk.text_line import TextLine
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.window.main_menu import MainMenu
from desktop.ui.window.side_panel import SidePanel
from desktop.ui.window.workspace import Workspace
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.devices import DevicesModel
from desktop.viewmodels.events import EventsModel
from desktop.viewmodels.timing import TimingModel
from desktop.viewmodels.tool_calls import ToolCallsModel
from desktop.viewmodels.transcript import TranscriptModel

SIZE = (1040, 700)
SMALLEST = (720, 480)
METER_MS = 33
"""Thirty looks a second at the levels; none while no stream is open."""
METER_REST_MS = 100
"""Between two looks in silence."""

COUNT_MS = 1_000
"""Between two looks at what the streams have counted."""
SILENT_DB = FLOOR_DB + 0.5

Needle = tuple[float, float, bool]
"""Bar and peak mark in dBFS, and whether it clipped."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The models that the window shows."""

    transcript: TranscriptModel
    tool_calls: ToolCallsModel
    events: EventsModel
    timing: TimingModel
    inputs: DevicesModel
    outputs: DevicesModel


class MainWindow(QWidget):
    """Presstalk's window. It shows what it is told and says what was done with it; it knows no session."""

    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    lock_requested = Signal()
    """The microphone shall be locked open, or what is locked be sent."""
    escaped = Signal()
    text_entered = Signal(str)
    chosen = Signal(str, str)
    """A field of `models.choice.Choice` and its value."""
    models_refresh_clicked = Signal()
    connect_clicked = Signal()
    restart_clicked = Signal()
    question_answered = Signal(Message, bool)
    closed = Signal()
    first_painted = Signal()
    """Once, when the window can be seen."""
    attended = Signal(bool)
    """Whether it is the window in front."""

    def __init__(
        self,
        models: Iterable[Model],
        shown: Shown,
        needles: Callable[[], tuple[Needle, Needle]],
        counted: Callable[[], Mapping[str, float]],
    ) -> None:
        super().__init__()
        self.setWindowTitle("Presstalk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._needles = needles
        self._counted = counted
        self.session_bar = SessionBar(models)
        self.restart = RestartStrip()
        self.menu = MainMenu(self)
        self.welcome = WelcomeStrip()
        self.recovery = RecoveryStrip()
        self.transcript = TranscriptPane(shown.transcript)
        self.transcript.put_on_top(self.recovery)
        self.side = SidePanel(shown.tool_calls, shown.events, shown.timing)
        self.text_line = TextLine()
        self.question = QuestionBar()
        self.note_line = NoteLine()
        self.talk_button = TalkButton()
        self.audio = AudioRow(shown.inputs, shown.outputs, self.talk_button)
        self._state = State.OFFLINE
        self._testing = False
        self._keys = TalkKeys(self)
        self._timer = QTimer(self, interval=METER_MS)
        self._counting = QTimer(self, interval=COUNT_MS)
        self._painted = False
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect_signals()
        self.talk_button.setFocus()

    def show_state(self, state: State) -> None:
        """Show the one word everywhere it stands; meters move while a session is open."""
        self._state = state
        self.talk_button.show_state(state)
        self.session_bar.show_state(state)
        self.audio.show_listening(state is State.LISTENING)
        if state is State.READY:
            self.note_line.clear_problem()
        if state in (State.OFFLINE, State.ERROR):
            self.note_line.end_retrying()
        self._run_meters()

    def begin_session(self, renews_s: float) -> None:
        """A session was opened; from the age `renews_s` on it is renewed, 0 if nobody knows."""
        self.session_bar.begin_session(renews_s)
        self.note_line.end_retrying()

    def show_choice(self, choice: ChosenOptions) -> None:
        """Show whom one talks to, and how."""
        self.session_bar.show_choice(choice)
        self.text_line.show_choice(choice)
        self.talk_button.show_hands_free(choice.turn_mode != "push_to_talk")

    def show_locked(self, locked: bool) -> None:
        """Show that the microphone is open without a key being held, or no longer."""
        self.talk_button.show_locked(locked)
        self._keys.show_locked(locked)

    def show_test(self, state: TestState) -> None:
        """Show where the microphone test is; meters move while it runs."""
        self._testing = state != "idle"
        self.audio.show_test(state)
        self._run_meters()

    def show_note(self, note: Note) -> None:
        """Show a plain sentence."""
        self.note_line.show_note(note)

    def restore(self, geometry: str, layout: Mapping[str, str]) -> None:
        """Take the place and size that `geometry` gave once, and lay the panes out as they were."""
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.workspace.restore_layout(layout)
        self.panes_button.setChecked(not self.workspace.folded)

    def geometry_text(self) -> str:
        """The window's place and size, for the next start."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            if not self.isActiveWindow():
                self._keys.on_deactivated()
                self.talk_button.on_deactivated()
            self.attended.emit(self.isActiveWindow())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.text_line.pictures.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.text_line.pictures.take(event.mimeData())
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self.closed.emit()
        event.accept()

    def _lay_out(self) -> None:
        self.panes_button = IconButton("panes", self.tr("Show or fold the panes"), checkable=True)
        self.panes_button.setChecked(True)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.session_bar, 1)
        top.addWidget(self.panes_button)
        top.addWidget(self.menu)
        below = QWidget()
        entry = QVBoxLayout(below)
        entry.setContentsMargins(0, 0, 0, 0)
        entry.setSpacing(GRID)
        entry.addWidget(self.question)
        entry.addWidget(self.text_line)
        self.workspace = Workspace(self.transcript, below, self.side)
        self.welcome.hide()
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.setSpacing(GRID)
        page.addLayout(top)
        page.addWidget(self.restart)
        page.addWidget(self.welcome)
        page.addWidget(self.workspace, 1)
        page.addWidget(self.note_line)
        page.addWidget(self.audio, 0, Qt.AlignmentFlag.AlignBottom)

    def _connect_signals(self) -> None:
        # talk
        self.talk_button.pressed.connect(self.talk_pressed)
        self.talk_button.released.connect(self.talk_released)
        self.talk_button.lost.connect(self.talk_lost)
        self.talk_button.lock_requested.connect(self.lock_requested)
        self._keys.pressed.connect(self.talk_pressed)
        self._keys.released.connect(self.talk_released)
        self._keys.lost.connect(self.talk_lost)
        self._keys.escaped.connect(self.escaped)
        # session
        self.session_bar.chosen.connect(self.chosen)
        self.session_bar.connect_clicked.connect(self.connect_clicked)
        self.session_bar.refresh_clicked.connect(self.models_refresh_clicked)
        self.restart.clicked.connect(self.restart_clicked)
        # words
        self.text_line.entered.connect(self.text_entered)
        self.text_line.refused.connect(lambda message: self.show_note(Note("warning", message)))
        self.question.answered.connect(self.question_answered)
        # panes
        self.panes_button.toggled.connect(lambda shown: self.workspace.fold(not shown))
        self.menu.quit_clicked.connect(self.close)
        self.transcript.view.more_actions.append(self.menu.history)
        # recovery
        self.recovery.show_clicked.connect(self.transcript.view.setFocus)
        self.recovery.dismissed.connect(self.talk_button.setFocus)
        # meters
        self._timer.timeout.connect(self.move_meters)
        self._counting.timeout.connect(self._count)
        # keys
        toggle = QAction(self.tr("Connect or disconnect"), self)
        toggle.setShortcut(QKeySequence(shortcuts.CONNECT.keys))
        toggle.setAutoRepeat(False)
        toggle.triggered.connect(self.connect_clicked)
        self.addAction(toggle)

    def _run_meters(self) -> None:
        if self._testing or self._state not in (State.OFFLINE, State.ERROR):
            if not self._timer.isActive():
                self._timer.start()
                self._counting.start()
            return
        self._timer.stop()
        self._counting.stop()
        self.move_meters()
        self._count()

    def _count(self) -> None:
        if self.side.timing.isVisible():
            self.side.timing.show_counted(self._counted())

    def move_meters(self) -> None:
        """Show the levels of now."""
        needles = self._needles()
        self.audio.show_needles(*needles)
        self.talk_button.show_level(needles[0][0])
        rests = all(mark <= SILENT_DB for _, mark, _ in needles)
        self._timer.setInterval(METER_REST_MS if rests else METER_MS)
