"""rtmixer's output stream with one more command: exchange what plays."""

from __future__ import annotations

from typing import Any


class Exchange:
    """Put before `rtmixer.Mixer` in a class's bases."""

    # What `exchange` keeps back from the queue of commands: the action, and what must live as long.
    _held: list[tuple[Any, Any]] | None = None

    def exchange(self, playing: Any, ringbuffer: Any) -> tuple[Any, Any]:
        """Cancel an action and play a ring instead, from the same block on; returns both commands.

        As two commands they could reach the callback in different blocks. It takes a linked list of
        them as one. Raises RuntimeError if the queue is full.
        """
        self._held = []
        try:
            cancel, play = self.cancel(playing), self.play_ringbuffer(ringbuffer)  # type: ignore[attr-defined]
            _, (_, keep_alive) = self._held
        finally:
            self._held = None
        cancel.next = play
        self._enqueue(cancel)
        self._actions[play] = keep_alive  # type: ignore[attr-defined]
        return cancel, play

    def _enqueue(self, action: Any, keep_alive: Any = None) -> None:
        if self._held is not None:
            self._held.append((action, keep_alive))
        else:
            super()._enqueue(action, keep_alive)  # type: ignore[misc]


def mixer(rtmixer: Any) -> Any:
    """The class of output streams, from a module that is loaded late."""
    return type("ExchangeMixer", (Exchange, rtmixer.Mixer), {})
