"""Faults of `session.started`: it never comes, comes twice, or names rates that no device has."""

from __future__ import annotations

from functools import partial
from typing import Any

from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import FaultMoment, Scenario


async def _never(peer: Peer) -> None:
    await peer.gone()


async def _twice(peer: Peer) -> None:
    await peer.start()
    await peer.start(session_id="another")


async def _error_first(peer: Peer) -> None:
    await peer.send("error", error={"code": "voice_not_found", "message": "There is no such voice."})
    await peer.start()


async def _error_only(peer: Peer) -> None:
    await peer.send("error", error={"code": "model_not_found", "message": "There is no such model."})
    await peer.gone()


async def _ended_at_once(peer: Peer) -> None:
    await peer.send(
        "session.terminating", error={"code": "concurrency_limit", "message": "Too many sessions."}
    )
    await peer.close(1000)


async def _with(changes: dict[str, Any], peer: Peer) -> None:
    await peer.start(**changes)


def _rates(name: str, value: Any, about: str) -> Scenario:
    changes = {"input_sample_rate": value, "output_sample_rate": value}
    return Scenario(
        name=f"rates-{name}",
        about=f"names {about} as both sample rates",
        moment=FaultMoment.START,
        fault=partial(_with, changes),
    )


_OLDER = {"input_sample_rate": None, "output_sample_rate": None, "sample_rate": 24_000}
_NOTHING = {"session_id": None, "input_sample_rate": None, "output_sample_rate": None, "audio_format": None}


STARTS: tuple[Scenario, ...] = (
    Scenario(
        name="never-started",
        about="never sends session.started",
        moment=FaultMoment.START,
        fault=_never,
        times=99,
    ),
    Scenario(
        name="started-twice", about="sends session.started twice", moment=FaultMoment.START, fault=_twice
    ),
    Scenario(
        name="started-after-error",
        about="sends an error, then session.started",
        moment=FaultMoment.START,
        fault=_error_first,
    ),
    Scenario(
        name="start-refused",
        about="answers session.start with an error only",
        moment=FaultMoment.START,
        fault=_error_only,
        times=99,
    ),
    Scenario(
        name="start-terminated",
        about="answers session.start with session.terminating and a close",
        moment=FaultMoment.START,
        fault=_ended_at_once,
        times=99,
    ),
    Scenario(
        name="started-bare",
        about="sends a session.started without a field",
        moment=FaultMoment.START,
        fault=partial(_with, _NOTHING),
    ),
    Scenario(
        name="started-older",
        about="names one sample_rate for both directions",
        moment=FaultMoment.START,
        fault=partial(_with, _OLDER),
    ),
    Scenario(
        name="format-opus",
        about="starts the session with the audio format opus",
        moment=FaultMoment.START,
        fault=partial(_with, {"audio_format": "opus"}),
        times=99,
    ),
    Scenario(
        name="format-number",
        about="starts the session with 16 as the audio format",
        moment=FaultMoment.START,
        fault=partial(_with, {"audio_format": 16}),
        times=99,
    ),
    _rates("0", 0, "0 Hz"),
    _rates("negative", -24_000, "-24000 Hz"),
    _rates("1", 1, "1 Hz"),
    _rates("7", 7, "7 Hz"),
    _rates("fraction", 24_000.5, "24000.5 Hz"),
    _rates("list", [24_000], "a list"),
    _rates("huge", 1_000_000_000, "10^9 Hz"),
    _rates("text", "24000", "the text '24000'"),
    _rates("words", "twenty-four thousand", "words"),
)
