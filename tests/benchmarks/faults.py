"""What a fault costs: the time to a session after a drop, and the reading of a frame."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Iterator

import msgspec

from desktop.offline.faults.fault_session import tone
from desktop.offline.faults.server import FaultServer
from desktop.protocol import codec
from desktop.realtime.connection import Frame
from desktop.recording.frame_log import record
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.benchmarks.figures import Figure, figure
from tests.soak.client import Client

DROPS = 30
AUDIO_MS = 20
BATCH, BATCHES = 500, 60


def measure() -> Iterator[Figure]:
    """The figures of faults, one by one."""
    for in_take in (False, True):
        name = (
            "drop in a take to its sound on the wire" if in_take else "drop to a session again, server back"
        )
        yield figure(name, asyncio.run(_reconnects(in_take)), "ms", 1_500)
    yield figure(f"decode {AUDIO_MS} ms of audio", _decodes(), "µs", 15)
    yield figure("decode and note a frame of 16 MiB", _notes(16 * 1024 * 1024), "ms", 500)


async def _reconnects(in_take: bool) -> list[float]:
    """From the cut to the next session, in ms; each on its own session, so that waits start over."""
    return [await _reconnect(in_take) for _ in range(DROPS)]


async def _reconnect(in_take: bool) -> float:
    async with FaultServer() as server:
        client = Client(server.url, _hear)
        running = asyncio.create_task(client.session.run())
        await _until(lambda: client.session.state is DisplayState.READY)
        if in_take:
            client.session.press()
            client.microphone.push_ms(500)
            await _until(lambda: (1, "audio.append") in server.record.frames)
        began = time.perf_counter()
        server.cut_all()
        kind = "audio.append" if in_take else "session.start"
        await _until(lambda: (2, kind) in server.record.frames)
        if not in_take:
            await _until(lambda: client.session.state is DisplayState.READY)
        took = (time.perf_counter() - began) * 1_000
        await client.session.close()
        await running
    return took


def _hear(_: effects.Notice) -> None:
    """Ignore the events."""


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - states have no event for it
        await asyncio.sleep(0.0005)


def _decodes() -> list[float]:
    """Microseconds for a frame, in batches."""
    audio = base64.b64encode(tone(AUDIO_MS)).decode()
    frame = msgspec.json.encode({"type": "audio.delta", "audio": audio})
    times = []
    for _ in range(BATCHES):
        began = time.perf_counter()
        for _ in range(BATCH):
            codec.decode(frame)
        times.append((time.perf_counter() - began) * 1e6 / BATCH)
    return times


def _notes(size: int) -> list[float]:
    """Milliseconds of the window's thread for a frame that nobody knows, secrets looked for."""
    frame = b'{"type":"padding","padding":"' + b"x" * size + b'"}'
    times = []
    for _ in range(10):
        began = time.perf_counter()
        record(Frame("in", codec.decode(frame), len(frame)), 0.0)
        times.append((time.perf_counter() - began) * 1_000)
    return times
