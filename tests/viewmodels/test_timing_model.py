"""The table of the turns' timings."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from desktop.cost.money import CENT
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.turn.timing import FIGURES, MOMENTS, RELEASE_TO_HEARD, TurnTiming
from desktop.viewmodels import timing_model
from desktop.viewmodels.timing_model import PART_COLUMNS, TimingModel, TimingRole, milliseconds, to_csv

WHOLE = TurnTiming(1, 100, 120, 1_100, 1_300, 1_400, 1_600, 1_660.25, None, 3_100)
CUT = TurnTiming(2, press=5_000, release=6_000, interrupted=6_500)


@pytest.fixture
def model(qapp):
    made = TimingModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


def cells(model: TimingModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_a_turn_is_a_row_with_its_figures(model):
    model.show(WHOLE)
    assert cells(model, 0) == ["1", "20 ms", "200 ms", "100 ms", "200 ms", "60 ms", "560 ms"]
    assert model.index(0, 0).data(TimingRole.TURN) is WHOLE


def test_a_turn_has_its_cost_as_soon_as_that_is_known(model):
    model.show(WHOLE)
    model.show(CUT)
    changed, spent = QSignalSpy(model.dataChanged), Total()
    assert model.index(1, 0).data(TimingRole.COST) == ""
    spent.add(Cost(12 * CENT, estimated=True))
    model.show_cost(2, spent)
    assert changed.count() == 1
    assert [model.index(row, 0).data(TimingRole.COST) for row in (0, 1)] == ["", "≈ $0.12"]
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith("cost ≈ $0.12")
    unknown = Total()
    unknown.add(Cost())
    model.show_cost(1, unknown)
    assert model.index(0, 0).data(TimingRole.COST) == "—", "unknown isn't nothing"
    for number in (0, 3, -1, 10**12):
        model.show_cost(number, spent)
    assert list(model.costs) == [2, 1]
    model.clear()
    assert model.costs == {}


def test_the_columns_are_named(model):
    names = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert names[:3] == ["Turn", "Press → First packet", "Release → Sent"]
    assert len(set(names)) == len(FIGURES) + 1


def test_a_turn_that_grows_changes_its_row_only(model):
    model.show(TurnTiming(1, press=0))
    model.show(TurnTiming(2, press=9_000))
    changed, inserted = QSignalSpy(model.dataChanged), QSignalSpy(model.rowsInserted)
    model.show(TurnTiming(2, press=9_000, first_packet=9_012))
    model.show(TurnTiming(1, press=0, done=9_001))
    assert [(changed.at(i)[0].row(), changed.at(i)[1].row()) for i in range(changed.count())] == [
        (1, 1),
        (0, 0),
    ]
    assert inserted.count() == 0
    assert cells(model, 1)[1] == "12 ms"
    assert cells(model, 0)[1] == "—"


def test_the_summary_follows(model):
    model.show(WHOLE)
    assert model.summary[RELEASE_TO_HEARD].median == 560.25
    model.show(TurnTiming(2, release=0, first_heard=1_000))
    assert model.summary[RELEASE_TO_HEARD].p95 == 1_000
    model.clear()
    assert (model.rowCount(), model.summary[RELEASE_TO_HEARD].median) == (0, None)


def test_the_oldest_turns_go(model, monkeypatch):
    monkeypatch.setattr(timing_model, "KEPT", 5)
    for number in range(1, 9):
        model.show(TurnTiming(number, press=float(number)))
    assert model.rowCount() == 5
    assert cells(model, 0)[0] == "4"
    model.show(TurnTiming(2, press=2, release=3))
    model.show(TurnTiming(4, press=4, first_packet=9))
    assert cells(model, 0)[:2] == ["4", "5.0 ms"]
    assert model.rowCount() == 5


def test_a_row_says_itself_in_words(model):
    model.show(TurnTiming(1, press=0))
    model.show(CUT)
    model.show(TurnTiming(3, release=0, first_heard=400))
    words = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert words == ["Turn 1", "Turn 2, interrupted", "Turn 3, Release → Heard 400 ms"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        (0.0, "0.0 ms"),
        (4.24, "4.2 ms"),
        (9.96, "10 ms"),
        (411.7, "412 ms"),
        (9_999.4, "9999 ms"),
        (12_345.0, "12.3 s"),
    ],
)
def test_times_in_words(value, words):
    assert milliseconds(value) == words


def test_as_csv():
    rows = list(csv.DictReader(io.StringIO(to_csv([WHOLE, CUT]))))
    assert list(rows[0]) == [
        "turn",
        *(f"{moment}_ms" for moment in MOMENTS),
        *(f"{figure.key}_ms" for figure in FIGURES),
        *PART_COLUMNS,
    ]
    assert rows[0]["press_ms"] == "0.0", "counted from the first turn's beginning"
    assert rows[0]["first_heard_ms"] == "1560.2"
    assert rows[0]["release_to_first_heard_ms"] == "560.2"
    assert rows[0]["interrupted_ms"] == ""
    assert (rows[1]["turn"], rows[1]["press_ms"], rows[1]["interrupted_ms"]) == ("2", "4900.0", "6400.0")


def test_a_models_name_is_no_formula_and_no_row():
    named = replace(WHOLE, detail=replace(WHOLE.detail, model="=cmd()\n2,\u202e"))
    (row,) = csv.DictReader(io.StringIO(to_csv([named])))
    assert row["model"] == "'=cmd() 2,[U+202E]"


def test_no_turns_as_csv_is_the_heading():
    assert to_csv([]).count("\n") == 1
