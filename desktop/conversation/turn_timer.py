"""Times the moments of each turn from the frames on the wire and the session's notices."""

from __future__ import annotations

from collections.abc import Callable

from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import PlaybackEnded, PlaybackStarted
from desktop.turn import effects
from desktop.turn.timing import TimingTracker, TurnTiming


class TurnTimer:
    """Puts a time on each moment of a turn. `clock` gives seconds that never run backwards.

    `changed` is called with each turn that a moment was added to.
    """

    def __init__(self, clock: Callable[[], float], changed: Callable[[TurnTiming], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._tracker = TimingTracker()

    @property
    def responding(self) -> int:
        """The number of the newest turn that the service is responding to; 0 before the first."""
        return self._tracker.responding

    def begin_conversation(self) -> None:
        """Number the turns from 1 again, beginning with those that are still to be sent."""
        for turn in self._tracker.begin_conversation():
            self._changed(turn)

    def press(self, made_at: float | None = None) -> None:
        """The talk key went down while a take is open: within its tail, the same take goes on."""
        self._tell(self._tracker.press(self._now() if made_at is None else made_at * 1_000))

    def release(self, made_at: float | None = None) -> None:
        """The talk key went up, at this time of the clock, by default now."""
        self._tell(self._tracker.release(self._now() if made_at is None else made_at * 1_000))

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        now = self._now()
        match frame.message:
            case commands.AudioAppend():
                self._tell(self._tracker.packet(now))
            case commands.AudioCommit() | commands.TextInput():
                self._tell(self._tracker.commit(now))
            case events.ResponseStarted():
                self._tell(self._tracker.response_started(now))
            case events.AudioDelta():
                self._tell(self._tracker.first_audio(now))
            case _:
                pass

    def notice(self, notice: effects.Notice) -> None:
        """A notice of the session."""
        now = self._now()
        match notice:
            case effects.TakeStarted():
                self._tell(self._tracker.press(now))
            case effects.TakeEnded(_, "short" | "thrown away"):
                self._tell(self._tracker.thrown_away(now))
            case effects.TakeEnded(_, "kept"):
                self._tracker.keep()
                self._tell(self._tracker.release(now))
            case effects.TakeEnded():  # by its cap, or because a device or the focus was lost
                self._tell(self._tracker.release(now))
            case PlaybackStarted(_, ago_ms):
                self._tell(self._tracker.first_heard(now - ago_ms))
            case effects.Heard() | effects.ResponseEnded(_, "interrupted"):
                self._tell(self._tracker.interrupted(now))
            case effects.ResponseEnded() | PlaybackEnded():
                self._tell(self._tracker.done(now))
            case _:
                pass

    def _now(self) -> float:
        return self._clock() * 1_000

    def _tell(self, turn: TurnTiming | None) -> None:
        if turn is not None:
            self._changed(turn)
