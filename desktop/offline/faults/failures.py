"""Faults of a response's end: failed, cut off, stopped or empty, in each shape that is seen on the wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from desktop.offline.faults.fault_session import tone
from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import Fault, FaultMoment, Scenario

HALF = "Half a sentence, then "
QUOTA = {
    "type": "insufficient_quota",
    "code": "insufficient_quota",
    "message": "You exceeded your current quota, please check your plan and billing details.",
}
RATE = {"type": "tokens", "code": "rate_limit_exceeded", "message": "Rate limit reached. Try again in 1 s."}
SERVER = {"type": "server_error", "code": None, "message": "The server had an error while responding"}
HOSTILE = {"code": "x" * 10_000, "message": "Wait.\x1b[2J\u202e\n" + "really " * 100_000}

PIECES = ("Hel", "lo", " the", "re.")


def _details(status: str, error: dict[str, Any] | None = None, reason: str = "") -> dict[str, Any]:
    details: dict[str, Any] = {"type": status}
    if reason:
        details["reason"] = reason
    if error:
        details["error"] = error
    return {"status": status, "status_details": details}


async def _end(fields: dict[str, Any], kind: str, half: bool, peer: Peer) -> None:
    await peer.send("response.started")
    if half:
        await peer.send("text.delta", delta=HALF)
        await peer.send_audio(tone(100))
    await peer.send(kind, **fields)


async def _fail_at_once(peer: Peer) -> None:
    await peer.send("response.done", **_details("failed", SERVER))


async def _error_first(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("error", error=QUOTA)
    await peer.send("response.done", response=_details("failed", QUOTA))


async def _error_after(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("response.done", response=_details("failed", QUOTA))
    await peer.send("error", error=QUOTA)


async def _tool_after_empty(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("response.completed", status="completed")
    await peer.sleep(0.5)
    await peer.send(
        "tool.call", tool_call_id="late", tool_name="calculate", tool_arguments={"expression": "6*7"}
    )


async def _in_pieces(peer: Peer) -> None:
    for piece in PIECES:
        await peer.send("transcript.committed", transcript=piece)
    await peer.send("response.started")
    for piece in PIECES:
        await peer.send("text.delta", delta=piece)
    await peer.send("response.completed")


async def _text_after_end(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("text.delta", delta="The answer. ")
    await peer.send_audio(tone(100))
    await peer.send("response.completed")
    await peer.send("text.delta", delta=" And its last words.")


async def _absurd_figures(peer: Peer) -> None:
    usage = {"total_tokens": -5, "output_tokens": 10**40, "seconds": "soon", "input_tokens": 7}
    await peer.send("response.started")
    await peer.send("text.delta", delta="All the same.")
    await peer.send("response.completed", usage=usage | {f"of_{n}": n for n in range(10_000)})


def _ends(
    name: str, about: str, fields: dict[str, Any], *, kind: str = "response.done", half: bool = True
) -> Scenario:
    fault = partial(_end, fields, kind, half)
    return Scenario(name=f"answer-{name}", about=about, moment=FaultMoment.ANSWER, fault=fault)


def _goes(name: str, about: str, fault: Fault, moment: FaultMoment = FaultMoment.ANSWER) -> Scenario:
    return Scenario(name=name, about=about, moment=moment, fault=fault)


FAILURES: tuple[Scenario, ...] = (
    _ends("quota", "fails an answer: the quota is used up", {"response": _details("failed", QUOTA)}),
    _ends("rate-limit", "fails an answer: too many requests", _details("failed", RATE), half=False),
    _ends("server-error", "fails an answer halfway: a server error", _details("failed", SERVER)),
    _ends("error-only", "fails an answer with an error and without a status", {"error": SERVER}),
    _ends("error-text", "fails an answer, and says why in a text", {"status": "failed", "error": "No luck"}),
    _ends("failed-bare", "fails an answer without a reason", {"status": "failed"}, half=False),
    _ends("failed-event", "fails an answer with response.failed", {}, kind="response.failed", half=False),
    _ends(
        "filtered",
        "cuts an answer off by its content filter",
        {"response": _details("incomplete", reason="content_filter")},
        kind="response.completed",
    ),
    _ends(
        "too-long",
        "cuts an answer off at its length limit",
        _details("incomplete", reason="max_output_tokens"),
    ),
    _ends(
        "too-long-details",
        "cuts an answer off at its length limit, in incomplete_details",
        {"response": {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}},
    ),
    _ends("cancelled", "cancels an answer by itself", {"response": {"status": "cancelled"}}),
    _ends(
        "hostile",
        "fails an answer with a page of control characters",
        _details("failed", HOSTILE),
        half=False,
    ),
    _goes("answer-failed-at-once", "fails an answer before it has begun", _fail_at_once),
    _goes("answer-error-first", "sends an error, and then the same as the answer's end", _error_first),
    _goes("answer-error-after", "fails an answer, and then sends the same as an error", _error_after),
    _ends("empty", "ends an answer without a word", {"status": "completed"}, half=False),
    _goes("tool-after-empty", "calls a tool after an empty answer", _tool_after_empty, FaultMoment.TOOL),
    _goes("words-in-pieces", "sends both sides' words in pieces", _in_pieces),
    _goes("text-after-end", "sends the last words of an answer after its end", _text_after_end),
    _goes("absurd-usage", "ends an answer with an absurd usage", _absurd_figures),
)
