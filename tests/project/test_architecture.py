"""The layers hold: what may import what, and what must be importable without what."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_the_import_contracts_hold(request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"]
    check = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("desktop.protocol.codec", ["PySide6", "asyncio", "numpy", "sounddevice", "websockets"]),
        ("desktop.tools", ["PySide6", "sounddevice"]),
        ("desktop.realtime", ["PySide6", "qasync"]),
        ("desktop.audio", ["PySide6", "qasync", "asyncio"]),
        ("desktop.offline", ["PySide6", "qasync"]),
    ],
)
def test_a_layer_is_loaded_without(module: str, unwanted: list[str], request: pytest.FixtureRequest) -> None:
    code = f"import sys, {module}; print(*[name for name in {unwanted!r} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_only_the_windows_rooms_know_widgets(request: pytest.FixtureRequest) -> None:
    """Controllers can be driven without a window: what has one lives in `ui`, what makes it in `app`."""
    package = request.config.rootpath / "desktop"
    with_widgets = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if "PySide6.QtWidgets" in _imported(node)
    }
    # settings_controller and system/windows.py are still to be freed
    assert with_widgets <= {"ui", "app", "settings", "system"}


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names) if module:
            return [module, *(f"{module}.{alias.name}" for alias in names)]
    return []
