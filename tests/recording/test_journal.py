"""A conversation's file is read as far as possible, however damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.recording import journal
from desktop.recording.journal import (
    Began,
    CallRecord,
    Ended,
    LineGrown,
    LineRecord,
    LineRemoved,
    RecordsLost,
    StateRecord,
)
from desktop.recording.jsonl_writer import JsonlWriter, encoded

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAME = "20260501-120000-0123abcd.jsonl"
CONVERSATION = [
    Began(at=AT, version=journal.VERSION, program="presstalk 1", model="openai/gpt", voice="cedar"),
    LineRecord(id=1, at=AT, speaker="user", text="What time is it?"),
    StateRecord(AT, "Thinking"),
    CallRecord(call_id="c1", at=AT, name="get_time", arguments={"zone": "Ö"}),
    CallRecord(call_id="c1", at=AT, name="get_time", arguments={"zone": "Ö"}, state="done", result={"t": 12}),
    LineRecord(id=2, at=AT, speaker="assistant", growing=True),
    LineGrown(2, "It is "),
    LineGrown(2, "noon."),
]


def as_bytes(*records: journal.JournalRecord) -> bytes:
    return b"".join(encoded(msgspec.to_builtins(record)) for record in records)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / NAME


def test_what_is_written_is_read(file):
    writer = JsonlWriter(file)
    for record in CONVERSATION:
        journal.write(writer, record)
    journal.write(writer, Ended(at=AT))
    writer.close()
    stored = journal.read(file)
    assert stored.began == CONVERSATION[0]
    assert [(line.speaker, line.text) for line in stored.lines] == [
        ("user", "What time is it?"),
        ("assistant", "It is noon."),
    ]
    assert stored.calls == [CONVERSATION[4]]
    assert [record.state for record in stored.states] == ["Thinking"]
    assert (stored.cut_short, stored.damaged, stored.lost, stored.from_later_version) == (False, 0, 0, False)


def test_cut_anywhere_it_is_read_to_the_last_finished_line(file):
    whole = as_bytes(*CONVERSATION)
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        stored = journal.read(file)
        # A line that lacks nothing but its end is finished.
        finished = whole[: cut + 1].count(b"\n")
        assert stored.cut_short
        assert stored.damaged == 0
        words = "".join(line.text for line in stored.lines)
        assert words.startswith("What time is it?" * (finished >= 2)), cut
        assert len(stored.calls) == (finished >= 4), cut
        assert ("It is noon." in words) == (finished >= 8), cut


@given(st.binary(max_size=200))
def test_garbage_costs_only_itself(tmp_path_factory, garbage: bytes):
    lines = as_bytes(*CONVERSATION).splitlines(keepends=True)
    file = tmp_path_factory.getbasetemp() / NAME
    file.write_bytes(b"".join([*lines[:3], garbage + b"\n", *lines[3:]]))
    stored = journal.read(file)
    assert [line.text for line in stored.lines][:1] == ["What time is it?"]
    assert stored.lines[-1].text == "It is noon."
    assert len(stored.calls) >= 1


def test_damaged_lines_are_counted(file):
    file.write_bytes(as_bytes(*CONVERSATION[:2]) + b'{"type":"line","id":"x"}\n\0\0\0\n[]\n{"half')
    stored = journal.read(file)
    assert stored.damaged == 3
    assert len(stored.lines) == 1


def test_what_a_later_version_adds_is_passed_over(file):
    later = (
        b'{"type":"began","at":"2027-01-01T00:00:00Z","version":9,"weather":"fine"}\n'
        b'{"type":"mood","of":"1"}\n'
        b'{"type":"line","id":1,"at":"2027-01-01T00:00:01Z","speaker":"dog","text":"Wuff","loud":true}\n'
    )
    file.write_bytes(later)
    stored = journal.read(file)
    assert stored.from_later_version
    assert stored.damaged == 0
    assert [(line.speaker, line.text) for line in stored.lines] == [("dog", "Wuff")]


def test_lines_taken_back_are_gone_and_a_take_without_words_stays(file):
    file.write_bytes(
        as_bytes(
            LineRecord(id=1, at=AT, speaker="user", growing=True),
            LineRecord(id=2, at=AT, speaker="user", growing=True),
            LineRecord(id=3, at=AT, speaker="assistant", growing=True),
            LineRemoved(2),
            LineRemoved(7),
            LineGrown(8, "of no line"),
            RecordsLost(3),
        )
    )
    stored = journal.read(file)
    assert [(line.id, line.speaker) for line in stored.lines] == [(1, "user")]
    assert stored.lost == 3


def test_without_its_first_line_a_conversation_still_has_a_time(file):
    file.write_bytes(b"{}\n")
    assert journal.read(file).began_at == AT
    file.write_bytes(as_bytes(LineRecord(id=1, at=AT.replace(hour=13), text="x")))
    assert journal.read(file).began_at.hour == 13


def test_names_differ_and_sort_by_time():
    first, second = journal.new_name(AT), journal.new_name(AT.replace(second=1))
    assert first < second
    assert len({journal.new_name(AT) for _ in range(100)}) == 100
