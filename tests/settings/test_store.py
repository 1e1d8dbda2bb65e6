"""Current values, notifications of changes, and when they are written."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from desktop.settings import files, store
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore

WITHIN_S = 5.0


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def heard(kept: SettingsStore) -> list[tuple[str, object]]:
    """Each change as it is announced: the name, and what the setting is at that moment."""
    changes: list[tuple[str, object]] = []
    kept.changed.connect(lambda name: changes.append((name, getattr(kept.current, name))))
    return changes


def test_a_change_makes_another_record_and_is_announced():
    kept = SettingsStore(Settings())
    before, changes = kept.current, heard(kept)
    kept.change("tail_ms", 400)
    kept.replace(volume=0.5, theme="dark", cap_s=before.cap_s)
    assert before == Settings()
    assert changes == [("tail_ms", 400), ("volume", 0.5), ("theme", "dark")]


def test_all_of_several_values_hold_before_the_first_is_announced():
    kept = SettingsStore(Settings())
    seen: list[Settings] = []
    kept.changed.connect(lambda _: seen.append(kept.current))
    kept.replace(base_url="https://a.example", mint_tickets=True)
    assert [(one.base_url, one.mint_tickets) for one in seen] == [("https://a.example", True)] * 2


def test_a_value_that_is_not_valid_changes_nothing():
    kept = SettingsStore(Settings())
    changes = heard(kept)
    with pytest.raises(ValueError, match="range"):
        kept.change("tail_ms", 99_000)
    assert (kept.current, changes) == (Settings(), [])


async def test_a_change_is_written_soon_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp):
    monkeypatch.setattr(store, "WRITE_AFTER_MS", 0)
    kept = SettingsStore.load(tmp_path)
    kept.replace(volume=0.5)
    async with asyncio.timeout(WITHIN_S):
        while not (tmp_path / files.FILE).exists():
            qapp.processEvents()
            await asyncio.sleep(0.001)
    await kept.close()
    assert files.load(tmp_path).settings.volume == 0.5


async def test_a_change_after_the_end_is_not_written(tmp_path: Path, qapp):
    kept = SettingsStore.load(tmp_path)
    await kept.close()
    kept.replace(volume=0.5)
    assert not [timer for timer in kept.findChildren(QTimer) if timer.isActive()]


async def test_what_is_written_is_not_written_again(tmp_path: Path):
    kept = SettingsStore.load(tmp_path)
    kept.replace(volume=0.5)
    await kept.flush()
    (tmp_path / files.FILE).unlink()
    await kept.close()
    assert not (tmp_path / files.FILE).exists()


async def test_without_a_change_no_file_is_written(tmp_path: Path):
    kept = SettingsStore.load(tmp_path)
    kept.replace(volume=kept.current.volume)
    await kept.close()
    assert not (tmp_path / files.FILE).exists()


async def test_what_holds_for_once_is_not_written(tmp_path: Path):
    files.save(tmp_path, Settings(model="openai/gpt-realtime-2"))
    kept = SettingsStore.load(tmp_path)
    kept.override(model="offline/demo")
    assert kept.current.model == "offline/demo"
    kept.change("tail_ms", 400)
    await kept.close()
    written = files.load(tmp_path).settings
    assert (written.model, written.tail_ms) == ("openai/gpt-realtime-2", 400)


async def test_what_held_for_once_is_written_when_it_is_chosen(tmp_path: Path):
    files.save(tmp_path, Settings(model="a/saved", voices={"a/saved": "cedar"}))
    kept = SettingsStore.load(tmp_path)
    kept.override(model="b/once", voices={"a/saved": "ash", "b/once": "sage"})
    kept.replace(model="b/once")
    kept.change_entry("voices", "b/once", "sage")
    await kept.close()
    written = files.load(tmp_path).settings
    assert (written.model, written.voices) == ("b/once", {"a/saved": "cedar", "b/once": "sage"})
    assert kept.current.voices["a/saved"] == "ash"


async def test_an_entry_is_removed(tmp_path: Path):
    files.save(tmp_path, Settings(voices={"a/b": "cedar", "a/c": "ash"}))
    kept = SettingsStore.load(tmp_path)
    kept.change_entry("voices", "a/b", "")
    await kept.close()
    assert kept.current.voices == files.load(tmp_path).settings.voices == {"a/c": "ash"}


async def test_a_disk_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log
):
    go_on, ended = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        go_on.wait(WITHIN_S)
        ended.set()

    monkeypatch.setattr(files, "save", hang)
    kept = SettingsStore.load(tmp_path)
    kept.replace(volume=0.5)
    expect_log("before the settings were written")
    async with asyncio.timeout(WITHIN_S):
        await kept.close(within_s=0.05)
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(WITHIN_S)


async def test_a_change_made_while_one_is_written_is_written_too(tmp_path: Path):
    kept = SettingsStore.load(tmp_path)
    kept.replace(volume=0.5)
    first = asyncio.create_task(kept.flush())
    await asyncio.sleep(0)
    kept.replace(volume=0.25)
    await kept.close()
    await first
    assert files.load(tmp_path).settings.volume == 0.25


async def test_a_folder_that_cannot_be_written_is_reported_once(tmp_path: Path):
    gone = tmp_path / "gone"
    gone.write_text("a file where the folder should be")
    kept = SettingsStore.load(gone)
    messages: list[str] = []
    kept.failed.connect(lambda message: messages.append(str(message)))
    for volume in (0.5, 0.25):
        kept.replace(volume=volume)
        await kept.flush()
    assert len(messages) == 1
    assert "can't be saved" in messages[0]
    gone.unlink()
    await kept.close()
    assert files.load(gone).settings.volume == 0.25, "it is tried again, without another change"


async def test_without_a_folder_everything_holds_until_the_end():
    kept = SettingsStore.load(None)
    kept.replace(volume=0.5)
    await kept.close()
    assert kept.current.volume == 0.5


async def test_what_it_does_not_know_stays_in_the_file_through_changes_and_starts(tmp_path: Path):
    """Settings of a newer version, and one value that is none of ours: for as long as nothing is chosen."""
    foreign = {
        "of_a_newer_version": {"deep": [1, None]},
        "theme": "sepia",
        "turn_modes": {"a/b": "by_gaze", "c/d": "server_vad"},
    }
    file = tmp_path / files.FILE
    file.write_text(json.dumps(foreign), encoding="utf-8")
    for volume in (0.5, 0.25):
        kept = SettingsStore.load(tmp_path)
        assert kept.problem
        assert "theme, turn_modes" in str(kept.problem)
        kept.replace(volume=volume)
        await kept.close()
        whole = json.loads(file.read_text(encoding="utf-8"))
        assert {name: whole[name] for name in foreign} == foreign
        assert whole["volume"] == volume
    kept = SettingsStore.load(tmp_path)
    kept.change("theme", "dark")
    kept.change_entry("turn_modes", "a/b", "semantic_vad")
    await kept.close()
    kept = SettingsStore.load(tmp_path)
    assert kept.problem is None
    assert kept.current.turn_modes == {"a/b": "semantic_vad", "c/d": "server_vad"}
    assert "of_a_newer_version" in json.loads(file.read_text(encoding="utf-8"))
