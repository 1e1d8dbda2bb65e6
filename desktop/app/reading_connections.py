"""Connects the timeline of the conversation that goes on, and recordings that are read in the window."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from desktop.app.build import Parts
from desktop.recording.conversation_files import recording_of
from desktop.recording.folder.reader import open_recording
from desktop.recording.reading.player import Player
from desktop.recording.reading.reading_controller import NO_RECORDING, Shown
from desktop.turn.marks import Mark
from desktop.viewmodels.wording import worded

AFTER_MARK = timedelta(milliseconds=50)
"""What a mark is about is written down just after it."""


def connect(parts: Parts) -> None:
    """Connect both."""
    _connect_live(parts)
    window, reading = parts.window, parts.reading
    parts.controller.may_talk = partial(_may_talk, parts)
    # window
    window.reading_left.connect(reading.leave)
    window.reading_play_toggled.connect(reading.toggle)
    window.reading_sought.connect(reading.seek)
    window.reading_speed_chosen.connect(reading.player.set_speed)
    window.reading_refused.connect(reading.refuse)
    # reading
    reading.opened.connect(lambda shown: _show(parts, shown))
    reading.closed.connect(window.reading.hide)
    reading.moved.connect(window.reading.show_position)
    reading.outlined.connect(window.reading.show_outlines)
    reading.playing_changed.connect(window.reading.show_playing)
    reading.remarked.connect(window.reading.say)
    reading.failed.connect(parts.history.failed)
    _connect_sound(parts, reading.player)


def open_conversation(parts: Parts, key: str) -> None:
    """Read the conversation of this journal."""
    folder = recording_of(Path(key))
    if folder is None:
        return
    try:
        recording = open_recording(folder)
    except OSError as exc:
        parts.history.failed.emit(NO_RECORDING(reason=exc.strerror or str(exc)))
        return
    parts.reading.open_for_reading(recording)


def _may_talk(parts: Parts) -> bool:
    """Whether a press of a talk key opens the microphone: not while a recording is read."""
    if not parts.reading.active:
        return True
    parts.reading.refuse_to_talk()
    QTimer.singleShot(0, parts.window, parts.latch.lose_all)  # it holds or locks nothing
    return False


def _show(parts: Parts, shown: Shown) -> None:
    parts.replay.player.pause()
    parts.window.reading.show(
        shown.title,
        shown.transcript,
        shown.calls,
        shown.events,
        shown.times,
        shown.timeline,
        shown.length_us,
    )


def _connect_sound(parts: Parts, player: Player) -> None:
    """What is played again is heard on the chosen speaker."""
    player.sound_ready.connect(parts.audio.play)
    player.silence_asked.connect(parts.audio.silence)
    parts.audio.playing_changed.connect(lambda what: player.on_sounding(what == "sound"))


def _connect_live(parts: Parts) -> None:
    window, live, replay = parts.window, parts.timeline, parts.replay
    window.timeline_opened.connect(lambda: window.timeline.show_timeline(live.timeline))
    window.timeline_due.connect(live.look)
    window.timeline_due.connect(lambda: window.timeline.show_timeline(live.timeline))
    window.timeline_play_toggled.connect(lambda: _toggle_live(parts))
    window.timeline_sought.connect(lambda _: replay.player.pause())
    window.timeline_speed_chosen.connect(replay.player.set_speed)
    window.timeline_mark_chosen.connect(lambda mark: _show_moment(parts, mark))
    window.timeline_line_chosen.connect(lambda at: _show_line(parts, at))
    parts.controller.conversation_ended.connect(live.begin_conversation)
    replay.player.playing_changed.connect(window.timeline.show_playing)
    replay.moved.connect(window.timeline.show_position)
    replay.remarked.connect(lambda message: window.timeline.say(worded(message)))
    _connect_sound(parts, replay.player)


def _toggle_live(parts: Parts) -> None:
    drawer = parts.window.timeline.drawer
    parts.replay.toggle(drawer.view.playhead_us or 0.0 if drawer else 0.0)


def _show_moment(parts: Parts, mark: Mark) -> None:
    """A mark of the timeline was chosen: show its line, its call and its frame."""
    ago_s = time.monotonic() - ((parts.timeline.zero_us or 0) + mark.t) / 1e6
    at = datetime.now().astimezone() - timedelta(seconds=ago_s) + AFTER_MARK
    parts.window.show_moment(at, tool=mark.mark.startswith("tool"))


def _show_line(parts: Parts, at: datetime) -> None:
    """A line of the conversation is to be shown on the timeline."""
    if not parts.window.timeline.is_open:
        parts.window.timeline.toggle()
    drawer = parts.window.timeline.drawer
    ago_s = (datetime.now().astimezone() - at).total_seconds()
    if drawer is not None:
        drawer.view.seek((time.monotonic() - ago_s) * 1e6 - (parts.timeline.zero_us or 0))
