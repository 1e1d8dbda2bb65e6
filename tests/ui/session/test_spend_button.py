"""The session's spend beside its clock, and the menu with its figures."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QMenu

from desktop.cost.days import Days
from desktop.cost.ledger import Ledger
from desktop.cost.money import CENT, PICOS, Money
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.ui.session.spend_button import SpendButton
from desktop.viewmodels import spend_report
from desktop.viewmodels.spend_report import SpendReport

DAY = date(2026, 11, 30)


@pytest.fixture
def button(qtbot):
    button = SpendButton()
    qtbot.addWidget(button)
    return button


def total(*costs: Cost) -> Total:
    found = Total()
    for cost in costs:
        found.add(cost)
    return found


def rows(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if "\t" in action.text()]


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ([], "—"),
        ([Cost()], "—"),
        ([Cost(0)], "$0.00"),
        ([Cost(12 * CENT)], "$0.12"),
        ([Cost(12 * CENT), Cost()], "≈ $0.12"),
        ([Cost(12 * CENT, estimated=True)], "≈ $0.12"),
        ([Cost(12 * CENT, assumed=True)], "≈ $0.12"),
        ([Cost(12 * CENT), Cost(5 * CENT, "EUR")], "$0.12 + €0.05"),
    ],
)
def test_it_says_what_was_spent_and_how_well_that_is_known(button, costs, words):
    button.show_spent(total(*costs))
    assert button.text() == words
    assert button.accessibleName() == f"Spent in this session: {words}"


def test_its_menu_has_the_turns_the_days_and_the_models(button, qtbot):
    ledger = Ledger()
    ledger.add(0, "a/b", DAY, Cost(CENT))
    ledger.add(1, "a/b", DAY, Cost(2 * CENT))
    ledger.add(2, "c/d & <e>\t", DAY, Cost())
    report = SpendReport(
        ledger.session,
        ledger.days.on(DAY),
        Cost(CENT, estimated=True),
        Money(35 * CENT),
        Money(PICOS),
        Money(),
        tuple(ledger.turns.items()),
        tuple(ledger.days.by_day()),
        tuple(ledger.days.by_model()),
    )
    button.report_requested.connect(lambda: button.show_report(report))
    menu = button.menu()
    menu.aboutToShow.emit()
    assert rows(menu) == [
        "This session\t≈ $0.03 of $1.00",
        "Today\t≈ $0.03",
        "Next turn, at least\t≈ $0.01",
        "Saved by resting\t$0.35",
    ]
    lists = {action.text(): rows(action.menu()) for action in menu.actions() if action.menu()}
    assert lists["Turns"] == ["Turn 2\t—", "Turn 1\t$0.02", "Before the first turn\t$0.01"]
    assert lists["Days"] == ["30 Nov 2026\t≈ $0.03"]
    assert lists["Models"][0] == "a/b\t$0.03"
    assert lists["Models"][1].count("\t") == 1
    with qtbot.waitSignals([button.export_clicked, button.budget_clicked]):
        for action in menu.actions()[-2:]:
            action.trigger()


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", " '=1+1"),
        ("\t=1+1", "'=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a; @SUM(1)", "a; '@SUM(1)"),
        ('";=1+1', '"";\'=1+1'),
        ("a/b-c;d", "a/b-c;d"),
        ("a\x1b[2J\nsession", "a[U+001B][2J session"),
        ("a\u202eb", "a[U+202E]b"),
    ],
)
def test_a_models_name_is_a_name_in_the_csv(name: str, cell: str):
    days = Days.from_builtins({"2026-11-30": {name: {"picos": {"USD": "1"}}}})
    (row,) = spend_report.to_csv(SpendReport(models=tuple(days.by_model()))).splitlines()[2:]
    assert row in (f"model,{cell},0.000000000001,USD,0,0,0", f'model,"{cell}",0.000000000001,USD,0,0,0')


@pytest.mark.parametrize("currency", ["=1+", "\x1b[2", "usd", "<b>", "\u202eUS", "US"])
def test_a_currency_that_is_none_is_left_out(currency: str):
    days = Days.from_builtins({"2026-11-30": {"a/b": {"picos": {currency: "1", "EUR": "2"}}}})
    assert [list(total.amounts) for _, total in days.by_day()] == [["EUR"]]


def test_the_csv_has_every_digit_and_no_formula():
    ledger = Ledger()
    ledger.add(1, "=cmd", DAY, Cost(123_456_789, estimated=True))
    ledger.add(2, "a/b", DAY, Cost())
    report = SpendReport(
        session=ledger.session,
        turns=tuple(ledger.turns.items()),
        days=tuple(ledger.days.by_day()),
        models=tuple(ledger.days.by_model()),
    )
    assert spend_report.to_csv(report).splitlines() == [
        "of,name,amount,currency,estimated,assumed,unknown",
        "turn,1,0.000123456789,USD,1,0,0",
        "turn,2,,,0,0,1",
        "session,,0.000123456789,USD,1,0,1",
        "day,2026-11-30,0.000123456789,USD,1,0,1",
        "model,'=cmd,0.000123456789,USD,1,0,0",
        "model,a/b,,,0,0,1",
    ]
