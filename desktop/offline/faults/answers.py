"""Faults in a response's order: tool calls twice or late, beginnings and ends missing or doubled."""

from __future__ import annotations

from typing import Any

from desktop.offline.faults.fault_session import tone
from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import Fault, FaultMoment, Scenario

STREAM_S = 0.1


async def _call(peer: Peer, call_id: str, name: str = "calculate", arguments: Any = None) -> None:
    arguments = {"expression": "6*7"} if arguments is None else arguments
    await peer.send("tool.call", tool_call_id=call_id, tool_name=name, tool_arguments=arguments)


async def _tool_twice(peer: Peer) -> None:
    await _call(peer, "c1")
    await _call(peer, "c1")
    await peer.send("response.completed")


async def _tool_late(peer: Peer) -> None:
    await peer.send("text.delta", delta="One moment. ")
    await peer.send("response.completed")
    await _call(peer, "late")


async def _tool_unknown(peer: Peer) -> None:
    await _call(peer, "c1", "make_coffee", {"sugar": 2})
    await _call(peer, "c2", "calculate", "{not json")
    await _call(peer, "c3", "", [])
    await peer.send("response.completed")


async def _tool_nameless(peer: Peer) -> None:
    await peer.send("tool.call")
    await peer.send("response.completed")


async def _silent(peer: Peer) -> None:
    await peer.gone()


async def _unfinished(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("text.delta", delta="And then ")
    await peer.gone()


async def _endless(peer: Peer) -> None:
    """Speech without an end, at the speed of speech."""
    await peer.send("response.started")
    while peer.alive:
        await peer.send("text.delta", delta="and on ")
        await peer.send_audio(tone(100))
        await peer.sleep(STREAM_S)


async def _started_twice(peer: Peer) -> None:
    for words in ("First. ", "Second. "):
        await peer.send("response.started")
        await peer.send("text.delta", delta=words)
        await peer.send_audio(tone(100))
    await peer.send("response.completed")


async def _completed_twice(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("text.delta", delta="Over.")
    await peer.send("response.completed")
    await peer.send("response.done")


async def _unannounced(peer: Peer) -> None:
    await peer.send("text.delta", delta="Without a beginning.")
    await peer.send_audio(tone(100))
    await peer.send("response.done")


async def _early_words(peer: Peer) -> None:
    await peer.send("transcript.committed", transcript="Words before the end of the take")


async def _late_words(peer: Peer) -> None:
    await peer.send("response.started")
    await peer.send("text.delta", delta="The answer.")
    await peer.send("response.completed")
    await peer.send("transcript.committed", transcript="The question, after its answer")


def _answer(name: str, about: str, fault: Fault, moment: FaultMoment = FaultMoment.ANSWER) -> Scenario:
    return Scenario(name=name, about=about, moment=moment, fault=fault)


ANSWERS: tuple[Scenario, ...] = (
    _answer("tool-twice", "sends the same tool call twice", _tool_twice, FaultMoment.TOOL),
    _answer("tool-late", "calls a tool after the answer's end", _tool_late, FaultMoment.TOOL),
    _answer(
        "tool-unknown", "calls tools that don't exist, or with no arguments", _tool_unknown, FaultMoment.TOOL
    ),
    _answer("tool-nameless", "calls a tool without a name and an id", _tool_nameless, FaultMoment.TOOL),
    _answer("no-answer", "takes everything and never answers", _silent),
    _answer("unfinished", "begins an answer and falls silent", _unfinished),
    _answer("endless", "answers without an end", _endless),
    _answer("response-started-twice", "begins two answers and ends one", _started_twice),
    _answer("response-completed-twice", "ends one answer twice", _completed_twice),
    _answer("response-unannounced", "answers without response.started", _unannounced),
    _answer("words-early", "sends the words of a take before its end", _early_words, FaultMoment.TAKE),
    _answer("words-late", "sends the words of a take after the answer", _late_words),
)
