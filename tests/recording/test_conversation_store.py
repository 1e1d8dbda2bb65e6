"""The folder of conversations: listing, searching, deleting, and keeping them for a time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.recording import clock_check, conversation_store, journal
from desktop.recording.folder import layout
from desktop.recording.journal import Began, CallRecord, Ended, LineRecord
from desktop.recording.jsonl_writer import JsonlWriter, encoded
from tests.rig.process import until

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def put(folder: Path, *lines: tuple[str, str], at: datetime = AT, ended: bool = True, call=None) -> Path:
    records: list[journal.JournalRecord] = [Began(at=at, version=1, model="openai/gpt-realtime-2")]
    for number, (speaker, text) in enumerate(lines, 1):
        records.append(LineRecord(id=number, at=at, speaker=speaker, text=text))
    if call:
        records.append(CallRecord(call_id="c", at=at, name="find", arguments=call))
    if ended:
        records.append(Ended(at=at))
    folder.mkdir(exist_ok=True)
    path = folder / (journal.new_name(at) + journal.SUFFIX)
    path.write_bytes(b"".join(encoded(msgspec.to_builtins(record)) for record in records))
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "conversations"


def test_a_folder_that_is_not_there_is_empty(folder):
    assert conversation_store.summaries(folder) == []
    assert conversation_store.search(folder, "x") == set()
    assert conversation_store.last_cut_short(folder) is None
    assert conversation_store.prune(folder, 7) == 0
    conversation_store.purge(folder)


def test_the_newest_comes_first_with_its_first_words(folder):
    old = put(folder, ("system", "Connected."), ("assistant", "Hello!"), ("user", "What  is\nit?"))
    new = put(folder, ("assistant", "Only me."), at=AT + timedelta(days=1))
    put(folder, ("system", "Connected."))
    (folder / "notes.jsonl").write_text('{"type":"line"}\n')
    first, second = conversation_store.summaries(folder)
    assert (first.path, first.title, first.lines) == (new, "Only me.", 1)
    assert (second.path, second.title, second.lines) == (old, "What is it?", 2)
    assert (second.model, second.at, second.cut_short, second.open) == (
        "openai/gpt-realtime-2",
        AT,
        False,
        False,
    )


def test_a_file_that_cant_be_read_hides_no_other(folder):
    kept = put(folder, ("user", "Hello"))
    (folder / (journal.new_name(AT) + journal.SUFFIX)).mkdir()
    (folder / (journal.new_name(AT) + journal.SUFFIX)).write_bytes(os.urandom(1_000))
    assert [one.path for one in conversation_store.summaries(folder)] == [kept]


def test_all_words_are_looked_for_in_lines_and_tool_calls(folder):
    tea = put(folder, ("user", "A cup of Earl Grey, HOT"), ("assistant", "Straße and Ö"))
    tool = put(folder, ("user", "find it"), call={"what": 'the "grey" key'})
    assert conversation_store.search(folder, "grey") == {tea, tool}
    assert conversation_store.search(folder, "hot earl") == {tea}
    assert conversation_store.search(folder, "STRASSE ö") == {tea}
    assert conversation_store.search(folder, "find key") == {tool}
    assert conversation_store.search(folder, "earl key") == set()


def test_the_last_one_is_offered_when_it_was_cut_short_and_only_until_it_is_settled(folder):
    put(folder, ("user", "old"), ended=False)
    cut = put(folder, ("user", "new"), at=AT + timedelta(hours=1), ended=False)
    with cut.open("ab") as file:
        file.write(b'{"type":"line","id":9,"at":"2026')
    os.utime(cut, (1_000, 1_000))
    stored = conversation_store.last_cut_short(folder)
    assert stored
    assert stored.path == cut
    conversation_store.settle(cut)
    assert cut.stat().st_mtime == 1_000
    assert conversation_store.last_cut_short(folder) is None
    assert [one.cut_short for one in conversation_store.summaries(folder)] == [True, True]


def test_a_conversation_that_ended_well_is_not_offered_nor_are_those_before_it(folder):
    put(folder, ("user", "old"), ended=False)
    put(folder, ("user", "new"), at=AT + timedelta(hours=1))
    assert conversation_store.last_cut_short(folder) is None


def test_what_another_window_writes_is_not_offered_deleted_or_pruned(folder):
    writer = JsonlWriter(folder / (journal.new_name(AT + timedelta(days=1)) + journal.SUFFIX))
    journal.write(writer, Began(at=AT, version=1))
    journal.write(writer, LineRecord(id=1, at=AT, speaker="user", text="here"))
    cut = put(folder, ("user", "before"), ended=False)
    here = b'"here"'
    until(
        lambda: writer.path.exists() and here in writer.path.read_bytes(), within=5, what="the other's lines"
    )
    os.utime(writer.path, (1_000, 1_000))
    stored = conversation_store.last_cut_short(folder)
    assert stored
    assert stored.path == cut
    assert not conversation_store.delete(writer.path)
    conversation_store.prune(folder, 7)
    assert writer.path.exists()
    (other,) = [one for one in conversation_store.summaries(folder) if one.path == writer.path]
    assert (other.open, other.cut_short) == (True, False)
    writer.close()
    assert conversation_store.delete(writer.path)


def test_what_is_deleted_can_be_brought_back_until_it_is_forgotten(folder):
    path = put(folder, ("user", "Hello"))
    frames = path.with_name(path.name.replace(".jsonl", ".frames.jsonl"))
    frames.write_text("{}\n")
    assert conversation_store.delete(path)
    assert conversation_store.summaries(folder) == []
    assert not frames.exists()
    conversation_store.restore(path)
    assert [one.path for one in conversation_store.summaries(folder)] == [path]
    assert frames.exists()
    conversation_store.delete(path)
    conversation_store.purge(folder)
    conversation_store.restore(path)
    assert path.exists()
    conversation_store.delete(path)
    conversation_store.forget(path)
    assert list(folder.iterdir()) == []


def test_what_was_left_deleted_goes_later(folder):
    path = put(folder, ("user", "Hello"))
    conversation_store.delete(path)
    conversation_store.purge(
        folder,
        path.with_name(path.name + conversation_store.DELETED).stat().st_ctime
        + conversation_store.UNDO_S
        + 1,
    )
    assert list(folder.iterdir()) == []


def test_old_ones_go_and_nothing_else(folder):
    old, new = put(folder, ("user", "old")), put(folder, ("user", "new"))
    frames = old.with_name(old.name.replace(".jsonl", ".frames.jsonl"))
    strangers = [folder / "20260501-120000.jsonl", folder / "letters.txt"]
    for path in (frames, *strangers):
        path.write_text("x")
    now = 1_800_000_000
    for path in (old, frames, *strangers):
        os.utime(path, (now - 8 * 86_400,) * 2)
    os.utime(new, (now - 6 * 86_400,) * 2)
    assert conversation_store.prune(folder, 0, now) == 0
    assert conversation_store.prune(folder, 30, now) == 0
    assert conversation_store.prune(folder, 7, now) == 2
    assert sorted(folder.iterdir()) == sorted([new, *strangers, folder / clock_check.FILE])


DAY = 86_400
NOW = 1_800_000_000


def aged(folder: Path, days: float) -> Path:
    path = put(folder, ("user", "hello"))
    os.utime(path, (NOW - days * DAY,) * 2)
    return path


def test_a_clock_that_has_jumped_deletes_nothing_at_this_start_or_the_next(folder):
    aged(folder, 8)
    aged(folder, 1)
    wrong = NOW + 4_000 * DAY
    assert conversation_store.prune(folder, 30, NOW) == 0
    assert conversation_store.prune(folder, 30, wrong) == 0
    assert conversation_store.prune(folder, 30, wrong + 2 * DAY) == 0
    assert conversation_store.prune(folder, 7, NOW + 2 * DAY) == 0, "set right again: that is a jump as well"


def test_a_month_after_a_jump_what_is_old_goes(folder):
    aged(folder, 8)
    aged(folder, 1)
    later = NOW + 100 * DAY
    for days in range(0, 32, 8):
        assert conversation_store.prune(folder, 30, later + days * DAY) == 0
    assert conversation_store.prune(folder, 30, later + 33 * DAY) == 2


def test_a_start_that_was_not_remembered_is_judged_by_the_newest_conversation(folder):
    old, new = aged(folder, 40), aged(folder, 2)
    assert conversation_store.prune(folder, 30, NOW) == 1
    assert not old.exists()
    (folder / clock_check.FILE).write_bytes(b"\xff{")
    assert conversation_store.prune(folder, 30, NOW + 60 * DAY) == 0
    assert new.exists()


def recording(folder: Path, at: datetime = AT) -> Path:
    """A recording with all that one can have; its journal."""
    path = put(folder, ("user", "here"), at=at)
    made = path.with_suffix("")
    made.mkdir()
    path.rename(made / layout.JOURNAL)
    names = [f"{track}{end}" for track in layout.TRACKS for end in (layout.RAW, layout.PACKED, layout.PART)]
    for name in (layout.SESSION, layout.FRAMES, layout.MARKS, *names, ".session.json.0123abcd.part"):
        (made / name).write_bytes(b"{}\n")
    return made / layout.JOURNAL


def test_a_recording_that_is_pruned_is_gone_with_its_folder(folder):
    old = recording(folder)
    recording(folder, AT + timedelta(days=30))
    now = (AT + timedelta(days=30)).timestamp()
    for path in old.parent.iterdir():
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    for path in folder.glob("*/*"):
        if path.parent != old.parent:
            os.utime(path, (now, now))
    assert conversation_store.prune(folder, 7, now) == 1
    assert not old.parent.exists()


@pytest.mark.parametrize("way", ["prune", "limit", "forget", "purge"])
def test_files_of_the_user_s_in_a_recording_s_folder_stay(folder, way: str):
    old = recording(folder)
    mine = {"notes.txt": b"mine", "frames.jsonl.bak": b"mine", ".session.json.part": b"mine"}
    for name, content in mine.items():
        (old.parent / name).write_bytes(content)
    (old.parent / "frames").mkdir()
    (old.parent / "frames" / "frames.jsonl").write_bytes(b"mine")
    for path in old.parent.iterdir():
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    new = recording(folder, AT + timedelta(days=30))
    now = (AT + timedelta(days=30)).timestamp()
    for path in new.parent.iterdir():
        os.utime(path, (now, now))
    match way:
        case "prune":
            assert conversation_store.prune(folder, 7, now) == 1
            assert conversation_store.prune(folder, 7, now) == 0, "what stays is none of ours"
        case "limit":
            assert conversation_store.limit(folder, 10) == 1
            assert conversation_store.limit(folder, 10) == 0
        case "forget":
            assert conversation_store.delete(old)
            conversation_store.forget(old)
        case _:
            assert conversation_store.delete(old)
            conversation_store.purge(folder, datetime.now(UTC).timestamp() + 7_200)
    left = {path.name: path.read_bytes() for path in old.parent.iterdir() if path.is_file()}
    assert left == mine
    assert (old.parent / "frames" / "frames.jsonl").read_bytes() == b"mine"
    assert [one.path for one in conversation_store.summaries(folder)] == [new]
