"""What goes into a shared zip is shown before it is written; and asking again, from the history's menu."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPlainTextEdit, QPushButton

from desktop.protocol import catalog
from desktop.recording.export_controller import NOT_WRITTEN
from desktop.recording.share.share_controller import SHARED
from desktop.ui.common.picker import Picker
from desktop.ui.dialogs.ask_again_dialog import AskAgainDialog, Target
from desktop.ui.dialogs.share_dialog import ShareDialog
from desktop.ui.fields.switch import Switch
from desktop.viewmodels.share_preview import SharePreview
from tests.ui.dialogs.test_history_dialog import ENTRIES, History

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

PREVIEW = SharePreview(
    "recording-20260501-120000",
    (("report.html", 20_000), ("frames.jsonl", 5_000)),
    (("key", 3), ("email", 1)),
    has_sound=True,
)


def button(dialog: ShareDialog | AskAgainDialog, words: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == words)


def said(dialog: ShareDialog | AskAgainDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.fixture
def share(qtbot) -> ShareDialog:
    dialog = ShareDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_nothing_can_be_saved_before_its_contents_are_shown(share: ShareDialog) -> None:
    asked: list[bool] = []
    share.prepare_asked.connect(asked.append)
    share.begin()
    assert asked == [False]
    assert not button(share, "Save as…").isEnabled()
    share.show_preview(PREVIEW)
    assert button(share, "Save as…").isEnabled()
    words = said(share)
    for expected in (
        "report.html",
        "20 kB",
        "frames.jsonl",
        "Keys, tokens, passwords",
        "3",
        "E-mail addresses",
    ):
        assert expected in words
    assert "Home folders" not in words


def test_sound_is_put_in_by_a_switch_and_the_preview_is_made_anew(share: ShareDialog) -> None:
    asked: list[bool] = []
    share.prepare_asked.connect(asked.append)
    share.show_preview(PREVIEW)
    switch = share.findChild(Switch)
    assert switch is not None
    assert not switch.isChecked()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert asked == [True]
    assert not button(share, "Save as…").isEnabled()
    share.show_preview(replace(PREVIEW, sound=True))
    assert switch.isChecked()
    share.show_preview(replace(PREVIEW, has_sound=False))
    assert not switch.isEnabled()
    assert switch.toolTip()


def test_it_is_saved_where_the_user_says_and_that_is_told(share: ShareDialog, tmp_path: Path) -> None:
    paths: list[Path] = []
    share.save_asked.connect(paths.append)
    share.folder = str(tmp_path)
    share.show_preview(PREVIEW)
    button(share, "Save as…").click()
    chooser = share.findChild(QFileDialog)
    assert chooser is not None
    chooser.accept()
    assert paths == [tmp_path / "recording-20260501-120000.zip"]
    share.show_saved(SHARED(file="<b>x</b>.zip"))
    assert any("Saved as <b>x</b>.zip" in words for words in said(share))
    share.show_problem(NOT_WRITTEN(file="x.zip", reason="full"))
    assert any("can't be written (full)" in words for words in said(share))


def test_nothing_found_is_said_and_not_taken_for_a_promise(share: ShareDialog) -> None:
    share.show_preview(replace(PREVIEW, taken_out=(), damaged=True))
    words = " ".join(said(share))
    assert "Nothing was found" in words
    assert "look through the report" in words
    assert "is missing" in words


@pytest.fixture
def again(qtbot) -> AskAgainDialog:
    dialog = AskAgainDialog(catalog.MODELS, "openai/gpt-realtime-2")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_target_is_what_is_chosen_and_each_model_has_its_own_voices(again: AskAgainDialog) -> None:
    asked: list[Target] = []
    again.ask_asked.connect(asked.append)
    prompt = next(one for one in again.findChildren(QPlainTextEdit) if not one.isReadOnly())
    prompt.setPlainText("Be brief.")
    button(again, "Ask").click()
    model = catalog.find("openai/gpt-realtime-2")
    assert asked == [Target(model.id, model.voices[0], "", "Be brief.")]
    button(again, "Stop").click()
    other = next(one for one in catalog.MODELS if one.provider == "xai")
    models = again.findChildren(Picker)[0]
    models.setCurrentIndex(models.findData(other.id))
    button(again, "Ask").click()
    assert asked[-1].model == other.id
    assert asked[-1].voice in (*other.voices, "")


def test_a_report_is_shown_as_plain_text_and_can_be_saved(again: AskAgainDialog, tmp_path: Path) -> None:
    paths: list[Path] = []
    again.save_asked.connect(paths.append)
    again.folder = str(tmp_path)
    assert not button(again, "Save report…").isEnabled()
    again.show_report("<b>1 of 1</b> turns")
    report = next(one for one in again.findChildren(QPlainTextEdit) if one.isReadOnly())
    assert report.toPlainText() == "<b>1 of 1</b> turns"
    button(again, "Save report…").click()
    chooser = again.findChild(QFileDialog)
    assert chooser is not None
    chooser.accept()
    assert [path.parent for path in paths] == [tmp_path]


def test_closing_it_stops_what_runs(again: AskAgainDialog) -> None:
    stopped: list[bool] = []
    again.stop_asked.connect(lambda: stopped.append(True))
    button(again, "Ask").click()
    again.close()
    assert stopped == [True]


def actions(history: History) -> dict[str, QAction]:
    more = history.button("More")
    menu = more.menu()
    assert menu is not None
    return {action.text(): action for action in menu.actions()}


def test_the_historys_menu_offers_both_for_recordings_only(qtbot) -> None:
    history = History(qtbot)
    told: list[tuple[str, str]] = []
    history.dialog.share_requested.connect(lambda key: told.append(("share", key)))
    history.dialog.ask_again_requested.connect(lambda key: told.append(("again", key)))
    entries = [replace(entry, recorded=entry.key != "dice") for entry in ENTRIES]
    history.dialog.show_entries(entries)
    found = actions(history)
    assert not found["Share…"].isEnabled()  # it goes on
    assert "going on" in found["Share…"].toolTip()
    history.dialog.list.go_to(1)
    found["Share…"].trigger()
    found["Ask again…"].trigger()
    assert told == [("share", "tea"), ("again", "tea")]
    history.dialog.list.go_to(2)
    assert not found["Share…"].isEnabled()
    assert "no recording" in found["Ask again…"].toolTip()
    history.dialog.show_entries([])
    assert not found["Share…"].isEnabled()


def test_one_that_was_opened_from_outside_is_chosen(qtbot) -> None:
    history = History(qtbot)
    history.dialog.show_entries(ENTRIES)
    history.dialog.choose_next("dice")
    history.dialog.show_entries(ENTRIES)
    assert history.dialog.list.key == "dice"
    history.dialog.list.go_to(0)
    history.dialog.show_entries(ENTRIES)
    assert history.dialog.list.key == "now"
