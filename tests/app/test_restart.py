"""What the user has arranged is there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from tests.app.program import running

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

OFFLINE = "offline/demo"


async def test_size_text_panes_and_folder_of_exports(qapp, tmp_path: Path):
    exports = tmp_path / "exports"
    exports.mkdir()
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        window = program.window
        program.restore()
        window.resize(1_010, 690)
        window.text_size_asked.emit(1)
        window.places.detached.trigger()
        await program.until(lambda: window.places.window, "the panes' own window")
        window.places.window.resize(444, 555)
        program.parts.dialogs.remember_export(exports / "talk.md")
        percent = program.store.current.text_percent
        assert percent > 100
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        program.restore()
        assert program.window.size() == QSize(1_010, 690)
        assert program.store.current.text_percent == percent
        assert program.window.text_line.field.font().pixelSize() > 13
        await program.until(lambda: program.window.places.window, "the panes' own window")
        assert program.window.places.window.size() == QSize(444, 555)
        assert Path(program.parts.dialogs.export_folder.suggest()) == exports


async def test_a_window_that_was_closed_while_it_was_narrow_is_shared_as_before(qapp, tmp_path: Path):
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        workspace = program.window.workspace
        program.restore()
        program.window.resize(1_400, 800)
        await program.until(lambda: workspace.width() > 1_300, "a wide window")
        before = workspace.splitter.sizes()
        program.window.resize(720, 480)
        await program.until(lambda: workspace.narrow, "a narrow window")
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        workspace = program.window.workspace
        program.restore()
        assert program.window.size() == QSize(720, 480)
        assert program.window.transcript.isVisible()
        program.window.resize(1_400, 800)
        await program.until(lambda: not workspace.narrow and workspace.width() > 1_300, "a wide window")
        assert workspace.splitter.sizes() == before
