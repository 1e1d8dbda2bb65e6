"""Takes that count as lost."""

from __future__ import annotations

import pytest

from desktop.offline.faults.peer import ReceivedTake, TrafficRecord
from tests.soak.ledger import LEVELS, Ledger


@pytest.fixture
def record() -> TrafficRecord:
    record = TrafficRecord()
    record.connections = 1
    return record


def lost(record: TrafficRecord, *takes: ReceivedTake, answered: tuple[ReceivedTake, ...] = ()) -> list[str]:
    """The losses that a ledger finds for a take of level 100 and 600 ms when these have arrived."""
    ledger = Ledger(record)
    ledger.say(100, 600)
    record.takes.extend(takes)
    record.answered.extend(answered)
    ledger.settle()
    return ledger.lost


def test_a_take_that_came_whole_is_safe(record: TrafficRecord) -> None:
    assert lost(record, ReceivedTake(1, 820, 100)) == []
    assert not record.takes, "and read once"


def test_a_take_that_never_came_is_lost(record: TrafficRecord) -> None:
    assert "never came" in lost(record, ReceivedTake(1, 820, 110))[0]


def test_a_take_that_lacks_a_part_is_lost(record: TrafficRecord) -> None:
    assert "580 of 600" in lost(record, ReceivedTake(1, 580, 100))[0]


def test_a_take_on_a_connection_that_is_gone_has_to_come_again(record: TrafficRecord) -> None:
    record.connections = 2
    assert "not sent again" in lost(record, ReceivedTake(1, 820, 100))[0]
    assert lost(record, ReceivedTake(1, 820, 100), ReceivedTake(2, 820, 100)) == []


def test_a_take_whose_answer_has_begun_is_safe(record: TrafficRecord) -> None:
    record.connections = 2
    take = ReceivedTake(1, 820, 100)
    assert lost(record, take, answered=(take,)) == []


def test_a_take_is_settled_once(record: TrafficRecord) -> None:
    ledger = Ledger(record)
    ledger.say(100, 600)
    ledger.settle()
    ledger.settle()
    assert len(ledger.lost) == 1


def test_levels_are_told_apart_and_fit_a_sample(record: TrafficRecord) -> None:
    ledger = Ledger(record)
    levels = [ledger.next_level() for _ in range(LEVELS)]
    assert len(set(levels)) == LEVELS
    assert max(levels) < 32_768
