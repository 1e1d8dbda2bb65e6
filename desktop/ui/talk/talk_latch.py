"""One talk key for all keys and buttons that talk: the last one to come up ends it. A double tap locks it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.turn.effects import DisplayState
from desktop.ui.talk.stroke_clock import StrokeClock
from desktop.ui.talk.tap_lock import WAIT_MS, TalkKeyState, TapAction, TapLock

log = logging.getLogger(__name__)


FRESH_S = 1.0
"""A stroke that is read later than this is no tap, as a request from outside is none."""


class TalkLatch(QObject):
    """Receives every press and release of each key and button, and emits what they mean.

    A key from outside, of a window manager's, opens and closes the take by itself. Here it is only known
    whether it is held, because it keeps the take open; it may have gone up unheard, so a tap of ours ends it.

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
        self._held: set[object] = set()
        self._held_outside = False
        self._reachable = False
        self._shown = False
        self._key = self._lock.key
        self.struck_at = 0.0
        """When the key that is emitted was struck, in seconds of `time.monotonic`."""

    @property
    def locked(self) -> bool:
        """Whether the microphone is locked open."""
        return self._lock.locked

    @property
    def held(self) -> bool:
        """Whether one of our own keys or buttons holds the take open: not where its take is over."""
        return self._lock.key in (TalkKeyState.HELD, TalkKeyState.AGAIN)

    def enable(self, enabled: bool) -> None:
        """Allow or forbid locking by a double tap. A lock that exists ends with the next press."""
        self._lock.enabled = enabled

    def press(self, made_at: float | None = None, key: object = None, *, anywhere: bool = False) -> None:
        """A key or button went down, by default now. Beside another one it only keeps the take open.

        `anywhere`: it is heard in all programs, so what it holds or locks needs no focus.
        """
        self._reachable = anywhere
        # A key and a button, or the keys of two windows, read late in one go: no source knows of the other.
        late = made_at is not None and self._strokes.press(round(1_000 * made_at))
        first = not self._held
        self._held.add(key)
        if not first:
            return
        if late:
            self._do(self._lock.lost(self._clock()), made_at)
        self._do(self._lock.down(self._clock()), made_at)

    def release(self, made_at: float | None = None, key: object = None, *, alone: bool = True) -> None:
        """This one went up; of those that are held, the last one ends the take.

        `alone`: nothing else was struck while it was down. If so it may be a tap.
        """
        late = made_at is not None and self._strokes.release(round(1_000 * made_at))
        if key not in self._held:
            return  # it was given up as lost
        self._held.discard(key)
        if not self._held:
            # Who taps on a window that hangs sees nothing happen: it must not lock seconds later.
            fresh = made_at is None or self._clock() - made_at <= FRESH_S
            up = self._lock.up if alone and fresh else self._lock.up_no_tap
            self._do((self._lock.lost if late else up)(self._clock()), made_at)

    def lose(self, made_at: float | None = None, key: object = None) -> None:
        """The release of this one may never come, as where its window lost the focus."""
        self._held.discard(key)
        if not self._held:
            self._do(self._lock.lost(self._clock()), made_at)

    @property
    def reachable(self) -> bool:
        """Whether what is held or locked is so by a key that is heard in all programs."""
        return self._reachable and (self.held or self.locked)

    def lose_reach(self) -> None:
        """The key for all programs is heard no longer: it could not end what it has locked."""
        if self.locked and self._reachable:
            self._reachable = False
            self.lose_all()

    def lose_all(self) -> None:
        """No release may come: something else is about to take the keyboard, or the focus has gone."""
        if self.reachable:
            return
        self._held.clear()
        self._do(self._lock.lost(self._clock()))

    def hold_outside(self, held: bool) -> None:
        """A key from outside keeps the take open, or no longer."""
        self._held_outside = held

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
            self.lose_all()

    def show_state(self, state: DisplayState) -> None:
        """The state changed: a take is open while it is `LISTENING`."""
        open_ = state is DisplayState.LISTENING
        self._held_outside = self._held_outside and open_
        self._do(self._lock.take_is(open_, self._clock()))

    def _do(self, acts: list[TapAction], made_at: float | None = None) -> None:
        self.struck_at = self._clock() if made_at is None else made_at
        if self._lock.key is not self._key:
            log.debug("talk key: %s -> %s", self._key.value, self._lock.key.value)
            self._key = self._lock.key
        for act in acts:
            match act:
                case TapAction.RELEASE | TapAction.LOSE if self._held_outside:
                    pass
                case TapAction.PRESS:
                    self.pressed.emit()
                case TapAction.RELEASE:
                    self.released.emit(0.0)
                case TapAction.TAP:
                    self._held_outside = False
                    self.released.emit(WAIT_MS)
                case TapAction.LOSE:
                    self.lost.emit()
        if self._lock.locked != self._shown:
            self._shown = self._lock.locked
            self.lock_changed.emit(self._shown)
