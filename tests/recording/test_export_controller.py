"""The conversation and its times as files."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from desktop.base import atomic_file
from desktop.cost.ledger import Ledger
from desktop.cost.turn_cost import Cost
from desktop.recording import export
from desktop.recording.export_controller import ExportController
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.event_record import clean_record
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.spend_report import SpendReport
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel

WITHIN_S = 5.0


class Bench:
    """Exports of a small conversation, and the messages about them."""

    def __init__(self) -> None:
        self.transcript = TranscriptModel()
        self.transcript.add_typed("What time is it?")
        self.timing = TimingModel()
        self.timing.show(TurnTiming(1, press=100, release=900))
        self.events = EventsModel()
        self.documents = ExportController(self.transcript, self.timing, self.events, ToolCallsModel())
        self.frames: list[tuple[str, str]] = []
        self.documents.frames_done.connect(lambda name, problem: self.frames.append((name, problem)))
        self.messages: list[tuple[bool, str]] = []
        self.documents.done.connect(lambda ok, message: self.messages.append((ok, str(message))))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - a thread writes
                await asyncio.sleep(0.001)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.fixture
def bench(qapp) -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.md", "# Conversation"), ("a.txt", "20"), ("a.json", "{"), ("a.SRT", "1\n"), ("a", "# Conversation")],
)
async def test_the_ending_says_as_what_it_is_written(bench: Bench, tmp_path: Path, name: str, begins: str):
    bench.documents.write_conversation(tmp_path / name)
    await bench.until(lambda: bench.messages)
    (path,) = files(tmp_path)
    assert path.name == (name if "." in name else "a.md")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "What time is it?" in text
    assert bench.messages == [(True, f"Saved as {path.name}.")]


async def test_what_was_spent_is_written_with_all_its_digits(bench: Bench, tmp_path: Path):
    ledger = Ledger()
    ledger.add(1, "a/b", date(2026, 11, 30), Cost(123_456_789, estimated=True))
    report = SpendReport(session=ledger.session, turns=tuple(ledger.turns.items()))
    bench.documents.write_spend(tmp_path / "spend.csv", report)
    await bench.until(lambda: bench.messages)
    assert bench.messages == [(True, "Saved as spend.csv.")]
    assert (tmp_path / "spend.csv").read_text(encoding="utf-8").splitlines() == [
        "of,name,amount,currency,estimated,assumed,unknown",
        "turn,1,0.000123456789,USD,1,0,0",
        "session,,0.000123456789,USD,1,0,0",
    ]
    bench.documents.write_spend(tmp_path / "gone" / "spend.csv", report)
    await bench.until(lambda: len(bench.messages) == 2)
    assert not bench.messages[1][0]
    assert "Choose another place." in bench.messages[1][1]


async def test_a_folder_that_is_gone_is_reported_and_nothing_is_left(bench: Bench, tmp_path: Path):
    bench.documents.write_conversation(tmp_path / "gone" / "a.md")
    await bench.until(lambda: bench.messages)
    ok, words = bench.messages[0]
    assert not ok
    assert "Choose another place." in words
    assert files(tmp_path) == []


async def test_the_times_are_a_table(bench: Bench, tmp_path: Path):
    bench.documents.write_times(tmp_path / "t.csv")
    await bench.until(lambda: bench.messages)
    header, row = (tmp_path / "t.csv").read_text().splitlines()
    assert header.startswith("turn,press_ms")
    assert row.startswith("1,0.0,")


async def test_frames_are_written_in_a_thread(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    go_on, write = threading.Event(), atomic_file.write

    def write_slowly(path: Path, data: bytes) -> None:
        assert go_on.wait(WITHIN_S), "the loop was held up"
        write(path, data)

    monkeypatch.setattr(atomic_file, "write", write_slowly)
    for kind in ("a", "b"):
        bench.events.add(clean_record(0.0, "in", kind, 1, {}))
    bench.documents.write_frames(tmp_path / "f.jsonl")
    await asyncio.sleep(0)
    go_on.set()
    await bench.documents.close()
    lines = (tmp_path / "f.jsonl").read_text().splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["a", "b"]
    assert bench.frames == [("f.jsonl", "")]


async def test_frames_that_cannot_be_written_are_reported(bench: Bench, tmp_path: Path):
    bench.documents.write_frames(tmp_path / "nowhere" / "f.jsonl")
    await bench.until(lambda: bench.frames)
    assert bench.frames == [("f.jsonl", "No such file or directory")]


async def test_the_end_waits_for_a_file_that_is_being_written(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    go_on = threading.Event()

    def write_slowly(lines: Sequence[Line], background: object) -> str:
        assert go_on.wait(WITHIN_S)
        return "written"

    monkeypatch.setitem(export.FORMATS, ".txt", write_slowly)
    bench.documents.write_conversation(tmp_path / "a.txt")
    ending = asyncio.create_task(bench.documents.close())
    done, _ = await asyncio.wait({ending}, timeout=0.05)
    assert not done
    go_on.set()
    await ending
    assert (tmp_path / "a.txt").read_text() == "written"


async def test_a_file_that_is_never_written_does_not_hold_up_the_end(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log
):
    go_on = threading.Event()
    monkeypatch.setitem(export.FORMATS, ".txt", lambda *_: str(go_on.wait()))
    bench.documents.write_conversation(tmp_path / "a.txt")
    expect_log("ends before a file was written")
    await bench.documents.close(within_s=0.05)
    assert bench.messages == []
    go_on.set()
    await bench.until((tmp_path / "a.txt").exists)  # the thread has to end before the next test
