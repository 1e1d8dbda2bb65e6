"""The service's list in the running window: without a key, malformed, with aliases and retired models."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import main
from desktop.protocol import entries
from desktop.turn.effects import DisplayState
from desktop.ui.events.events_pane import EventsPane
from desktop.ui.session.model_box import ModelBox
from desktop.ui.session.note_action import NoteAction
from desktop.viewmodels.events_model import Column
from desktop.viewmodels.models_model import ModelRole
from tests.app.program import Running, running
from tests.conversation.test_session_controller import idle
from tests.realtime.service import Line, serving

pytestmark = pytest.mark.qt_log_ignore("does not support")

OLD: dict[str, Any] = {
    "id": "new/1",
    "type": "realtime",
    "provider": "new",
    "provider_display_name": "New & Sons",
    "name": "New 1",
    "retired_at": "2026-01-01T00:00:00Z",
    "successor": "new/2",
}
NEW = OLD | {
    "id": "new/2",
    "name": "New 2",
    "aliases": ["new/latest"],
    "retired_at": None,
    "successor": None,
    "params": {"realtime": {"voices": ["ann", "bob"], "default_voice": "bob", "supports_tools": True}},
    "pricing": {"input": [4.0], "output": [16.0]},
}
MALFORMED: list[Any] = [
    7,
    None,
    {"id": 1},
    {"id": "x" * 10_000},
    {"id": "bad/\x1b[2J"},
    {"name": "without an id"},
    OLD | {"id": "new/3", "name": ["no"], "params": [], "pricing": -1, "aliases": {"a": 1}, "successor": 4},
    OLD | {"id": "new/4", "name": "New 4", "pricing": {"input": [float("1e308")]}, "retired_at": None},
]


def picker(program: Running) -> ModelBox:
    return program.window.findChild(ModelBox)


def rows(program: Running) -> list[str]:
    box = picker(program)
    return [box.itemText(row) for row in range(box.count())]


def offered(program: Running) -> list[NoteAction]:
    return [one for one in program.window.findChildren(NoteAction) if one.isVisible()]


async def test_a_start_without_a_key_fetches_the_list(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPPER_API_KEY", raising=False)
    async with (
        serving(idle, models=[OLD, NEW]) as service,
        running(qapp, tmp_path, base_url=service.url, model="new/2") as program,
    ):
        await main._start_session(program.parts)
        await program.until(lambda: "New 2" in rows(program), "the list in the picker")
        assert [request.path for request in service.asked] == ["/v3/models?type=realtime"]
        assert rows(program)[-5:] == ["New & Sons", "New 2", "New 1 (retired)", "", "Refresh the list"]


async def test_a_retired_models_successor_is_one_click_away(qapp, tmp_path: Path):
    async with (
        serving(idle, models=[OLD, NEW]) as service,
        running(qapp, tmp_path, base_url=service.url, model="new/1") as program,
    ):
        program.window.models_refresh_clicked.emit()
        await program.until(lambda: "New 1" in program.note, "a note")
        box = picker(program)
        assert box.currentText() == "New 1 (retired)"
        assert box.itemData(box.currentIndex(), ModelRole.DIM)
        assert "Its successor: New 2" in box.toolTip()
        await program.until(lambda: offered(program), "the button beside it")
        (action,) = offered(program)
        QTest.mouseClick(action, Qt.MouseButton.LeftButton)
        assert program.store.current.model == "new/2"
        assert box.currentText() == "New 2"
        assert "retired" not in program.note


async def test_an_alias_opens_the_model_that_has_it(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", "op-4b1c9d2e7f60aa31")
    opened: list[dict[str, Any]] = []

    async def script(line: Line) -> None:
        opened.append(await line.start())
        await line.socket.wait_closed()

    async with (
        serving(script, models=[OLD, NEW]) as service,
        running(qapp, tmp_path, base_url=service.url, model="new/latest") as program,
    ):
        program.window.models_refresh_clicked.emit()
        await program.until(lambda: picker(program).currentText() == "New 2", "the alias's model")
        await program.connect()
    assert (opened[0]["model"], opened[0]["voice"]) == ("new/2", "bob"), "its default voice is the default"


async def test_a_malformed_list_costs_nothing_but_a_line_in_the_log(
    qapp, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, entries.__name__)
    async with (
        serving(idle, models=[*MALFORMED, NEW]) as service,
        running(qapp, tmp_path, base_url=service.url, model="new/2") as program,
    ):
        program.window.models_refresh_clicked.emit()
        await program.until(lambda: "New 2" in rows(program), "the list in the picker")
        headed = rows(program)[rows(program).index("New & Sons") :]
        assert headed == ["New & Sons", "New 4", "New 2", "3 (retired)", "", "Refresh the list"]
        box = picker(program)
        box.showPopup()
        await program.until(lambda: box.view().isVisible(), "the list opens")
        for row in range(box.count()):
            assert "\x1b" not in box.itemText(row)
            box.itemData(row, Qt.ItemDataRole.ToolTipRole)
        box.hidePopup()
        assert box.itemData(box.findData("new/4"), ModelRole.BADGES) is not None
        assert "Price: —" in box.itemData(box.findData("new/4"), Qt.ItemDataRole.ToolTipRole)
    lines = [record.message for record in caplog.records if record.name == entries.__name__]
    assert lines == ["6 entries of the list of models are none of a realtime model"]


async def test_usage_that_nobody_knows_is_in_the_frame(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", "op-4b1c9d2e7f60aa31")
    usage = {"input_tokens": 1_000, "moon_tokens": {"far_side": 7}}

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Yes.")
        await line.send("response.completed", usage=usage)
        await line.socket.wait_closed()

    async with (
        serving(script, models=[NEW]) as service,
        running(qapp, tmp_path, base_url=service.url, model="new/2") as program,
    ):
        program.window.models_refresh_clicked.emit()
        await program.until(lambda: "New 2" in rows(program), "the list")
        await program.connect()
        program.parts.controller.say("Well?")
        await program.until(lambda: program.parts.spend.ledger.session.known, "a cost")
        assert program.window.session_bar.spend.text() == "$0.0040", "what is known is priced"
        await program.until_state(DisplayState.READY)
        pane = program.window.findChild(EventsPane)
        table = pane.table.model()
        kinds: list[str] = []

        def listed() -> bool:
            kinds[:] = [table.index(row, Column.TYPE).data() for row in range(table.rowCount())]
            return "response.completed" in kinds

        await program.until(listed, "the frame's row")
        pane.table.clicked.emit(table.index(kinds.index("response.completed"), Column.TYPE))
        assert pane.tree.model.shown["usage"] == usage
