"""The history with its folder: requests change the disk, and the disk's contents are shown."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.base import file_lock
from desktop.base.message import Message, verbatim
from desktop.recording import conversation_store, export, journal
from desktop.recording.history_controller import LINES_LOST, HistoryController
from desktop.recording.journal import Began, CallRecord, Ended, LineRecord, ResponseRecord
from desktop.recording.jsonl_writer import encoded
from desktop.viewmodels.history_model import HistoryEntry
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.recording.test_conversation_store import AT, put

WITHIN_S = 5.0


class Opened:
    """A history, its folder, and its messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.transcript = TranscriptModel()
        self.history = HistoryController(self.transcript, lambda: folder)
        self.offered: list[bool] = []
        self.titles: list[str] | None = None
        self.found: list[tuple[str, set[str]]] = []
        self.lines: list[Line] = []
        self.remark: Message | None = None
        self.restored: list[HistoryEntry] = []
        self.messages: list[str] = []
        self.problems: list[str] = []
        self.history.cut_short_found.connect(lambda: self.offered.append(True))
        self.history.listed.connect(self._on_listed)
        self.history.found.connect(lambda *found: self.found.append(found))
        self.history.conversation_read.connect(self._on_read)
        self.history.restored.connect(self.restored.append)
        self.history.notified.connect(lambda message: self.messages.append(str(message)))
        self.history.failed.connect(lambda message: self.problems.append(str(message)))

    def _on_listed(self, entries: list[HistoryEntry]) -> None:
        self.titles = [entry.title for entry in entries]

    def _on_read(self, key: str, lines: list[Line], remark: Message | None) -> None:
        self.lines, self.remark = lines, remark

    @property
    def words(self) -> list[str]:
        return [line.text for line in self.lines]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - threads read and write
                await asyncio.sleep(0.001)

    async def list(self) -> list[str]:
        """The titles of the present entries."""
        self.titles = None
        self.history.list_conversations()
        await self.until(lambda: self.titles is not None)
        return self.titles or []


@pytest.fixture
async def opened(qapp, tmp_path) -> AsyncIterator[Opened]:
    made = Opened(tmp_path / "conversations")
    yield made
    await made.history.close()


def rows(transcript: TranscriptModel) -> list[str]:
    return [line.text for line in transcript.lines]


async def test_a_conversation_that_was_cut_short_is_offered_and_shown_above(opened):
    cut = put(opened.folder, ("user", "Where was I?"), ("assistant", "Here."), ended=False)
    opened.transcript.add_note(verbatim("Connected."))
    await opened.history.start(0)
    assert opened.offered == [True]
    opened.history.show_last()
    first, second, end, now = rows(opened.transcript)
    assert (first, second, now) == ("Where was I?", "Here.", "Connected.")
    assert "cut short" in end
    assert opened.transcript.earlier == 3
    await opened.until(lambda: conversation_store.last_cut_short(opened.folder) is None)
    assert conversation_store.summaries(opened.folder)[0].path == cut


async def test_dismissed_it_is_offered_no_more(opened):
    put(opened.folder, ("user", "Where was I?"), ended=False)
    await opened.history.start(0)
    opened.history.dismiss_last()
    await opened.until(lambda: conversation_store.last_cut_short(opened.folder) is None)
    assert rows(opened.transcript) == []
    await opened.history.start(0)
    assert opened.offered == [True]


async def test_unanswered_it_is_offered_again(opened):
    put(opened.folder, ("user", "Where was I?"), ended=False)
    await opened.history.start(0)
    await opened.history.start(0)
    assert opened.offered == [True, True]


async def test_the_start_removes_what_was_kept_for_long_enough(opened):
    old, new = put(opened.folder, ("user", "old")), put(opened.folder, ("user", "new"))
    os.utime(old, (1_000, 1_000))
    await opened.history.start(30)
    assert [one.path for one in conversation_store.summaries(opened.folder)] == [new]
    assert opened.offered == []


async def test_a_folder_that_cant_be_read_holds_up_nothing(opened):
    opened.folder.write_text("no folder")
    await opened.history.start(30)
    assert opened.offered == []
    assert await opened.list() == []
    assert "can't be read" in opened.problems[0]


async def test_what_is_chosen_is_read(opened):
    older = put(opened.folder, ("user", "Hello"), ("assistant", "Hi."), ("tool", "get_time"))
    put(opened.folder, ("user", "Newer"), at=AT + timedelta(days=1))
    assert await opened.list() == ["Newer", "Hello"]
    opened.history.read_conversation(str(older))
    await opened.until(lambda: opened.words == ["Hello", "Hi.", "get_time"])
    assert opened.remark is None


async def test_all_are_searched(opened):
    tea = put(opened.folder, ("user", "Tea"), ("assistant", "Earl Grey"))
    put(opened.folder, ("user", "Dice"), at=AT + timedelta(days=1))
    opened.history.search("grey")
    await opened.until(lambda: opened.found)
    assert opened.found == [("grey", {str(tea)})]


