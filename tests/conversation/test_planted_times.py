"""Times that were planted in a service are found, part by part, and add up."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import AccessOptions
from desktop.cli import headless
from desktop.cli.headless import HeadlessOptions
from desktop.conversation.turn_recording import TurnRecording
from desktop.protocol import catalog
from desktop.recording import replay_server
from desktop.recording.folder.reader import open_recording
from desktop.recording.frame_log import FrameLog
from desktop.recording.replay_script import Script, Step
from desktop.recording.replay_server import ReplayServer
from desktop.turn.marked_turns import turns_of
from desktop.turn.turn_parts import parts_of, wait_of
from tests.recording.folder.sessions import delta
from tests.recording.test_replay_server import STARTED

MODEL = "openai/gpt-realtime-2"
TONE = (3_000 * np.sin(np.arange(4_800) / 5)).astype("<i2").tobytes()
WITHIN_MS = 10
"""Between what the service did and what the client found; a third try is for a machine that is busy."""


def service(answer_ms: int, silence_ms: int) -> ReplayServer:
    """It begins to respond after half of the time, and its sound comes at the end of it."""
    sound = bytes(48 * silence_ms) + TONE
    steps = [
        Step(0, kind="session.start", number=1),
        Step(0, wire=STARTED),
        Step(1, kind="text.input", number=1),
        Step(500 * answer_ms, wire=b'{"type":"response.started"}'),
        Step(1_000 * answer_ms, wire=delta(sound)),
        Step(1_000 * answer_ms, wire=b'{"type":"text.delta","delta":"It is noon."}'),
        Step(1_000 * answer_ms, wire=b'{"type":"response.completed"}'),
    ]
    return ReplayServer([Script(steps)])


async def ask(answer_ms: int, silence_ms: int, folder: Path, sent_at: list[float]) -> float:
    """How far the parts of a turn are from what was planted, in ms. They are checked against their sum, and
    against those of the turn's recording.
    """
    server = service(answer_ms, silence_ms)
    url = await server.start()
    key_hosts.trust_for_this_run(url)
    options = HeadlessOptions(catalog.find(MODEL), access=AccessOptions(base_url=url), timeout_s=30)
    kept = TurnRecording(folder)
    turn = await headless.say(options, "What time is it?", frames=FrameLog(), kept=kept)
    await server.stop()
    assert await asyncio.to_thread(kept.close) == ""
    assert turn.timing
    parts = parts_of(turn.timing)
    assert turn.timing.detail.way.audible is not None
    assert turn.timing.commit is not None
    wait = turn.timing.detail.way.audible - turn.timing.commit
    assert sum(part.ms for part in parts) == pytest.approx(wait, abs=0.001) == wait_of(turn.timing)
    (recorded,) = turns_of(open_recording(folder).marks(), MODEL)
    assert [part.names for part in parts_of(recorded)] == [part.names for part in parts]
    assert [part.ms for part in parts_of(recorded)] == pytest.approx([part.ms for part in parts], abs=0.01)
    found = {part.names[0]: part.ms for part in parts}
    # A busy machine is late to send: what counts is when it did.
    answered = 1_000 * sent_at[-1] - turn.timing.commit
    assert answered >= answer_ms - 1
    return max(abs(found["service"] + found["model"] - answered), abs(found["leading_silence"] - silence_ms))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "op-not-a-real-key-0001")
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


async def test_three_services_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = ((200, 0), (600, 300), (1_500, 0))
    sent_at: list[float] = []
    send = replay_server.send_frame

    async def noting(socket: ServerConnection, wire: bytes) -> None:
        if b"audio.delta" in wire:
            sent_at.append(time.monotonic())
        await send(socket, wire)

    monkeypatch.setattr(replay_server, "send_frame", noting)
    for number in range(3):
        late = [
            await ask(answer, silence, tmp_path / f"{number}-{answer}", sent_at)
            for answer, silence in planted
        ]
        if max(late) <= WITHIN_MS:
            return
    pytest.fail(f"late by {late}")
