"""What waits to be sent: in order, and recordings only as the socket takes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from desktop.protocol import commands
from desktop.realtime.outbox import Outbox
from desktop.realtime.take_recordings import RecordedSound

TEN = [bytes([number]) * 960 for number in range(10)]


def sound(packets: list[bytes]) -> RecordedSound:
    return RecordedSound(sum(map(len, packets)), packets)


async def take_all(outbox: Outbox) -> list[commands.Command]:
    """All of it: an end is put after it, which says that nothing was left."""
    end = commands.TextInput("the end")
    outbox.put(end)
    taken: list[commands.Command] = []
    while True:
        command = await outbox.take()
        outbox.done()
        if command == end:
            return taken
        taken.append(command)


async def test_commands_and_recordings_go_out_in_their_order() -> None:
    outbox = Outbox()
    outbox.put(commands.AudioClear())
    outbox.put_sound(sound(TEN))
    outbox.put(commands.AudioAppend(b"live"))
    outbox.put(commands.AudioCommit())
    assert await take_all(outbox) == [
        commands.AudioClear(),
        *map(commands.AudioAppend, TEN),
        commands.AudioAppend(b"live"),
        commands.AudioCommit(),
    ]


async def test_blocks_that_wait_are_joined_two_by_two() -> None:
    outbox = Outbox()
    blocks = [bytes([number]) * 480 for number in range(5)]
    for block in blocks:
        outbox.put(commands.AudioAppend(block))
    outbox.put(commands.AudioAppend(b"last"))
    outbox.put(commands.AudioCommit())
    assert outbox.audio_bytes == 2_404
    expected = [blocks[0] + blocks[1], blocks[2] + blocks[3], blocks[4], b"last"]
    assert await take_all(outbox) == [*map(commands.AudioAppend, expected), commands.AudioCommit()]
    assert outbox.audio_bytes == 0


async def test_packets_of_full_length_are_not_joined() -> None:
    outbox = Outbox()
    for packet in TEN:
        outbox.put(commands.AudioAppend(packet))
    assert await take_all(outbox) == [*map(commands.AudioAppend, TEN)]


async def test_a_recording_is_read_as_it_goes() -> None:
    read = []

    def packets() -> Iterator[bytes]:
        for packet in TEN:
            read.append(packet)
            yield packet

    outbox = Outbox()
    outbox.put_sound(RecordedSound(9_600, packets()))
    assert read == []
    await outbox.take()
    assert len(read) == 1
    assert outbox.audio_bytes == 8_640


async def test_what_a_response_waits_for_is_told_from_live_sound() -> None:
    outbox = Outbox()
    outbox.put(commands.AudioAppend(TEN[0]))
    assert not outbox.holds_turn
    outbox.put_sound(sound(TEN))
    assert outbox.holds_turn
    await take_all(outbox)
    assert not outbox.holds_turn
    outbox.put(commands.ResponseCreate())
    assert outbox.holds_turn
    await take_all(outbox)
    assert not outbox.holds_turn
    assert outbox.audio_bytes == 0


async def test_a_recording_that_cant_be_read_on_is_passed_over(expect_log: Callable[[str], None]) -> None:
    def broken() -> Iterator[bytes]:
        yield TEN[0]
        raise OSError(5, "Input/output error")

    outbox = Outbox()
    expect_log("can't be read on")
    outbox.put_sound(RecordedSound(1_920, broken()))
    outbox.put(commands.AudioCommit())
    assert (await take_all(outbox))[-1] == commands.AudioCommit()
    assert outbox.audio_bytes == 0


async def test_it_is_joined_when_the_last_one_was_sent() -> None:
    outbox = Outbox()
    await outbox.join()
    outbox.put_sound(sound(TEN[:1]))
    joined = asyncio.ensure_future(outbox.join())
    await outbox.take()
    outbox.done()
    taking = asyncio.ensure_future(outbox.take())
    await joined
    outbox.put(commands.AudioCommit())
    assert await taking == commands.AudioCommit()
    joined = asyncio.ensure_future(outbox.join())
    await asyncio.sleep(0)
    assert not joined.done()
    outbox.done()
    await joined
