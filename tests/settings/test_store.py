"""What is remembered of a run, and when it is written."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.base.message import Message
from desktop.settings import schema
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def started(folder: Path | None) -> SettingsStore:
    keeper = SettingsStore(folder)
    keeper.start()
    return keeper


async def test_what_is_changed_is_written(tmp_path: Path):
    keeper = started(tmp_path)
    await keeper.keep()
    assert not (tmp_path / schema.FILE).exists(), "nothing was changed"
    keeper.current.volume = 0.5
    assert keeper.unwritten
    await keeper.keep()
    assert schema.load(tmp_path).volume == 0.5
    assert not keeper.unwritten


async def test_what_held_for_once_is_not_written(tmp_path: Path):
    schema.save(tmp_path, Settings(model="openai/gpt-realtime-2"))
    keeper = SettingsStore(tmp_path)
    keeper.current.model = "offline/demo"
    keeper.start()
    keeper.current.tail_ms = 400
    await keeper.keep()
    kept = schema.load(tmp_path)
    assert (kept.model, kept.tail_ms) == ("openai/gpt-realtime-2", 400)


async def test_a_change_made_while_one_is_written_is_written_too(tmp_path: Path):
    keeper = started(tmp_path)
    keeper.current.volume = 0.5
    first = asyncio.create_task(keeper.keep())
    await asyncio.sleep(0)
    keeper.current.volume = 0.25
    await keeper.keep()
    await first
    assert schema.load(tmp_path).volume == 0.25


async def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path):
    gone = tmp_path / "gone"
    keeper = started(gone)
    said: list[Message] = []
    keeper.failed.connect(said.append)
    for volume in (0.5, 0.25):
        keeper.current.volume = volume
        await keeper.keep()
    assert len(said) == 1
    assert "can't be written" in str(said[0])
    gone.mkdir()
    keeper.current.volume = 0.75
    await keeper.keep()
    assert schema.load(gone).volume == 0.75


async def test_without_a_folder_everything_holds_until_the_end():
    keeper = started(None)
    keeper.current.volume = 0.5
    await keeper.keep()
    assert keeper.current.volume == 0.5
