"""The one state that the user sees, and why there is no session: both change in the same moment."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

from desktop.devices.audio_controller import AudioController
from desktop.turn.effects import DisplayState, Note

log = logging.getLogger(__name__)

TALKING = (DisplayState.READY, DisplayState.LISTENING, DisplayState.INTERRUPTED)
"""The states in which the user talks or could: not muted, and not without a microphone."""
CLOSED = (DisplayState.OFFLINE, DisplayState.ERROR)


class DisplayedState(QObject):
    """Holds the displayed state. It is `ERROR` for as long as the reason is true, and only then."""

    changed = Signal(DisplayState)
    failure_told = Signal(Note)

    def __init__(self, audio: AudioController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._audio = audio
        self._session = DisplayState.OFFLINE
        self._failure: Note | None = None
        self.current = DisplayState.OFFLINE
        """What the user sees."""
        audio.mute_changed.connect(self._refresh)
        audio.used_changed.connect(self._refresh)

    def begin(self) -> None:
        """A session is being opened."""
        self._failure = None
        self.follow(DisplayState.CONNECTING)

    def follow(self, session: DisplayState) -> None:
        """The session's state is this; its end comes by `end`."""
        self._session = session
        self._show(self._seen(session))

    def fail(self, failure: Note) -> None:
        """Why the session ends: told with its end, for until then the state would say something else."""
        self._failure = failure

    def end(self, state: DisplayState) -> None:
        """The session and its devices are closed: `OFFLINE` or `ERROR`."""
        failure, self._failure = self._failure, None
        self.follow(state)
        if failure and state is DisplayState.ERROR:
            self.failure_told.emit(failure)

    def forget_failure(self) -> None:
        """Why the last session ended is true no longer: there is just none."""
        if self._session is DisplayState.ERROR:
            self.follow(DisplayState.OFFLINE)

    def _seen(self, session: DisplayState) -> DisplayState:
        if session is DisplayState.SPEAKING and self._audio.lacks("speaker"):
            return DisplayState.THINKING  # it can only be read
        if session not in TALKING:
            return session
        if self._audio.lacks("microphone"):
            return DisplayState.NO_MICROPHONE
        muted = self._audio.muted and session is not DisplayState.INTERRUPTED
        return DisplayState.MUTED if muted else session

    def _refresh(self) -> None:
        seen = self._seen(self._session)
        if seen is not self.current:
            self._show(seen)

    def _show(self, state: DisplayState) -> None:
        if state is not self.current:
            log.debug("shown: %s -> %s", self.current.value, state.value)
        self.current = state
        self.changed.emit(state)
