from __future__ import annotations

import pytest

from desktop.tools.builtin import default_registry
from desktop.tools.origin import BUILT_IN, ToolOrigin

NOTES = ToolOrigin("mcp", "notes", '["notes-server"]', "add")


def test_what_is_built_in_runs_unasked_and_all_else_asks() -> None:
    registry = default_registry()
    found = [registry.find(name) for name in registry.names]
    assert {tool.origin for tool in found if tool} == {BUILT_IN}
    assert BUILT_IN.default_permission == "always"
    assert NOTES.default_permission == "ask"
    assert ToolOrigin("function", "tools.py").default_permission == "ask"


@pytest.mark.parametrize(
    "other",
    [
        ToolOrigin("mcp", "notes", '["notes-server", "--all"]'),
        ToolOrigin("mcp", "Notes", '["notes-server"]'),
        ToolOrigin("function", "notes", '["notes-server"]'),
    ],
)
def test_another_name_command_or_kind_is_another_origin(other: ToolOrigin) -> None:
    assert other.key != NOTES.key


def test_two_tools_of_a_server_have_one_origin() -> None:
    assert ToolOrigin("mcp", "notes", '["notes-server"]', "delete").key == NOTES.key
