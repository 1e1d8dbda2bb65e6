"""Asking where a file is to be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.recording.export import FORMATS
from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog
from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog

# The offscreen platform has no window manager to tell it to.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def test_a_conversation_is_offered_in_every_format_by_its_name(qtbot, tmp_path: Path):
    dialog = SaveConversationDialog("conversation.md", FORMATS)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.isModal()
    names = dialog.nameFilters()
    assert [name.split("*")[1][:-1] for name in names] == list(FORMATS)
    assert all(name.split(" (")[0] for name in names)
    dialog.setDirectory(str(tmp_path))
    dialog.selectNameFilter(names[2])
    dialog.filterSelected.emit(names[2])
    assert Path(dialog.selectedFiles()[0]).name == "conversation.json"
    chosen: list[Path] = []
    dialog.path_chosen.connect(chosen.append)
    dialog.fileSelected.emit(str(tmp_path / "c.json"))
    assert chosen == [tmp_path / "c.json"]


def test_times_are_a_table(qtbot):
    dialog = SaveTimesDialog("times.csv")
    qtbot.addWidget(dialog)
    assert [words.rpartition("(")[2] for words in dialog.nameFilters()] == ["*.csv)", "*.jsonl)", "*.json)"]
