"""The connections of what goes on without the window: tray, strip, notifications, other programs' sound."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication

from desktop.app.build import Parts
from desktop.base.message import Message
from desktop.turn.effects import DisplayState, Note
from desktop.turn.note_subject import NoteSubject
from desktop.viewmodels.response_end import ResponseEnd

if TYPE_CHECKING:  # imported when they are opened
    from desktop.ui.settings.settings_dialog import SettingsDialog
    from desktop.ui.strip.talk_strip import TalkStrip


def connect(parts: Parts) -> None:
    """Connect them."""
    tray, strip, notifier, login = parts.tray, parts.strip, parts.notifier, parts.login_start
    window, controller = parts.window, parts.controller
    window.stays_hidden = lambda: tray.keeps_program
    # start and end
    window.first_painted.connect(partial(_start, parts))
    window.closed.connect(tray.close)
    window.closed.connect(strip.close)
    window.closed.connect(notifier.close)
    # tray
    tray.talk_clicked.connect(partial(_talk, parts))
    tray.mute_clicked.connect(lambda: parts.audio.mute(not parts.audio.muted))
    tray.connect_clicked.connect(controller.toggle_session)
    tray.copy_clicked.connect(partial(_copy_answer, parts))
    tray.strip_clicked.connect(strip.toggle)
    tray.show_clicked.connect(partial(show_window, parts))
    tray.quit_clicked.connect(window.quit)
    tray.missed.connect(partial(_on_tray_missed, parts))
    tray.told.connect(partial(_note, parts, "tray"))
    controller.state_changed.connect(partial(_show_state, parts))
    parts.audio.mute_changed.connect(tray.show_muted)
    window.theme_changed.connect(tray.redraw)
    # strip
    window.strip_clicked.connect(strip.toggle)
    strip.made.connect(partial(_connect_strip, parts))
    strip.shown_changed.connect(tray.show_strip)
    strip.shown_changed.connect(window.menu.strip.setChecked)
    # notifications
    parts.transcript.response_ended.connect(partial(_on_response_ended, parts))
    parts.notes.added.connect(notifier.on_note_added)
    notifier.clicked.connect(partial(show_window, parts))
    # settings
    parts.store.changed.connect(tray.on_setting_changed)
    parts.store.changed.connect(login.on_setting_changed)
    parts.settings_dialog.opened.connect(partial(_connect_dialog, parts))
    login.told.connect(partial(_note, parts, "login"))
    parts.store.changed.connect(parts.lowering.on_setting_changed)
    parts.lowering.told.connect(partial(_note, parts, "others"))


def show_window(parts: Parts) -> None:
    """Bring the window to the front, hidden or not."""
    window = parts.window
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _start(parts: Parts) -> None:
    parts.tray.start()
    parts.login_start.start()
    parts.lowering.start()
    parts.strip.restore(dict(parts.store.current.layout))


def _show_state(parts: Parts, state: DisplayState) -> None:
    listens = parts.controller.listens and not parts.controller.policy.hands_free
    shown = DisplayState.LISTENING if listens else state
    parts.lowering.show_state(shown)
    parts.tray.show_state(shown, parts.controller.connected)
    parts.strip.show_state(shown)


def _talk(parts: Parts) -> None:
    """Talk, or send what was said."""
    controller = parts.controller
    if controller.listens and not controller.policy.hands_free:
        controller.release()
    else:
        controller.press()


def _copy_answer(parts: Parts) -> None:
    answers = (line.text for line in reversed(parts.transcript.lines) if line.speaker == "assistant")
    if answer := next(filter(None, answers), ""):
        QGuiApplication.clipboard().setText(answer)


def _on_response_ended(parts: Parts, end: ResponseEnd) -> None:
    lines = reversed(parts.transcript.lines)
    if any(line.speaker == "assistant" and line.number == end.response and line.text for line in lines):
        parts.tray.show_answer(True)
        parts.notifier.on_response_ended(end)


def _on_tray_missed(parts: Parts) -> None:
    """What is hidden must be reachable."""
    if not parts.window.isVisible():
        parts.window.show()


def _connect_strip(parts: Parts, strip: TalkStrip) -> None:
    latch, button = parts.latch, strip.talk_button
    button.pressed.connect(lambda: latch.press(button.struck_at, button, anywhere=True))
    button.released.connect(lambda: latch.release(button.struck_at, button))
    button.lost.connect(lambda: latch.lose(button.struck_at, button))
    button.lock_requested.connect(latch.toggle)
    latch.lock_changed.connect(button.show_locked)
    strip.window_clicked.connect(partial(show_window, parts))
    parts.window.needles_moved.connect(strip.show_needles)
    parts.window.meters.show_in(strip)
    parts.options.changed.connect(lambda chosen: button.show_hands_free(chosen.turn_mode != "push_to_talk"))
    button.show_hands_free(parts.options.displayed.turn_mode != "push_to_talk")


def _connect_dialog(parts: Parts, dialog: SettingsDialog) -> None:
    parts.tray.told.connect(partial(dialog.show_background_problem, "tray"))
    parts.login_start.told.connect(partial(dialog.show_background_problem, "start_at_login"))
    parts.lowering.told.connect(partial(dialog.show_background_problem, "lower_others"))
    if sys.platform != "linux":
        why = QCoreApplication.translate("SettingsDialog", "Only on Linux, with PulseAudio or PipeWire.")
        dialog.lock("lower_others", why)


def _note(parts: Parts, subject: NoteSubject, problem: Message | None) -> None:
    if problem:
        parts.notes.add(Note("warning", problem, subject=subject))
    else:
        parts.notes.settle(subject)
