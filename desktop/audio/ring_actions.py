"""The commands to the callback of an output stream: play a ring, end it, continue with another.

An action ends when its ring runs empty, and what comes later needs a new one. A cancelled action ends with
the next block.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from desktop.audio.format import Samples
from desktop.audio.streams import OutputStream, Ring

CALLBACK_S = 0.0003
"""Far more than one run of the callback takes: some microseconds."""


class RingActions:
    """The action that plays, and those that were cancelled until the callback has let go of them."""

    def __init__(self, stream: OutputStream) -> None:
        self.underflows = 0
        """Blocks that the device had to do without while the actions that have ended were playing."""
        self.stuck = False
        """The device takes no commands any more."""
        self._stream = stream
        self._ring: Ring | None = None
        self._action: Any = None
        # What the callback may still read: an action, the cancel that ends it, and its ring.
        self._cancelled: list[tuple[Any, Any, Ring | None]] = []

    @property
    def playing(self) -> bool:
        """A ring plays, as far as was seen."""
        return self._action is not None

    @property
    def settled(self) -> bool:
        """The callback has carried out every cancel."""
        self._let_go()
        return not self._cancelled

    def play(self, ring: Ring) -> None:
        """Play this ring from the next block on."""
        self._ring = ring
        self._action = self._command(lambda: self._stream.play_ringbuffer(ring))

    def cancel(self) -> None:
        """End what plays with the next block, if anything does."""
        if self._action is not None:
            playing, self._action = self._action, None
            cancel = self._command(lambda: self._stream.cancel(playing))
            self._cancelled.append((playing, cancel, self._ring))

    def exchange(self, ring: Ring) -> None:
        """Go on with this ring instead of the one that plays; both end with the same frame.

        The callback changes over between two blocks. What it takes of the old ring until then is dropped
        from the new one, so that nothing is heard twice.
        """
        old, playing = self._ring, self._action
        assert old is not None
        waiting = old.read_available
        ring.read(ring.read_available - waiting)
        commands = self._command(lambda: self._stream.exchange(playing, ring))
        if commands is None:
            return
        cancel, self._action = commands
        self._cancelled.append((playing, cancel, old))
        self._ring = ring
        # A callback that had begun before the command came still reads the old ring. It ends within
        # microseconds, and the next one, which changes over, comes a block later: time to drop that block.
        until = time.perf_counter() + CALLBACK_S
        while time.perf_counter() < until and ring.read_available == waiting:
            if taken := waiting - old.read_available:
                ring.read(taken)
                waiting -= taken

    def mix_in(self, frames: Samples) -> bool:
        """Sound interleaved frames beside what plays, from the next block on; False if nothing takes them."""
        if self.stuck:
            return False
        return self._command(lambda: self._stream.play_buffer(frames, self._stream.channels)) is not None

    def ran_empty(self) -> bool:
        """Whether the ring has run empty since the last look: nothing plays then until `play`."""
        if self._action is None or self._action in self._let_go():
            return False
        self.underflows += self._action.stats.output_underflows
        self._action = None
        return True

    def _let_go(self) -> Collection[Any]:
        """Forget what the callback no longer reads; returns the actions that are under way."""
        under_way = self._stream.actions
        for cancelled in self._cancelled[:]:
            action, cancel, _ = cancelled
            if action not in under_way and cancel not in under_way:
                self._cancelled.remove(cancelled)
                self.underflows += action.stats.output_underflows
        return under_way

    def _command(self, command: Callable[[], Any]) -> Any:
        try:
            return command()
        except RuntimeError:  # rtmixer's queue of 16 actions is full: no callback has run for a long time
            self.stuck = True
            return None
