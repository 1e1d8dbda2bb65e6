"""Who adds notes for the user, and what makes each untrue: a subject is settled here, or by a state."""

from __future__ import annotations

from functools import partial

from desktop.app.build import Parts
from desktop.base.message import Text
from desktop.conversation import settings_values
from desktop.devices.audio_options import AudioOptions
from desktop.recording.session_recorder import LeftAs
from desktop.turn.effects import Note, NoteKind
from desktop.turn.note_subject import NoteSubject
from desktop.viewmodels import shortcuts

LAST_IN_HISTORY = Text("last-in-history", "New conversation. The last one is in the history ({key}).")
LAST_NOT_KEPT = Text(
    "last-not-kept", "New conversation. The last one was not saved, as you have chosen in the settings."
)
LAST_LOST = Text("last-lost", "New conversation. The last one could not be saved.")
SETTINGS_RESET = Text("settings-reset", "The settings are back to their defaults.")


def connect(parts: Parts) -> None:
    """Connect the board of the notes."""
    notes, controller, options, key_need = parts.notes, parts.controller, parts.options, parts.key_need
    settings_dialog, model_list, audio = parts.settings_dialog, parts.model_list, parts.audio
    recorder, transcripts, exports, store = parts.recorder, parts.transcripts, parts.exports, parts.store
    # session
    controller.note_shown.connect(notes.add)
    notes.failure_settled.connect(controller.forget_failure)
    options.restart_offered.connect(lambda waiting: None if waiting else notes.settle("change"))
    parts.system.network_back.connect(lambda: notes.settle("network"))
    # spend
    parts.spend.noted.connect(notes.add)
    parts.spend.settled.connect(lambda: notes.settle("budget"))
    # key
    options.changed.connect(lambda _: key_need.on_model_chosen())
    key_need.noted.connect(notes.add)
    key_need.settled.connect(lambda: notes.settle("key"))
    controller.session_opened.connect(lambda _: key_need.look())
    settings_dialog.key_changed.connect(key_need.look)
    settings_dialog.key_changed.connect(lambda: notes.settle("session", "network"))
    store.changed.connect(partial(_on_setting_changed, parts))
    # settings
    settings_dialog.undo_offered.connect(partial(_on_undo_offered, parts))
    # models
    model_list.noted.connect(notes.add)
    model_list.changed.connect(lambda _: notes.settle("models"))
    parts.retired_model.noted.connect(notes.add)
    parts.retired_model.settled.connect(lambda: notes.settle("retired"))
    options.changed.connect(lambda _: parts.retired_model.look())
    # pictures
    parts.images.noted.connect(notes.add)
    # sound
    audio.mute_changed.connect(lambda muted: None if muted else notes.settle("mute"))
    audio.options_changed.connect(partial(_on_device_chosen, parts))
    audio.test_changed.connect(lambda state: notes.settle("test") if state != "idle" else None)
    # files
    recorder.failed.connect(lambda message: notes.add(Note("warning", message, subject="recording")))
    recorder.recovered.connect(lambda: notes.settle("recording"))
    transcripts.ended.connect(lambda: notes.settle("recording"))
    recorder.conversation_left.connect(partial(_on_conversation_left, parts))
    exports.done.connect(
        lambda ok, message: notes.add(Note("hint" if ok else "error", message, subject="export"))
    )
    store.failed.connect(lambda message: notes.add(Note("warning", message, subject="settings")))
    store.saved.connect(lambda: notes.settle("settings"))


def _on_setting_changed(parts: Parts, name: str) -> None:
    """Whatever failed, it failed with another model, key or address."""
    if name == "model" or name in settings_values.ACCESS:
        parts.notes.settle("session", "network")
        parts.key_need.look()


def _on_undo_offered(parts: Parts, possible: bool) -> None:
    """All settings were reset; the dialog may be closed before it is seen what that means."""
    if possible:
        parts.notes.add(Note("warning", SETTINGS_RESET(), action="undo_reset", subject="reset"))
    else:
        parts.notes.settle("reset")


def _on_device_chosen(parts: Parts, _: AudioOptions, name: str) -> None:
    """What was said of the old device is over."""
    subjects: dict[str, NoteSubject] = {"input_device": "microphone", "output_device": "speaker"}
    if name in subjects:
        parts.notes.settle(subjects[name], "test")


def _on_conversation_left(parts: Parts, left: LeftAs) -> None:
    """Where the last conversation is: in the history, or nowhere but here."""
    message = (
        LAST_IN_HISTORY(key=shortcuts.HISTORY)
        if left == "kept"
        else (LAST_LOST if left == "lost" else LAST_NOT_KEPT)()
    )
    kind: NoteKind = "hint" if left == "kept" else "warning"
    parts.notes.add(Note(kind, message, action="show_last", subject="left"))
