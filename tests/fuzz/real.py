"""Broken files and hostile frames at the real window, in a process that may die of them."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tests.fuzz.run import MOST_SHOWN

STUCK_S = 300.0
"""Without a word from it for so long, it hangs; it tells of every fifty files."""
MOST_DEATHS = 10
SCREEN = Path(__file__).resolve().parents[2] / "scripts" / "screen.json"


@dataclass
class WindowReport:
    """What became of it."""

    kind: str
    seed: int
    read: int = 0
    deaths: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kind:<9} {self.read:>6,} at the real window, seed {self.seed}, deaths {self.deaths}, "
            f"problems {len(self.problems)}, {self.seconds:.0f} s"
        )


def fuzz_window(kind: str, count: int, seed: int) -> WindowReport:
    """Let the window read so many of this kind. After a death it is started again, behind what killed it."""
    report, began, first = WindowReport(kind, seed), time.monotonic(), 0
    while first < count and report.deaths < MOST_DEATHS:
        with TemporaryDirectory(prefix="fuzz-") as home:
            first = _run(report, Path(home), first, count)
        report.read = min(first, count)
    report.seconds = time.monotonic() - began
    return report


def _run(report: WindowReport, home: Path, first: int, count: int) -> int:
    """Where to go on after this process."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz.window"]
    command += [report.kind, str(first), str(count), str(report.seed)]
    known, ended, last = first, False, ""
    with subprocess.Popen(command, env=_env(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        assert child.stdout is not None
        try:
            for line in _lines(child.stdout):
                if found := re.match(r"problem (\d+)", line):
                    known = max(known, int(found[1]))
                    if len(report.problems) < MOST_SHOWN:
                        report.problems.append(f"{report.kind} {line.removeprefix('problem ')}")
                elif found := re.match(r"(read|ended) (\d+)$", line):
                    known, ended = int(found[2]), found[1] == "ended"
                last = line
        except TimeoutError:
            last = f"it hangs: {last}"
            child.kill()
        code = child.wait()
    if ended and code == 0:
        return count
    report.deaths += 1
    report.problems.append(f"{report.kind} {known} or later: it ended with {code}: {last[:200]}")
    return known + 50


def _lines(output: IO[bytes]) -> Iterator[str]:
    selector, rest = selectors.DefaultSelector(), b""
    selector.register(output, selectors.EVENT_READ)
    while True:
        if not selector.select(STUCK_S):
            raise TimeoutError
        data = os.read(output.fileno(), 65_536)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")


def _env(home: Path) -> dict[str, str]:
    left_out = ("OPPER_", "PRESSTALK_", "QT_", "LC_", "LANGUAGE")
    env = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return env | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}",
        # Qt says what is wrong with each picture, and what its plugin for no screen can't do.
        "QT_LOGGING_RULES": "qt.gui.imageio*=false;qt.qpa*=false",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "PRESSTALK_HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "TMPDIR": str(home),
        "OPPER_API_KEY": "fuzz-key-1234567890",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
