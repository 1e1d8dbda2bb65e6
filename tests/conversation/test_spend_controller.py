"""What a conversation costs as it goes on, on frames and notices fed by hand."""

from __future__ import annotations

import asyncio
import errno
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.base import paths
from desktop.conversation.spend_controller import SpendController
from desktop.cost.budget import Limits
from desktop.cost.money import PICOS
from desktop.protocol import commands, events
from desktop.protocol.catalog import Model
from desktop.protocol.published import Published
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import spend_file
from desktop.turn import effects
from desktop.turn.effects import DisplayState

OPENED = SessionOpened("s", 24_000, 24_000)
TOKENS = Model(
    id="openai/a",
    label="a",
    provider="openai",
    published=Published(pricing={"input": [10], "output": [20], "cached_input": [1]}),
)
MINUTES = Model(
    id="xai/b",
    label="b",
    provider="xai",
    published=Published(pricing={"price_per_minute": 0.6, "price_per_message": 0.004}),
)
UNPRICED = Model(id="openai/c", label="c", provider="openai")


class Bench:
    def __init__(self, model: Model = TOKENS, limits: Limits | None = None) -> None:
        self.now = 100.0
        self.day = date(2026, 11, 30)
        self.turn = 1
        self.limits = limits or Limits()
        self.notes: list[effects.Note] = []
        self.turns: list[tuple[int, Any]] = []
        self.held = 0
        self.spend = SpendController(
            lambda: self.turn, lambda: self.limits, lambda: self.now, lambda: self.day
        )
        self.spend.noted.connect(self.notes.append)
        self.spend.turn_changed.connect(lambda number, total: self.turns.append((number, total)))
        self.spend.reached.connect(self._count)
        self.spend.begin_session()
        self.spend.open(OPENED, model)

    def _count(self) -> None:
        self.held += 1

    def received(self, event: events.Event) -> None:
        self.spend.frame(Frame("in", event, 1))

    def respond(self, **usage: Any) -> None:
        self.received(events.ResponseCompleted(usage or None))

    @property
    def session(self) -> int | None:
        total = self.spend.ledger.session
        return total.most.picos if total.known else None


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def test_a_response_costs_what_it_used():
    bench = Bench()
    bench.respond(input_tokens=1_000, cached_tokens=500, output_tokens=100)
    assert bench.session == (500 * 10 + 500 * 1 + 100 * 20) * PICOS // 10**6
    assert not bench.spend.ledger.session.about
    bench.turn = 2
    bench.respond(input_tokens=1_000)
    bench.respond(input_tokens=1_000)
    assert [number for number, _ in bench.turns] == [1, 2, 2]
    assert bench.turns[-1][1].most.picos == 2_000 * 10 * PICOS // 10**6
    assert sum(total.most.picos for total in bench.spend.ledger.turns.values()) == bench.session


def test_the_next_turn_has_the_context_again():
    bench = Bench()
    bench.respond(input_tokens=1_000, output_tokens=100)
    assert bench.spend.forecast is not None
    assert bench.spend.forecast.picos == 1_100 * 10 * PICOS // 10**6


def test_what_no_usage_came_for_is_estimated_from_seconds_and_words():
    bench = Bench()
    bench.spend.frame(Frame("out", commands.AudioAppend(bytes(48_000 * 2)), 1))
    bench.received(events.AudioDelta(bytes(48_000 * 3)))
    bench.received(events.TextDelta("Three words here."))
    bench.respond()
    # 2 s at 10 tokens, 3 s at 20 and 3 words of 4/3
    assert bench.session == (20 * 10 + 64 * 20) * PICOS // 10**6
    assert bench.spend.ledger.session.estimated


def test_without_prices_it_is_unknown_and_not_nothing():
    bench = Bench(UNPRICED)
    bench.respond(input_tokens=5)
    assert bench.session is None
    assert bench.spend.ledger.session.unknown == 1


def test_an_open_minute_costs_and_a_resting_one_saves():
    bench = Bench(MINUTES)
    bench.now += 30
    bench.spend.tick()
    assert bench.session == 6 * PICOS // 20
    bench.now += 30
    bench.spend.observe(effects.StateChanged(DisplayState.RESTING))
    bench.now += 600
    bench.spend.tick()
    assert bench.session == 6 * PICOS // 10
    assert bench.spend.saved.picos == 6 * PICOS
    assert str(bench.spend.words_for_rest()) == "Resting, which saves $0.60 a minute. Press to talk again."
    bench.spend.open(OPENED, MINUTES)
    bench.now += 60
    bench.spend.tick()
    assert bench.session == 12 * PICOS // 10
    assert bench.spend.saved.picos == 6 * PICOS


