"""A recording's turns from its marks, as they were timed when it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktop.turn.marks import Mark
from desktop.turn.timing import TurnTiming
from desktop.turn.timing_tracker import TimingTracker


def turns_of(marks: Iterable[Mark], model: str = "") -> tuple[TurnTiming, ...]:
    """The turns of these marks, in the order in which they were noticed; times in ms since the beginning.

    `model` is the id of the model that was asked.
    """
    tracker = TimingTracker()
    for mark in marks:
        if model and mark.mark in ("key_up", "commit"):
            tracker.of_model(model)
        rule = _RULES.get(mark.mark)
        if rule:
            rule(tracker, mark, mark.t / 1_000)
    return tuple(tracker.turns)


def _key_down(tracker: TimingTracker, mark: Mark, at: float) -> None:
    tracker.press(at)
    tracker.stopped_by_key(at)


def _last_audible(tracker: TimingTracker, mark: Mark, at: float) -> None:
    if mark.ms is None:
        tracker.done(at)  # it was heard to its end
    else:
        tracker.last_audible(at)


def _reply_done(tracker: TimingTracker, mark: Mark, at: float) -> None:
    tracker.reply_ended(mark.count or 0, mark.ms or 0.0)
    tracker.done(at)


_RULES: dict[str, Callable[[TimingTracker, Mark, float], object]] = {
    "take_began": lambda tracker, mark, at: tracker.press(at),
    "key_down": _key_down,
    "first_packet": lambda tracker, mark, at: tracker.packet(at),
    "key_up": lambda tracker, mark, at: tracker.release(at, by_server=mark.text == "server"),
    "captured_to": lambda tracker, mark, at: tracker.captured(at),
    "gate_shut": lambda tracker, mark, at: tracker.gate_shut(at),
    "take_discarded": lambda tracker, mark, at: tracker.thrown_away(at),
    "take_kept": lambda tracker, mark, at: tracker.keep(),
    "commit": lambda tracker, mark, at: tracker.commit(at),
    "cancel": lambda tracker, mark, at: tracker.cancel(at),
    "reply_started": lambda tracker, mark, at: tracker.response_started(at),
    "first_delta": lambda tracker, mark, at: tracker.first_audio(at),
    "last_delta": lambda tracker, mark, at: tracker.last_audio(at),
    "first_sample": lambda tracker, mark, at: tracker.first_heard(at, mark.ms),
    "first_audible": lambda tracker, mark, at: tracker.audible(at),
    "last_audible": _last_audible,
    "interrupted": lambda tracker, mark, at: tracker.interrupted(at),
    "underrun": lambda tracker, mark, at: tracker.underrun(mark.ms or 0.0),
    "tool_ended": lambda tracker, mark, at: tracker.tool(mark.ms or 0.0),
    "reply_done": _reply_done,
    "silence": lambda tracker, mark, at: tracker.silence(mark.ms or 0.0),
}
