"""A note's action reaches the part that can do it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args
from unittest.mock import MagicMock

import pytest

from desktop.app import connections
from desktop.protocol.endings import Action

DONE = {
    "top_up": "tools.open_url",
    "show_last": "recorder.show_left",
    "undo_reset": "settings_dialog.undo_reset",
    "add_key": "settings_dialog.open",
    "change_key": "settings_dialog.open",
    "check_address": "settings_dialog.open",
    "choose_model": "window.choose_model",
    "reconnect": "controller.reconnect",
    "wait": "controller.reconnect",
    "use_successor": "controller.choose",
    "go_on": "controller.go_on",
    "now": "controller.reconnect_now",
}


def test_every_action_is_known():
    assert set(DONE) == {action for action in get_args(Action) if action} | {"now"}


@pytest.mark.parametrize(("action", "by"), DONE.items())
def test_what_a_note_offers_is_done(action: str, by: str):
    parts = MagicMock()
    connections._act(parts, action)
    # MagicMock counts the question whether there is a successor as a call, too.
    assert [call[0] for call in parts.mock_calls if not call[0].endswith("__bool__")] == [by]


def test_only_signals_and_slots_of_the_parts_are_connected():
    source = Path(connections.__file__).read_text(encoding="utf-8")
    assert grandchildren(source) == []


def test_a_grandchild_is_found():
    source = """
def connect(parts):
    window, tools = parts.window, parts.tools
    menu = window.menu
    window.menu.export_clicked.connect(tools.answer)
    menu.export_clicked.connect(tools.answer)
    window.escaped.connect(parts.tools.context.close)
    window.escaped.connect(lambda: tools.context.open_url(""))
    window.escaped.connect(parts.tools.answer)
    parts.tasks.spawn(tools.close())
"""
    assert grandchildren(source) == [
        "parts.window.menu.export_clicked",
        "parts.window.menu.export_clicked",
        "parts.tools.context.close",
        "parts.tools.context.open_url",
    ]


def grandchildren(source: str) -> list[str]:
    """Connections and calls that reach inside another part. `parts` and dialogs are the roots."""
    found = []
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = {argument.arg: argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                names |= aliases(node, names)
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            used = [node.func]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
                used = [node.func.value, *node.args]
            chains = [chain for chain in (path(each, names) for each in used) if chain]
            found += [
                chain for chain in chains if chain.count(".") > (2 if chain.startswith("parts.") else 1)
            ]
    return found


def aliases(node: ast.Assign, names: dict[str, str]) -> dict[str, str]:
    """The names that this assignment gives to parts, or to parts of theirs."""
    (target,) = node.targets
    pairs = [(target, node.value)]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        pairs = list(zip(target.elts, node.value.elts, strict=True))
    return {
        one.id: chain for one, value in pairs if isinstance(one, ast.Name) and (chain := path(value, names))
    }


def path(node: ast.AST, names: dict[str, str]) -> str:
    """`parts.window.menu` for an expression of attributes, with the names of parts written out."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        base = path(node.value, names)
        return f"{base}.{node.attr}" if base else ""
    return ""
