"""A recorded service, replayed to clients that nobody here wrote and to our own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import websocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import AccessOptions
from desktop.cli import headless
from desktop.cli.headless import HeadlessOptions
from desktop.conversation.turn_recording import TurnRecording
from desktop.protocol import catalog, commands
from desktop.recording.folder.reader import open_recording
from desktop.recording.frame_log import FrameLog
from desktop.recording.replay_script import scripts_of
from desktop.recording.replay_server import ReplayServer
from tests.recording.folder.sessions import arrived, conversation, delta, record, sent

STARTED = (
    b'{"type":"session.started","session_id":"s1","input_sample_rate":24000,'
    b'"output_sample_rate":24000,"audio_format":"pcm16"}'
)
MODEL = "openai/gpt-realtime-2"


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def typed_turn() -> list[Any]:
    """A typed turn with sound in its answer."""
    return [
        sent(commands.SessionStart(commands.Config(model=MODEL))),
        arrived(STARTED),
        sent(commands.TextInput("What time is it?")),
        sent(commands.ResponseCreate()),
        arrived(b'{"type":"response.started"}'),
        arrived(b'{"type":"text.delta","delta":"It is noon."}'),
        arrived(delta(bytes(4_800))),
        arrived(b'{"type":"response.completed"}'),
    ]


NODE = Path(__file__).parents[1] / "node"
WS = NODE / "node_modules" / "ws"


def server_of(folder: Path, speed: float = 0.0, **options: Any) -> ReplayServer:
    return ReplayServer(scripts_of(open_recording(folder)), speed, **options)


def foreign(url: str, turns: int, packet: int = 2_000) -> list[bytes]:
    """A client of another library, with packets of another length: everything that it received."""
    socket = websocket.create_connection(url.replace("http", "ws") + "/v3/realtime", timeout=20)
    found: list[bytes] = []

    def until(kind: str) -> None:
        while True:
            found.append(socket.recv_data()[1])
            if b'"' + kind.encode() + b'"' in found[-1]:
                return

    socket.send(json.dumps({"type": "session.start", "config": {"model": "any", "voice": "other"}}))
    until("session.started")
    for _ in range(turns):
        sound = base64.b64encode(bytes(packet)).decode()
        socket.send(json.dumps({"type": "audio.append", "audio": sound}))
        socket.send(json.dumps({"type": "audio.commit"}))
        socket.send(json.dumps({"type": "response.create"}))
        until("response.completed")
    socket.close()
    return found


async def test_a_foreign_client_completes_it_and_two_replays_are_equal(tmp_path: Path) -> None:
    frames = list(conversation(3))
    record(tmp_path / "r", frames)
    expected = [frame.wire for frame in frames if frame.direction == "in"]
    hashes = set()
    for _ in range(2):
        server = server_of(tmp_path / "r")
        url = await server.start()
        found = await asyncio.to_thread(foreign, url, 3)
        await server.stop()
        assert found == expected
        hashes.add(hashlib.sha256(b"".join(found)).hexdigest())
    assert len(hashes) == 1


@pytest.mark.skipif(not WS.exists(), reason="npm isn't installed here")
async def test_a_client_of_the_library_of_most_web_programs_completes_it(tmp_path: Path) -> None:
    frames = list(conversation(3))
    record(tmp_path / "r", frames)
    server = server_of(tmp_path / "r")
    client = await asyncio.create_subprocess_exec(
        *("node", str(NODE / "replay_client.js"), (await server.start()).replace("http", "ws"), "3"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await asyncio.wait_for(client.communicate(), 30)
    await server.stop()
    assert said == b""
    expected = [hashlib.sha256(frame.wire).hexdigest() for frame in frames if frame.direction == "in"]
    assert printed.decode().split() == expected


async def ask(url: str, folder: Path) -> headless.CompletedTurn:
    key_hosts.trust_for_this_run(url)
    options = HeadlessOptions(catalog.find(MODEL), access=AccessOptions(base_url=url), timeout_s=30)
    kept = TurnRecording(folder)
    try:
        return await headless.say(options, "What time is it?", frames=FrameLog(), kept=kept)
    finally:
        assert await asyncio.to_thread(kept.close) == ""


async def test_a_recording_of_a_replay_equals_it_but_for_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "op-not-a-real-key-0001")
    record(tmp_path / "made", typed_turn())
    for source, target in (("made", "first"), ("first", "second")):
        server = server_of(tmp_path / source)
        turn = await ask(await server.start(), tmp_path / target)
        await server.stop()
        assert (turn.assistant, turn.complete, len(turn.pcm)) == ("It is noon.", True, 4_800)
    first, second = (list(open_recording(tmp_path / name).frames()) for name in ("first", "second"))
    assert [(one.line.direction, one.wire) for one in first] == [
        (one.line.direction, one.wire) for one in second
    ]
    for name in ("received.pcm",):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    marks = [[mark.mark for mark in open_recording(tmp_path / name).marks()] for name in ("first", "second")]
    assert marks[0] == marks[1]
    assert {"session", "commit", "reply_started", "first_delta", "reply_done"} <= set(marks[0])


async def test_a_client_that_says_nothing_is_told_what_is_waited_for(tmp_path: Path) -> None:
    record(tmp_path / "r", typed_turn())
    server = server_of(tmp_path / "r", give_up_s=0.05)
    url = await server.start()
    async with connect(url.replace("http", "ws")) as socket:
        await socket.send('{"type":"session.start"}')
        assert await socket.recv(decode=False) == STARTED
        error = json.loads(await socket.recv())
        assert "waits for text.input" in error["message"]
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    await server.stop()


async def test_another_format_of_sound_is_refused_in_a_sentence(tmp_path: Path) -> None:
    record(tmp_path / "r", typed_turn())
    server = server_of(tmp_path / "r")
    async with connect((await server.start()).replace("http", "ws")) as socket:
        await socket.send('{"type":"session.start","config":{"output_audio_format":"g711_ulaw"}}')
        assert "can't be replayed as g711_ulaw" in json.loads(await socket.recv())["message"]
    await server.stop()


async def test_a_page_of_another_site_is_refused(tmp_path: Path) -> None:
    record(tmp_path / "r", typed_turn())
    server = server_of(tmp_path / "r")
    url = (await server.start()).replace("http", "ws")
    with pytest.raises(InvalidStatus):
        await connect(url, origin="https://example.com")  # type: ignore[arg-type]
    async with connect(url, origin="http://localhost:3000"):  # type: ignore[arg-type]
        pass
    await server.stop()
