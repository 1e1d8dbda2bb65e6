"""Frames that come faster than they are handled: everybody else has a turn, and nothing ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json

import pytest

from desktop.realtime import loop_budget
from desktop.realtime.connection import Connection, Endpoint, Frame
from desktop.realtime.errors import DroppedError
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, serving
from tests.realtime.test_session import talking

MANY = 3_000


async def test_queued_frames_leave_time_for_the_rest_of_the_program(monkeypatch: pytest.MonkeyPatch):
    """Without waiting, `recv` hands out all that is queued: nothing else would run until it is empty."""
    monkeypatch.setattr(loop_budget, "BUDGET_S", 0.0)
    frames: list[int] = []
    turns: list[int] = []

    async def script(line: Line) -> None:
        await line.socket.send("{}")
        for _ in range(MANY):
            await line.socket.send("{}")
        await line.socket.close()

    async def others() -> None:
        while True:
            turns.append(len(frames))
            await asyncio.sleep(0)

    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "key"))
        other = asyncio.create_task(others())
        with contextlib.suppress(DroppedError):
            async for _ in connection.receive():
                frames.append(1)
        other.cancel()
        await connection.close()
    at_once = max(after - before for before, after in itertools.pairwise(turns))
    assert len(frames) == MANY + 1
    assert at_once == 1, "frames in one turn of the loop"


async def test_the_smallest_frames_are_parsed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch):
    """One read brings tens of thousands of them."""
    monkeypatch.setattr(loop_budget, "BUDGET_S", 0.0)
    parsed: list[int] = []
    wire = b"\x81\x02{}" * 60_000 + b"\x88\x02\x03\xe8"

    async def script(line: Line) -> None:
        line.socket.transport.write(wire)
        await line.socket.wait_closed()

    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "key"))
        feed = connection._socket.protocol.receive_data
        monkeypatch.setattr(
            connection._socket.protocol, "receive_data", lambda data: parsed.append(len(data)) or feed(data)
        )
        count = 0
        with contextlib.suppress(DroppedError):
            async for _ in connection.receive():
                count += 1
        await connection.close()
    assert count == 60_000, "none is lost, and the close that follows is seen"
    assert max(parsed) <= 4_096


async def test_no_more_is_parsed_than_is_read():
    """One read brings tens of thousands of frames; as objects they take a hundred times the memory."""
    wire = b"\x81\x02{}" * 60_000

    async def script(line: Line) -> None:
        line.socket.transport.write(wire)
        await line.socket.wait_closed()

    most = count = 0
    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "key"))
        async for _ in connection.receive():
            most = max(most, len(connection._socket.recv_messages.frames))
            count += 1
            if count == 60_000:
                break
        connection.abort()
        await connection.close()
    assert most <= 4_096 / 4 + 16, "those of one piece, and the library's own queue"


async def test_of_the_largest_frames_no_more_than_one_waits():
    """Sixteen of them, as many as the library lets wait, would be 256 MB."""
    wire = b"\x81\x7f" + (4_000_000).to_bytes(8, "big") + b"{}" + b" " * 3_999_998

    async def script(line: Line) -> None:
        for _ in range(8):
            line.socket.transport.write(wire)
            await line.socket.drain()
        await line.socket.wait_closed()

    most = count = 0
    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "key"))
        async for _ in connection.receive():
            for _ in range(300):  # the reader is slow
                await asyncio.sleep(0)
            most = max(most, len(connection._socket.recv_messages.frames))
            count += 1
            if count == 8:
                break
        connection.abort()
        await connection.close()
    assert most <= 1


async def test_pings_that_nobody_reads_the_answers_of_fill_no_memory():
    """Each ping is answered. Where the other side doesn't read, no more of them are taken."""
    ping = b"\x89\x7d" + b"x" * 125

    async def script(line: Line) -> None:
        line.socket.transport.pause_reading()
        while not done.is_set() and not line.socket.transport.is_closing():
            line.socket.transport.write(ping * 500)
            await asyncio.sleep(0)
            if line.socket.transport.get_write_buffer_size() > 2_000_000:
                stuck.set()
                await asyncio.sleep(0.005)
        ended.set()
        await line.socket.wait_closed()

    done, stuck, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "key"))
        receiving = asyncio.create_task(anext(connection.receive()))
        async with asyncio.timeout(20):
            await stuck.wait()
        assert connection._socket.transport.get_write_buffer_size() < 3_000_000
        done.set()
        await ended.wait()
        connection.abort()
        await asyncio.wait({receiving})
        receiving.exception()
        await connection.close()


async def test_an_error_of_an_observer_ends_nothing(expect_log):
    expect_log("an observer of frames failed")
    expect_log("an observer of the session failed")

    def look(_: Frame) -> None:
        raise RecursionError

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="All is well.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, frames=look) as talk:
        notices = talk.notices

        class Failing(list):
            def append(self, notice: effects.Notice) -> None:
                notices.append(notice)
                raise KeyError

        talk.notices = Failing()
        talk.session.say("Are you there?")
        await talk.until(lambda: any(isinstance(notice, effects.ResponseEnded) for notice in notices))
        assert talk.session.state is DisplayState.READY
        talk.notices = notices


@pytest.mark.parametrize("depth", [300, 400, 600, 900, 1_000])
async def test_no_depth_ends_the_session(depth: int):
    nested = '{"a":' * depth + "1" + "}" * depth
    frames = [
        f'{{"type":"new.event","x":{nested}}}',
        f'{{"type":"response.done","usage":{nested}}}',
        f'{{"type":"tool.call","tool_call_id":"c","tool_name":"t","tool_arguments":{nested}}}',
        json.dumps({"type": "tool.call", "tool_call_id": "d", "tool_name": "t", "tool_arguments": nested}),
        f'{{"type":"error","error":{nested}}}',
    ]

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        for frame in frames:
            await line.socket.send(frame)
        await line.send("text.delta", delta="All is well.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.say("Are you there?")
        await talk.until(lambda: [text for text in talk.of(effects.ResponseText) if "well" in text.delta])
    assert len(service.requests) == 1
