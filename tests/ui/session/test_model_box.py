"""The picker of the model: its list, and the search in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView

from desktop.protocol.catalog import MODELS, find
from desktop.protocol.entries import merged
from desktop.ui.session.model_box import ModelBox

pytestmark = pytest.mark.qt_log_ignore("does not support", "propagateSizeHints")

MANY = merged([{"id": f"new/voice-{number}", "name": f"Voice {number}"} for number in range(490)])


@pytest.fixture
def box(qtbot: Any) -> Iterator[ModelBox]:
    box = ModelBox(MODELS)
    qtbot.addWidget(box)
    box.show_model(find("xai/grok-voice-latest"))
    box.resize(200, 34)
    box.show()
    box.chosen = []  # type: ignore[attr-defined]
    box.model_chosen.connect(box.chosen.append)  # type: ignore[attr-defined]
    yield box
    box.hidePopup()


def search(box: ModelBox) -> QLineEdit:
    popup = box.view().window()
    (line,) = popup.findChildren(QLineEdit)
    return line


def shown(box: ModelBox) -> list[str]:
    view = box.view()
    assert isinstance(view, QListView)
    return [box.itemText(row) for row in range(box.count()) if not view.isRowHidden(row)]


def test_what_is_typed_is_searched_for_and_enter_chooses_it(box: ModelBox):
    box.showPopup()
    QApplication.processEvents()
    assert search(box).isVisible()
    QTest.keyClicks(search(box), "gemini live")
    assert shown(box) == [
        "Google Gemini",
        "Gemini 3.1 Flash Live",
        "Gemini 3.5 Live Translate",
        "",
        "Refresh the list",
    ]
    QTest.keyClick(search(box), Qt.Key.Key_Down)
    QTest.keyClick(search(box), Qt.Key.Key_Return)
    assert not box.view().isVisible()
    assert box.chosen == ["gemini/gemini-3.5-live-translate-preview"]


def test_escape_closes_the_list_and_chooses_nothing(box: ModelBox):
    box.showPopup()
    QTest.keyClicks(search(box), "gemini")
    QTest.keyClick(search(box), Qt.Key.Key_Escape)
    assert not box.view().isVisible()
    assert box.chosen == []
    assert box.currentData() == "xai/grok-voice-latest"


def test_the_next_search_begins_anew(box: ModelBox):
    box.showPopup()
    QTest.keyClicks(search(box), "gemini")
    box.hidePopup()
    box.showPopup()
    assert search(box).text() == ""
    assert len(shown(box)) == box.count()
    assert box.view().currentIndex().data(Qt.ItemDataRole.UserRole) == "xai/grok-voice-latest"


def test_a_search_without_a_match_leaves_the_last_entry(box: ModelBox):
    box.showPopup()
    QTest.keyClicks(search(box), "nothing like it")
    assert shown(box) == ["", "Refresh the list"]
    refreshed: list[bool] = []
    box.refresh_clicked.connect(lambda: refreshed.append(True))
    QTest.keyClick(search(box), Qt.Key.Key_Return)
    assert refreshed == [True]
    assert box.currentData() == "xai/grok-voice-latest"


def test_headings_are_no_choice(box: ModelBox):
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.chosen == ["openai/gpt-realtime-translate"], "the heading between them is passed over"


def test_a_long_list_is_searched_like_a_short_one(box: ModelBox):
    box.show_models(MANY)
    assert box.currentData() == "xai/grok-voice-latest"
    box.showPopup()
    QTest.keyClicks(search(box), "voice 48")
    assert shown(box)[:3] == ["new", "Voice 48", "Voice 148"]
    assert box.width() < 400, "the longest name of all doesn't make it wide"


def test_a_model_that_is_in_no_list_is_shown(box: ModelBox):
    box.show_model(find("somebody/else"))
    assert box.currentText() == "else"
    box.show_model(find("openai/gpt-realtime-2"))
    assert "$" in box.toolTip() or "Price: —" in box.toolTip()
