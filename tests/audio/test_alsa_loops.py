"""A thread that prints to C's stderr for ever is kept quiet and can be ended. Each in its own process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PortAudio's loop is in its code for ALSA")

LOOPING = """
import ctypes, os, sys, threading, time
from desktop.audio import alsa_loops

libc = ctypes.CDLL(None)

def loop():
    while True:
        libc.psignal(9, b"looping")  # of the functions that print to stderr, one that takes no stream

def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)

def threads():
    return len(os.listdir("/proc/self/task"))

def begin():
    threading.Thread(target=loop, daemon=True).start()
"""


def run(script: str, stderr: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LOOPING + script + "\nsys.stdout.flush(); os._exit(0)"],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    return done.stdout


def test_what_c_libraries_print_is_discarded_and_pythons_own_is_not(tmp_path: Path) -> None:
    file = tmp_path / "stderr"
    with file.open("wb") as stderr:
        run(
            "alsa_loops.silence()\nlibc.psignal(9, b'not seen')\nprint('seen', file=sys.stderr, flush=True)",
            stderr.fileno(),
        )
    assert file.read_text() == "seen\n"


def test_a_thread_that_prints_for_ever_ends_and_printing_is_harmless_afterwards() -> None:
    script = """
before = threads()
alsa_loops.silence()
begin()
until(lambda: threads() == before + 1)
with alsa_loops.ending():
    until(lambda: threads() == before)
libc.psignal(9, b"harmless again")
print("still here")
"""
    assert run(script, subprocess.DEVNULL) == "still here\n"
