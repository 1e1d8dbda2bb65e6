"""One take, many targets, over real sockets: what was planted comes back, and who misbehaves harms nobody."""

from __future__ import annotations

import asyncio
import base64
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from desktop.compare.outcome import outcome_of
from desktop.compare.plan import Conversation, PlannedTurn
from desktop.compare.results import Amount, RunResult
from desktop.compare.run_events import Noted, RunBegan, RunEnded, RunEvent, TurnMeasured
from desktop.compare.spent import Spent
from desktop.compare.targets import Target
from desktop.protocol import catalog
from desktop.recording.folder.reader import is_recording, open_recording
from tests.cli.commands import idle
from tests.compare.services import (
    MODEL,
    TAKE,
    TONE,
    Planted,
    Stage,
    drops,
    never_starts,
    other_rate,
    refusing,
    runner_of,
    speaks_for_ever,
)
from tests.realtime.service import Line, serving

WITHIN_MS = 10


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "op-not-a-real-key-0001")


def committed_at(folder: Path, run: RunResult) -> float:
    """When the run's commit was handed to the socket, in ms of the monotonic clock."""
    recording = open_recording(folder / run.recording)
    (commit,) = [mark for mark in recording.marks() if mark.mark == "commit"]
    return (recording.session.monotonic_us + commit.t) / 1_000


async def test_three_services_are_told_apart_all_at_once(tmp_path: Path):
    planted = [Planted(200), Planted(600, 300), Planted(1_500)]
    late: list[float] = []
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        for service in planted:
            await stage.add(service)
        for attempt in range(3):  # a machine that is busy is late
            events: list[RunEvent] = []
            folder = tmp_path / str(attempt)
            runner = runner_of(stage.plan(seed=attempt), folder, events)
            await runner.run()
            runs = sorted(runner.runs, key=lambda run: run.target)
            assert [run.error for run in runs] == [None] * 3
            late = []
            for service, run in zip(planted, runs, strict=True):
                (turn,) = run.turns
                parts = turn.parts_ms
                assert turn.key_up_to_audible_ms is not None
                assert sum(parts.values()) == pytest.approx(turn.key_up_to_audible_ms, abs=0.001)
                # A busy machine is late to send: what counts is when it did.
                answered = 1_000 * service.sent_at[-1] - committed_at(folder, run)
                assert answered >= service.answer_ms - 1
                late.append(abs(parts["service"] + parts["model"] - answered))
                assert turn.leading_silence_ms == pytest.approx(service.silence_ms, abs=WITHIN_MS)
                assert service.heard[-1] == TAKE.at_rate(24_000), "the same bytes for all"
                assert (turn.same_sound, turn.sent_sha256) == (True, TAKE.sha256[24_000])
                assert (turn.understood, turn.answer) == ("What time is it?", "It is noon.")
                assert is_recording(folder / run.recording)
            waits = [run.turns[0].key_up_to_audible_ms or 0.0 for run in runs]
            assert waits == sorted(waits)
            began = [event.job.target for event in events if isinstance(event, RunBegan)]
            assert sorted(began) == [0, 1, 2]
            if max(late) <= WITHIN_MS:
                return
    pytest.fail(f"late by {late}")


async def test_who_misbehaves_says_so_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.handshake.START_TIMEOUT_S", 0.5)
    monkeypatch.setattr("desktop.compare.runner.PATIENCE_S", 0.5)
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(Planted(0))
        await stage.add(never_starts)
        await stage.add(drops, never_starts)
        await stage.add(speaks_for_ever)
        await stage.add(other_rate)
        await stage.add(refuse=refusing(402))
        await stage.add(refuse=refusing(403))
        runner = runner_of(stage.plan(timeout_s=1.0), tmp_path, [])
        await runner.run()
    good, silent, dropped, endless, other, poor, refused = sorted(runner.runs, key=lambda run: run.target)
    assert good.passed
    assert silent.error
    assert not silent.turns
    assert dropped.error
    assert dropped.retries >= 1
    assert dropped.turns[0].sound, "what came of the answer is kept"
    assert endless.turns[0].error == "It was still speaking after 1 seconds, and was stopped."
    assert other.passed
    assert (other.turns[0].input_rate, other.turns[0].output_rate) == (16_000, 8_000)
    assert other.turns[0].sent_sha256 == TAKE.sha256[16_000]
    assert other.turns[0].length_ms == pytest.approx(1_000, abs=10), "its own rate counts"
    assert (poor.code, refused.code) == ("402", "403")
    assert "balance" in (poor.error or "")


