"""What the settings change of the tools and their sources ends in the files, and starts at once."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.access import tool_secrets
from desktop.base.message import Message
from desktop.conversation import tool_settings
from desktop.conversation.approvals import Approvals
from desktop.conversation.tool_settings import ToolSettings
from desktop.conversation.tool_sources_controller import ToolSourcesController
from desktop.tools.builtin import default_registry
from desktop.tools.mcp import config
from desktop.viewmodels.tool_rows import ServerEntry, SourceRow
from tests.tools.mcp.conftest import DEADLINE_S, ROUGH

LINE = f"{sys.executable} {ROUGH}"


class Page:
    """The settings, as the page has them."""

    def __init__(self, folder: Path) -> None:
        self.registry = default_registry()
        self.controller = ToolSourcesController(self.registry, folder)
        approvals = Approvals()
        self.settings = ToolSettings(self.controller, self.registry, approvals, lambda: "gemini")
        self.rows: list[SourceRow] = []
        self.words: list[tuple[bool, Message]] = []
        self.settings.sources_changed.connect(self._take)
        self.settings.done.connect(self._note)

    def _take(self, rows: list[SourceRow]) -> None:
        self.rows = rows

    def _note(self, ok: bool, message: Message) -> None:
        self.words.append((ok, message))

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                QApplication.processEvents()
                await asyncio.sleep(0.01)


@pytest.fixture
async def page(qapp, tmp_path: Path) -> AsyncIterator[Page]:
    made = Page(tmp_path)
    yield made
    await made.controller.close()


def servers(page: Page) -> dict[str, Any]:
    file = page.controller.sources.config_file
    return json.loads(file.read_text(encoding="utf-8"))["mcpServers"] if file.exists() else {}


async def test_a_server_is_added_switched_and_removed(page: Page):
    page.settings.save(ServerEntry("mine", LINE, "A=1\nB=x=y"), "")
    await page.until(lambda: page.rows and page.rows[0].good)
    assert servers(page)["mine"] == {
        "command": sys.executable,
        "args": [ROUGH],
        "env": {"A": "1", "B": "x=y"},
    }
    assert "mine__do" in page.registry.names
    page.settings.switch("mine", False)
    await page.until(lambda: not page.rows[0].enabled)
    assert "mine__do" not in page.registry.names
    page.settings.remove("mine")
    await page.until(lambda: not page.rows)
    assert servers(page) == {}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (ServerEntry("a", "x 'y"), tool_settings.NO_COMMAND),
        (ServerEntry("a", "http://example.com/mcp"), config.BAD_ADDRESS),
        (ServerEntry(" ", "x"), config.BAD_NAME),
    ],
)
async def test_what_cannot_be_used_is_said_and_not_kept(page: Page, entry: ServerEntry, why: object):
    page.settings.save(entry, "")
    await page.until(lambda: page.words)
    assert [(ok, message.text) for ok, message in page.words] == [(False, why)]
    assert servers(page) == {}


async def test_secrets_that_are_written_out_go_to_the_keychain(page: Page, monkeypatch: pytest.MonkeyPatch):
    kept: dict[str, str] = {}
    monkeypatch.setattr(tool_secrets, "save", kept.__setitem__)
    page.settings.save(ServerEntry("far", "https://127.0.0.1:9/mcp", "Authorization: Bearer abcdefgh"), "")
    await page.until(lambda: page.rows and page.rows[0].secrets == 1)
    page.settings.move_secrets("far")
    await page.until(lambda: len(page.words) == 2)
    assert kept == {"far-Authorization": "abcdefgh"}
    assert servers(page)["far"]["headers"] == {"Authorization": "Bearer ${keychain:far-Authorization}"}


async def test_the_example_is_a_tool_that_works(page: Page):
    page.settings.make_example()
    await page.until(lambda: "convert_temperature" in page.registry.names and page.rows and page.rows[0].good)
    found = page.registry.find("convert_temperature")
    assert found is not None
    assert await found.run({"degrees": 212}, None) == {"degrees": 100.0, "unit": "celsius"}  # type: ignore[arg-type]
