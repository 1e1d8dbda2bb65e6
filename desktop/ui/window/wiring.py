"""Every connection inside the main window: between its parts, and from these to its signals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, SignalInstance
from PySide6.QtGui import QAction

from desktop.turn.effects import Note
from desktop.ui.talk.level_meter import Needle
from desktop.ui.window.window_keys import add_key
from desktop.viewmodels import shortcuts
from desktop.viewmodels.transcript_model import TranscriptRole

if TYPE_CHECKING:
    from desktop.ui.talk.talk_button import TalkButton
    from desktop.ui.talk.talk_keys import TalkKeys
    from desktop.ui.window.main_window import MainWindow
    from desktop.ui.window.pane_places import PanePlaces


def connect_parts(window: MainWindow) -> None:
    """Connect the window's parts to each other."""
    # words
    window.text_line.refused.connect(lambda words: window.show_note(Note("warning", words, subject="news")))
    window.transcript.edit_requested.connect(window.text_line.edit)
    # panes
    window.panes_button.toggled.connect(window.places.shown.setChecked)
    window.places.shown.toggled.connect(window.panes_button.setChecked)
    window.places.activation_changed.connect(window.tell_attended)
    window.menu.quit_clicked.connect(window.quit)
    window.transcript.offer_action(window.menu.history)
    show = QAction(QCoreApplication.translate("MainWindow", "Show on the timeline"), window)
    show.triggered.connect(partial(_show_on_timeline, window))
    window.transcript.offer_action(show)
    window.menu.timeline_clicked.connect(window.timeline.toggle)
    window.timeline.toggled.connect(window.menu.timeline.setChecked)
    # recovery
    window.recovery.show_clicked.connect(window.transcript.take_focus)
    window.recovery.dismissed.connect(window.talk_button.setFocus)
    # meters
    window.meters.moved.connect(partial(_show_levels, window))
    window.meters.counters_due.connect(lambda: window.side.show_counters(window.counted))
    # keys
    translated = partial(QCoreApplication.translate, "MainWindow")
    add_key(window, translated("Connect or disconnect"), shortcuts.CONNECT, window.connect_clicked.emit)
    add_key(window, translated("Menu"), shortcuts.MENU, window.menu.showMenu)


def _on_struck(window: MainWindow, source: TalkButton | TalkKeys | PanePlaces, ours: SignalInstance) -> None:
    window.struck = (source.struck_at, source)
    ours.emit()


