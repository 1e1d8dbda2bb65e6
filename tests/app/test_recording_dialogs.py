"""A recording of the history is shared, asked again, and one from a zip is shown: from the window on."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from desktop.app import shared_recording
from desktop.app.build import Parts
from desktop.app.remote_control import RemoteControl
from desktop.base import paths
from desktop.recording.share import bundle, unpacking
from desktop.ui.common.picker import Picker
from desktop.ui.dialogs.ask_again_dialog import AskAgainDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.share_dialog import ShareDialog
from desktop.ui.window.main_window import MainWindow
from tests.app.test_dialogs import parts, until  # noqa: F401 - a fixture
from tests.recording.share.planted import IDENTITY, plant

pytestmark = pytest.mark.qt_log_ignore(r"does not support (propagateSizeHints|raise)")


def opened(tmp_path: Path) -> Path:
    """A recording among the conversations, from a zip."""
    made = bundle.prepare(plant(tmp_path / "r"), IDENTITY, sound=False)
    bundle.write(made, tmp_path / "x.zip")
    return unpacking.unpack(tmp_path / "x.zip", paths.conversations())


def chosen(history: HistoryDialog, words: str) -> QAction:
    """An entry of its menu."""
    more = next(one for one in history.findChildren(QPushButton) if one.text() == "More")
    return next(action for action in more.menu().actions() if action.text() == words)


async def listed(of: Parts, folder: Path) -> HistoryDialog:
    history = of.window.findChild(HistoryDialog)
    await until(lambda: history.list.key == str(folder / "journal.jsonl"))
    return history


async def test_a_zip_that_was_opened_is_read_in_the_window(parts: Parts, tmp_path: Path) -> None:  # noqa: F811
    folder = opened(tmp_path)
    other = opened(tmp_path / "other")
    shown: list[object] = []
    parts.reading.opened.connect(shown.append)
    shared_recording.show(parts, str(folder))
    await until(lambda: len(shown) == 1)
    assert parts.reading.active
    window = QWidget()  # the real one would begin a session once it is painted
    remote = RemoteControl(cast(MainWindow, window), parts.controller, parts.latch)
    remote.opens = lambda key: shared_recording.show(parts, key)
    assert remote.handle({"do": "show", "open": str(other)}) == ""
    await until(lambda: len(shown) == 2)
    window.close()


async def test_it_is_shared_from_the_menu(parts: Parts, tmp_path: Path) -> None:  # noqa: F811
    folder = opened(tmp_path)
    parts.dialogs.open_history(str(folder / "journal.jsonl"))
    history = await listed(parts, folder)
    chosen(history, "Share…").trigger()
    dialog = parts.window.findChild(ShareDialog)
    save = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save as…")
    await until(save.isEnabled)
    save.click()
    chooser = dialog.findChild(QFileDialog)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile("shared.zip")
    chooser.accept()
    await until(lambda: zipfile.is_zipfile(tmp_path / "shared.zip"))
    await until(lambda: any("shared.zip" in label.text() for label in dialog.findChildren(QLabel)))
    # another one takes its place
    chosen(history, "Share…").trigger()
    await until(lambda: len(parts.window.findChildren(ShareDialog)) == 1)
    assert parts.window.findChild(ShareDialog) is not dialog


async def test_asking_again_offers_the_models_of_the_window(parts: Parts, tmp_path: Path) -> None:  # noqa: F811
    folder = opened(tmp_path)
    parts.dialogs.open_history(str(folder / "journal.jsonl"))
    history = await listed(parts, folder)
    chosen(history, "Ask again…").trigger()
    dialog = parts.window.findChild(AskAgainDialog)
    assert dialog.target.model == parts.options.displayed.model.id
    assert dialog.findChildren(Picker)[0].count() == len(parts.options.offered)