async def test_deleted_undone_and_deleted_for_good(opened):
    kept, gone = (
        put(opened.folder, ("user", "Keep"), at=AT + timedelta(days=1)),
        put(opened.folder, ("user", "Go")),
    )
    opened.history.delete(str(gone))
    opened.history.undo()
    await opened.until(lambda: opened.restored)
    assert opened.restored[0].key == str(gone)
    assert gone.exists()
    opened.history.delete(str(gone))
    await opened.until(lambda: not gone.exists())
    opened.history.undo()
    await opened.until(lambda: len(opened.restored) == 2)
    opened.history.delete(str(gone))
    await opened.until(lambda: not gone.exists())
    assert await opened.list() == ["Keep"]
    opened.history.forget_deleted()
    await opened.until(lambda: list(opened.folder.iterdir()) == [kept])


async def test_what_another_window_has_begun_meanwhile_is_not_deleted(opened):
    path = put(opened.folder, ("user", "Mine"), ended=False)
    with path.open("rb") as file:
        assert file_lock.hold(file.fileno())
        opened.history.delete(str(path))
        await opened.until(lambda: opened.titles == ["Mine"])
        assert path.exists()


@pytest.mark.parametrize(
    ("name", "words"), [("talk.txt", "You: Hello"), ("talk", "**You**"), ("talk.srt", "-->")]
)
async def test_exports_are_those_of_the_conversation(opened, tmp_path, name, words):
    path = put(opened.folder, ("user", "Hello"))
    opened.history.export_conversation(str(path), tmp_path / name)
    await opened.until(lambda: opened.messages)
    assert "Saved as talk" in opened.messages[0]
    (out,) = tmp_path.glob("talk*")
    assert words in out.read_text(encoding="utf-8")


async def test_an_export_of_an_earlier_conversation_has_its_calls_and_what_was_used(opened, tmp_path):
    at = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    records = (
        Began(at=at, version=1, model="openai/gpt-realtime-2", voice="marin"),
        LineRecord(id=1, at=at, speaker="user", text="Where is it?"),
        LineRecord(id=2, at=at, speaker="tool", text="find", call_id="c", state="done", duration_ms=9.0),
        CallRecord(call_id="c", at=at, name="find", arguments={"what": "it"}, state="done", result=["here"]),
        ResponseRecord(at=at, response=1, outcome="complete", usage={"total_tokens": 7}),
        Ended(at=at),
    )
    opened.folder.mkdir(exist_ok=True)
    path = opened.folder / (journal.new_name(at) + journal.SUFFIX)
    path.write_bytes(b"".join(encoded(msgspec.to_builtins(record)) for record in records))
    for ending in (".md", ".json"):
        opened.history.export_conversation(str(path), tmp_path / f"talk{ending}")
    await opened.until(lambda: len(opened.messages) == 2)
    markdown = (tmp_path / "talk.md").read_text(encoding="utf-8")
    assert '"what": "it"' in markdown
    assert '"here"' in markdown
    assert "gpt-realtime-2" in markdown
    document = json.loads((tmp_path / "talk.json").read_bytes())
    assert document["lines"][1]["result"] == ["here"]
    assert document["responses"][0]["usage"] == {"total_tokens": 7}
    assert document["sessions"][0]["voice"] == "marin"


async def test_a_place_that_cant_be_written_is_reported(opened, tmp_path):
    path = put(opened.folder, ("user", "Hello"))
    opened.history.export_conversation(str(path), tmp_path / "nowhere" / "talk.md")
    await opened.until(lambda: opened.problems)
    assert "Choose another place" in opened.problems[0]


async def test_the_end_waits_for_an_export(opened, tmp_path, monkeypatch):
    go_on = threading.Event()

    def write_slowly(lines: list[Line], background: object) -> str:
        assert go_on.wait(WITHIN_S)
        return "written"

    path = put(opened.folder, ("user", "Hello"))
    monkeypatch.setitem(export.FORMATS, ".txt", write_slowly)
    opened.history.export_conversation(str(path), tmp_path / "talk.txt")
    ending = asyncio.create_task(opened.history.close())
    done, _ = await asyncio.wait({ending}, timeout=0.05)
    assert not done
    go_on.set()
    await ending
    assert (tmp_path / "talk.txt").read_text() == "written"


async def test_damage_is_reported_and_the_rest_is_shown(opened):
    path = put(opened.folder, ("user", "Hello"), ended=False)
    with path.open("ab") as file:
        file.write(
            b'\x00\x00\x00\n{"type":"line","id":9,"at":"2026-05-01T12:00:00Z","speaker":"user","growing":true}\n'
        )
    opened.history.read_conversation(str(path))
    await opened.until(lambda: len(opened.lines) == 2)
    assert opened.remark == LINES_LOST()
    assert opened.lines[-1].note == "cut short"


async def test_deleted_in_the_history_it_is_offered_no_more(opened):
    cut = put(opened.folder, ("user", "Where was I?"), ended=False)
    other = put(opened.folder, ("user", "Another"), at=AT - timedelta(days=1))
    gone: list[bool] = []
    opened.history.cut_short_gone.connect(lambda: gone.append(True))
    await opened.history.start(0)
    opened.history.delete(str(other))
    opened.history.delete(str(cut))
    await opened.until(lambda: not cut.exists())
    await opened.until(lambda: gone)
    assert gone == [True], "only it"
    opened.history.show_last()
    assert rows(opened.transcript) == []
