"""Opening and losing a connection, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import http
import itertools
import re
import socket
import zlib

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from desktop.protocol import catalog, commands, events
from desktop.realtime import connection, keep_alive, loop_budget
from desktop.realtime.connection import Connection, Endpoint, Frame
from desktop.realtime.errors import (
    AddressError,
    CredentialError,
    DroppedError,
    RealtimeError,
    RefusedError,
    UnreachableError,
)
from desktop.realtime.handshake import open_session
from desktop.realtime.take_recordings import RecordedSound
from tests.realtime.service import Line, serving

MODEL = catalog.find("openai/gpt-realtime-2")
CONFIG = commands.Config(model=MODEL.id, voice="marin")


async def opened(url: str, key: str = "key-1", **options):
    return await open_session(Endpoint(url, key), CONFIG, MODEL, **options)


async def idle(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()


async def test_the_first_frame_is_session_start_with_the_config():
    got = {}

    async def script(line: Line) -> None:
        got.update(await line.start())
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        await session.connection.close()
    assert got == {"model": "openai/gpt-realtime-2", "voice": "marin"}
    assert service.requests[0].path == "/v3/realtime"
    assert service.requests[0].headers["Authorization"] == "Bearer key-1"
    assert "Sec-WebSocket-Extensions" not in service.requests[0].headers, "deflate costs latency"
    assert (session.session_id, session.input_rate, session.output_rate) == ("s1", 24_000, 24_000)


async def test_rates_come_from_the_server_or_else_from_the_catalogue():
    async def gemini(line: Line) -> None:
        await line.start(input_sample_rate=16_000)
        await line.socket.wait_closed()

    async def silent(line: Line) -> None:
        await line.start(input_sample_rate=None, output_sample_rate=None)
        await line.socket.wait_closed()

    async with serving(gemini, silent) as service:
        first = await opened(service.url)
        second = await opened(service.url)
        assert (first.input_rate, first.output_rate) == (16_000, 24_000)
        assert (second.input_rate, second.output_rate) == (24_000, 24_000)
        await first.connection.close()
        await second.connection.close()


async def test_another_audio_format_is_refused_in_words():
    async def script(line: Line) -> None:
        await line.start(audio_format="g711_ulaw")
        await line.socket.wait_closed()

    async with serving(script) as service:
        with pytest.raises(RefusedError, match="g711_ulaw"):
            await opened(service.url)


@pytest.mark.parametrize(
    ("status", "word", "retry"),
    [
        (401, "key was refused", False),
        (402, "balance", False),
        (429, "too many", True),
        (503, "problem", True),
    ],
)
async def test_a_refused_upgrade_is_a_plain_sentence(status: int, word: str, retry: bool):
    def refuse(connection, _):
        return connection.respond(http.HTTPStatus(status), "no\n")

    async with serving(idle, refuse=refuse) as service:
        with pytest.raises(RefusedError, match=word) as caught:
            await opened(service.url)
    assert caught.value.code == str(status)
    assert caught.value.retry is retry
    assert "key-1" not in str(caught.value)


async def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match="Nothing answers at 127"):
        await opened(url)


async def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch):
    async def no_such_host(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_such_host)
    with pytest.raises(UnreachableError, match=r"nowhere\.example was not found"):
        await opened("https://nowhere.example")


async def test_something_else_answers():
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnreachableError, match="not the realtime service"):
            await opened(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["", "api.opper.ai", "ftp://api.opper.ai", "https://", "https://x:port"])
async def test_an_invalid_base_url(url: str):
    with pytest.raises(AddressError, match=r"https://api\.opper\.ai"):
        await opened(url)


async def test_no_name_or_password_goes_beside_the_key():
    with pytest.raises(AddressError, match="name or a password") as caught:
        await opened("https://anna:marked-secret-42@api.opper.ai")
    assert "marked" not in str(caught.value)


async def test_no_key_travels_unencrypted():
    with pytest.raises(AddressError, match="https://"):
        await opened("http://api.opper.ai")


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.opper.ai", "wss://api.opper.ai/v3/realtime"),
        ("https://api.opper.ai/", "wss://api.opper.ai/v3/realtime"),
        ("https://proxy.example/opper", "wss://proxy.example/opper/v3/realtime"),
        ("http://localhost:8080", "ws://localhost:8080/v3/realtime"),
        ("http://[::1]:8080", "ws://[::1]:8080/v3/realtime"),
    ],
)
def test_the_sockets_url(base: str, url: str):
    assert Endpoint(base, "k").websocket_url() == url


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("", "no key"),
        ("  ", "no key"),
        ("opmak-123", "management"),
        ("a b", "characters"),
        ("kéy", "characters"),
    ],
)
async def test_an_invalid_key(key: str, word: str):
    with pytest.raises(CredentialError, match=word):
        await opened("https://api.opper.ai", key)


def test_a_key_is_trimmed_and_never_shown():
    endpoint = Endpoint("https://api.opper.ai", " key-1\n")
    assert endpoint.headers() == {"Authorization": "Bearer key-1"}
    assert "key-1" not in repr(endpoint)


async def test_an_error_before_the_start_is_the_reason():
    async def script(line: Line) -> None:
        await line.expect("session.start")
        await line.send("error", error={"message": "Unknown model", "code": "model_not_found"})
        await line.socket.wait_closed()

    async with serving(script) as service:
        with pytest.raises(RefusedError, match="Unknown model") as caught:
            await opened(service.url)
    assert caught.value.code == "model_not_found"


async def test_an_error_before_the_start_need_not_be_the_end():
    async def script(line: Line) -> None:
        await line.expect("session.start")
        await line.send("error", error={"message": "No such voice", "code": "voice_not_found"})
        await line.send("session.started", session_id="s")
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        await session.connection.close()
    assert session.session_id == "s"


async def test_a_service_that_never_starts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.handshake.START_TIMEOUT_S", 0.05)

    async def script(line: Line) -> None:
        await line.expect("session.start")
        await line.socket.wait_closed()

    async with serving(script) as service:
        with pytest.raises(UnreachableError, match="opened no session") as failed:
            await opened(service.url)
    assert failed.value.retry


async def test_events_are_received_and_frames_observed():
    async def script(line: Line) -> None:
        await line.start()
        await line.send("text.delta", delta="Hello")
        await line.send("brand.new", value=1)
        await line.socket.send(b"\xff\xfe")
        await line.socket.wait_closed()

    frames: list[Frame] = []
    async with serving(script) as service:
        session = await opened(service.url, observe=frames.append)
        kinds = []
        async for event in session.connection.receive():
            kinds.append(type(event).__name__)
            if len(kinds) == 3:
                break
        await session.connection.close()
    assert kinds == ["TextDelta", "Unknown", "Unknown"]
    assert [frame.direction for frame in frames] == ["out", "in", "in", "in", "in"]
    assert frames[0].size > 0


async def test_large_frames_are_taken_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loop_budget, "BUDGET_S", 0.0)
    sound = bytes(range(250)) * 48_000
    turns, arrived, decoded = 0, 0, 0

    async def script(line: Line) -> None:
        await line.start()
        await line.send_audio(sound)
        await line.socket.wait_closed()

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def observe(frame: Frame) -> None:
        nonlocal decoded
        decoded = turns
        frames.append(frame)

    frames: list[Frame] = []
    async with serving(script) as service:
        session = await opened(service.url, observe=observe)
        receive = session.connection._socket.recv

        async def noting(**options: bool) -> bytes:
            nonlocal arrived
            frame = await receive(**options)
            arrived = turns
            return frame

        monkeypatch.setattr(session.connection._socket, "recv", noting)
        receiving, received, before = session.connection.receive(), b"", [turns]
        other = asyncio.create_task(others())
        while len(received) < len(sound):
            received += (await anext(receiving)).audio
            before.append(turns)
        other.cancel()
        await session.connection.close()
    assert received == sound
    assert len(before) > 10
    assert all(after > earlier for earlier, after in itertools.pairwise(before)), (
        "others had a turn each time"
    )
    assert decoded - arrived > 50, "and while it was decoded"
    assert [frame.size for frame in frames if isinstance(frame.message, events.AudioDelta)] == [
        len(sound) * 4 // 3 + 36
    ]


async def test_what_waits_to_be_read_holds_no_close_up(monkeypatch: pytest.MonkeyPatch):
    """A flood that came in before the close would be handled for seconds after it."""
    monkeypatch.setattr(connection, "BEHIND_CLOSE_S", 0.0)
    monkeypatch.setattr(connection, "READ_AFTER_CLOSE_S", 0.0)
    handled = 0

    async def script(line: Line) -> None:
        await line.start()
        line.socket.transport.write(b"\x81\x02{}" * 60_000)
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        receiving = session.connection.receive()
        await anext(receiving)
        await session.connection.close()
        async for _ in receiving:
            handled += 1
    assert handled < 1_000


async def receive_all(session) -> None:
    async for _ in session.connection.receive():
        pass


async def test_the_round_trip_is_told_in_milliseconds(monkeypatch: pytest.MonkeyPatch):
    latency = property(lambda _: 0.25, lambda *_: None)
    monkeypatch.setattr(ClientConnection, "latency", latency, raising=False)
    async with serving(idle) as service:
        session = await opened(service.url)
        assert session.connection.round_trip_ms == 250.0
        await session.connection.close()


async def test_a_cut_connection_is_said_to_be_dropped():
    async def script(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(script) as service:
        session = await opened(service.url)
        with pytest.raises(DroppedError, match="dropped") as caught:
            await receive_all(session)
        await session.connection.close()
    assert caught.value.retry


async def test_a_close_by_the_server_is_reported_with_its_reason():
    async def script(line: Line) -> None:
        await line.start()
        await line.socket.close(1008, "no more")

    async with serving(script) as service:
        session = await opened(service.url)
        with pytest.raises(DroppedError, match="no more") as caught:
            await receive_all(session)
        await session.connection.close()
    assert caught.value.code == "1008"
    assert not caught.value.retry


async def test_a_close_as_too_large_is_not_taken_for_our_own():
    async def script(line: Line) -> None:
        await line.start()
        await line.socket.close(1009, "too much")

    async with serving(script) as service:
        session = await opened(service.url)
        with pytest.raises(DroppedError, match="too much") as caught:
            await receive_all(session)
        await session.connection.close()
    assert (caught.value.code, caught.value.retry) == ("1009", True)


async def test_a_frame_past_all_bounds_ends_the_session_in_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.connection.MAX_FRAME", 1_000)

    async def script(line: Line) -> None:
        await line.start()
        await line.send_audio(bytes(1_000))
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        with pytest.raises(DroppedError, match="too large") as caught:
            await receive_all(session)
        await session.connection.close()
    assert (caught.value.code, caught.value.retry) == ("1009", False)


async def test_our_own_close_is_no_error_and_sends_what_was_queued():
    closed: list[int | None] = []

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()
        closed.append(line.socket.close_code)

    async with serving(script) as service:
        session = await opened(service.url)
        receiving = asyncio.create_task(receive_all(session))
        for _ in range(200):
            session.connection.send(commands.AudioAppend(bytes(960)))
        session.connection.send(commands.AudioCommit())
        await session.connection.close()
        await receiving
    assert closed == [1000]


async def test_a_frame_is_on_its_way_at_once_unless_others_wait():
    arrived: list[bytes] = []

    async def listen(line: Line) -> None:
        await line.start()
        with contextlib.suppress(ConnectionClosed):
            while True:
                arrived.append(base64.b64decode((await line.expect("audio.append"))["audio"]))

    def packets(first: int) -> list[bytes]:
        return [bytes([first + number]) * 960 for number in range(3)]

    sent: list[Frame] = []
    async with serving(listen) as service:
        session = await opened(service.url, observe=sent.append)
        sent.clear()
        line = session.connection
        for packet in packets(1):
            line.send(commands.AudioAppend(packet))
        assert len(sent) == 3, "not handed to the socket by the call"
        line.send_sound(RecordedSound(2_880, packets(4)))
        line.send(commands.AudioAppend(packets(7)[0]))
        assert len(sent) == 3, "past what waits"
        await line.close()
    assert arrived == [*packets(1), *packets(4), packets(7)[0]]


async def test_closing_a_socket_that_takes_nothing_leaves_no_task(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keep_alive, "CLOSE_TIMEOUT_S", 0.01)
    before = asyncio.all_tasks()
    async with serving(idle) as service:
        session = await opened(service.url)
        monkeypatch.setattr(session.connection._socket, "send", lambda *_, **__: asyncio.Event().wait())
        monkeypatch.setattr(keep_alive.WatchedSocket, "takes_at_once", False)
        for _ in range(3):
            session.connection.send(commands.AudioClear())
        await session.connection.close()
        await asyncio.sleep(0)
        left = [task.get_name() for task in asyncio.all_tasks() - before if "realtime" in task.get_name()]
    assert left == []


def test_the_tree_of_errors_is_one():
    kinds = (AddressError, CredentialError, UnreachableError, RefusedError, DroppedError)
    assert all(issubclass(kind, RealtimeError) for kind in kinds)


async def test_sending_on_a_closed_connection_is_harmless():
    async def script(line: Line) -> None:
        await line.socket.wait_closed()

    async with serving(script) as service:
        connection = await Connection.open(Endpoint(service.url, "k"))
        await connection.close()
        connection.send(commands.AudioCommit())


async def test_sending_on_a_socket_that_has_just_failed_writes_nothing(caplog: pytest.LogCaptureFixture):
    """asyncio warns of each write from the fifth on."""

    async def script(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        session.connection.abort()
        for _ in range(10):
            session.connection.send(commands.AudioAppend(bytes(480)))
        assert session.connection.unsent_bytes == 4_800
        await session.connection.close()
    assert "socket.send() raised" not in caplog.text


async def test_an_abort_after_a_close_with_a_full_buffer_is_harmless():
    reads = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        line.socket.transport.pause_reading()
        await reads.wait()
        line.socket.transport.resume_reading()
        await line.socket.wait_closed()

    async with serving(script) as service:
        session = await opened(service.url)
        transport = session.connection._socket.transport
        session.connection.send_sound(RecordedSound(48_000_000, [bytes(960)] * 50_000))
        async with asyncio.timeout(5):
            while not transport.get_write_buffer_size():  # noqa: ASYNC110 - the buffer tells nobody
                await asyncio.sleep(0.001)
        transport.close()
        reads.set()
        with contextlib.suppress(RealtimeError):
            await receive_all(session)
        session.connection.abort()
        await session.connection.close()


async def test_no_compression_is_agreed_on():
    """A service can't hide more than `MAX_FRAME` in a frame: what it packs unasked ends the connection."""
    packed = zlib.compress(bytes(1_000))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head)
        key = re.search(r"Sec-WebSocket-Key: (\S+)", head)
        assert key
        digest = hashlib.sha1(key[1].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        extension = "" if len(asked) > 1 else "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n{extension}\r\n".encode()
        )
        writer.write(bytes([0xC1, len(packed)]) + packed)  # the bit that marks a packed frame is set
        await reader.read()
        writer.close()

    asked: list[str] = []
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError):
            await Connection.open(Endpoint(url, "key"))
        connection = await Connection.open(Endpoint(url, "key"))
        with pytest.raises(DroppedError):
            await anext(connection.receive())
        await connection.close()
    assert all("Sec-WebSocket-Extensions" not in head for head in asked)
