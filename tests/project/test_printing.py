"""Only two modules print: no other can send a terminal what it would obey, or fail on a closed pipe."""

from __future__ import annotations

import ast
from pathlib import Path

PRINTERS = {"desktop/base/terminal.py", "desktop/cli/output.py"}


def test_only_those_print(request):
    root: Path = request.config.rootpath
    printing = set()
    for path in (root / "desktop").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _prints(node.func):
                printing.add(path.relative_to(root).as_posix())
    assert printing == PRINTERS


def _prints(function: ast.expr) -> bool:
    match function:
        case ast.Name("print"):
            return True
        case ast.Attribute(ast.Attribute(ast.Name("sys"), "stdout" | "stderr"), "write" | "writelines"):
            return True
        case _:
            return False
