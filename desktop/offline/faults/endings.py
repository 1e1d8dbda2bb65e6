"""Faults that end a session: close frames, drops, terminations, and connections that only seem alive."""

from __future__ import annotations

import asyncio
from functools import partial

from desktop.offline.faults.fault_session import tone
from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import FaultMoment, Scenario

CLOSE_CODES = (1000, 1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4001, 4321, 4429)
REASONS = {
    "quota": (1011, "You exceeded your current quota, please check your plan and billing details."),
    "location": (1007, "User location is not supported for the API use."),
    "argument": (1007, "Request contains an invalid argument."),
}
"""Close frames by which providers end a session on purpose, as their users report them."""
SAME_ENDS = 2
AFTER_S = 2.0
"""How long an idle session goes well first, so that people can look at it."""

TERMINATIONS = {
    "idle": ("idle_timeout", "The session was idle for too long."),
    "duration": ("max_duration", "The session reached its longest duration."),
    "balance": ("402", "The project's balance is used up."),
    "concurrency": ("concurrency_limit", "The project has too many sessions."),
}
"""What ends a session upstream. Source: the protocol page's list; the codes' spelling is not published."""


async def _close(code: int, peer: Peer) -> None:
    await peer.sleep(AFTER_S)
    await peer.close(code, "closed on purpose")


async def _close_at_once(code: int, reason: str, peer: Peer) -> None:
    await peer.close(code, reason)


async def _close_frame_only(peer: Peer) -> None:
    peer.close_frame_only(1001, "closed on purpose")
    await peer.gone()


async def _cut_idle(peer: Peer) -> None:
    await peer.sleep(AFTER_S)
    peer.cut()


async def _cut(peer: Peer) -> None:
    peer.cut()


async def _cut_in_answer(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("text.delta", delta="This answer breaks ")
    await peer.send_audio(tone(200))
    await asyncio.sleep(0.05)  # everything sent must arrive: an abort discards the rest
    peer.cut()


async def _cut_in_tool(peer: Peer) -> None:
    await peer.send("tool.call", tool_call_id="cut", tool_name="get_time", tool_arguments={})
    await asyncio.sleep(0.05)
    peer.cut()


async def _terminate(code: str, message: str, closes: bool, peer: Peer) -> None:
    await peer.sleep(AFTER_S)
    await peer.send("session.terminating", error={"code": code, "message": message})
    await (peer.close(1000) if closes else peer.gone())


async def _ended(peer: Peer) -> None:
    await peer.sleep(AFTER_S)
    await peer.send("session.ended", reason="The session has ended.")
    await peer.close(1000)


async def _freeze(peer: Peer) -> None:
    peer.freeze()


async def _read_slowly(peer: Peer) -> None:
    peer.read_slowly()


def _termination(name: str, closes: bool) -> Scenario:
    code, message = TERMINATIONS[name]
    return Scenario(
        name=f"terminating-{name}" + ("" if closes else "-open"),
        about=f"sends session.terminating ({code}), "
        + ("then closes" if closes else "and leaves the connection open"),
        fault=partial(_terminate, code, message, closes),
    )


ENDINGS: tuple[Scenario, ...] = (
    *(
        Scenario(
            name=f"close-{code}", about=f"closes the session with code {code}", fault=partial(_close, code)
        )
        for code in CLOSE_CODES
    ),
    *(
        Scenario(
            name=f"close-{name}",
            about=f"closes the session with code {code} ({name}) before it answers",
            moment=FaultMoment.COMMIT,
            fault=partial(_close_at_once, code, reason),
        )
        for name, (code, reason) in REASONS.items()
    ),
    Scenario(
        name="close-each-turn",
        about=f"closes the first {SAME_ENDS} sessions with code 1011 before it answers",
        moment=FaultMoment.COMMIT,
        fault=partial(_close_at_once, 1011, "internal error"),
        times=SAME_ENDS,
    ),
    Scenario(
        name="close-frame-only",
        about="sends a close frame instead of an answer, and leaves the socket open",
        moment=FaultMoment.COMMIT,
        fault=_close_frame_only,
    ),
    Scenario(
        name="drop-idle", about="drops the idle connection without a close frame (1006)", fault=_cut_idle
    ),
    Scenario(
        name="drop-in-take",
        about="drops the connection while one speaks",
        moment=FaultMoment.TAKE,
        fault=_cut,
    ),
    Scenario(
        name="drop-after-commit",
        about="drops the connection before it answers",
        moment=FaultMoment.COMMIT,
        fault=_cut,
    ),
    Scenario(
        name="drop-in-answer",
        about="drops the connection in the middle of an answer",
        moment=FaultMoment.ANSWER,
        fault=_cut_in_answer,
    ),
    Scenario(
        name="drop-in-tool",
        about="drops the connection after a tool call",
        moment=FaultMoment.TOOL,
        fault=_cut_in_tool,
    ),
    *(_termination(name, closes) for name in TERMINATIONS for closes in (True, False)),
    Scenario(
        name="terminating-in-take",
        about="sends session.terminating while one speaks, then closes",
        moment=FaultMoment.TAKE,
        fault=partial(_terminate, *TERMINATIONS["duration"], True),
    ),
    Scenario(name="session-ended", about="sends session.ended, then closes", fault=_ended),
    Scenario(name="half-open", about="stops answering anything, pings too, once started", fault=_freeze),
    Scenario(
        name="deaf", about="reads nothing more while one speaks", moment=FaultMoment.TAKE, fault=_freeze
    ),
    Scenario(name="slow-reader", about="reads one byte at a time", fault=_read_slowly),
)
