"""Groups moments into turns as they come, late, twice or never."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop.turn.timing import KEPT, RESPONSE, Moment, TurnTiming, has_response

LONGEST_TAIL_MS = 1_000.0
"""A press this soon after a release, with nothing committed yet, goes on with the same take."""


class TimingTracker:
    """Groups moments into turns. Each method returns the turn that it changed, or None."""

    def __init__(self) -> None:
        self._turns: deque[TurnTiming] = deque(maxlen=KEPT)
        self._count = 0
        self.last_audio_at: float | None = None
        """When sound of a response came last."""
        self._kept = 0
        """The number of the last turn whose take was sent and is to be sent again."""

    @property
    def turns(self) -> Sequence[TurnTiming]:
        """The turns, oldest first."""
        return tuple(self._turns)

    def begin_conversation(self) -> Sequence[TurnTiming]:
        """Forget the turns, but for those that are still to be sent: they become the first."""
        waiting = [turn for turn in self._turns if _is_open(turn) or turn.number == self._kept]
        self._turns.clear()
        self._turns.extend(replace(turn, number=number) for number, turn in enumerate(waiting, 1))
        self._count, self._kept = len(self._turns), 0
        return self.turns

    def keep(self) -> None:
        """The last take has no response and will be sent again."""
        last = self._last
        self._kept = last.number if last and not has_response(last) else 0

    def press(self, at: float) -> TurnTiming | None:
        """The user begins to speak, or goes on in the tail of the last take."""
        last = self._last
        if last is None or not _is_open(last):
            return self._begin("press", at)
        if last.release is None:
            return None
        if at - last.release > LONGEST_TAIL_MS:
            return self._begin("press", at)
        return self._put(replace(last, release=None))

    def packet(self, at: float) -> TurnTiming | None:
        """Sound of the take was handed to the socket; the first counts."""
        return self._of_take("first_packet", at)

    def release(self, at: float, *, by_server: bool = False) -> TurnTiming | None:
        """The user has let go of the key; `by_server`: the server has heard them fall silent."""
        turn = self._of_take("release", at)
        return self._way(turn, by_server=True) if turn and by_server else turn

    def captured(self, at: float) -> TurnTiming | None:
        """The last sample of the take was captured."""
        last = self._last
        return self._way(last, captured=at) if last and _is_open(last) else None

    def gate_shut(self, at: float) -> TurnTiming | None:
        """All of the take was handed on."""
        last = self._last
        return self._way(last, gate_shut=at) if last and _is_open(last) else None

    def thrown_away(self, at: float) -> TurnTiming | None:
        """The take was too short or was discarded: its turn is dropped."""
        last = self._last
        return self._put(last.with_moment("done", at)) if last and _is_open(last) else None

    def commit(self, at: float) -> TurnTiming | None:
        """The take was committed; without one, a turn without a key begins here: typed, or hands-free."""
        last = self._last
        if last and last.commit is None and last.done is None and _before_response(last, at):
            return self._put(last.with_moment("commit", at))
        if last and last.commit is not None and last.done is None and not has_response(last):
            return None
        return self._begin("commit", at)

    def response_started(self, at: float) -> TurnTiming | None:
        """A response begins. A further one in the same turn (after a tool) changes nothing."""
        turn = self._responding
        last = self._last
        if last and _is_open(last) and last.release is not None and (turn is None or has_response(turn)):
            turn = last
        return self._set_first(turn, "response_started", at)

    def first_audio(self, at: float) -> TurnTiming | None:
        """Sound of the response has come; the first counts."""
        return self._set_first(self._responding, "first_audio", at)

    def last_audio(self, at: float) -> TurnTiming | None:
        """Sound of the response has come: the last counts, also of what comes after an interruption."""
        self.last_audio_at = at
        turn = self._responding
        return self._stop(turn, last_delta=at) if turn and turn.interrupted is not None else None

    def first_heard(self, at: float, latency_ms: float | None = None) -> TurnTiming | None:
        """Sound of the response has left the speaker; the first counts.

        It was handed to the device so many ms before; None: the device doesn't say.
        """
        turn = self._set_first(self._responding, "first_heard", at)
        if turn is None:
            return None
        unknown = latency_ms is None
        return self._way(
            turn, handed=None if latency_ms is None else at - latency_ms, latency_unknown=unknown
        )

    def audible(self, at: float) -> TurnTiming | None:
        """The first sample of the response that can be heard has left the speaker; the first counts."""
        turn = self._responding
        fits = turn and turn.first_heard is not None and turn.detail.way.audible is None
        return self._way(turn, audible=at) if turn and fits else None

    def underrun(self, ms: float) -> TurnTiming | None:
        """The speaker was empty for so long while a response was open."""
        turn = self._responding
        counts = turn.detail.counts if turn else None
        if turn is None or counts is None:
            return None
        return self._counts(turn, underruns=counts.underruns + 1, underrun_ms=counts.underrun_ms + ms)

    def tool(self, ms: float) -> TurnTiming | None:
        """A tool has run for so long."""
        turn = self._responding
        counts = turn.detail.counts if turn else None
        if turn is None or counts is None:
            return None
        return self._counts(turn, tools=counts.tools + 1, tool_ms=counts.tool_ms + ms)

    def silence(self, ms: float) -> TurnTiming | None:
        """So much of a response's sound is silence."""
        turn = self._responding
        counts = turn.detail.counts if turn else None
        if turn is None or counts is None:
            return None
        return self._counts(turn, silence_ms=counts.silence_ms + ms)

    def reply_ended(self, words: int, spoken_ms: float) -> TurnTiming | None:
        """A response is over, with so many words and so much sound."""
        turn = self._responding
        if turn is None or not (words or spoken_ms):
            return None
        counts = turn.detail.counts
        return self._counts(turn, words=counts.words + words, spoken_ms=counts.spoken_ms + spoken_ms)

    def of_model(self, model: str) -> TurnTiming | None:
        """The newest turn asks this model."""
        last = self._last
        if last is None or last.detail.model == model:
            return None
        return self._put(replace(last, detail=replace(last.detail, model=model)))

    def stopped_by_key(self, at: float) -> TurnTiming | None:
        """The key whose press is told of went down then: it may have interrupted a response."""
        turn = self._responding
        if turn is None or turn.interrupted is None or turn.detail.stop.key_down is not None:
            return None
        return self._stop(turn, key_down=at) if at <= turn.interrupted + LONGEST_TAIL_MS else None

    def cancel(self, at: float) -> TurnTiming | None:
        """The request to stop a response was handed to the socket."""
        turn = self._responding
        return self._stop(turn, cancel=at) if turn and turn.detail.stop.cancel is None else None

    def last_audible(self, at: float) -> TurnTiming | None:
        """The last sample of an interrupted response leaves the speaker."""
        turn = self._responding
        if turn is None or turn.interrupted is None or turn.detail.stop.last_audible is not None:
            return None
        return self._stop(turn, last_audible=at, last_delta=self.last_audio_at)

    def _way(self, turn: TurnTiming, **changes: Any) -> TurnTiming:
        detail = turn.detail
        return self._put(replace(turn, detail=replace(detail, way=replace(detail.way, **changes))))

    def _stop(self, turn: TurnTiming, **changes: Any) -> TurnTiming:
        detail = turn.detail
        return self._put(replace(turn, detail=replace(detail, stop=replace(detail.stop, **changes))))

    def _counts(self, turn: TurnTiming, **changes: Any) -> TurnTiming:
        detail = turn.detail
        return self._put(replace(turn, detail=replace(detail, counts=replace(detail.counts, **changes))))

    def interrupted(self, at: float) -> TurnTiming | None:
        """The response was cut short. A new take may have begun before."""
        turn = self._responding
        return self._put(turn.with_moment("interrupted", at)) if turn and turn.interrupted is None else None

    def done(self, at: float) -> TurnTiming | None:
        """The response is over; the last of several in a turn counts."""
        turn = self._responding
        if turn is None or (turn.done is not None and turn.done >= at):
            return None
        return self._put(turn.with_moment("done", at))

    @property
    def newest(self) -> int:
        """The number of the newest turn; 0 before the first."""
        return self._count

    @property
    def responding(self) -> int:
        """The number of the newest turn that the service is responding to; 0 before the first."""
        turn = self._responding
        return turn.number if turn else 0

    @property
    def _last(self) -> TurnTiming | None:
        return self._turns[-1] if self._turns else None

    @property
    def _responding(self) -> TurnTiming | None:
        """The newest turn that the service is responding to."""
        sent = (turn for turn in reversed(self._turns) if turn.commit is not None or has_response(turn))
        return next(sent, None)

    def _begin(self, moment: Moment, at: float) -> TurnTiming:
        self._count += 1
        turn = TurnTiming(self._count).with_moment(moment, at)
        self._turns.append(turn)
        return turn

    def _of_take(self, moment: Moment, at: float) -> TurnTiming | None:
        last = self._last
        fits = last and last.press is not None and last.at(moment) is None and _before_response(last, at)
        return self._put(last.with_moment(moment, at)) if last and fits else None

    def _set_first(self, turn: TurnTiming | None, moment: Moment, at: float) -> TurnTiming | None:
        if turn is None or turn.at(moment) is not None:
            return None
        if turn.interrupted is not None and at > turn.interrupted:
            return None
        return self._put(turn.with_moment(moment, at))

    def _put(self, turn: TurnTiming) -> TurnTiming:
        self._turns[turn.number - self._turns[0].number] = turn
        return turn


def _is_open(turn: TurnTiming) -> bool:
    """Its take may still go on."""
    return turn.press is not None and turn.commit is None and turn.done is None and not has_response(turn)


def _before_response(turn: TurnTiming, at: float) -> bool:
    """Neither the turn's response nor its end came before this."""
    return all(later is None or at <= later for later in map(turn.at, (*RESPONSE, "interrupted", "done")))
