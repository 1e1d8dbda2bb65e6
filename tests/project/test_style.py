"""The checks of `make lint`, so that one command runs everything."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", ["ruff check", "ruff format --check", "mypy"])
def test_the_whole_project_passes(words: str, request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-m", *words.split()]
    check = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr
