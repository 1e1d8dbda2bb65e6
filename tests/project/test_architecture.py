"""The layers hold: allowed imports, modules importable without Qt or sound, and where files may be."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

DESKTOP = Path(__file__).resolve().parents[2] / "desktop"
TESTS = DESKTOP.parent / "tests"

ROOMS_WITHOUT_TESTS: dict[str, str] = {}
"""Rooms of the package without a folder in `tests`, each with the reason."""

TO_LAYERS = "Every room has its place, and imports point one way"
TO_WIDGETS = "Widgets and what they show know no session, sound, tool, setting or key"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the package in this folder."""
    command = [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def modules(folder: Path) -> set[str]:
    """The modules in this folder itself."""
    return {path.stem for path in folder.glob("*.py")}


def test_the_import_contracts_hold() -> None:
    check = lint_imports(DESKTOP.parent)
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract", "complaint"),
    [
        ("loose", "", TO_LAYERS, "not listed as layers: - desktop.loose"),
        ("ui.stray", "import desktop.settings", TO_WIDGETS, "desktop.ui.stray -> desktop.settings"),
        ("ui.stray", "import desktop.access", TO_WIDGETS, "desktop.ui.stray -> desktop.access"),
        ("ui.stray", "import desktop.realtime.session", TO_WIDGETS, "desktop.ui.stray -> desktop.realtime"),
        ("settings.stray", "import desktop.app", TO_LAYERS, "desktop.settings.stray -> desktop.app"),
    ],
    ids=["a loose module", "ui on settings", "ui on keys", "ui on the session", "settings on app"],
)
def test_a_contract_breaks(module: str, line: str, contract: str, complaint: str, tmp_path: Path) -> None:
    shutil.copytree(DESKTOP, tmp_path / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(DESKTOP.parent / "pyproject.toml", tmp_path)
    (tmp_path / "desktop" / (module.replace(".", "/") + ".py")).write_text(line + "\n", encoding="utf-8")
    check = lint_imports(tmp_path)
    assert check.returncode == 1, check.stdout + check.stderr
    output = " ".join(check.stdout.split())
    assert f"{contract} BROKEN" in output
    assert complaint in output


def test_nothing_lies_loose() -> None:
    assert modules(DESKTOP) == {"__init__", "__main__"}
    assert modules(DESKTOP / "ui") == {"__init__"}
    assert modules(TESTS) == {"__init__", "conftest"}


def test_each_room_has_its_tests() -> None:
    rooms = {path.parent.name for path in DESKTOP.glob("*/__init__.py")}
    tested = {path.parent.name for path in TESTS.glob("*/test_*.py")}
    tested |= {path.parent.parent.name for path in TESTS.glob("*/*/test_*.py")}
    assert rooms - tested == set(ROOMS_WITHOUT_TESTS)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("desktop.protocol.codec", ["PySide6", "asyncio", "numpy", "sounddevice", "websockets"]),
        ("desktop.tools", ["PySide6", "sounddevice"]),
        ("desktop.realtime", ["PySide6", "qasync"]),
        ("desktop.audio", ["PySide6", "qasync", "asyncio"]),
        ("desktop.offline", ["PySide6", "qasync"]),
        # Of MCP servers the window's process loads nothing but their configuration, now or later.
        (
            "desktop.app.main",
            ["mcp", "mcp_types", "httpx2", "pydantic", "starlette", "desktop.tools.mcp.life"],
        ),
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
    assert with_widgets <= {"ui", "app"}


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names) if module:
            return [module, *(f"{module}.{alias.name}" for alias in names)]
    return []
