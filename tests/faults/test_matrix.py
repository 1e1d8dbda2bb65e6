"""Every fault against the real client, over real sockets: states, notes, frames, kept takes and leftovers."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from desktop.offline.faults.catalogue import SCENARIOS
from desktop.offline.faults.server import FaultServer
from desktop.turn.effects import DisplayState
from tests.faults.matrix import ROWS, Row
from tests.faults.user import PACE, SPOKEN_MS, User, sent, sitting_at

MIB = 1024 * 1024
STILL_S = 0.05
"""How long nothing more may happen once all expected events have come."""


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


@pytest.fixture(autouse=True)
def patient_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: no gap in an answer is a pause."""
    monkeypatch.setattr("desktop.turn.response_content.PAUSE_MS", 60_000)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.realtime.retry.FIRST_S", 0.01)


@asynccontextmanager
async def leaving_nothing() -> AsyncIterator[None]:
    """Fails when a task or a thread outlives the block. The loop has no worker threads after it."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    yield
    async with asyncio.timeout(5):
        while left := asyncio.all_tasks() - tasks:
            await asyncio.wait(left, timeout=0.01)
    await asyncio.get_running_loop().shutdown_default_executor()
    for thread in set(threading.enumerate()) - threads:
        thread.join(5)
        assert not thread.is_alive(), f"{thread} is left"


@contextmanager
def giving_memory_back(most_bytes: int) -> Iterator[None]:
    """Fails when more than this is still held when the block is left."""
    gc.collect()
    tracemalloc.start()
    try:
        yield
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < most_bytes, f"{held / MIB:.1f} MiB are held"


def notes(user: User) -> list[str]:
    return [f"{text} [{code}]" for text, code in user.note_texts]


def states(user: User) -> str:
    """What was seen since the connecting."""
    return " ".join(state for state in user.seen if state != "Connecting")


def all_match(patterns: tuple[str, ...], texts: list[str], whole: bool) -> bool:
    match = re.fullmatch if whole else re.search
    return len(patterns) == len(texts) and all(map(match, patterns, texts))


def as_foreseen(row: Row, user: User, server: FaultServer) -> bool:
    return (
        bool(re.fullmatch(row.sees, states(user)))
        and all_match(row.notes, notes(user), whole=False)
        and all_match(row.sent, sent(server), whole=True)
        and user.kept == row.kept
    )


async def play(row: Row, user: User, server: FaultServer) -> None:
    await user.connect()
    await user.until(lambda: re.fullmatch(row.first, states(user)))
    if user.controller.connected:
        user.speak()
    await user.until(lambda: as_foreseen(row, user, server))
    await asyncio.sleep(STILL_S)
    assert as_foreseen(row, user, server), (states(user), notes(user), sent(server), user.kept)


def check_heard(row: Row, user: User) -> None:
    speaker = user.audio.speaker_now
    if row.heard_ms is not None:
        pcm = [len(pcm) for _, pcm in speaker.writes]
        assert not any(size % 2 for size in pcm), "whole samples only"
        assert sum(pcm) / 48 == pytest.approx(row.heard_ms, abs=0.1)
    if row.says is not None:
        assert [line.text for line in user.lines if line.speaker == "assistant"] == list(row.says)
    if row.cut_off:
        assert [line.note for line in user.lines if line.speaker == "assistant"] == ["cut off"]
    if row.heard is not None:
        assert [line.text for line in user.lines if line.speaker == "user"] == [row.heard]


def check_shut(row: Row, user: User) -> None:
    """No session, no open device: not even opened where there was none."""
    devices = [*user.audio.microphones, *user.audio.speakers]
    assert all(device.closed for device in devices if device.session_rate)
    assert any(device.session_rate for device in devices) == row.connects


async def check_takes(row: Row, user: User, server: FaultServer) -> None:
    """Every take has arrived whole, now or with the next session."""
    if row.kept:
        before = server.record.connections
        user.controller.toggle_session()
        await user.until(lambda: server.record.answered)
        assert user.kept == 0
        assert server.record.connections == before + 1
    spoken = DisplayState.LISTENING in user.states
    if spoken:
        assert server.record.takes[-1].ms >= SPOKEN_MS, "from its first sample to its last"
    if row.answered:
        assert len(server.record.answered) >= spoken


def test_every_scenario_has_its_row():
    rows = {row.scenario for row in ROWS}
    assert rows <= set(SCENARIOS)
    assert set(SCENARIOS) - rows == {"endless"}, "that one is ended by the user, see below"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.scenario)
async def test_fault(row: Row, monkeypatch: pytest.MonkeyPatch):
    for name, value in row.patches.items():
        monkeypatch.setattr(name, value)
    async with leaving_nothing(), FaultServer(SCENARIOS[row.scenario], PACE) as server:
        async with sitting_at(server) as user:
            await play(row, user, server)
            check_heard(row, user)
            if not user.controller.connected:
                check_shut(row, user)
            await check_takes(row, user, server)
        check_shut(row, user)


@pytest.mark.parametrize("scenario", ["frame-16-mib", "frame-unknown-16-mib", "frame-too-large", "burst"])
async def test_what_was_large_is_let_go(scenario: str):
    async def one(row: Row) -> None:
        async with FaultServer(SCENARIOS[row.scenario], PACE) as server, sitting_at(server) as user:
            await play(row, user, server)
        user.audio.speaker_now.writes.clear()  # the fake's own memory

    rows = {row.scenario: row for row in ROWS}
    await one(rows["well"])  # what is imported when first needed
    with giving_memory_back(2 * MIB):
        await one(rows[scenario])


@pytest.mark.parametrize("scenario", ["well", "drop-idle", "drop-in-take", "restart", "slow-reader"])
async def test_where_the_server_ends_the_turn_nothing_is_lost_either(scenario: str):
    """A model that takes no commit: the turn ends with silence, after a drop too."""
    async with leaving_nothing(), FaultServer(SCENARIOS[scenario], PACE) as server:
        async with sitting_at(server, model="xai/grok-voice-latest") as user:
            await user.connect()
            if scenario == "drop-idle":
                await user.until(lambda: states(user) == "Ready Reconnecting Ready")
            user.speak()
            await user.until(lambda: server.record.answered and user.states[-1] is DisplayState.READY)
            assert server.record.takes[-1].ms >= SPOKEN_MS
            assert [line.text for line in user.lines if line.speaker == "assistant"] == [
                "I heard you. Go on."
            ]
            assert user.note_texts == []
            assert set(" ".join(sent(server)).split()) == {"start", "audio"}


async def test_an_answer_without_an_end_is_ended_by_a_press():
    async with leaving_nothing(), FaultServer(SCENARIOS["endless"], PACE) as server:
        async with sitting_at(server) as user:
            await user.connect()
            user.speak()
            await user.until(lambda: len(user.audio.speaker_now.writes) > 10)
            user.speak()
            await user.until(lambda: server.record.answered)
            await user.until_state(DisplayState.READY)
        assert sent(server) == ["start audio commit create cancel audio commit create"]
        assert user.lines[-1].text == "I heard you. Go on."
        assert user.note_texts == []


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_wall_clock_that_jumps_changes_nothing(days: int, monkeypatch: pytest.MonkeyPatch):
    clock = time.time
    async with leaving_nothing(), FaultServer() as server, sitting_at(server) as user:
        await user.connect()
        user.controller.press()
        user.audio.microphone_now.push_ms(SPOKEN_MS / 2)
        await user.until_state(DisplayState.LISTENING)
        monkeypatch.setattr(time, "time", lambda: clock() + days * 86_400)
        user.audio.microphone_now.push_ms(SPOKEN_MS / 2)
        user.controller.release()
        user.audio.microphone_now.push_ms(220)
        await user.until(lambda: server.record.answered)
        await user.until_state(DisplayState.READY)
        assert states(user) == "Ready Listening Thinking Speaking Ready"
        assert user.note_texts == []


async def test_a_clock_that_leaps_an_hour_ahead_sends_the_take(monkeypatch: pytest.MonkeyPatch):
    """As after a sleep, on systems whose monotonic clock goes on meanwhile."""
    loop = asyncio.get_running_loop()
    clock = loop.time
    async with leaving_nothing(), FaultServer() as server, sitting_at(server) as user:
        await user.connect()
        user.controller.press()
        user.audio.microphone_now.push_ms(SPOKEN_MS)
        await user.until(lambda: user.audio.microphone_now.level.peak_db > -60)
        monkeypatch.setattr(loop, "time", lambda: clock() + 3_600)
        await user.until(lambda: user.note_texts, within_s=3_700)
        user.audio.microphone_now.push_ms(220)
        await user.until(lambda: server.record.answered, within_s=3_700)
        assert server.record.takes[-1].ms >= SPOKEN_MS
