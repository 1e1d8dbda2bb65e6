"""The README's examples of one's own tools are tools, and do what it says."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from desktop.tools.mcp import config
from desktop.tools.mcp.client import McpServers
from tests.documentation.markdown import ROOT
from tests.tools.functions.test_files import Folder
from tests.tools.mcp.conftest import Servers

SECTION = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## Your own tools")[2].partition("\n## ")[0]
)
PYTHON = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
JSON = re.findall(r"```json\n(.*?)```", SECTION, re.DOTALL)
FIRST, SECOND = PYTHON


async def test_the_dice_of_the_game(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    try:
        status = await folder.put(FIRST)
        assert status.problems == ()
        assert (await folder.call("roll_for", skill=20))["success"] is True
        assert (await folder.call("roll_for", skill=0))["success"] is False
    finally:
        await folder.all.close()


async def test_tea_and_coffee(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    try:
        (function,) = (await folder.put(SECOND)).functions
        assert function.schema["properties"]["cups"]["description"] == "One to six"
        assert await folder.call("brew", what="tea", cups=2) == "2 cups of tea are on their way."
    finally:
        await folder.all.close()


async def test_the_server_for_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = JSON
    (tmp_path / config.FILE).write_text(text, encoding="utf-8")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    (server,) = config.load(tmp_path).servers
    servers = Servers()
    assert isinstance(servers.all, McpServers)
    try:
        await servers.ready(server)
        assert (await servers.call(server, "get_current_time", timezone="Asia/Tokyo"))[
            "timezone"
        ] == "Asia/Tokyo"
    finally:
        await servers.all.close()


def test_the_configuration_in_the_document_is_read(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    texts = re.findall(r"```json\n(.*?)```", document, re.DOTALL)
    assert len(texts) == 2
    for text in texts:
        (tmp_path / config.FILE).write_text(text, encoding="utf-8")
        found = config.load(tmp_path)
        assert [server.name for server in found.servers] == list(json.loads(text)["mcpServers"])
        assert found.skipped == ()
