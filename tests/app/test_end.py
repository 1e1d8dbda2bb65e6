"""The program's end: what is under way is finished or cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from desktop.app import main as app
from desktop.app.build import Parts, build
from desktop.audio.fakes import FakeAudioBackend
from desktop.base import paths
from desktop.recording import export
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.viewmodels.transcript import Line

WITHIN_S = 5.0


@pytest.fixture
async def parts(qapp) -> AsyncIterator[Parts]:
    store = SettingsStore.load(paths.config())
    parts = build(qapp, store, default_registry(), FakeAudioBackend(), None)
    yield parts
    parts.window.deleteLater()


async def test_it_waits_for_an_export_under_way(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    at_exports = threading.Event()
    close = parts.exports.close

    async def close_exports() -> None:
        at_exports.set()
        await close()

    def write_slowly(lines: Sequence[Line]) -> str:
        assert at_exports.wait(WITHIN_S), "the end didn't come to the exports"
        return "written"

    monkeypatch.setattr(parts.exports, "close", close_exports)
    monkeypatch.setitem(export.FORMATS, ".txt", write_slowly)
    parts.exports.write_conversation(tmp_path / "talk.txt")
    await app._end(parts)
    assert (tmp_path / "talk.txt").read_text() == "written"


async def test_tasks_that_a_signal_began_are_cancelled(parts: Parts):
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    parts.tasks.spawn(wait())
    await asyncio.sleep(0)
    await app._end(parts)
    assert ended == ["cancelled"]


async def test_the_layout_is_kept(parts: Parts):
    parts.window.resize(900, 600)
    await app._end(parts)
    again = SettingsStore.load(paths.config())
    assert again.current.geometry == parts.window.geometry_text()
