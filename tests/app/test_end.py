"""The program's end: work under way is finished or cancelled."""

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
from desktop.settings import files
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.ui.settings.settings_dialog import SettingsDialog
from desktop.viewmodels.transcript_line import Line

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

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

    def write_slowly(lines: Sequence[Line], background: object) -> str:
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


async def test_it_waits_for_exported_settings(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    at_end, write = threading.Event(), files.export_file

    def write_slowly(path: Path, settings: Settings) -> None:
        assert at_end.wait(WITHIN_S)
        write(path, settings)

    monkeypatch.setattr(files, "export_file", write_slowly)
    parts.settings_dialog.open()
    dialog = parts.window.findChild(SettingsDialog)
    dialog.export_requested.emit(tmp_path / "settings.json")
    await asyncio.sleep(0)
    ending = asyncio.create_task(app._end(parts))
    await asyncio.sleep(0)
    at_end.set()
    await ending
    assert (tmp_path / "settings.json").exists()


async def test_a_step_that_fails_does_not_cost_the_others(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, expect_log
):
    ended: list[str] = []

    async def fail() -> None:
        raise RuntimeError("the device is on fire")

    async def end_recorder() -> None:
        ended.append("recorder")

    monkeypatch.setattr(parts.controller, "close", fail)
    monkeypatch.setattr(parts.exports, "close", fail)
    monkeypatch.setattr(parts.recorder, "close", end_recorder)
    expect_log("a step of the end failed: (session|exports)")
    parts.store.change("cap_s", 44)
    await app._end(parts)
    assert SettingsStore.load(paths.config()).current.cap_s == 44
    assert ended == ["recorder"]


async def test_the_settings_are_written_before_the_session_has_ended(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    written: list[int] = []

    async def wait_for_settings() -> None:
        async with asyncio.timeout(WITHIN_S):
            while (cap_s := SettingsStore.load(paths.config()).current.cap_s) != 44:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        written.append(cap_s)

    monkeypatch.setattr(parts.controller, "close", wait_for_settings)
    parts.store.change("cap_s", 44)
    await app._end(parts)
    assert written == [44]
