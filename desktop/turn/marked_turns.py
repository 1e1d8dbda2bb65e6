"""A recording's turns from its marks, as they were timed when it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from desktop.turn.marks import Mark
from desktop.turn.timing import TurnTiming
from desktop.turn.timing_tracker import TimingTracker


def turns_of(marks: Iterable[Mark], model: str = "") -> tuple[TurnTiming, ...]:
    """The turns of these marks, in the order in which they were noticed; times in ms since the beginning.

    `model` is the id of the model that was asked.
    """
    marked = MarkedTurns(model)
    for mark in marks:
        marked.add(mark)
    return marked.turns


class MarkedTurns:
    """Turns that grow by marks, in the order in which these are noticed."""

    def __init__(self, model: str = "") -> None:
        self._model = model
        self._tracker = TimingTracker()

    @property
    def turns(self) -> tuple[TurnTiming, ...]:
        """The turns, oldest first."""
        return tuple(self._tracker.turns)

    def add(self, mark: Mark) -> tuple[TurnTiming, ...]:
        """Take one mark; the turns that it has changed."""
        changed: list[TurnTiming | None] = []
        if self._model and mark.mark in ("key_up", "commit"):
            changed.append(self._tracker.of_model(self._model))
        if rule := _RULES.get(mark.mark):
            changed += rule(self._tracker, mark, mark.t / 1_000)
        return tuple(turn for turn in changed if turn is not None)


Changed = Sequence[TurnTiming | None]


def _key_down(tracker: TimingTracker, mark: Mark, at: float) -> Changed:
    return tracker.press(at), tracker.stopped_by_key(at)


def _last_audible(tracker: TimingTracker, mark: Mark, at: float) -> Changed:
    # Without a length it was heard to its end.
    return (tracker.done(at) if mark.ms is None else tracker.last_audible(at),)


def _reply_done(tracker: TimingTracker, mark: Mark, at: float) -> Changed:
    return tracker.reply_ended(mark.count or 0, mark.ms or 0.0), tracker.done(at)


def _take_kept(tracker: TimingTracker, mark: Mark, at: float) -> Changed:
    tracker.keep()
    return ()


_RULES: dict[str, Callable[[TimingTracker, Mark, float], Changed]] = {
    "take_began": lambda tracker, mark, at: (tracker.press(at),),
    "key_down": _key_down,
    "first_packet": lambda tracker, mark, at: (tracker.packet(at),),
    "key_up": lambda tracker, mark, at: (tracker.release(at, by_server=mark.text == "server"),),
    "captured_to": lambda tracker, mark, at: (tracker.captured(at),),
    "gate_shut": lambda tracker, mark, at: (tracker.gate_shut(at),),
    "take_discarded": lambda tracker, mark, at: (tracker.thrown_away(at),),
    "take_kept": _take_kept,
    "commit": lambda tracker, mark, at: (tracker.commit(at),),
    "cancel": lambda tracker, mark, at: (tracker.cancel(at),),
    "reply_started": lambda tracker, mark, at: (tracker.response_started(at),),
    "first_delta": lambda tracker, mark, at: (tracker.first_audio(at),),
    "last_delta": lambda tracker, mark, at: (tracker.last_audio(at),),
    "first_sample": lambda tracker, mark, at: (tracker.first_heard(at, mark.ms),),
    "first_audible": lambda tracker, mark, at: (tracker.audible(at),),
    "last_audible": _last_audible,
    "interrupted": lambda tracker, mark, at: (tracker.interrupted(at),),
    "underrun": lambda tracker, mark, at: (tracker.underrun(mark.ms or 0.0),),
    "tool_ended": lambda tracker, mark, at: (tracker.tool(mark.ms or 0.0),),
    "reply_done": _reply_done,
    "silence": lambda tracker, mark, at: (tracker.silence(mark.ms or 0.0),),
}
