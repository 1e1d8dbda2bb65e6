"""What a note to the user is about. This decides for how long it is true: see `viewmodels/note_board.py`."""

from __future__ import annotations

from typing import Literal

NoteSubject = Literal[
    "news",
    "session",
    "network",
    "no session",
    "connecting",
    "resting",
    "answer",
    "take",
    "listening",
    "mute",
    "microphone",
    "speaker",
    "test",
    "change",
    "key",
    "models",
    "settings",
    "settings read",
    "recording",
    "export",
    "left",
    "reset",
    "budget",
    "retired",
    "hotkey",
    "tray",
    "login",
    "others",
]
"""What a note is about.

news: something has happened, and nothing follows from it.
session: why there is none. network: the same, and the network may be the reason.
no session, connecting, resting: what can't be done because of that state.
answer: one that failed or was cut off. take: one that is over. listening: the one that is open.
mute: the microphone is muted. microphone, speaker: the device that is used. test: the microphone test.
change: one that the open session refused. key: the chosen model needs one.
models: the list of models. settings read: what was wrong with the file.
settings, recording: files that can't be written. export: one that failed. left: the conversation before.
reset: of all settings, which can be undone. budget: it is nearly used up, or is.
retired: the chosen model is. hotkey: a key for all programs that can't be had.
tray: the desktop has none. login: the start at login, which can't be changed.
others: the sound of other programs, which can't be lowered.
"""
