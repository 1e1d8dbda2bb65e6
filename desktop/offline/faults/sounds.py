"""Faults of the answer's sound: its bytes, its amount, its timing."""

from __future__ import annotations

import base64
import random
from functools import partial

from desktop.offline.faults.fault_session import tone
from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import Fault, Moment, Scenario

CHUNK_MS = 20
JITTER_S = 0.030
STALL_S = 0.300
STALLS = 0.01
SPEECH_S = 10.0
"""How much is said where the timing is at fault."""
BURST_S, BURST_MINUTES = 5.0, 10


async def _odd(peer: Peer) -> None:
    sound = tone(300)
    await peer.send("response.started")
    for begin in range(0, len(sound), 481):
        await peer.send_audio(sound[begin : begin + 481])
    await peer.send_audio(b"\x01")  # half a sample that nothing follows
    await peer.send("response.completed")


async def _not_base64(peer: Peer) -> None:
    sound = base64.b64encode(tone(100)).decode()
    await peer.send("response.started")
    for audio in ("not base64!", sound, "====", sound[:-3] + "?", 7, None, ["AAAA"], sound):
        await peer.send("audio.delta", audio=audio)
    await peer.send("response.completed")


async def _burst(peer: Peer) -> None:
    """Ten minutes of speech within five seconds, in deltas of a second."""
    second = tone(1_000)
    await peer.send("response.started")
    for _ in range(BURST_MINUTES * 60):
        await peer.send_audio(second)
        await peer.sleep(BURST_S / (BURST_MINUTES * 60))
    await peer.send("response.completed")


async def _timed(late_s: float, stalls: bool, peer: Peer) -> None:
    """Speech in small chunks, each late by up to `late_s`, or a few of them by `STALL_S`."""
    chance = random.Random(1)
    chunk = tone(CHUNK_MS)
    await peer.send("response.started")
    for _ in range(round(SPEECH_S * 1_000 / CHUNK_MS)):
        late = chance.uniform(0, late_s)
        if stalls and chance.random() < STALLS:
            late += STALL_S
        await peer.sleep(CHUNK_MS / 1_000 + late - late_s / 2)
        await peer.send_audio(chunk)
    await peer.send("response.completed")


def _answer(name: str, about: str, fault: Fault) -> Scenario:
    return Scenario(name=name, about=about, moment=Moment.ANSWER, fault=fault)


SOUNDS: tuple[Scenario, ...] = (
    _answer("odd-length", "cuts the answer's sound in the middle of its samples", _odd),
    _answer("not-base64", "sends audio that is no base64 among audio that is", _not_base64),
    _answer("burst", f"sends {BURST_MINUTES} minutes of sound within {BURST_S:g} s", _burst),
    _answer(
        "jitter",
        f"sends sound that comes up to {JITTER_S * 1_000:g} ms early or late",
        partial(_timed, 2 * JITTER_S, False),
    ),
    _answer(
        "stalls",
        f"holds one chunk of sound in {1 / STALLS:g} back for {STALL_S * 1_000:g} ms",
        partial(_timed, 0.0, True),
    ),
)
