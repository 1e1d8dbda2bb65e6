"""Sharing from the window: looked through and written in a thread, and told."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.recording.share import bundle
from desktop.recording.share.redactor import Identity
from desktop.recording.share.share_controller import ShareController
from desktop.viewmodels.share_preview import SharePreview
from tests.recording.folder.sessions import conversation, record
from tests.recording.share.planted import IDENTITY, plant


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def identity() -> Identity:
        return IDENTITY

    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)
    monkeypatch.setattr("desktop.recording.share.share_controller.this_identity", identity)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - threads and processes have no event for it
            await asyncio.sleep(0.005)


class Shared:
    """A controller, and what it has told."""

    def __init__(self) -> None:
        self.controller = ShareController()
        self.previews: list[SharePreview] = []
        self.told: list[str] = []
        self.controller.prepared.connect(self.previews.append)
        self.controller.written.connect(lambda message: self.told.append(str(message)))
        self.controller.failed.connect(lambda message: self.told.append(str(message)))


async def test_it_is_looked_through_shown_and_only_then_written(qapp, tmp_path: Path) -> None:
    shared = Shared()
    key = str(plant(tmp_path / "r") / "journal.jsonl")
    shared.controller.write(tmp_path / "early.zip")
    shared.controller.prepare(key, sound=False)
    await until(lambda: shared.previews)
    assert {kind for kind, _ in shared.previews[0].taken_out} == {"key", "email", "home", "user", "host"}
    assert "report.html" in dict(shared.previews[0].files)
    assert not (tmp_path / "early.zip").exists()
    shared.controller.write(tmp_path / "x")
    await until(lambda: shared.told)
    assert shared.told[0].startswith("Saved as x.zip.")
    assert zipfile.is_zipfile(tmp_path / "x.zip")
    await shared.controller.close()


async def test_only_what_was_asked_last_is_answered(qapp, tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation()))
    shared = Shared()
    key = str(tmp_path / "r" / "journal.jsonl")
    for sound in (False, True, False, True):
        shared.controller.prepare(key, sound)
    await until(lambda: shared.previews)
    await shared.controller.close()
    assert [preview.sound for preview in shared.previews] == [True]


async def test_what_can_t_be_read_or_written_is_told(
    qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Shared()
    shared.controller.prepare(str(tmp_path / "nowhere" / "journal.jsonl"), sound=False)
    await until(lambda: shared.told)
    assert "can't be read" in shared.told.pop()
    shared.controller.prepare(str(plant(tmp_path / "r") / "journal.jsonl"), sound=False)
    await until(lambda: shared.previews)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle, "write", full)
    shared.controller.write(tmp_path / "x.zip")
    await until(lambda: shared.told)
    assert shared.told == ["x.zip can't be written (No space left on device). Choose another place."]
    await shared.controller.close()
