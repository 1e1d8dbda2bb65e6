"""`presstalk tools`, and tools from elsewhere in `say`: from the files alone, without a window."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.tools.mcp.conftest import ROUGH

TIME = str(Path(sys.executable).with_name("mcp-server-time"))


@pytest.fixture
def home(tmp_path: Path) -> str:
    """A home with a server that others wrote, one that isn't there, and a function."""
    folder = tmp_path / "config"
    (folder / "tools").mkdir(parents=True)
    servers = {
        "time": {"command": TIME},
        "gone": {"command": "no-such-program"},
        "off": {"command": sys.executable, "args": [ROUGH], "disabled": True},
    }
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    (folder / "tools" / "sums.py").write_text(
        'def add(a: int, b: int = 1) -> int:\n    """Adds."""\n    return a + b\n', encoding="utf-8"
    )
    (folder / "tools" / "bad.py").write_text("def f(:\n", encoding="utf-8")
    return str(tmp_path)


async def test_all_tools_are_listed_and_what_is_wrong_is_said(home: str) -> None:
    code, out, err = await run("tools", "list", "--json", PRESSTALK_HOME=home)
    tools = {tool["name"]: tool for tool in json.loads(out)}
    assert code == 0
    assert {"get_time", "add", "time__get_current_time"} <= tools.keys()
    assert tools["time__get_current_time"]["true_name"] == "get_current_time"
    assert [tools[name]["unasked"] for name in ("get_time", "add", "time__get_current_time")] == [
        True,
        False,
        False,
    ]
    assert sorted(err.splitlines()) == [
        "bad.py, line 1: SyntaxError: invalid syntax",
        "gone: Its command wasn't found. Check the name, or give the whole path of the program.",
    ]


async def test_a_tool_is_called(home: str) -> None:
    code, out, _ = await run("tools", "call", "add", '{"a": 2}', PRESSTALK_HOME=home)
    assert (code, json.loads(out)) == (0, {"result": 3})
    code, out, err = await run("tools", "call", "nothing", PRESSTALK_HOME=home)
    assert code == 1
    assert "There is no tool named nothing" in err


async def test_test_fails_where_something_is_wrong(home: str) -> None:
    code, out, err = await run("tools", "test", PRESSTALK_HOME=home)
    assert code == 1
    assert out.splitlines() == ["time: ready, tools: 2", "sums.py: tools: 1", "off: off"]
    assert "no-such-program" not in out
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("allowed", [True, False])
async def test_say_uses_a_server_only_where_it_is_allowed(home: str, allowed: bool) -> None:
    words = ["say", "--model", "offline/demo", "what is the time in Tokyo"]
    words += ["--allow", "time__get_current_time"] if allowed else []
    code, out, err = await run(*words, PRESSTALK_HOME=home, OPPER_API_KEY="")
    assert code == 0, err
    assert f"tool: time__get_current_time {'done' if allowed else 'denied'}" in out
    assert ("In Tokyo it's" in out) == allowed
    assert ("Allow it with --allow time__get_current_time." in err) == (not allowed)
