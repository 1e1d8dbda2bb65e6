"""Real windows, started after crashes and beside each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app.main import READY
from tests.rig.desktop import Desktop, Program, until

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
COMMAND = [sys.executable, "-m", "desktop"]
TITLE = "^Presstalk$"
IN_THE_WAY = "Presstalk is already running"


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


def ready(desktop: Desktop, *prefix: str) -> Program:
    program = desktop.start([*prefix, *COMMAND])
    program.until(lambda: READY in program.output, within=WITHIN_S, what="the window")
    program.until(lambda: ptt(desktop, "up").returncode == 0, within=WITHIN_S, what="its answer")
    return program


def lock_file(desktop: Desktop) -> Path:
    return desktop.home / "presstalk" / "config" / "presstalk.lock"


def ptt(desktop: Desktop, how: str, without: str = "") -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in desktop.env.items() if name != without}
    command = [*COMMAND, "ptt", how]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=WITHIN_S)


@pytest.mark.parametrize("left", [b"", b"\x00garbage", b"1\npresstalk\nfar-away\n"])
def test_after_a_crash_it_starts_whatever_the_lock_says(desktop: Desktop, left: bytes) -> None:
    crashed = ready(desktop)
    os.kill(crashed.pid, signal.SIGKILL)
    crashed.wait(within=10)
    lock_file(desktop).write_bytes(left)
    again = ready(desktop)
    assert ptt(desktop, "up").returncode == 0
    assert ptt(desktop, "up", without="XDG_RUNTIME_DIR").returncode == 0
    assert again.stop() == 0


def test_two_starts_at_the_same_instant_are_one_window(desktop: Desktop) -> None:
    both = [desktop.start(COMMAND) for _ in range(2)]

    def ended() -> Program | None:
        return next((program for program in both if not running(program)), None)

    other = until(ended, within=WITHIN_S, what="the end of one")
    both.remove(other)
    assert other.wait(within=1) == 0, other.output
    assert READY not in other.output
    both[0].until(lambda: READY in both[0].output, within=WITHIN_S, what="the window")
    assert both[0].stop() == 0


def running(program: Program) -> bool:
    try:
        return Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_start_beside_one_that_hangs_says_so_in_a_window(desktop: Desktop) -> None:
    hanging = ready(desktop)
    os.kill(hanging.pid, signal.SIGSTOP)
    try:
        second = desktop.start(COMMAND)
        window = desktop.screen.window(IN_THE_WAY, within=WITHIN_S, program=second)
        desktop.screen.focus(window)
        desktop.screen.press("Escape")
        assert second.wait(within=WITHIN_S) == 1
        assert "already running but not responding" in second.output

        third = desktop.start(COMMAND)
        window = desktop.screen.window(IN_THE_WAY, within=WITHIN_S, program=third)
    finally:
        os.kill(hanging.pid, signal.SIGCONT)
    hanging.until(lambda: ptt(desktop, "up").returncode == 0, within=WITHIN_S, what="its answer")
    desktop.screen.focus(window)
    desktop.screen.press("Return")  # "Try again"
    assert third.wait(within=WITHIN_S) == 0, third.output
    assert hanging.stop() == 0


def test_one_that_hangs_can_be_ended_from_that_window(desktop: Desktop) -> None:
    hanging = ready(desktop)
    os.kill(hanging.pid, signal.SIGSTOP)
    second = desktop.start(COMMAND)
    window = desktop.screen.window(IN_THE_WAY, within=WITHIN_S, program=second)
    desktop.screen.focus(window)
    desktop.screen.press("Tab")
    desktop.screen.press("Tab")
    desktop.screen.press("space")  # "End it and start again"
    second.until(lambda: READY in second.output, within=WITHIN_S, what="its window")
    assert hanging.wait(within=10) == -signal.SIGKILL
    assert second.stop() == 0


def test_one_out_of_reach_is_waited_for_in_a_window(desktop: Desktop) -> None:
    """Another computer, or another container, with the same settings."""
    lock_file(desktop).parent.mkdir(parents=True)
    with desktop.start(
        ["flock", "--exclusive", "--no-fork", str(lock_file(desktop)), "sleep", "600"]
    ) as other:
        other.until(lambda: lock_file(desktop).exists(), within=10, what="the lock")
        waiting = desktop.start(COMMAND)
        desktop.screen.window(IN_THE_WAY, within=WITHIN_S, program=waiting)
        late = ptt(desktop, "down")
        assert late.returncode == 1
        assert "can't be reached from here" in late.stderr
    waiting.until(lambda: READY in waiting.output, within=WITHIN_S, what="its own window")
    assert waiting.stop() == 0


def test_a_start_while_the_other_one_quits_has_a_window(desktop: Desktop) -> None:
    quitting = ready(desktop)
    os.kill(quitting.pid, signal.SIGTERM)
    again = ready(desktop)
    assert quitting.wait(within=20) == 0
    assert again.stop() == 0
