"""What is remembered of each tool, and what makes it forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.protocol.commands import ToolDefinition
from desktop.tools.context import ToolContext
from desktop.tools.origin import BUILT_IN, ToolOrigin
from desktop.tools.permissions import FILE, Permissions
from desktop.tools.registry import Tool

NOTES = ToolOrigin("mcp", "notes", '["notes", "--token=s3cret"]', "delete")


async def nothing(arguments: dict[str, object], context: ToolContext) -> None:
    """Does nothing."""


def tool(origin: ToolOrigin = NOTES, name: str = "notes__delete") -> Tool:
    return Tool(ToolDefinition(name, "", {"type": "object"}), nothing, origin=origin)


def test_without_a_word_of_the_user_s_only_what_is_built_in_runs_unasked():
    permissions = Permissions()
    assert permissions.of(tool(BUILT_IN, "get_time")) == "always"
    assert permissions.of(tool()) == "ask"


@pytest.mark.parametrize(
    "other",
    [
        replace(NOTES, address='["notes"]'),
        replace(NOTES, source="other"),
        replace(NOTES, true_name="add"),
        replace(NOTES, kind="function"),
    ],
)
@pytest.mark.parametrize("said", ["always", "never"])
def test_a_permission_holds_for_this_server_tool_and_command_only(tmp_path: Path, other, said):
    permissions = Permissions(tmp_path)
    permissions.choose(tool(), said)
    permissions.write(permissions.content())
    again = Permissions(tmp_path)
    assert again.of(tool()) == said
    assert again.of(tool(name="another_name_for_the_model")) == said
    assert again.of(tool(other)) == "ask"


def test_the_file_holds_no_command_line_and_is_the_user_s_alone(tmp_path: Path):
    permissions = Permissions(tmp_path)
    permissions.choose(tool(), "always")
    permissions.write(permissions.content())
    assert "s3cret" not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_ask_again_is_remembered_as_nothing(tmp_path: Path):
    permissions = Permissions(tmp_path)
    permissions.choose(tool(), "always")
    permissions.choose(tool(), "ask")
    assert b"fingerprint" not in permissions.content()


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"\xff", b'{"version": 1, "tools": 3}', b"[" * 9_999])
def test_a_damaged_file_asks(tmp_path: Path, content: bytes, expect_log):
    expect_log("all tools from elsewhere ask")
    (tmp_path / FILE).write_bytes(content)
    assert Permissions(tmp_path).of(tool()) == "ask"


def test_a_damaged_entry_costs_that_entry_only(tmp_path: Path, expect_log):
    expect_log("that tool asks")
    permissions = Permissions(tmp_path)
    permissions.choose(tool(), "always")
    damage = b'"tools": [{"fingerprint": 1}, {"permission": "x"},'
    whole = permissions.content().replace(b'"tools": [', damage)
    (tmp_path / FILE).write_bytes(whole)
    assert Permissions(tmp_path).of(tool()) == "always"


def test_a_file_that_cant_be_read_is_kept_aside_and_what_a_later_version_wrote_stays(
    tmp_path: Path, expect_log
):
    expect_log("permissions of tools can't be read")
    expect_log("that tool asks")
    (tmp_path / FILE).write_bytes(b'{"version": 1, "tools": [')
    permissions = Permissions(tmp_path)
    permissions.choose(tool(), "never")
    permissions.write(permissions.content())
    permissions.write(permissions.content())
    assert (tmp_path / f"{FILE}.bad").read_bytes() == b'{"version": 1, "tools": ['
    assert Permissions(tmp_path).of(tool()) == "never"
    later = {"fingerprint": "f", "permission": "sometimes", "new": [1]}
    known = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(known | {"tools": [later, *known["tools"]]}))
    permissions = Permissions(tmp_path)
    assert permissions.of(tool()) == "never"
    permissions.choose(tool(), "always")
    permissions.write(permissions.content())
    assert later in json.loads((tmp_path / FILE).read_text())["tools"]
    assert Permissions(tmp_path).of(tool()) == "always"
