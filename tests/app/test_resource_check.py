"""With too little memory, or too few threads, the program says so and ends; it neither hangs nor aborts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from desktop.app import resource_check
from desktop.base import child_process
from tests.app.program import deaf_address

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
SOMEBODY = 64_321
"""A user that nobody is."""
CAN_LIMIT = hasattr(os, "getuid") and os.getuid() == 0 and shutil.which("setpriv") and shutil.which("prlimit")


def test_usually_there_is_enough():
    assert resource_check.problem() == ""


@pytest.mark.parametrize("megabytes", [300, 500, 1_000])
def test_too_little_memory_is_a_sentence(megabytes: int, tmp_path: Path):
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({megabytes * 2**20},) * 2);"
        "from desktop.cli.main import main; sys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done
    assert "Too little memory is allowed" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_few_threads_are_a_sentence():
    before = threading.active_count()
    usual = threading.stack_size(2**46)  # more than any process has: the system refuses each thread
    try:
        assert "too few threads" in resource_check.problem()
    finally:
        threading.stack_size(usual)
    assert threading.active_count() == before


PROGRAM = (
    "import sys, threading; threading.stack_size(2**46);"  # the system refuses each thread
    "from desktop.cli.main import main; sys.exit(main(sys.argv[1:]))"
)
COMMANDS = ((), ("check",), ("say", "x"), ("talk", "x.wav"), ("devices",), ("serve",), ("doctor",))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "window")
def test_with_too_few_threads_the_program_says_so_and_ends(words: tuple[str, ...], tmp_path: Path):
    done = program([sys.executable, "-c", PROGRAM, *words], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "too few threads" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.skipif(not CAN_LIMIT, reason="only root can be somebody for whom a limit of threads holds")
@pytest.mark.parametrize("words", [(), ("check",), ("serve",)], ids=["window", "check", "serve"])
@pytest.mark.parametrize("most", [1, 4])
def test_the_system_s_own_limit_is_a_sentence_too(words: tuple[str, ...], most: int):
    caps = "-all,+dac_read_search"  # the interpreter may lie in a folder of root's
    somebody = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
    somebody += [f"--inh-caps={caps}", f"--ambient-caps={caps}", f"--bounding-set={caps}"]
    limited = ["prlimit", f"--nproc={most}:{most}"]
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, SOMEBODY, SOMEBODY)
        own = child_process.own_command()
        done = program([*somebody, *limited, *own, *words], Path(home))
    assert (done.returncode, done.stdout) == (1, "")
    assert "too few threads" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize("words", [("check",), ("say", "x")], ids=["check", "say"])
def test_a_gigabyte_is_enough_without_a_window(words: tuple[str, ...], tmp_path: Path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**30,) * 2);"
    address = ("--base-url", deaf_address())
    done = program([sys.executable, "-c", limit + PROGRAM.replace("2**46", "0"), *words, *address], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Nothing answers at 127.0.0.1")


def program(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, in a home of its own."""
    env = {**child_process.own_environment(), "HOME": str(home), "PRESSTALK_HOME": str(home)}
    env |= {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(home),
        "OPPER_API_KEY": "op-test-key-123456",
    }
    return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=60, check=False)
