"""The connections of the keys that work in all programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.app.build import Parts
from desktop.base.message import Message
from desktop.turn.effects import Note

if TYPE_CHECKING:  # imported when it is opened
    from desktop.ui.settings.settings_dialog import SettingsDialog


def connect(parts: Parts) -> None:
    """Connect them."""
    hotkeys, window, system = parts.hotkeys, parts.window, parts.system
    # system
    system.locked.connect(partial(hotkeys.show_locked, True))
    system.unlocked.connect(partial(hotkeys.show_locked, False))
    system.woke.connect(hotkeys.refresh)
    # settings
    parts.store.changed.connect(hotkeys.on_setting_changed)
    parts.settings_dialog.opened.connect(partial(_connect_dialog, parts))
    window.hotkey_sign_clicked.connect(parts.settings_dialog.open_hotkeys)
    # window
    hotkeys.way_changed.connect(window.show_hotkey)
    hotkeys.told.connect(partial(_note, parts))
    window.first_painted.connect(hotkeys.start)
    window.closed.connect(hotkeys.close)


def _connect_dialog(parts: Parts, dialog: SettingsDialog) -> None:
    hotkeys = parts.hotkeys
    dialog.key_recording.connect(hotkeys.show_recording)
    hotkeys.told.connect(dialog.show_hotkey_problem)
    hotkeys.way_changed.connect(dialog.show_way)
    for name, problem in hotkeys.problems.items():
        dialog.show_hotkey_problem(name, problem)
    hotkeys.tell_way()


def _note(parts: Parts, _: str, problem: Message | None) -> None:
    """The one who presses it later must know why nothing happens."""
    if problem:
        parts.notes.add(Note("warning", problem, subject="hotkey"))
    elif not any(parts.hotkeys.problems.values()):
        parts.notes.settle("hotkey")
