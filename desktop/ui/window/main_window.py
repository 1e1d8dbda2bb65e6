"""The main window: its widgets, where they are, and how they are connected to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, QTimer
from PySide6.QtGui import (
    QAccessible,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAccessibleWidget, QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.hotkey import Way
from desktop.base.message import Message
from desktop.cost.total import Total
from desktop.protocol.catalog import Model
from desktop.turn.effects import DisplayState, Note, Retrying
from desktop.ui.common import accessible
from desktop.ui.common.gathering import Gathering
from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.latin_keys import LatinKeys
from desktop.ui.common.theme import BASE_PX, GAP, GRID
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.session.note_line import NoteLine
from desktop.ui.session.recording_strip import RecordingStrip
from desktop.ui.session.recovery_strip import RecoveryStrip
from desktop.ui.session.restart_strip import RestartStrip
from desktop.ui.session.session_bar import SessionBar
from desktop.ui.session.welcome_strip import WelcomeStrip
from desktop.ui.talk.audio_row import AudioRow
from desktop.ui.talk.hold_watch import InputState
from desktop.ui.talk.microphone_column import TestState
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.talk.talk_keys import TalkKeys
from desktop.ui.talk.text_line import TextLine
from desktop.ui.tools.approval_card import ApprovalCard
from desktop.ui.tools.question_bar import QuestionBar
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.window.entry_column import EntryColumn
from desktop.ui.window.hotkey_sign import HotkeySign
from desktop.ui.window.main_menu import MainMenu
from desktop.ui.window.meters import Meters, Needles
from desktop.ui.window.moment import show_moment
from desktop.ui.window.pane_places import PanePlaces
from desktop.ui.window.reading_place import ReadingPlace
from desktop.ui.window.room import Room
from desktop.ui.window.side_panel import SidePanel
from desktop.ui.window.timeline_place import TimelinePlace
from desktop.ui.window.window_models import WindowModels
from desktop.ui.window.window_signals import WindowSignals
from desktop.ui.window.wiring import connect_parts, connect_signals
from desktop.ui.window.workspace import Workspace, two_numbers
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from desktop.viewmodels.spend_report import SpendReport

SIZE = (1040, 700)
SMALLEST = (720, 480)


@accessible.described(lambda window: QAccessibleWidget(window, QAccessible.Role.Window))
class MainWindow(WindowSignals):
    """Presstalk's window. Its slots show things, its signals report the user's actions; it knows no session.

    Args:
        models: the models that can be chosen.
        view_models: the models of the panes and pickers.
        needles: reads the levels of the microphone and the speaker.
        counted: reads the streams' counters.
        input_state: makes what asks the system which keys are held; None from it where that can't be done.
    """

    def __init__(
        self,
        models: Iterable[Model],
        view_models: WindowModels,
        needles: Needles,
        counted: Callable[[], Mapping[str, float]],
        input_state: Callable[[], InputState | None] = lambda: None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Presstalk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._area_guard = WorkAreaGuard(self)
        self.setAcceptDrops(True)
        self.counted = counted
        self._notes = view_models.notes
        self._events = view_models.events
        self.session_bar = SessionBar(models)
        self.restart = RestartStrip()
        self.menu = MainMenu(self)
        self.welcome = WelcomeStrip()
        self.recovery = RecoveryStrip()
        self.recording = RecordingStrip()
        self.transcript = TranscriptPane(view_models.transcript)
        self.transcript.put_on_top(self.recovery)
        self.side = SidePanel(view_models.tool_calls, view_models.events, view_models.timing)
        self.text_line = TextLine()
        self.question = QuestionBar()
        self.approval = ApprovalCard()
        self.note_line = NoteLine(view_models.notes)
        self.talk_button = TalkButton()
        self.audio = AudioRow(view_models.inputs, view_models.outputs, self.talk_button)
        self.meters = Meters(needles, self)
        self._keys = TalkKeys(self, state=input_state())
        self.talk_button.watch(self, input_state())
        self.approval.watch(self)  # after the talk keys: the last filter is asked first
        LatinKeys(self)
        self._state = DisplayState.OFFLINE
        self._states = Gathering(self._show_state, self)
        self._painted = False
        self.stays_hidden: Callable[[], bool] = lambda: False
        """Whether closing hides the window and the program goes on."""
        self.struck: tuple[float, object] = (0.0, None)
        """When a talk key or button was struck last, in seconds of `time.monotonic`, and which one."""
        self._page = QVBoxLayout(self)
        self._lay_out()
        self.places = PanePlaces(self, self.workspace, input_state)
        self.timeline, self.reading = TimelinePlace(self), ReadingPlace(self)
        connect_parts(self)
        connect_signals(self)
        self.talk_button.setFocus()

    @property
    def keys(self) -> TalkKeys:
        """The talk keys of this window."""
        return self._keys

    # Display

    def show_state(self, state: DisplayState) -> None:
        """Show the session's state everywhere; meters move while a session is open."""
        self._state = state
        self.note_line.show_state(state)
        self._states.change()

    def _show_state(self) -> None:
        state = self._state
        self.talk_button.show_state(state)
        self.session_bar.show_state(state)
        self.audio.show_listening(state is DisplayState.LISTENING)
        self.transcript.invitation.show_state(state)
        self.meters.need("session", state not in (DisplayState.OFFLINE, DisplayState.ERROR))

    def show_spent(self, session: Total) -> None:
        """Show what the session has cost so far."""
        self.session_bar.show_spent(session)

    def show_spend_report(self, report: SpendReport) -> None:
        """Show these figures by turn, day and model."""
        self.session_bar.spend.show_report(report)

    def begin_session(self, renews_s: float) -> None:
        """A session was opened; it is renewed at the age of `renews_s` seconds, 0 if that isn't known."""
        self.session_bar.begin_session(renews_s)
        self.note_line.end_retrying()

    def show_choice(self, choice: ChosenOptions) -> None:
        """Show the model and the options of the session."""
        self.session_bar.show_choice(choice)
        self.text_line.show_choice(choice)
        self.side.show_choice(choice)
        self.transcript.invitation.show_choice(choice)
        self.talk_button.show_hands_free(choice.turn_mode != "push_to_talk")

    def show_locked(self, locked: bool) -> None:
        """Show that the microphone is open without a key being held, or no longer."""
        self.talk_button.show_locked(locked)
        self._keys.show_locked(locked)
        self.places.show_locked(locked)

    def show_hotkey(self, way: Way, key: str, named: str, problem: Message | None) -> None:
        """Show by which way the talk key for all programs comes, or why by none."""
        self.hotkey_sign.show_way(way, key, named, problem)

    def show_test(self, state: TestState) -> None:
        """Show the state of the microphone test; meters move while it runs."""
        self.audio.show_test(state)
        self.meters.need("test", state != "idle")

    def show_models(self, models: tuple[Model, ...]) -> None:
        """Offer these models."""
        self.session_bar.show_models(models)

    def choose_model(self) -> None:
        """Open the list of models."""
        self.session_bar.choose_model()

    def offer_restart(self, waiting: PendingRestart | None) -> None:
        """Offer a new session for what can't be changed in this one; None: there is nothing to offer."""
        self.restart.offer(waiting)

    def show_restart_possible(self, possible: bool) -> None:
        """Whether a new session could be opened: otherwise none is offered."""
        self.restart.show_possible(possible)

    def show_note(self, note: Note) -> None:
        """Show a plain sentence."""
        self._notes.add(note)

    def show_retrying(self, retrying: Retrying) -> None:
        """Count down to the next try to connect."""
        self.note_line.show_retrying(retrying)

    def show_sending(self, left_s: int) -> None:
        """Show how many seconds of what was said are still to be sent."""
        self.note_line.show_sending(left_s)

    def clear_text(self, text: str) -> None:
        """This text was sent."""
        self.text_line.clear(text)

    def show_text_size(self, percent: int) -> None:
        """The size of the letters in the conversation and the text line, in percent of the usual one."""
        self.transcript.set_text_size(percent)
        self.text_line.set_letters(round(BASE_PX * percent / 100))
        self.menu.show_text_size(percent)

    def show_question(self, question: Message) -> None:
        """Show a question."""
        self.question.ask(question)

    def count_questions(self, waiting: int, once: bool) -> None:
        """So many questions come after the next one that is shown, whose yes holds `once` or is
        remembered."""
        self.question.count(waiting, once)

    def hide_question(self) -> None:
        """No question is open."""
        self.question.hide()

    def show_tool_definitions(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """Show the tools as they were described to the model."""
        self.side.show_tool_definitions(definitions)

    def show_tool_problem(self, problem: Message) -> None:
        """Show why a tool can't be run with the arguments that were typed."""
        self.side.show_tool_problem(problem)

    def close_tool_editor(self) -> None:
        """The tool runs with the arguments that were typed."""
        self.side.close_tool_editor()

    def show_recording(self, recording: bool, for_this_run: bool = False) -> None:
        """Show whether sound is recorded; `for_this_run`: because that was asked for at the start."""
        self.recording.show_recording(recording, for_this_run=for_this_run)
        self.menu.show_recording(recording, for_this_run)

    def show_frames_file(self, path: str) -> None:
        """Name the file that holds all frames; empty if there is none."""
        self.side.show_frames_file(path)

    def show_frames_saved(self, file: str, problem: str) -> None:
        """Show that the frames were written as `file`, or why they can't be."""
        self.side.show_frames_saved(file, problem)

    def show_volume(self, volume: float) -> None:
        """Show a volume from 0 to 1."""
        self.audio.show_volume(volume)

    def show_muted(self, muted: bool) -> None:
        """Show the microphone as muted or not."""
        self.audio.show_muted(muted)

    def show_in_session(self, in_session: bool) -> None:
        """A session has the devices, or no longer."""
        self.audio.show_in_session(in_session)

    def show_playing(self, what: str) -> None:
        """Show what plays that is no answer: nothing, the speaker's `test`, a `sound` of before."""
        self.audio.show_speaker_test(what == "test")
        self.transcript.show_sounding(what == "sound")
        self.meters.need("sound", bool(what))

    def offer_recovery(self) -> None:
        """Offer the conversation that was cut short."""
        self.recovery.show()

    def withdraw_recovery(self) -> None:
        """That conversation is gone."""
        self.recovery.hide()

    def show_welcome(self, visible: bool) -> None:
        """Say what the demo is, or no longer."""
        self.welcome.setVisible(visible)

    # Its place and layout

    def restore(self, geometry: str, layout: Mapping[str, str]) -> None:
        """Take this place and size (from `geometry_text`) and this layout of the panes (`layout_texts`).

        A window that the panes had of their own is shown after this one.
        """
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
            if size := two_numbers(layout.get("unshrunk", "")):
                self._area_guard.restore(QSize(*size))
        self.places.restore(layout)

    def geometry_text(self) -> str:
        """The window's place and size, for the next start."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def layout_texts(self) -> dict[str, str]:
        """How the panes are laid out, for the next start."""
        size = self._area_guard.unshrunk
        unshrunk = f"{size.width()} {size.height()}" if size else ""
        return self.places.texts() | {"unshrunk": unshrunk}

    def show_moment(self, at: datetime, *, tool: bool) -> None:
        """Go to what was said, called and sent then; `tool`: the call is what is looked for."""
        show_moment(self.transcript, self.side, self._events, at, tool=tool)

    def put_drawer(self, drawer: QWidget) -> None:
        """Put the timeline below the conversation."""
        self._page.insertWidget(self._page.indexOf(self.audio), drawer)

    def put_in_place(self, page: QWidget) -> None:
        """Put this in the place of the conversation and all that belongs to it."""
        self._page.insertWidget(self._page.indexOf(self.workspace), page, 1)

    def live_parts(self) -> tuple[QWidget, ...]:
        """What belongs to the conversation that goes on, and isn't there while a recording is read."""
        drawer = self.timeline.drawer
        parts = (self.restart, self.welcome, self.workspace, self.audio, self.panes_button, self.new_button)
        return parts if drawer is None else (*parts, drawer)

    # Hidden

    def begin_hidden(self) -> None:
        """Begin as if the window had been painted, without showing it."""
        self._painted = True
        QTimer.singleShot(0, self.first_painted.emit)

    def quit(self) -> None:
        """Close the window, and with it the program, whatever closing does otherwise."""
        self.stays_hidden = lambda: False
        self.close()

    # Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            if not self.isActiveWindow():
                self._keys.on_deactivated()
                self.talk_button.on_deactivated()
            self.tell_attended()
        elif event.type() == QEvent.Type.ThemeChange:
            self.theme_changed.emit()
        elif event.type() == QEvent.Type.WindowStateChange:
            self.meters.look()

    def tell_attended(self) -> None:
        """One of the program's main windows came to the front, or is there no longer."""
        self.attended.emit(self.isActiveWindow() or self.places.active)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)
            QTimer.singleShot(0, self, self.places.appear)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = Room.of_height(event.size().height())
        self._page.setContentsMargins(GAP, room.edge, GAP, room.edge)
        self._page.setSpacing(room.between)
        self._entry.set_spacing(room.between)
        self._entry.show_typing(room.typing)
        self.workspace.show_low(room.low)
        self.talk_button.limit(room.talk_button)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.text_line.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.text_line.take(event.mimeData())
        event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._painted:  # again
            QTimer.singleShot(0, self, self.places.appear)
            self.meters.look()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.stays_hidden():
            event.ignore()
            self.hide()
            self.places.close()
            return
        self.meters.stop()
        self.places.close()
        self.closed.emit()
        event.accept()

    def _lay_out(self) -> None:
        words = self.tr("Show or hide the panes")
        self.panes_button = IconButton("panes", words, checkable=True, keys=shortcuts.PANES)
        self.panes_button.setChecked(True)
        self.hotkey_sign = HotkeySign()
        self.new_button = IconButton("new", self.tr("New conversation"), keys=shortcuts.NEW)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.session_bar, 1)
        top.addWidget(self.hotkey_sign)
        top.addWidget(self.new_button)
        top.addWidget(self.panes_button)
        top.addWidget(self.menu)
        self._entry = EntryColumn(self.note_line, self.approval, self.question, self.text_line)
        self.workspace = Workspace(self.transcript, self._entry, self.side)
        self.welcome.hide()
        page = self._page
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.setSpacing(GRID)
        page.addLayout(top)
        page.addWidget(self.restart)
        page.addWidget(self.welcome)
        page.addWidget(self.recording)
        page.addWidget(self.workspace, 1)
        page.addWidget(self.audio)
