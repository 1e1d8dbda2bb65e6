"""Make the project ready to run: system libraries, .venv, locked packages, the project itself.

python scripts/setup.py [window|demo|bundle|test]   (by itself this takes a second when all is there)
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import system
from system import SetupError

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
STAMP = VENV / "presstalk-setup.json"

APP_LOCK = "requirements-app.lock"
DEV_LOCK = "requirements.lock"
"""Holds all that the other one holds, in the same versions, and the tools of development."""

NODE_PROGRAMS = "tests/node"
PARTS = {
    "window": (APP_LOCK, system.WINDOW),
    "demo": (APP_LOCK, system.WINDOW + system.VIRTUAL_DESKTOP),
    "bundle": (DEV_LOCK, system.WINDOW + system.VIRTUAL_DESKTOP + system.BUNDLING),
    "test": (
        DEV_LOCK,
        (*system.WINDOW, *system.VIRTUAL_DESKTOP, system.PORTAL, *system.MEASURING, *system.BUNDLING),
    ),
}


def set_up(purpose: str) -> None:
    """Provide what a purpose of `PARTS` needs; SetupError if something is in the way."""
    lock, parts = PARTS[purpose]
    system.provide(parts if PYTHON.exists() else (*parts, system.VENV))
    version = _environment()
    done = _read_stamp()
    wanted = {"python": version, "root": str(ROOT), lock: _digest(lock)}
    if any(done.get(name) != value for name, value in wanted.items()):
        print(f"Installing the packages of {lock}: a minute or two the first time", flush=True)
        # Hashes for every file, wheels only: nothing is built here, nothing unforeseen gets in.
        _pip("--require-hashes", "--only-binary=:all:", "--requirement", str(_lock_for_this_system(lock)))
        done = {**_still_valid(done, version), **wanted}
        if lock == DEV_LOCK:
            done[APP_LOCK] = _digest(APP_LOCK)
        done.pop("project", None)
    if done.get("project") != _digest("pyproject.toml"):
        # As a line in a .pth file: the other way is a module that every start of Python imports, which takes
        # as long as Python itself.
        _pip("--no-build-isolation", "--config-settings", "editable_mode=compat", "--editable", str(ROOT))
        done["project"] = _digest("pyproject.toml")
        STAMP.write_text(json.dumps(done, indent=1), encoding="utf-8")
    if purpose == "test":
        system.offer(system.BROWSER)
        _node_programs(done)


def _node_programs(done: dict[str, str]) -> None:
    """Install what tests need that is written for Node, where npm is; else those tests are skipped."""
    npm, lock = shutil.which("npm"), f"{NODE_PROGRAMS}/package-lock.json"
    if npm is None or not (ROOT / lock).exists() or done.get(lock) == _digest(lock):
        return
    # No scripts of theirs are run, and the lock has a hash for each package.
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(words, cwd=ROOT / NODE_PROGRAMS, stdin=subprocess.DEVNULL).returncode:
        print("npm could not install the programs for tests: those tests will be skipped", flush=True)
        return
    done[lock] = _digest(lock)
    STAMP.write_text(json.dumps(done, indent=1), encoding="utf-8")


def _environment() -> str:
    """Make .venv unless there is a good one; the version of its Python."""
    version = _version()
    if version and _read_stamp().get("root", str(ROOT)) == str(ROOT):
        return version
    if VENV.exists():
        print("The .venv here is of no use any more: making it anew", flush=True)
        shutil.rmtree(VENV)
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    version = _version()
    if made.returncode or not version:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(f"Python could not make {VENV}:\n{(made.stderr or made.stdout).strip()[-2000:]}")
    return version


def _version() -> str | None:
    """The version of .venv's Python, if it runs and has pip."""
    command = [str(PYTHON), "-c", "import sys, pip; print(sys.version.split()[0])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _lock_for_this_system(lock: str) -> Path:
    """The lock file, without what has no wheel here for a reason that markers can't express."""
    release = platform.mac_ver()[0]
    # On arm64 the speech recogniser needs macOS 15. Without it the offline demo is for typing only.
    if not release or platform.machine() != "arm64" or int(release.split(".")[0]) >= 15:
        return ROOT / lock
    shorter = VENV / lock
    shorter.write_text(
        without("moonshine-voice", (ROOT / lock).read_text(encoding="utf-8")), encoding="utf-8"
    )
    return shorter


def without(package: str, lock: str) -> str:
    """The text of a lock file without one package: its line and the indented ones below."""
    return re.sub(rf"^{re.escape(package)}==.*\n(?:[ \t].*\n)*", "", lock, flags=re.MULTILINE)


def _pip(*words: str) -> None:
    quiet = ["-qq", "--no-input", "--disable-pip-version-check", "--no-deps", "--root-user-action=ignore"]
    done = subprocess.run([str(PYTHON), "-m", "pip", "install", *quiet, *words], cwd=ROOT)
    if done.returncode:
        raise SetupError(
            "pip could not install the packages: its words are above. "
            "Check the network and the space on the disk, then run the same command again."
        )


def _read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _still_valid(done: dict[str, str], version: str) -> dict[str, str]:
    return done if done.get("python") == version else {}


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def main(words: list[str]) -> int:
    """The command line: the exit code."""
    purpose = words[0] if words else "window"
    if purpose not in PARTS:
        print(f"Choose one of: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        set_up(purpose)
    except SetupError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
