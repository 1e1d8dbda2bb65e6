"""Nothing runs out of the current folder, and no child gets a key."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from desktop.base import child_process, secret_variables
from desktop.offline.process import OfflineServer

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
