"""Whatever has become of stdin, stdout, stderr or the terminal: the window is there, works, and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
COMMAND = [sys.executable, "-m", "desktop"]
TITLE = "^Presstalk$"
CRASH = "Something went wrong"

TERMINAL = """
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
while b"window ready" not in shown:
    shown += os.read(terminal, 1000)
print("closing the terminal", flush=True)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""Starts a program in a terminal, which closes when the window is there."""

NO_READER = """
import os, sys
reading, writing = os.pipe()
os.close(reading)
for number in {}:
    os.dup2(writing, number)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""A program that becomes another one, whose descriptors of these numbers are pipes without a reader."""


def shell(redirections: str) -> list[str]:
    return ["sh", "-c", f'exec "$@" {redirections}', "sh"]


def piped(*numbers: int) -> list[str]:
    return [sys.executable, "-c", NO_READER.format(numbers)]


WAYS = {
    "stdout has no reader": piped(1),
    "stdout and stderr have no reader": piped(1, 2),
    "stdin closed": shell("<&-"),
    "stdout closed": shell(">&-"),
    "stderr closed": shell("2>&-"),
    "all three closed": shell("<&- >&- 2>&-"),
    "stdout on a full disk": shell(">/dev/full"),
    "stderr on a full disk": shell("2>/dev/full"),
    "all on a full disk": shell("</dev/full >/dev/full 2>/dev/full"),
}


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


def run(desktop: Desktop, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=desktop.env, capture_output=True, text=True, timeout=WITHIN_S
    )


def assert_works_and_ends(desktop: Desktop, program: Program, by: int = signal.SIGTERM) -> None:
    """The window is there, takes requests, reports no crash, and ends when it is asked to."""
    with program:
        desktop.screen.window(TITLE, within=WITHIN_S, program=program)
        program.until(lambda: run(desktop, "ptt", "down").returncode == 0, within=WITHIN_S, what="a take")
        assert run(desktop, "ptt", "up").returncode == 0
        assert not desktop.screen.windows(CRASH)
        os.kill(program.pid, by)
        assert program.wait(within=20) == 0, program.output[-3000:]
        assert "Traceback" not in program.output, program.output[-3000:]


@pytest.mark.parametrize("way", WAYS)
def test_it_works_and_ends(desktop: Desktop, way: str) -> None:
    """With `--verbose`, so that more is printed than the line of the window's start."""
    assert_works_and_ends(desktop, desktop.start([*WAYS[way], *COMMAND, "--verbose"]))


def test_it_says_that_it_is_ready_to_nobody(desktop: Desktop) -> None:
    assert_works_and_ends(desktop, desktop.start([*piped(1), *COMMAND]))


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGTERM"])
def test_a_signal_ends_it_in_order(desktop: Desktop, name: str) -> None:
    assert_works_and_ends(desktop, desktop.start(COMMAND), by=signal.Signals[name])


def test_it_ends_in_order_with_its_terminal(desktop: Desktop) -> None:
    program = desktop.start([sys.executable, "-c", TERMINAL, *COMMAND, "--verbose"])
    program.until(lambda: "closing" in program.output, within=WITHIN_S, what="the window")
    assert program.wait(within=20) == 0, program.output


def test_started_with_nohup_it_outlives_the_terminal(desktop: Desktop) -> None:
    program = desktop.start(["nohup", *COMMAND])
    desktop.screen.window(TITLE, within=WITHIN_S, program=program)
    os.kill(program.pid, signal.SIGHUP)
    assert_works_and_ends(desktop, program)
