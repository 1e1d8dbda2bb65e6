"""Services for comparisons, over real sockets: some answer as planted, some misbehave."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from desktop.compare.plan import Conversation, Plan, PlannedTurn
from desktop.compare.run_events import RunEvent
from desktop.compare.runner import Runner
from desktop.compare.service_options import ServiceOptions
from desktop.compare.spent import Spent
from desktop.compare.take import take_of_pcm
from desktop.compare.targets import Target
from desktop.protocol import catalog
from tests.cli.commands import asked
from tests.realtime.service import Line, Script, serving

MODEL = "openai/gpt-realtime-2"
TONE = (3_000 * np.sin(np.arange(12_000) / 5)).astype("<i2").tobytes()
"""Half a second at 24 kHz."""
TAKE = take_of_pcm(TONE[:-480], 24_000, "question.wav")


@dataclass
class Planted:
    """Answers after so long, with so much silence before the sound. Stamps when it sent the sound."""

    answer_ms: int
    silence_ms: int = 0
    said: str = "It is noon."
    sent_at: list[float] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    async def __call__(self, line: Line) -> None:
        await line.start()
        while True:
            try:
                await line.expect("audio.commit")
                asked_at = time.monotonic()
                self.heard.append(bytes(line.appended))
                line.appended.clear()
                await line.expect("response.create")
            except (ConnectionClosed, TimeoutError):
                return
            await line.send("transcript.committed", transcript="What time is it?")
            await asyncio.sleep(asked_at + self.answer_ms / 2_000 - time.monotonic())
            await line.send("response.started")
            await asyncio.sleep(asked_at + self.answer_ms / 1_000 - time.monotonic())
            self.sent_at.append(time.monotonic())
            await line.send_audio(bytes(48 * self.silence_ms) + TONE)
            await line.send("text.delta", delta=self.said)
            await line.send("response.completed", usage={"input_tokens": 30, "output_tokens": 20})


def refusing(status: int) -> Any:
    """Refuses every connection with this status."""

    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(status, "no\n")

    return refuse


async def never_starts(line: Line) -> None:
    await line.socket.wait_closed()


async def drops(line: Line) -> None:
    await line.start()
    if await asked(line):
        await line.send("response.started")
        await line.send_audio(TONE)
        line.cut()


async def speaks_for_ever(line: Line) -> None:
    await line.start()
    try:
        if await asked(line):
            await line.send("response.started")
            while True:
                await line.send_audio(TONE[:4_800])
                await asyncio.sleep(0.05)
    except ConnectionClosed:
        pass


async def other_rate(line: Line) -> None:
    await line.start(input_sample_rate=16_000, output_sample_rate=8_000)
    if await asked(line):
        await line.send("response.started")
        await line.send_audio(TONE[:16_000])
        await line.send("text.delta", delta="Low.")
        await line.send("response.completed")
        await line.send("transcript.committed", transcript="Hello?")
        await line.socket.wait_closed()


class Stage:
    """Services, by name; each a target."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.targets: list[Target] = []

    async def add(self, *scripts: Script, refuse: Any = None) -> None:
        service = await self._stack.enter_async_context(serving(*scripts, refuse=refuse))
        self.targets.append(Target(model=MODEL, url=service.url))

    def plan(self, **changes: Any) -> Plan:
        """One spoken turn with each, as fast as it goes."""
        values: dict[str, Any] = {
            "targets": tuple(self.targets),
            "conversations": (Conversation("", (PlannedTurn("question.wav", TAKE),)),),
            "sessions": 8,
            "realtime": False,
            "timeout_s": 5.0,
        }
        return Plan(**(values | changes))


def runner_of(plan: Plan, folder: Any, events: list[RunEvent], spent: Spent | None = None) -> Runner:
    return Runner(plan, ServiceOptions(catalog.find), folder, spent, events.append)