async def test_without_room_they_are_asked_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desktop.compare.runner.FIRST_WAIT_S", 0.01)
    open_now = 0

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(429, "full\n") if open_now else None

    class Counted(Planted):
        async def __call__(self, line):  # type: ignore[no-untyped-def]
            nonlocal open_now
            open_now += 1
            try:
                await super().__call__(line)
            finally:
                open_now -= 1

    events: list[RunEvent] = []
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(Counted(50), refuse=refuse)
        await stage.add(Counted(50), refuse=refuse)
        await stage.add(Counted(50), refuse=refuse)
        runner = runner_of(stage.plan(), tmp_path, events)
        await runner.run()
    assert all(run.passed for run in runner.runs)
    said = [str(event.message) for event in events if isinstance(event, Noted)]
    assert len(said) == 1
    assert "one target was asked after the other" in said[0]
    assert sum(run.retries for run in runner.runs) >= 2, "retries are counted"
    assert sum(run.alone for run in runner.runs) >= 2


async def test_what_was_answered_stays_when_it_is_stopped(tmp_path: Path):
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(Planted(0))
        await stage.add(idle)
        ended = asyncio.Event()
        runner = runner_of(stage.plan(timeout_s=100.0), tmp_path, [])
        runner.told = lambda event: ended.set() if isinstance(event, RunEnded) else None
        running = asyncio.create_task(runner.run())
        async with asyncio.timeout(10):
            await ended.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    (run,) = runner.runs
    assert run.passed


async def test_a_budget_that_is_used_up_holds_what_follows(tmp_path: Path):
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(Planted(0))
        spent = Spent(Decimal("0.10"))
        spent.add([Amount("0.10", "USD")])
        events: list[RunEvent] = []
        runner = runner_of(stage.plan(repeats=2), tmp_path, events, spent)
        await runner.run()
    assert runner.runs == []
    assert [str(event.message) for event in events if isinstance(event, Noted)] == [
        "The budget of $0.10 is used up: 2 runs were not begun."
    ]


async def test_a_take_may_interrupt_the_answer_before_it(tmp_path: Path):
    turns = (
        PlannedTurn("one", TAKE, interrupt_after_s=0.1),
        PlannedTurn("two", TAKE, pause_s=0.05),
    )
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(speaks_for_ever)
        plan = stage.plan(conversations=(Conversation("c", turns),), timeout_s=1.0)
        runner = runner_of(plan, tmp_path, [])
        await runner.run()
    (run,) = runner.runs
    first, second = run.turns
    assert (first.interrupted, first.error) == (True, None)
    assert second.error


async def test_a_run_that_is_stopped_in_the_middle_is_kept_and_is_not_whole(tmp_path: Path):
    asked = asyncio.Event()

    turns = (PlannedTurn("one", TAKE), PlannedTurn("two", TAKE, pause_s=60.0))
    async with AsyncExitStack() as stack:
        stage = Stage(stack)
        await stage.add(Planted(0))
        plan = stage.plan(conversations=(Conversation("c", turns),))
        runner = runner_of(plan, tmp_path, [])
        runner.told = lambda event: asked.set() if isinstance(event, TurnMeasured) else None
        running = asyncio.create_task(runner.run())
        async with asyncio.timeout(10):
            await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    (run,) = runner.runs
    assert (run.whole, run.error, len(run.turns)) == (False, "It was stopped.", 1)
    outcome = outcome_of(plan, runner.runs, [], catalog.find)
    assert not outcome.complete
    assert outcome.targets[0].price is None


async def test_an_address_of_a_script_gets_no_key_unless_the_user_agrees(tmp_path: Path):
    async with serving(Planted(0), agreed=False) as service:
        async with AsyncExitStack() as stack:
            stage = Stage(stack)
            stage.targets.append(Target(model=MODEL, url=service.url))
            runner = runner_of(stage.plan(), tmp_path, [])
            await runner.run()
        assert service.requests == []
    (run,) = runner.runs
    assert run.error
    assert "127.0.0.1" in run.error


async def test_where_the_server_finds_the_end_silence_follows_the_take(tmp_path: Path):
    heard = bytearray()

    async def by_sound(line: Line) -> None:
        config = await line.start()
        assert config["turn_detection"]["silence_duration_ms"] == 300
        while len(heard) < len(TAKE.at_rate(24_000)) + 300 * 48:
            frame = await line.expect("audio.append")
            heard.extend(base64.b64decode(frame["audio"]))
        await line.send("transcript.committed", transcript="What time is it?")
        await line.send("response.started")
        await line.send_audio(TONE)
        await line.send("text.delta", delta="It is noon.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(by_sound) as service:
        target = Target(model=MODEL, url=service.url, turns="server_vad", vad_silence_ms=300)
        stage = Stage(AsyncExitStack())
        stage.targets.append(target)
        runner = runner_of(stage.plan(), tmp_path, [])
        await runner.run()
    (run,) = runner.runs
    assert run.passed, run
    (turn,) = run.turns
    assert turn.same_sound
    assert turn.sent_bytes > len(TAKE.at_rate(24_000)) + 300 * 48
