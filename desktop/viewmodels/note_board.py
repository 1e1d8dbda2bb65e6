"""The notes to the user that are true now: what makes one untrue takes it away.

A note goes with a display state that it doesn't fit (`FITS`), when the user goes on (`PASSING`), or when its
subject is settled: a key was added, a device is back, a file could be written. Hints also go by themselves.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.turn.effects import DisplayState, Note
from desktop.turn.note_subject import NoteSubject

CLOSED = frozenset({DisplayState.OFFLINE, DisplayState.ERROR})
OPEN = frozenset(DisplayState) - CLOSED - {DisplayState.CONNECTING}
FAILURES: tuple[NoteSubject, ...] = ("session", "network")
"""Why there is no session: one of them stands for as long as the state is `ERROR`."""

FITS: dict[NoteSubject, frozenset[DisplayState]] = {
    **dict.fromkeys(FAILURES, CLOSED),
    "no session": CLOSED,
    "connecting": frozenset({DisplayState.CONNECTING}),
    "resting": frozenset({DisplayState.RESTING}),
    "listening": frozenset({DisplayState.LISTENING, DisplayState.MUTED}),
    "answer": OPEN,
    "change": OPEN,
    "microphone": OPEN | {DisplayState.CONNECTING},
    "speaker": OPEN | {DisplayState.CONNECTING},
}
"""The states beside which a note can be true; a subject that isn't here fits all of them."""
PASSING: frozenset[NoteSubject] = frozenset({"news", "answer", "take", "export", "test"})
"""Subjects of the past: the user goes on, and has read it."""
UNTIL_TALK: frozenset[NoteSubject] = frozenset(
    {"microphone", "speaker", "settings read", "left", "reset", "hotkey", "tray", "login", "others"}
)
"""Those of what stays as it is: they are read when the user talks."""

_IDLE = (DisplayState.READY, DisplayState.MUTED, DisplayState.INTERRUPTED, DisplayState.NO_MICROPHONE)
_IN_SESSION = (
    *_IDLE,
    DisplayState.LISTENING,
    DisplayState.SENDING,
    DisplayState.THINKING,
    DisplayState.TOOL,
    DisplayState.SPEAKING,
)


class NoteBoard(QObject):
    """Holds one note of each subject; the newest is shown, and what it covered again when it is gone."""

    added = Signal(Note)
    changed = Signal()
    """Another note is shown, or none."""
    failure_settled = Signal()
    """Why there was no session is true no longer: nothing failed that is worth mentioning."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notes: dict[NoteSubject, Note] = {}
        self._state = DisplayState.OFFLINE

    @property
    def shown(self) -> Note | None:
        """The note to show."""
        return next(reversed(self._notes.values()), None)

    @property
    def standing(self) -> tuple[Note, ...]:
        """All that are true now, the shown one last."""
        return tuple(self._notes.values())

    def add(self, note: Note) -> None:
        """Show this note, in place of what stood about its subject."""
        self._notes.pop(note.subject, None)
        if note.subject in FAILURES:
            self._drop(FAILURES)
        self._notes[note.subject] = note
        self.added.emit(note)
        self.changed.emit()

    def remove(self, note: Note) -> None:
        """It was read."""
        if self._notes.get(note.subject) is note:
            self._drop((note.subject,))
            self.changed.emit()

    def settle(self, *subjects: NoteSubject) -> None:
        """What the notes about these subjects say is true no longer."""
        if gone := self._drop(subjects):
            self.changed.emit()
            if any(note.subject in FAILURES for note in gone):
                self.failure_settled.emit()

    def follow(self, state: DisplayState) -> None:
        """The display state has changed: remove what doesn't fit it, or is over."""
        before, self._state = self._state, state
        goes_on = _goes_on(before, state)
        gone = [
            subject
            for subject, note in self._notes.items()
            if state not in FITS.get(subject, (state,)) or (goes_on and _passes(note, state))
        ]
        if self._drop(gone):
            self.changed.emit()

    def _drop(self, subjects: tuple[NoteSubject, ...] | list[NoteSubject]) -> list[Note]:
        return [self._notes.pop(subject) for subject in subjects if subject in self._notes]


def _passes(note: Note, state: DisplayState) -> bool:
    if note.subject in (
        "microphone",
        "speaker",
        "settings read",
        "left",
        "reset",
        "hotkey",
        "tray",
        "login",
        "others",
    ):
        # Another device is used now, say, which is no error, and the user speaks into it.
        return note.kind != "error" and state is DisplayState.LISTENING
    return note.subject in PASSING


def _goes_on(before: DisplayState, state: DisplayState) -> bool:
    """Whether the user goes on, or it works again. An answer that failed leads back to Ready too."""
    if state is DisplayState.LISTENING:
        return before is not state
    if state is DisplayState.READY:
        return before not in _IN_SESSION
    return before in _IDLE and state in (DisplayState.SENDING, DisplayState.THINKING)