def test_a_typed_message_costs():
    bench = Bench(MINUTES)
    bench.spend.frame(Frame("out", commands.TextInput("Hello"), 1))
    assert bench.session == 4 * PICOS // 1_000


def test_a_sessions_totals_count_once():
    bench = Bench()
    for total in (100, 250, 250):
        bench.received(events.Unknown("session.usage", {"usage": {"input_tokens": total}}))
        bench.respond()
    bench.received(events.SessionTerminating(usage={"input_tokens": 300}))
    assert bench.session == 300 * 10 * PICOS // 10**6


def test_totals_after_reported_responses_count_nothing_twice():
    bench = Bench()
    bench.respond(input_tokens=100)
    bench.received(events.SessionTerminating(usage={"input_tokens": 100}))
    assert bench.session == 100 * 10 * PICOS // 10**6


def test_other_frames_cost_nothing():
    bench = Bench()
    for event in (events.Unknown("x", {"usage": {"input_tokens": 5}}), events.SpeechStarted()):
        bench.received(event)
    assert bench.session is None


def test_a_budget_is_told_once_at_eighty_percent_and_reached_at_a_hundred():
    bench = Bench(limits=Limits(session=PICOS // 100))
    bench.respond(input_tokens=800)
    bench.respond(input_tokens=100)
    assert [str(note.message) for note in bench.notes] == [
        "$0.0080 of this session's budget of $0.01 is spent."
    ]
    assert not bench.spend.holds
    bench.respond(input_tokens=100)
    assert bench.spend.holds
    assert bench.held
    assert str(bench.spend.words_for_hold()) == (
        "This session's budget of $0.01 is used up. What you say is kept, and sent when you go on."
    )
    bench.spend.go_on()
    assert not bench.spend.holds
    bench.respond(input_tokens=100)
    assert not bench.spend.holds
    bench.spend.begin_session()
    assert not bench.spend.holds


def test_a_higher_budget_holds_no_longer():
    bench = Bench(limits=Limits(day=1))
    bench.respond(input_tokens=1)
    assert bench.spend.holds
    bench.limits = Limits(day=PICOS)
    bench.spend.limits_changed()
    assert not bench.spend.holds


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "data", lambda: tmp_path)
    return tmp_path


async def test_days_are_there_after_a_restart(data_folder: Path):
    first = Bench()
    await first.spend.start()
    first.respond(input_tokens=1_000)
    await first.spend.close()
    assert (data_folder / spend_file.FILE).stat().st_mode & 0o777 == 0o600
    second = Bench(limits=Limits(day=1))
    await second.spend.start()
    assert second.spend.ledger.days.on(second.day).most.picos == 1_000 * 10 * PICOS // 10**6
    assert second.held
    assert second.session is None
    second.day += timedelta(1)
    assert not second.spend.holds
    await second.spend.close()


async def test_what_was_not_read_is_not_overwritten(data_folder: Path):
    (data_folder / spend_file.FILE).write_text("{}")
    bench = Bench()
    bench.respond(input_tokens=1_000)
    await bench.spend.close()
    assert (data_folder / spend_file.FILE).read_text() == "{}"


async def test_two_programs_that_spend_at_once_lose_nothing(data_folder: Path):
    """Each writes only what it has spent itself, and learns of the other's."""
    window, other = Bench(limits=Limits(day=2 * 10**10)), Bench()
    await window.spend.start()
    await other.spend.start()
    window.respond(input_tokens=1_000)
    other.respond(input_tokens=1_000)
    await asyncio.gather(window.spend.close(), other.spend.close())
    window.respond(input_tokens=1)
    await window.spend.close()
    kept = spend_file.load().on(window.day).most.picos
    assert kept == 2_001 * 10 * PICOS // 10**6
    assert window.spend.ledger.days.on(window.day).most.picos == kept
    assert window.held, "the day's budget has what the other one has spent"


async def test_what_a_full_disk_did_not_take_is_written_later(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, expect_log
):
    bench = Bench()
    await bench.spend.start()
    bench.respond(input_tokens=1_000)
    with monkeypatch.context() as full:
        full.setattr(spend_file.atomic_file, "write", _full)
        expect_log("what was spent can't be kept")
        await bench.spend.close()
    bench.respond(input_tokens=500)
    await bench.spend.close()
    assert spend_file.load().on(bench.day).most.picos == 1_500 * 10 * PICOS // 10**6


def _full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"days": 3}', b"[" * 10_000])
async def test_a_spoilt_file_is_as_none(data_folder: Path, content: bytes, expect_log):
    (data_folder / spend_file.FILE).write_bytes(content)
    if content not in (b"[]", b'{"days": 3}'):
        expect_log("what was spent earlier can't be read")
    bench = Bench()
    await bench.spend.start()
    assert not bench.spend.ledger.days
