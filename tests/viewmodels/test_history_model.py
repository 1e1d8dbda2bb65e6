"""The list of conversations: newest first, all of them or those that were found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop.viewmodels.dates import moment
from desktop.viewmodels.history_model import HistoryEntry, HistoryModel, HistoryRole

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def entry(key: str, days: int = 0, **more) -> HistoryEntry:
    return HistoryEntry(key, AT + timedelta(days=days), f"title {key}", "openai/gpt-realtime-2", 3, **more)


@pytest.fixture
def history(qapp):
    model = HistoryModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show([entry("a"), entry("b", 1, mark="cut short"), entry("c", 2)])
    return model


def keys(model: HistoryModel) -> list[str]:
    return [model.entry(row).key for row in range(model.rowCount())]


def test_the_newest_is_first(history):
    assert keys(history) == ["c", "b", "a"]
    assert history.entry(3) is None
    assert history.entry(-1) is None


def test_only_what_was_found_is_shown(history):
    history.show_found({"a", "c", "z"})
    assert keys(history) == ["c", "a"]
    assert history.total == 3
    history.show_found(None)
    assert keys(history) == ["c", "b", "a"]


def test_what_is_taken_out_comes_back_at_its_place(history):
    gone = history.entry(1)
    history.show_found({"a"})
    history.remove("b")
    assert history.total == 2
    history.put_back(gone)
    assert keys(history) == ["b", "a"]
    history.show_found(None)
    assert keys(history) == ["c", "b", "a"]


def test_rows_are_words_for_the_eye_and_the_ear(history):
    row = history.index(1)
    assert row.data() == "title b"
    assert row.data(HistoryRole.WHAT) == "cut short · 3 lines · gpt-realtime-2"
    assert row.data(HistoryRole.WHAT_SHORT) == "cut short · gpt-realtime-2"
    assert row.data(HistoryRole.WHEN) == moment(AT + timedelta(days=1))
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("title b, ")
    assert "cut short" in spoken
    history.show([HistoryEntry("x", AT, "", "", 1)])
    assert history.index(0).data() == "No words"
    assert history.index(0).data(HistoryRole.WHAT) == "1 line"
