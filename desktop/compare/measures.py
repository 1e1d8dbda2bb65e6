"""One turn's figures, from what the session noticed. Pure: no clock."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from desktop.compare.results import Sound, ToolUse, TurnResult, amounts
from desktop.conversation.answered import Answered, Arrival
from desktop.turn.timing import TurnTiming
from desktop.turn.turn_parts import parts_of, wait_of

PREBUFFER_MS = 40.0
"""What a player waits for before it begins, as the window's at its start (`audio/jitter_buffer.py`)."""
LEAST_STALL_MS = 10.0
"""A block of the device: less isn't noticed there."""


def measured(
    answered: Answered, result: TurnResult, *, sent: str = "", interrupted: bool = False
) -> TurnResult:
    """Fill in a turn's result.

    Args:
        answered: what the session noticed.
        result: has what was asked.
        sent: the SHA-256 of the take at the session's rate; empty where nothing was spoken.
        interrupted: the script let the next take begin before the answer was over.
    """
    turn = answered.turn
    result.understood, result.answer = turn.user, turn.assistant
    result.complete = turn.complete
    result.interrupted = interrupted and not turn.complete
    result.tools = [
        ToolUse(call.name, call.arguments, call.state, round(call.duration_ms, 1)) for call in turn.calls
    ]
    result.problems = [] if result.interrupted else list(turn.problems)
    answers = bool(turn.assistant or answered.arrivals)
    if not result.interrupted and not (turn.complete and answers):
        result.error = next(iter(turn.problems), "The answer is not complete.")
    result.retries = answered.retries
    result.cost = amounts(answered.cost)
    result.input_rate, result.output_rate = answered.input_rate, answered.output_rate
    result.sent_bytes, result.sent_sha256 = answered.sent_bytes, answered.sent_sha256
    if sent:
        result.same_sound = answered.sent_sha256 == sent
    first, end = answered.received
    if end > first:
        result.sound = Sound(first, end - first, answered.output_rate)
    result.stalls, result.stall_ms = stalls(answered.arrivals)
    if answered.timing is not None:
        _fill_times(result, answered.timing)
    return result


def _fill_times(result: TurnResult, timing: TurnTiming) -> None:
    parts = parts_of(timing)
    result.key_up_to_audible_ms = wait_of(timing)
    result.parts_ms = {" + ".join(part.names): part.ms for part in parts}
    result.leading_silence_ms = result.parts_ms.get("leading_silence")
    if result.kind == "typed":
        result.begins_with = "commit"
    elif timing.detail.way.by_server or timing.release is None:
        result.begins_with = "server"
    counts = timing.detail.counts
    if counts.spoken_ms > 0:
        result.length_ms, result.silence_ms = counts.spoken_ms, counts.silence_ms
        result.words_a_minute = counts.words_a_minute


def stalls(arrivals: Iterable[Arrival], prebuffer_ms: float = PREBUFFER_MS) -> tuple[int, float]:
    """How often a player had nothing to play in the middle of a reply, and for how many ms in all.

    Args:
        arrivals: the pieces of sound as they came.
        prebuffer_ms: how much it waits for before it begins, and after each stall.
    """
    count, lost = 0, 0.0
    for _, pieces in groupby(arrivals, lambda piece: piece.reply):
        there = 0.0  # that has come since it began to play, or to wait
        began: float | None = None
        empty_since: float | None = None
        for piece in pieces:
            if began is not None and piece.at > began + there:
                empty_since, began, there = began + there, None, 0.0
            there += piece.ms
            if began is None and there >= prebuffer_ms:
                began = piece.at
                if empty_since is not None and piece.at - empty_since >= LEAST_STALL_MS:
                    count += 1
                    lost += piece.at - empty_since
                empty_since = None
    return count, round(lost, 3)
