"""Nothing runs out of the current folder, and no child gets a key."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from desktop.base import child_process, secret_variables
from desktop.offline.process import OfflineServer
from desktop.recording.folder.layout import SESSION
from desktop.recording.folder.packing import pack_aside
from desktop.tools.functions.files import FunctionFiles
from tests.recording.folder.sessions import conversation, record
from tests.tools.mcp.conftest import DEADLINE_S, Servers, rough

TRAPS = (
    "msgspec",
    "json",
    "argparse",
    "logging",
    "sounddevice",
    "numpy",
    "websockets",
    "platformdirs",
    "asyncio",
    "mcp",
    "anyio",
    "httpx",
    "soundfile",
    "inspect",
)


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody else's, which is the current one: each module in it leaves a file behind."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    text = f"import os; open({str(folder / 'ran')!r}, 'a').write(repr(sorted(os.environ)) + '\\n')\n"
    for name in TRAPS:
        (folder / f"{name}.py").write_text(text)
    (folder / "__future__.py").write_text(text + "annotations = None\n")
    (folder / "sitecustomize.py").write_text("")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OPPER_API_KEY", "marked-key-77")
    return folder


def put_package(folder: Path) -> None:
    (folder / "desktop").mkdir()
    for name in ("__init__", "__main__"):
        (folder / "desktop" / f"{name}.py").write_text(
            f"open({str(folder / 'ran')!r}, 'a').write('package')\n"
        )
    (folder / "desktop" / "audio").mkdir()
    (folder / "desktop" / "audio" / "__init__.py").write_text("")
    (folder / "desktop" / "audio" / "devices.py").write_text(
        f"open({str(folder / 'ran')!r}, 'a').write('devices')\n"
    )


@pytest.mark.parametrize("path", ["", ".", ":"], ids=["none", "dot", "empty"])
async def test_children_run_nothing_of_the_current_folder(
    trap: Path, monkeypatch: pytest.MonkeyPatch, path: str
):
    put_package(trap)
    monkeypatch.setenv("PYTHONPATH", path)
    offline = OfflineServer()
    url = await offline.start()
    await offline.stop()
    assert url.startswith("http://127.0.0.1:")
    done = await asyncio.to_thread(
        subprocess.run,
        [*child_process.own_command("desktop.audio.devices")],
        env=child_process.own_environment(),
        capture_output=True,
    )
    assert b"ImportError" not in done.stderr
    assert not (trap / "ran").exists()


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that gets a line from each Python that is started: its command, and the secrets that it has."""
    (tmp_path / "site").mkdir()
    log = tmp_path / "started"
    (tmp_path / "site" / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"with open({str(log)!r}, 'a') as file:\n"
        "    marked = sorted(name for name, value in os.environ.items() if 'marked' in value)\n"
        "    file.write(f'{\" \".join(sys.orig_argv)} has {marked}\\n')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    return log


def has_no_secret(started: Path, command: str) -> bool:
    lines = [line for line in started.read_text().splitlines() if f"-P -m {command}" in line]
    return bool(lines) and all(line.endswith(" has []") for line in lines)


async def test_the_host_of_the_mcp_servers_runs_nothing_of_the_current_folder(trap: Path, started: Path):
    put_package(trap)
    servers = Servers()
    try:
        assert await servers.ready(rough()) is None
        assert await servers.do("fine", rough()) == "fine"
    finally:
        await servers.all.close()
    assert has_no_secret(started, "desktop.tools.mcp.host")
    assert not (trap / "ran").exists()


async def test_the_host_of_functions_runs_nothing_that_lies_beside_them(trap: Path, started: Path):
    """It runs in their folder, where helpers of theirs may be."""
    put_package(trap)
    (trap / "mine.py").write_text(
        'import helper\ndef mine() -> str:\n    """Mine."""\n    return helper.WORDS\n'
    )
    (trap / "helper.py").write_text('WORDS = "helped"\n')
    changed = asyncio.Event()
    files = FunctionFiles(changed.set)
    try:
        files.use({trap / "mine.py": (1, 1)})
        async with asyncio.timeout(DEADLINE_S):
            while files.files[0].loading:
                changed.clear()
                await changed.wait()
        (status,) = files.files
        (function,) = status.functions
        assert await files.tool(status, function, "mine").run({}, None) == "helped"  # type: ignore[arg-type]
    finally:
        await files.close()
    assert has_no_secret(started, "desktop.tools.functions.host")
    assert not (trap / "ran").exists()


def test_packing_runs_nothing_of_the_current_folder(
    trap: Path, started: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put_package(trap)
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)
    record(tmp_path / "r", list(conversation()))
    told = tmp_path / "r" / SESSION
    rates = {"t": 0, "input_rate": 24_000, "output_rate": 24_000}
    told.write_text(json.dumps(json.loads(told.read_text()) | {"sessions": [rates]}))
    packing = pack_aside(tmp_path / "r")
    assert packing
    packing.join(DEADLINE_S)
    assert not packing.is_alive()
    assert (tmp_path / "r" / "sent.flac").exists()
    assert has_no_secret(started, "desktop pack")
    assert not (trap / "ran").exists()


def test_the_program_itself_leaves_the_current_folder(trap: Path):
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--version"], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout.startswith("presstalk ")
    assert not (trap / "ran").exists()
    done = subprocess.run([sys.executable, "-m", "desktop", "say", " "], capture_output=True, text=True)
    assert "nothing to say" in done.stderr
    assert not (trap / "ran").exists()


def test_no_program_that_is_started_inherits_a_secret():
    script = textwrap.dedent(
        """
        import subprocess, sys
        CHILD = "import os; print([v for v in os.environ.values() if 'marked' in v])"
        from desktop.access import credentials, ticket_header
        from desktop.cli import main
        main._COMMANDS["check"] = lambda options: print(
            credentials.find().key, ticket_header.find()[1], flush=True
        ) or subprocess.run([sys.executable, "-c", CHILD]).returncode
        sys.exit(main.main(["check"]))
        """
    )
    env = {**os.environ, "OPPER_API_KEY": "marked-key-77", "PRESSTALK_TICKET_HEADER": "X: marked-header"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env)
    assert done.stdout == "marked-key-77 marked-header\n[]\n"


def test_a_child_of_ours_has_no_secret_even_before_they_are_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", "marked-key-77")
    assert "OPPER_API_KEY" not in child_process.own_environment()
    assert secret_variables.get("OPPER_API_KEY") == "marked-key-77"
