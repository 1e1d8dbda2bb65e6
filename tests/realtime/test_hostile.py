"""A session with a server that sends anything: thousands of frames, then an ordinary turn."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from desktop.realtime import retry, retry_rule
from desktop.realtime.connection import Frame
from desktop.realtime.errors import RealtimeError
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from tests.fuzz.frames import KINDS, Frames
from tests.realtime.service import Line, serving
from tests.realtime.test_session import Talk

CONNECTIONS = 4
FRAMES = 1_000
"""On each connection."""
HEARABLE = tuple(kind for kind in KINDS if not kind.startswith("session."))
"""Frames that end the session for good belong to another test."""


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("policy", [inputs.Policy(), inputs.Policy(commits=False, hands_free=True)])
async def test_whatever_it_sends_the_next_turn_goes_well(
    seed: int, policy: inputs.Policy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    monkeypatch.setattr(retry_rule, "STEADY_S", 0.0)
    chance = random.Random(seed)
    unhandled: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    sent, seen = 0, [0]

    def look(frame: Frame) -> None:
        seen[0] += frame.direction == "in"

    async def hostile(line: Line) -> None:
        nonlocal sent
        await line.start()
        sent += 1
        frames = Frames(chance, 0.7, HEARABLE)
        for number in range(FRAMES):
            await line.socket.send(frames.next(), text=chance.random() < 0.9 or None)
            sent += 1
            if number % 50 == 0:
                await asyncio.sleep(0)
        async with asyncio.timeout(30):
            while seen[0] < sent:  # noqa: ASYNC110 - sockets have no event for it
                await asyncio.sleep(0.001)
        line.cut()

    async def kind(line: Line) -> None:
        await line.start()
        while json.loads(await line.socket.recv())["type"] != "response.create":
            pass
        await line.send("response.started")
        await line.send("text.delta", delta="All is well.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(*[hostile] * CONNECTIONS, kind) as service:
        talk = Talk(service.url, policy=policy, frames=look)
        running = asyncio.create_task(talk.session.run())
        acting = asyncio.create_task(_act(talk, random.Random(seed)))
        async with asyncio.timeout(60):
            while len(service.requests) <= CONNECTIONS:
                assert not running.done(), running.exception()
                await asyncio.sleep(0.005)
        acting.cancel()
        await asyncio.wait({acting})
        talk.session.cancel()
        await talk.until(
            lambda: talk.session.state not in (DisplayState.RECONNECTING, DisplayState.CONNECTING)
        )
        talk.session.say("Are you there?")
        await talk.until(lambda: any("All is well." in text.delta for text in talk.of(effects.ResponseText)))
        await talk.session.close()
        try:
            await running
        except RealtimeError as exc:
            pytest.fail(f"the session ended: {exc}")
    assert sent == CONNECTIONS * (FRAMES + 1)
    assert unhandled == []
    assert talk.microphone.closed
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def _act(talk: Talk, chance: random.Random) -> None:
    """The user presses, speaks, listens and mutes meanwhile."""
    session = talk.session
    while True:
        chance.choice(
            (
                session.press,
                session.release,
                session.cancel,
                lambda: session.mute(chance.random() < 0.3),
                lambda: talk.microphone.push_ms(40),
                lambda: talk.speaker.play(200),
            )
        )()
        await asyncio.sleep(0.002)
