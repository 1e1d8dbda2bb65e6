"""What was said in an outage, over a slow network at its real speed: ten two-minute takes, 6.5 min."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time

import msgspec
import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from desktop.audio.format import Samples, float_to_pcm16
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from tests.rig.slow_link import SlowLink
from tests.soak.client import Client

TAKES = 10
TAKE_S = 120
BYTES_PER_S = 200_000
RATE = 24_000
POLICY = inputs.Policy(pre_roll_ms=0, tail_ms=0, warn_ms=10_000_000, cap_ms=10_000_000)


class Service:
    """Keeps the takes that were committed in the last session, and answers none."""

    def __init__(self) -> None:
        self.sessions = 0
        self.takes: list[bytes] = []
        self.asked = False

    async def serve(self, socket: ServerConnection) -> None:
        """One connection."""
        pcm = bytearray()
        with contextlib.suppress(ConnectionClosed):
            await socket.recv()
            await socket.send('{"type": "session.started", "session_id": "s"}')
            self.sessions += 1
            self.takes = []
            async for text in socket:
                frame = msgspec.json.decode(text)
                match frame["type"]:
                    case "audio.append":
                        pcm += base64.b64decode(frame["audio"])
                    case "audio.commit":
                        self.takes.append(bytes(pcm))
                        pcm.clear()
                    case "response.create":
                        self.asked = True


def _noise(seed: int) -> Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, TAKE_S * RATE).astype(np.float32)


async def backlog() -> list[str]:
    """Play it; the problems that were found. Prints what it sees."""
    service, notes = Service(), list[str]()
    expected = [float_to_pcm16(_noise(seed)) for seed in range(TAKES)]

    def observe(notice: effects.Notice) -> None:
        if isinstance(notice, effects.Note):
            notes.append(str(notice.message))
        if isinstance(notice, effects.SendingProgress) and notice.left_s % 60 == 0:
            print(f"{time.monotonic() - began:4.0f} s  {notice.left_s:5} s of speech left", flush=True)

    began = time.monotonic()
    async with serve(service.serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        with SlowLink(server.sockets[0].getsockname()[1], 1e9) as link:
            client = Client(link.url, observe, POLICY)
            running = asyncio.create_task(client.session.run())
            await _until(lambda: client.session.state is DisplayState.READY)
            link.bytes_per_s = 1.0  # an outage: the next connection gets nowhere before all was said
            link.cut()
            await _until(lambda: client.session.state is DisplayState.RECONNECTING)
            for seed in range(TAKES):
                client.session.press()
                client.microphone.push(_noise(seed))
                await _until(lambda: not client.microphone.unread)
                client.session.release()
            link.bytes_per_s = BYTES_PER_S
            client.session.reconnect_now()
            await _until(lambda: service.asked)
            sessions = service.sessions
            await client.session.close()
            await running
    print(f"{time.monotonic() - began:4.0f} s  {len(service.takes)} takes, {sessions} sessions")
    problems = [f"take {n} differs" for n, take in enumerate(expected) if service.takes[n : n + 1] != [take]]
    return problems + notes


async def _until(condition: object) -> None:
    assert callable(condition)
    while not condition():  # noqa: ASYNC110 - sockets have no event for it
        await asyncio.sleep(0.01)
