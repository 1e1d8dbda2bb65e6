"""One window, controlled from other processes: real processes, real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.screen

WITHIN_S = 60.0
GIVES_UP_S = 5.0
"""By then another command has said that the program doesn't respond."""


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


@pytest.fixture(scope="module")
def program(desktop: Desktop) -> Iterator[Program]:
    made = desktop.start([sys.executable, "-m", "desktop", "--verbose"])
    desktop.screen.window("Presstalk", within=WITHIN_S, program=made)
    made.until(lambda: states(made)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    return made


def run(desktop: Desktop, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop", *words]
    return subprocess.run(command, env=desktop.env, capture_output=True, text=True, timeout=WITHIN_S)


def test_a_window_managers_keys_hold_the_talk_key(desktop: Desktop, program: Program) -> None:
    assert run(desktop, "ptt", "down").returncode == 0
    program.until(lambda: states(program)[-1] == "Listening", within=5, what="the open microphone")
    assert run(desktop, "ptt", "up").returncode == 0
    program.until(lambda: states(program)[-1] != "Listening", within=5, what="the shut microphone")
    assert run(desktop, "ptt", "toggle").returncode == 0
    program.until(lambda: states(program)[-1] == "Listening", within=5, what="the open microphone")
    assert run(desktop, "ptt", "toggle").returncode == 0
    program.until(lambda: states(program)[-1] != "Listening", within=5, what="the shut microphone")


def test_a_command_to_a_window_that_hangs_opens_no_microphone_later(
    desktop: Desktop, program: Program
) -> None:
    program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="rest")
    before = states(program).count("Listening")
    os.kill(program.pid, signal.SIGSTOP)
    try:
        command = [sys.executable, "-m", "desktop", "ptt", "toggle"]
        # More than its socket queues: the last ones wait to be connected.
        asked = [
            subprocess.Popen(command, env=desktop.env, stderr=subprocess.PIPE, text=True) for _ in range(4)
        ]
        program.until(
            lambda: any(one.poll() is not None for one in asked), within=WITHIN_S, what="one that gives up"
        )
    finally:
        os.kill(program.pid, signal.SIGCONT)
    for one in asked:
        _, said = one.communicate(timeout=WITHIN_S)
        assert one.returncode == 1
        assert "Presstalk" in said
        assert "Traceback" not in said
    assert run(desktop, "connect").returncode == 0, "it is awake"
    assert states(program).count("Listening") == before


def test_a_key_up_reaches_a_window_that_hangs_with_its_queue_full(desktop: Desktop, program: Program) -> None:
    """A window manager may start a program at each repeat of a key, 25 times a second."""
    assert run(desktop, "ptt", "down").returncode == 0
    program.until(lambda: states(program)[-1] == "Listening", within=5, what="the open microphone")
    os.kill(program.pid, signal.SIGSTOP)
    try:
        queue = fill_queue(program)
        command = [sys.executable, "-m", "desktop", "ptt", "up"]
        key_up = subprocess.Popen(command, env=desktop.env, stderr=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):  # it goes on trying
            key_up.communicate(timeout=GIVES_UP_S)
    finally:
        os.kill(program.pid, signal.SIGCONT)
    for line in queue:
        line.close()
    program.until(lambda: states(program)[-1] != "Listening", within=WITHIN_S, what="the shut microphone")
    key_up.communicate(timeout=WITHIN_S)
    assert key_up.returncode == 0


def fill_queue(program: Program) -> list[socket.socket]:
    """Connect to the program until it takes no more."""
    found = [one.laddr for one in psutil.Process(program.pid).net_connections("unix")]
    (address,) = {one for one in found if f"presstalk-{os.getuid()}" in one}
    lines: list[socket.socket] = []
    while True:
        line = socket.socket(socket.AF_UNIX)
        line.setblocking(False)
        lines.append(line)
        try:
            line.connect(address)
        except BlockingIOError:
            return lines


def test_a_second_start_shows_the_first_and_hands_on_what_was_chosen(
    desktop: Desktop, program: Program
) -> None:
    second = run(desktop, "--model", "offline/demo-16k")
    assert second.returncode == 0, second.stderr
    assert "window ready" not in second.stdout
    program.until(lambda: True, within=1, what="the first one's life")


def test_asked_by_a_signal_it_ends_well(desktop: Desktop, program: Program) -> None:
    os.kill(program.pid, signal.SIGTERM)
    assert program.wait(within=20) == 0, program.output[-3000:]
    assert "Traceback" not in program.output, program.output[-5000:]
    late = run(desktop, "ptt", "down")
    assert late.returncode == 1
    assert late.stderr.strip() == "Presstalk isn't running. Start it first."
