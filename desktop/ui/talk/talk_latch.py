"""One talk key for all keys and buttons that talk. A double tap locks it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.turn.effects import DisplayState
from desktop.ui.talk.stroke_clock import StrokeClock
from desktop.ui.talk.tap_lock import WAIT_MS, TapAction, TapLock

log = logging.getLogger(__name__)


class TalkLatch(QObject):
    """Receives every press and release in the window and its dialogs, and emits what they mean.

    Args:
        enabled: whether a double tap locks; `enable` changes it at once.
        parent: its owner.
        clock: seconds that never run backwards.
    """

    pressed = Signal()
    released = Signal(float)
    """The milliseconds for which the take is to be kept open: a second tap may come."""
    lost = Signal()
    lock_changed = Signal(bool)
    """Whether the microphone stays open without a key being held."""

    def __init__(
        self, enabled: bool, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._lock = TapLock(enabled)
        self._strokes = StrokeClock(clock)
        self._shown = False
        self._key = self._lock.key
        self.struck_at = 0.0
        """When the key that is emitted was struck, in seconds of `time.monotonic`."""

    @property
    def locked(self) -> bool:
        """Whether the microphone is locked open."""
        return self._lock.locked

    def enable(self, enabled: bool) -> None:
        """Allow or forbid locking by a double tap. A lock that exists ends with the next press."""
        self._lock.enabled = enabled

    def press(self, made_at: float | None = None) -> None:
        """A talk key or button went down, by default now."""
        # A key and a button, or the keys of two windows, read late in one go: no source knows of the other.
        if made_at is not None and self._strokes.press(round(1_000 * made_at)):
            self.lose(made_at)
        self._do(self._lock.down(self._clock()), made_at)

    def release(self, made_at: float | None = None) -> None:
        """The key or button went up."""
        if made_at is not None and self._strokes.release(round(1_000 * made_at)):
            self.lose(made_at)
            return
        self._do(self._lock.up(self._clock()), made_at)

    def lose(self, made_at: float | None = None) -> None:
        """Its release may never come: its window lost the focus."""
        self._do(self._lock.lost(self._clock()), made_at)

    def toggle(self) -> None:
        """Lock, or send what is locked, for users who can't hold a key. It counts as a double tap, or a tap.

        In hands-free turns, where nothing is held, it is a single press.
        """
        for _ in range(2 if self._lock.enabled and not self.locked else 1):
            self.press()
            self.release()

    def attend(self, attended: bool) -> None:
        """A window of the program came to the front, or lost the focus: then nothing stays locked."""
        if self.locked and not attended:
            self.lose()

    def show_state(self, state: DisplayState) -> None:
        """The state changed: a take is open while it is `LISTENING`."""
        self._do(self._lock.take_is(state is DisplayState.LISTENING, self._clock()))

    def _do(self, acts: list[TapAction], made_at: float | None = None) -> None:
        self.struck_at = self._clock() if made_at is None else made_at
        if self._lock.key is not self._key:
            log.debug("talk key: %s -> %s", self._key.value, self._lock.key.value)
            self._key = self._lock.key
        for act in acts:
            match act:
                case TapAction.PRESS:
                    self.pressed.emit()
                case TapAction.RELEASE:
                    self.released.emit(0.0)
                case TapAction.TAP:
                    self.released.emit(WAIT_MS)
                case TapAction.LOSE:
                    self.lost.emit()
        if self._lock.locked != self._shown:
            self._shown = self._lock.locked
            self.lock_changed.emit(self._shown)
