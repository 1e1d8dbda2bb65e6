from __future__ import annotations

import asyncio

import pytest

from desktop.offline import outgoing_queue
from desktop.offline.outgoing_queue import ClientNotReading, OutgoingQueue


class Reader:
    """A client that reads only while its gate is open."""

    def __init__(self, *, open: bool = True) -> None:
        self.got: list[str] = []
        self.gate = asyncio.Event()
        if open:
            self.gate.set()

    async def take(self, frame: str) -> None:
        await self.gate.wait()
        self.got.append(frame)


async def test_frames_go_out_in_order() -> None:
    reader = Reader()
    box = OutgoingQueue(reader.take)
    for frame in "abc":
        box.put(frame)

    await box.flush()

    assert reader.got == ["a", "b", "c"]


async def test_an_answer_can_be_recalled_and_the_rest_stays() -> None:
    reader = Reader()
    box = OutgoingQueue(reader.take)
    box.put("a")
    box.put("b", response=True)
    box.put("c")
    box.put("d", response=True)
    assert box.holds_response

    box.drop_response()
    await box.flush()

    assert reader.got == ["a", "c"]
    assert not box.holds_response


async def test_speech_waits_for_a_slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_queue, "ROOM_FRAMES", 2)
    reader = Reader(open=False)
    box = OutgoingQueue(reader.take)
    sender = asyncio.create_task(box.run())
    for _ in range(4):
        box.put("x", response=True)
    room = asyncio.create_task(box.wait_for_room())
    await asyncio.wait([room], timeout=0.01)
    assert not room.done()

    reader.gate.set()
    async with asyncio.timeout(5):
        await room
        await box.wait_until_response_sent()

    sender.cancel()


async def test_a_reader_that_has_stopped_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_queue, "MOST_FRAMES", 3)
    box = OutgoingQueue(Reader(open=False).take)
    for _ in range(3):
        box.put("x")

    with pytest.raises(ClientNotReading):
        box.put("x")


async def test_frames_put_while_nothing_was_waiting_are_sent() -> None:
    reader = Reader()
    box = OutgoingQueue(reader.take)
    sender = asyncio.create_task(box.run())
    await asyncio.sleep(0)

    box.put("a", response=True)
    async with asyncio.timeout(5):
        await box.wait_until_response_sent()

    sender.cancel()
    assert reader.got == ["a"]
