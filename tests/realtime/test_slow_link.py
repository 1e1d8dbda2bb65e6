"""What is said arrives over a slow network and after an outage: over real sockets, byte for byte."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from desktop.audio.format import Samples, float_to_pcm16
from desktop.realtime import keep_alive, retry, supervisor
from desktop.realtime.session_events import SessionOpened
from desktop.turn import effects, inputs, response
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, Service, serving
from tests.realtime.test_session import Talk, idle
from tests.rig.slow_link import SlowLink

RATE = 24_000
POLICY = inputs.Policy(pre_roll_ms=0, tail_ms=0, warn_ms=10_000_000, cap_ms=10_000_000)


def noise(seconds: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * RATE)).astype(np.float32)


class Received:
    """A service that keeps the takes that were committed, and never answers."""

    def __init__(self) -> None:
        self.takes: list[bytes] = []
        self.asked = 0

    async def script(self, line: Line) -> None:
        await line.start()
        pcm = bytearray()
        with contextlib.suppress(ConnectionClosed):
            async for frame in line.socket:
                message = json.loads(frame)
                match message["type"]:
                    case "audio.append":
                        pcm += base64.b64decode(message["audio"])
                    case "audio.commit":
                        self.takes.append(bytes(pcm))
                        pcm.clear()
                    case "response.create":
                        self.asked += 1


@asynccontextmanager
async def talking(url: str) -> AsyncIterator[Talk]:
    """A conversation that has a session; what is waited for may take as long as a slow link needs."""
    talk = Talk(url, policy=POLICY)
    running = asyncio.create_task(talk.session.run())
    try:
        await until(lambda: talk.session.state is DisplayState.READY)
        yield talk
    finally:
        await talk.session.close()
        await asyncio.wait({running})


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - sockets have no event for it
            await asyncio.sleep(0.005)


def port(service: Service) -> int:
    return urlsplit(service.url).port or 0


async def say(talk: Talk, samples: Samples) -> None:
    """A whole take."""
    ended = len(talk.of(effects.TakeEnded))
    talk.session.press()
    talk.microphone.push(samples)
    await until(lambda: not talk.microphone.unread)
    talk.session.release()
    await until(lambda: len(talk.of(effects.TakeEnded)) > ended)


async def cut_when_sent(line: Line) -> None:
    await line.start()
    await line.expect("audio.commit")
    line.cut()


async def cut_in_a_take(line: Line) -> None:
    await line.start()
    await line.expect("audio.append")
    line.cut()


@pytest.mark.parametrize("first", [cut_when_sent, cut_in_a_take])
async def test_a_take_of_five_minutes_arrives_after_a_drop(first, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    received, samples = Received(), noise(300)
    async with serving(first, received.script) as service, talking(service.url) as talk:
        await say(talk, samples)
        await until(lambda: received.asked)
        assert len(talk.of(SessionOpened)) == 2
    assert received.takes == [float_to_pcm16(samples)]


@pytest.mark.long
async def test_ten_takes_of_two_minutes_said_in_an_outage_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 3_600.0)
    monkeypatch.setattr(retry, "LONGEST_S", 3_600.0)
    received, takes = Received(), [noise(120, seed) for seed in range(10)]

    async def cut_at_once(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(cut_at_once, received.script) as service:
        talk = Talk(service.url, policy=POLICY, patience=lambda: 10_000.0)
        running = asyncio.create_task(talk.session.run())
        await until(lambda: talk.session.state is DisplayState.RECONNECTING)
        for samples in takes:
            await say(talk, samples)
        talk.session.reconnect_now()
        await until(lambda: received.asked)
        await talk.session.close()
        await running
    assert len(talk.of(SessionOpened)) == 2, "in one session"
    assert received.takes == [float_to_pcm16(samples) for samples in takes]


async def test_a_slow_link_is_not_taken_for_a_dead_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # What waits in the buffers takes 1.2 s: longer than a pong may, less than all of it may.
    monkeypatch.setattr(keep_alive, "PING_S", 1.5)
    monkeypatch.setattr(keep_alive, "PONG_S", 0.3)
    received, samples = Received(), noise(6)
    async with serving(received.script) as service:
        with SlowLink(port(service), bytes_per_s=130_000) as link:
            async with talking(link.url) as talk:
                await say(talk, samples)
                await until(lambda: received.asked)
                assert len(talk.of(SessionOpened)) == 1
    assert received.takes == [float_to_pcm16(samples)]


async def test_a_link_that_dies_in_an_upload_is_found_and_all_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    monkeypatch.setattr(keep_alive, "PING_S", 0.5)
    monkeypatch.setattr(keep_alive, "PONG_S", 0.5)
    monkeypatch.setattr(keep_alive, "CLOSE_TIMEOUT_S", 0.05)
    received, samples = Received(), noise(30)
    async with serving(received.script) as service:
        with SlowLink(port(service), bytes_per_s=600_000) as link:
            async with talking(link.url) as talk:
                await say(talk, samples)
                await until(lambda: link.passed > 100_000)
                link.freeze()
                await until(lambda: talk.session.state is DisplayState.RECONNECTING)
                link.thaw()
                await until(lambda: received.asked)
    assert received.takes == [float_to_pcm16(samples)]


async def test_a_network_change_in_an_upload_ends_no_healthy_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PROBE_S", 0.5)
    received, samples = Received(), noise(6)
    async with serving(received.script) as service:
        with SlowLink(port(service), bytes_per_s=130_000) as link:
            async with talking(link.url) as talk:
                await say(talk, samples)
                while not received.asked:
                    talk.session.reconnect_now()
                    await asyncio.sleep(0.1)
                assert len(talk.of(SessionOpened)) == 1
    assert received.takes == [float_to_pcm16(samples)]


async def test_no_answer_is_missed_before_all_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "ASKED_MS", 500)
    received, samples = Received(), noise(30)
    async with serving(received.script) as service:
        with SlowLink(port(service), bytes_per_s=600_000) as link:
            async with talking(link.url) as talk:
                await say(talk, samples)
                await until(lambda: talk.session.state is DisplayState.SENDING)
                await until(lambda: talk.of(effects.Note))
                assert received.takes, "the note came when the take had been sent"
                left = [progress.left_s for progress in talk.of(effects.SendingProgress)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 20
    assert left[-1] == 0


async def test_a_close_frame_is_an_end_although_the_socket_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    monkeypatch.setattr(keep_alive, "CLOSE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(keep_alive, "PING_S", 3_600.0)
    over = asyncio.Event()

    async def closing(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        line.socket.protocol.send_close(1001, "going away")
        line.socket.send_data()
        line.socket.transport.pause_reading()
        await over.wait()
        line.socket.transport.resume_reading()

    async with serving(closing, idle) as service, talking(service.url) as talk:
        await say(talk, noise(1))
        await until(lambda: len(talk.of(SessionOpened)) == 2)
        over.set()


async def test_the_link_may_be_gone_before_the_conversation_ends() -> None:
    async with serving(Received().script) as service:
        talk = Talk(service.url, policy=POLICY)
        with SlowLink(port(service), bytes_per_s=60_000) as link:
            talk.url = link.url
            running = asyncio.create_task(talk.session.run())
            await until(lambda: talk.session.state is DisplayState.READY)
            await say(talk, noise(5))
        await talk.session.close()
        await asyncio.wait({running})
