"""The rows of the picker of models, without a window."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop.protocol import catalog
from desktop.protocol.catalog import MODELS, Model
from desktop.protocol.entries import merged
from desktop.viewmodels.models_model import ModelRole, ModelsModel

TODAY = date(2026, 11, 30)
OLD: dict[str, Any] = {
    "id": "new/1",
    "name": "New 1",
    "provider_display_name": "New & Sons",
    "retired_at": "2026-01-01",
    "successor": "new/2",
    "region": "eu-north-1",
    "description": "The first one.",
    "pricing": {"price_per_minute": 0.05},
}
LATEST: dict[str, Any] = {
    "id": "new/2",
    "name": "New 2",
    "provider_display_name": "New & Sons",
    "retired_at": "2027-01-01",
    "aliases": ["new/latest"],
    "capabilities": ["vision", "tools"],
}


@pytest.fixture
def rows(qtbot: Any) -> ModelsModel:
    model = ModelsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show(merged([OLD, LATEST]), TODAY)
    return model


def words(rows: ModelsModel) -> list[str]:
    return [rows.data(rows.index(row)) for row in range(rows.rowCount())]


def at(rows: ModelsModel, model_id: str, role: int) -> Any:
    return rows.data(rows.index(rows.row_of(model_id)), role)


def test_models_are_grouped_by_provider(rows: ModelsModel) -> None:
    headings = [row for row in range(rows.rowCount()) if rows.data(rows.index(row), ModelRole.HEADING)]
    assert [words(rows)[row] for row in headings] == [
        "OpenAI",
        "xAI",
        "Google Gemini",
        "On this computer",
        "New & Sons",
    ]
    assert words(rows)[-5:] == ["New & Sons", "New 2", "New 1 (retired)", "", "Refresh the list"]
    for row in (*headings, rows.rowCount() - 2):
        assert not rows.flags(rows.index(row)) & Qt.ItemFlag.ItemIsEnabled


def test_what_the_service_features_is_first_of_its_provider_and_what_is_retired_last(
    rows: ModelsModel,
) -> None:
    featured = [LATEST | {"id": f"new/{at}", "name": f"New {at}", "featured": at == 4} for at in (3, 4)]
    # A retired one isn't brought forward.
    rows.show(
        merged([OLD | {"featured": True}, LATEST, *featured, LATEST | {"id": "new/5", "featured": 1}]), TODAY
    )
    assert words(rows)[-7:-2] == ["New 4", "New 2", "New 3", "New 2", "New 1 (retired)"]


def test_badges_say_what_a_model_can_do(rows: ModelsModel) -> None:
    assert at(rows, "new/2", ModelRole.BADGES) == ("tools", "pictures")
    assert at(rows, "openai/gpt-realtime-translate", ModelRole.BADGES) == ("translates",)
    assert at(rows, "new/2", Qt.ItemDataRole.AccessibleTextRole) == "New 2, tools, pictures"


def test_the_tip_has_price_region_and_retirement(rows: ModelsModel) -> None:
    assert at(rows, "new/1", Qt.ItemDataRole.ToolTipRole).splitlines() == [
        "New 1 (retired)",
        "new/1",
        "The first one.",
        "Price: $0.05 a minute",
        "Region: eu-north-1",
        "The provider has retired this model. Its successor: New 2",
    ]
    assert "It will be retired on 2027-01-01." in at(rows, "new/2", Qt.ItemDataRole.ToolTipRole)
    assert "Price: —" in rows.tip(catalog.find("new/2", merged([LATEST])))


def test_a_retired_model_is_dim_and_can_still_be_chosen(rows: ModelsModel) -> None:
    assert at(rows, "new/1", ModelRole.DIM)
    assert not at(rows, "new/2", ModelRole.DIM)
    assert rows.flags(rows.index(rows.row_of("new/1"))) & Qt.ItemFlag.ItemIsEnabled


@pytest.mark.parametrize(
    ("needle", "found"),
    [
        ("", None),
        ("new", ["New & Sons", "New 2", "New 1 (retired)"]),
        ("LATEST sons", ["New & Sons", "New 2"]),
        ("eu-north", ["New & Sons", "New 1 (retired)"]),
        ("openai translate", ["OpenAI", "OpenAI GPT Realtime Translate"]),
        ("nothing like it", []),
    ],
)
def test_the_search_looks_at_all_that_is_known(rows: ModelsModel, needle: str, found: list[str]) -> None:
    shown = [text for text, seen in zip(words(rows), rows.matches(needle), strict=True) if seen]
    if found is None:
        assert shown == words(rows)
    else:
        assert shown == [*found, "", "Refresh the list"]


def test_an_agents_entry_says_that_the_agent_decides(qtbot: Any) -> None:
    rows = ModelsModel()
    agent = catalog.agent("front-desk")
    rows.show((agent, *MODELS), TODAY)
    assert words(rows)[:2] == ["Agent", "By the agent front-desk"]
    assert at(rows, agent.id, Qt.ItemDataRole.AccessibleTextRole) == "By the agent front-desk"
    assert at(rows, agent.id, ModelRole.BADGES) == (), "what it can do isn't known"
    assert rows.tip(agent).splitlines() == [
        "By the agent front-desk",
        "The agent decides what you don't choose: its model, its voice, how turns are taken.",
    ]


def test_what_a_list_says_is_one_visible_line(qtbot: Any) -> None:
    rows = ModelsModel()
    model = Model(id="a/b", label="<b>\u202eevil</b>", provider="<i>x</i>")
    rows.show((model,), TODAY)
    assert "\u202e" not in "".join(words(rows))
    assert words(rows)[0] == "<i>x</i>", "it is painted as it is, never read as HTML"


def test_the_tables_models_are_all_there(qtbot: Any) -> None:
    rows = ModelsModel()
    rows.show(MODELS, TODAY)
    assert all(rows.row_of(model.id) > 0 for model in MODELS)
    assert rows.row_of("new/voice") == -1
