"""The smoke test of the systems without a virtual desktop, tried on programs that are scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bundling import plain_smoke

from desktop.app.main import READY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="The scripts are of the shell's kind")

ANSWER = 'echo "you: what time is it?"; echo "assistant: It\'s 10:00 AM."'
WINDOW = f"echo {plain_smoke.READY}; exec /bin/sleep 60"


def fake(folder: Path, answer: str = ANSWER, window: str = WINDOW) -> Path:
    program = folder / "presstalk"
    program.write_text(f'#!/bin/sh\ncase "$1" in say|talk) {answer};; *) {window};; esac\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def test_it_waits_for_the_line_that_the_window_prints() -> None:
    assert plain_smoke.READY == READY


def test_a_program_that_does_all_is_good(tmp_path: Path) -> None:
    plain_smoke.run(fake(tmp_path), tmp_path, speech=True)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"answer": "echo assistant:"}, "did not answer"),
        ({"answer": f"{ANSWER}; exit 1"}, "ended with code 1"),
        ({"answer": f"{ANSWER}; echo Traceback >&2"}, "Traceback"),
        ({"answer": 'echo "assistant: It\'s 10"'}, "did not understand itself"),
        ({"window": "exit 0"}, "The window said ''"),
        ({"window": f"echo No module named soxr >&2; {WINDOW}"}, "No module named soxr"),
    ],
)
def test_a_program_that_fails_at_something_is_not(
    wrong: dict[str, str], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(plain_smoke.Bad, match=complaint):
        plain_smoke.run(fake(tmp_path, **wrong), tmp_path, speech=True)
