"""A JSON value as a tree, and the search in it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from desktop.viewmodels.json_search import MOST, PIECE, Search, places
from desktop.viewmodels.json_tree_model import SHOWN, SPAN, JsonRole, JsonTreeModel, as_json, preview

VALUE = {"name": "roll_dice", "sides": [6, 20], "sure": True, "note": None, "at": {"zone": "UTC"}, "none": {}}


@pytest.fixture
def tree(qapp):
    model = JsonTreeModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    # It would open every row before the reset is over, in the middle of its own check of it.
    model.tester.setUseFetchMore(False)
    return model


def lines(model: QAbstractItemModel, parent: QModelIndex | None = None, depth: int = 0) -> list[str]:
    """All rows, opened all the way down."""
    parent = parent or QModelIndex()
    if model.canFetchMore(parent):
        model.fetchMore(parent)
    text = []
    for row in range(model.rowCount(parent)):
        child = model.index(row, 0, parent)
        text += ["  " * depth + child.data(), *lines(model, child, depth + 1)]
    return text


def test_a_value_of_every_kind(tree):
    tree.show_value(VALUE)
    assert lines(tree) == [
        'name: "roll_dice"',
        "sides: [2]",
        "  0: 6",
        "  1: 20",
        "sure: true",
        "note: null",
        "at: {1}",
        '  zone: "UTC"',
        "none: {}",
    ]
    kinds = [tree.index(row, 0).data(JsonRole.KIND) for row in range(tree.rowCount())]
    assert kinds == ["string", "array", "word", "word", "object", "object"]


@pytest.mark.parametrize(
    ("value", "text"), [("noon", '"noon"'), (12, "12"), (None, "null"), ([], "[]"), ({}, "{}")]
)
def test_a_value_without_members_is_one_row(tree, value, text):
    tree.show_value(value)
    assert lines(tree) == [text]
    assert tree.value(tree.index(0, 0)) == value


def test_members_are_made_when_their_parent_is_opened(tree):
    tree.show_value({"list": [1, 2, 3]})
    parent = tree.index(0, 0)
    assert tree.hasChildren(parent)
    assert tree.rowCount(parent) == 0
    tree.fetchMore(parent)
    assert tree.rowCount(parent) == 3
    assert not tree.canFetchMore(parent)


def test_many_members_are_grouped(tree):
    count = SPAN * SPAN + 1
    tree.show_value({"list": list(range(count))})
    (parent,) = (tree.index(0, 0),)
    tree.fetchMore(parent)
    groups = [tree.index(row, 0, parent).data() for row in range(tree.rowCount(parent))]
    assert groups == ["[0 … 249999]", "[250000 … 250000]"]
    second = tree.index(1, 0, parent)
    assert tree.value(second) == [250_000]
    tree.fetchMore(second)
    assert tree.index(0, 0, second).data() == "250000: 250000"


def test_a_group_of_an_objects_members_is_an_object(tree):
    tree.show_value({f"k{i}": i for i in range(SPAN + 2)})
    assert lines(tree)[-3:] == [
        f"[k{SPAN} … k{SPAN + 1}]",
        f"  k{SPAN}: {SPAN}",
        f"  k{SPAN + 1}: {SPAN + 1}",
    ]
    assert tree.value(tree.index(1, 0)) == {f"k{SPAN}": SPAN, f"k{SPAN + 1}": SPAN + 1}


def test_a_long_text_is_short_in_the_row_and_whole_in_the_value(tree):
    text = "long " * 1_000
    tree.show_value({"text": text})
    shown = tree.index(0, 0).data(JsonRole.VALUE)
    assert len(shown) < SHOWN + 40
    assert shown.endswith("…  (5,000 characters)")
    assert tree.value(tree.index(0, 0)) == text


def test_nothing_is_shown_after_clear(tree):
    tree.show_value(VALUE)
    tree.clear()
    assert tree.rowCount() == 0
    assert not tree.hasChildren()


@pytest.mark.parametrize("count", [3, SPAN + 10, SPAN * SPAN + 10])
def test_a_path_leads_to_its_row(tree, count):
    tree.show_value({"first": 1, "rows": [{"id": n} for n in range(count)]})
    index = tree.find_index((1, count - 1, 0))
    assert index.data() == f"id: {count - 1}"
    assert index.parent().data(JsonRole.KEY) == str(count - 1)


def test_a_path_into_a_value_without_members(tree):
    tree.show_value("noon")
    assert tree.find_index((0,)).data() == '"noon"'


def test_as_json_writes_what_json_can_not_hold():
    assert json.loads(as_json(VALUE)) == VALUE
    assert json.loads(as_json({"lone": "\ud800"})) == {"lone": "\ud800"}
    assert "object" in as_json({"odd": object()})
    assert as_json({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'


def test_a_preview_is_short_for_any_value():
    assert preview({"zone": "UTC", "n": [1, None]}) == '{zone: "UTC", n: [1, null]}'
    assert preview("noon") == '"noon"'
    endless: list = []
    endless.append(endless)
    assert len(preview(endless, 40)) <= 40
    assert len(preview([list(range(1_000))] * 1_000, 60)) <= 60


def found(value: object, text: str) -> list[tuple[int, ...]]:
    return [path for path in places(value, text) if path is not None]


def test_keys_and_values_are_found_in_order():
    assert found(VALUE, "NO") == [(3,), (5,)]
    assert found(VALUE, "20") == [(1, 1)]
    assert found(VALUE, "utc") == [(4, 0)]
    assert found(VALUE, "true") == [(2,)]
    assert found("noon", "oo") == [(0,)]
    assert found(VALUE, "absent") == []


def test_a_word_is_found_where_the_pieces_of_a_long_text_meet():
    text = "." * (PIECE - 2) + "needle" + "." * PIECE
    assert found({"text": text}, "needle") == [(0,)]


def test_a_search_reports_what_it_found(qtbot):
    search = Search()
    with qtbot.waitSignal(search.grown):
        search.start([{"id": n} for n in range(50_000)], "id")
    assert search.found[0] == (0, 0)
    qtbot.waitUntil(lambda: not search.running)
    assert len(search.found) == MOST


def test_a_new_search_forgets_the_one_before(qtbot):
    search = Search()
    search.start(["a", "b"], "a")
    search.start(["a", "b"], "b")
    qtbot.waitUntil(lambda: not search.running)
    assert search.found == [(1,)]
    search.start(["a"], "")
    assert search.found == []
    assert not search.running