def connect_signals(window: MainWindow) -> None:
    """Let the window report what the user does in its parts."""
    # talk
    for source in (window.talk_button, window.keys):
        source.pressed.connect(partial(_on_struck, window, source, window.talk_pressed))
        source.released.connect(partial(_on_struck, window, source, window.talk_released))
        source.lost.connect(partial(_on_struck, window, source, window.talk_lost))
    places = window.places
    places.talk_pressed.connect(partial(_on_struck, window, places, window.talk_pressed))
    places.talk_released.connect(partial(_on_struck, window, places, window.talk_released))
    places.talk_lost.connect(partial(_on_struck, window, places, window.talk_lost))
    window.stalled.connect(window.keys.doubt)
    window.stalled.connect(places.stalled)
    for keys in (window.keys, places):
        keys.doubted.connect(window.talk_doubted)
        keys.settled.connect(window.talk_settled)
    window.places.escaped.connect(window.escaped)
    window.talk_button.lock_requested.connect(window.lock_requested)
    window.keys.escaped.connect(window.escaped)
    window.hotkey_sign.clicked.connect(window.hotkey_sign_clicked)
    # session
    window.session_bar.chosen.connect(window.option_chosen)
    window.session_bar.connect_clicked.connect(window.connect_clicked)
    window.session_bar.refresh_clicked.connect(window.models_refresh_clicked)
    window.session_bar.spend.report_requested.connect(window.spend_requested)
    window.session_bar.spend.export_clicked.connect(window.export_spend_clicked)
    window.session_bar.spend.budget_clicked.connect(window.budget_clicked)
    window.restart.clicked.connect(window.restart_clicked)
    window.note_line.acted.connect(window.note_acted)
    # words
    window.text_line.entered.connect(window.text_entered)
    window.transcript.play_unheard_requested.connect(window.unheard_requested)
    window.transcript.play_requested.connect(window.play_requested)
    # pictures
    window.text_line.picture_file_chosen.connect(window.picture_file_chosen)
    window.text_line.picture_given.connect(window.picture_given)
    window.text_line.clipboard_picture_clicked.connect(window.clipboard_picture_clicked)
    window.text_line.screen_picture_clicked.connect(window.screen_picture_clicked)
    # tools
    window.question.answered.connect(window.question_answered)
    window.question.all_denied.connect(window.questions_denied)
    window.approval.answered.connect(window.call_answered)
    window.approval.seen.connect(window.call_seen)
    window.side.tool_run_requested.connect(window.tool_run_requested)
    window.side.tool_result_requested.connect(window.tool_result_requested)
    # sound
    window.audio.input_chosen.connect(window.input_chosen)
    window.audio.output_chosen.connect(window.output_chosen)
    window.audio.volume_changed.connect(window.volume_changed)
    window.audio.mute_toggled.connect(window.mute_toggled)
    window.audio.test_started.connect(window.test_started)
    window.audio.test_stopped.connect(window.test_stopped)
    window.audio.speaker_test_clicked.connect(window.speaker_test_clicked)
    window.audio.devices_looked_at.connect(window.devices_looked_at)
    # menu
    window.menu.new_clicked.connect(window.new_conversation_clicked)
    window.new_button.clicked.connect(window.new_conversation_clicked)
    window.menu.history_clicked.connect(window.history_clicked)
    window.menu.export_clicked.connect(window.export_conversation_clicked)
    window.menu.times_clicked.connect(window.export_times_clicked)
    window.menu.record_toggled.connect(window.record_toggled)
    window.recording.stop_clicked.connect(lambda: window.record_toggled.emit(False))
    window.menu.text_size_asked.connect(window.text_size_asked)
    window.side.export_times_clicked.connect(window.export_times_clicked)
    window.side.frames_path_chosen.connect(window.frames_path_chosen)
    window.menu.strip_clicked.connect(window.strip_clicked)
    window.menu.settings_clicked.connect(window.settings_clicked)
    window.menu.keys_clicked.connect(window.keys_clicked)
    window.menu.doctor_clicked.connect(window.doctor_clicked)
    window.menu.about_clicked.connect(window.about_clicked)
    # timeline
    window.timeline.opened.connect(window.timeline_opened)
    window.timeline.due.connect(window.timeline_due)
    window.timeline.play_toggled.connect(window.timeline_play_toggled)
    window.timeline.sought.connect(window.timeline_sought)
    window.timeline.speed_chosen.connect(window.timeline_speed_chosen)
    window.timeline.mark_chosen.connect(window.timeline_mark_chosen)
    # reading
    window.reading.left.connect(window.reading_left)
    window.reading.play_toggled.connect(window.reading_play_toggled)
    window.reading.sought.connect(window.reading_sought)
    window.reading.speed_chosen.connect(window.reading_speed_chosen)
    window.reading.refused.connect(window.reading_refused)
    # strips
    window.welcome.add_key_clicked.connect(window.add_key_clicked)
    window.welcome.dismissed.connect(window.welcome_dismissed)
    window.recovery.show_clicked.connect(window.recovery_clicked)
    window.recovery.dismissed.connect(window.recovery_dismissed)


def _show_on_timeline(window: MainWindow) -> None:
    lines, row = window.transcript.view.model(), window.transcript.view.menu_row
    if 0 <= row < lines.rowCount():
        window.timeline_line_chosen.emit(lines.index(row, 0).data(TranscriptRole.AT))


def _show_levels(window: MainWindow, microphone: Needle, speaker: Needle) -> None:
    window.audio.show_needles(microphone, speaker)
    window.talk_button.show_level(microphone[0])
    window.needles_moved.emit(microphone, speaker)
