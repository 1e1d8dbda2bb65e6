"""The user's actions in the window, as one list of signals by subject."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.base.message import Message
from desktop.viewmodels.approval_question import ApprovalQuestion


class WindowSignals(QWidget):
    """The base of the window: outside code connects to these signals, never to a widget inside."""

    # talk
    stalled = Signal(float)
    """To the window: nothing was done since this time of `time.monotonic`. Is the talk key still down?"""
    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    """The talk key's release may never come."""
    talk_doubted = Signal(float)
    """The talk key may have gone up at this time of `time.monotonic`: what was said later must wait."""
    talk_settled = Signal()
    """Whether it had is known, and told."""
    lock_requested = Signal()
    """The microphone is to be locked open, or what is locked is to be sent."""
    escaped = Signal()
    hotkey_sign_clicked = Signal()
    """The keys for all programs are to be chosen."""
    # session
    connect_clicked = Signal()
    restart_clicked = Signal()
    option_chosen = Signal(str, str)
    """A field of `ChosenOptions` and its value."""
    models_refresh_clicked = Signal()
    spend_requested = Signal()
    """What was spent is about to be shown: answer with `show_spend_report`."""
    export_spend_clicked = Signal()
    budget_clicked = Signal()
    note_acted = Signal(str)
    """A note's action was clicked: an `effects.Action`, or `now` for the next try."""
    # words
    text_entered = Signal(str)
    play_requested = Signal(str, int)
    """`take` or `response`, and its number: its sound is to be played again."""
    unheard_requested = Signal(int)
    """The response whose unheard rest is to be played."""
    text_size_asked = Signal(int)
    """A larger one for 1, a smaller one for -1, the usual one for 0: answer with `show_text_size`."""
    # pictures
    picture_file_chosen = Signal(str)
    picture_given = Signal(object)
    clipboard_picture_clicked = Signal()
    screen_picture_clicked = Signal()
    # tools
    question_answered = Signal(Message, bool)
    """The question, and whether it was allowed."""
    call_answered = Signal(ApprovalQuestion, str, float)
    """A call that waits for approval, the answer, and when it was struck."""
    call_seen = Signal(ApprovalQuestion)
    """A call that waits for approval is in sight."""
    questions_denied = Signal()
    """Every open question is answered with no."""
    tool_run_requested = Signal(str, str)
    """A tool's name and its arguments as they were typed: answer with `show_tool_problem` or
    `close_tool_editor`."""
    tool_result_requested = Signal(str)
    """The id of a call that was run by hand, whose result is to be sent to the model."""
    # sound
    input_chosen = Signal(str)
    output_chosen = Signal(str)
    volume_changed = Signal(float)
    """From 0 to 1."""
    mute_toggled = Signal(bool)
    needles_moved = Signal(object, object)
    """The levels of the microphone and the speaker, each a `level_meter.Needle`."""
    test_started = Signal()
    test_stopped = Signal()
    speaker_test_clicked = Signal()
    """The speaker's test is to begin, or to end."""
    devices_looked_at = Signal()
    """A list of devices was opened."""
    # menu
    new_conversation_clicked = Signal()
    history_clicked = Signal()
    export_conversation_clicked = Signal()
    export_times_clicked = Signal()
    record_toggled = Signal(bool)
    """Whether sound is to be recorded: answer with `show_recording`."""
    frames_path_chosen = Signal(str)
    """Where the frames are to be written: answer with `show_frames_saved`."""
    strip_clicked = Signal()
    """The strip is to be shown, or no longer."""
    settings_clicked = Signal()
    keys_clicked = Signal()
    doctor_clicked = Signal()
    about_clicked = Signal()
    # timeline
    timeline_opened = Signal()
    """The timeline is about to be seen: answer with `timeline.show_timeline`."""
    timeline_due = Signal()
    """It is about to look at what has come."""
    timeline_play_toggled = Signal()
    timeline_sought = Signal(float)
    timeline_speed_chosen = Signal(float)
    timeline_mark_chosen = Signal(object)
    timeline_line_chosen = Signal(object)
    """When a line of the conversation began: the timeline is to go there."""
    # reading
    reading_left = Signal()
    reading_play_toggled = Signal()
    reading_sought = Signal(float)
    """The time of the recording that is to be shown, in µs."""
    reading_speed_chosen = Signal(float)
    reading_refused = Signal()
    """Something was asked for that only a session can do."""
    # strips
    add_key_clicked = Signal()
    welcome_dismissed = Signal()
    recovery_clicked = Signal()
    """The conversation that was cut short is to be shown."""
    recovery_dismissed = Signal()
    # window
    first_painted = Signal()
    """Once, when the window can be seen."""
    attended = Signal(bool)
    """Whether it is the window in front."""
    theme_changed = Signal()
    """The system's theme, its fonts and its colours, is another."""
    closed = Signal()
