"""With too little memory, or too few threads, the program says so and ends; it neither hangs nor aborts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.app import resource_check

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")


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
