"""A running session: bad frames, updates, large frames, and what ends it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from desktop.offline import server_codec, server_session
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders, tone
from desktop.offline.server import OfflineProvider
from desktop.offline.server_session import SessionLimits
from desktop.offline.speech_engines import EngineLoaders
from tests.offline.client import TOOLS, Client, connected, kinds, running, session, spoken


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        yield client


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", "invalid_json"),
        ("[]", "invalid_frame"),
        ("{}", "missing_type"),
        ('{"type":"nonsense"}', "unknown_type"),
        (b'{"type":"audio.commit"}', "binary_frame"),
        ('{"type":"audio.append","audio":"***"}', "invalid_field"),
        ('{"type":"audio.append","audio":"AAAA"}', "invalid_audio"),
        ('{"type":"image.input","image_url":"data:,"}', "unsupported_input"),
        ('{"type":"tool.result","tool_call_id":"x","tool_result":{}}', "tool_call_id_not_found"),
        ('{"type":"response.cancel"}', "response_cancel_not_active"),
        ('{"type":"audio.commit"}', "input_audio_buffer_commit_empty"),
    ],
)
async def test_a_bad_frame_gets_an_error_and_the_session_continues(
    client: Client, frame: str | bytes, code: str
) -> None:
    await client.connection.send(frame)

    assert await client.error() == code
    assert spoken(await client.ask("what is two plus two?")) == "2 plus 2 is 4."


async def test_benign_errors_are_worded_as_clients_know_them(client: Client) -> None:
    for kind, fields, words in (
        ("response.cancel", {}, "cancel"),
        ("audio.commit", {}, "buffer too small"),
        ("tool.result", {"tool_call_id": "x", "tool_result": 1}, "tool call id"),
    ):
        await client.send(kind, **fields)
        assert words in (await client.until("error"))[-1]["error"]["message"]


async def test_frames_of_16_mib_are_read(client: Client) -> None:
    room = server_codec.MAX_FRAME_BYTES - 100
    await client.send("text.input", text="x" * room)
    await client.send("response.create")

    assert (await client.until("response.completed"))[-1]["status"] == "completed"


async def test_a_frame_above_that_ends_the_connection(client: Client) -> None:
    with contextlib.suppress(ConnectionClosed):
        await client.send("text.input", text="x" * (server_codec.MAX_FRAME_BYTES + 1_000))

    assert await client.closed() == 1009


async def test_pings_are_answered(client: Client) -> None:
    async with asyncio.timeout(10):
        await (await client.connection.ping())


async def test_an_update_changes_what_follows(client: Client) -> None:
    await client.send("session.update", config={"tools": TOOLS})
    frames = await client.ask("what time is it?")
    assert "tool.call" in kinds(frames)

    await client.send("session.update", config={"tools": [], "modalities": ["text"]})
    frames = await client.ask("what is two plus two?")
    assert {frame["type"] for frame in frames} == {"response.started", "text.delta", "response.completed"}


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"model": "offline/demo-16k"}, "model_change_refused"),
        ({"voice": "marin"}, "voice_not_found"),
        ({"colour": 1}, "unknown_field"),
        ({"turn_detection": {"type": "semantic_vad"}}, "unsupported_turn_detection"),
    ],
)
async def test_an_update_is_checked(client: Client, config: dict[str, Any], code: str) -> None:
    await client.send("session.update", config=config)

    assert await client.error() == code


async def test_an_update_may_name_the_model_it_has(client: Client) -> None:
    await client.send("session.update", config={"model": "offline/demo", "voice": "heart"})

    assert kinds(await client.ask("hi")) == ["response.started", "delta", "response.completed"]


async def test_an_idle_session_is_ended_with_a_word() -> None:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer()), idle_s=0.2) as client:
        end = (await client.until("session.terminating"))[-1]

        assert end["error"]["code"] == "idle_timeout"
        assert end["error"]["message"]
        assert await client.closed() == 1000


async def test_a_connection_that_never_starts_is_idle_too() -> None:
    async with (
        running(fake_loaders(FakeRecognizer(), FakeSynthesizer()), idle_s=0.2) as url,
        connected(url) as client,
    ):
        assert (await client.receive())["error"]["code"] == "idle_timeout"


async def test_a_session_in_use_is_not_idle_but_ends_at_its_maximum() -> None:
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer()), idle_s=0.5, max_s=1.5) as client:
        frame: dict[str, Any] = {}
        while frame.get("type") != "session.terminating":
            await client.send("audio.clear")
            try:
                async with asyncio.timeout(0.05):
                    frame = await client.receive()
            except TimeoutError:
                continue

        assert frame["error"]["code"] == "max_duration"
        assert await client.closed() == 1000


async def test_an_answer_in_the_making_is_not_idleness() -> None:
    voice = FakeSynthesizer(hold_after=0)
    async with session(fake_loaders(FakeRecognizer(), voice), idle_s=0.3) as client:
        await client.send("response.create")
        # The voice is held for longer than the idle limit, then released.
        asyncio.get_running_loop().call_later(0.9, voice.release.set)
        frames = await client.until("response.completed")

        assert "session.terminating" not in kinds(frames)
        assert (await client.receive())["error"]["code"] == "idle_timeout"


async def test_a_shutdown_says_goodbye_to_its_sessions() -> None:
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()), SessionLimits())
    url = await provider.start()
    async with connected(url) as client:
        await client.start()
        await provider.stop()

        assert (await client.until("session.terminating"))[-1]["error"]["code"] == "server_shutdown"
        await client.closed()


async def test_a_mistake_of_ours_ends_the_session_with_a_word(
    client: Client, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("a session failed")

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(server_session.ServerSession, "_update", fail)
    await client.send("session.update", config={})

    assert (await client.until("session.terminating"))[-1]["error"]["code"] == "internal_error"
    assert await client.closed() == 1000


async def test_a_client_that_vanishes_harms_nobody() -> None:
    voice = FakeSynthesizer()
    async with running(fake_loaders(FakeRecognizer(), voice)) as url:
        async with connected(url) as gone:
            await gone.start()
            await gone.send("text.input", text="tell me a story")
            await gone.send("response.create")
            await gone.until("audio.delta")
            gone.connection.transport.abort()
        async with connected(url) as client:
            await client.start()
            assert spoken(await client.ask("thanks")) == "You're welcome."


async def test_a_client_that_leaves_while_the_engines_load_harms_nobody() -> None:
    loaded = threading.Event()

    def slowly() -> FakeRecognizer:
        loaded.wait(10)
        return FakeRecognizer(["thanks"])

    loaders = fake_loaders(FakeRecognizer(), FakeSynthesizer())
    async with running(EngineLoaders(slowly, loaders.synthesizer)) as url:
        async with connected(url) as gone:
            await gone.start()
        async with connected(url) as client:
            await client.start()
            loaded.set()
            await client.append(tone(300, 24_000))
            await client.send("audio.commit")
            assert (await client.receive())["transcript"] == "thanks"


async def test_sessions_do_not_hear_each_other() -> None:
    async with (
        running(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as url,
        connected(url) as one,
        connected(url) as other,
    ):
        await one.start()
        await other.start()
        await one.send("text.input", text="what is two plus two?")
        await other.send("text.input", text="what is three plus three?")
        for client in (one, other):
            await client.send("response.create")

        assert spoken(await one.until("response.completed")) == "2 plus 2 is 4."
        assert spoken(await other.until("response.completed")) == "3 plus 3 is 6."


async def test_a_very_long_burst_is_refused_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.offline.input_audio_buffer.LONGEST_BACKLOG_S", 1)
    async with session(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as client:
        await client.send("audio.append", audio=base64.b64encode(bytes(48_002)).decode())

        assert await client.error() == "input_audio_buffer_full"
