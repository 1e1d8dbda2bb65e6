"""The commands in the documents do what the documents say."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.documentation import markdown
from tests.documentation.commands import COMMANDS, ByHand, Elsewhere, Run, Serves
from tests.documentation.markdown import DOCUMENTS, ROOT
from tests.rig.process import until

WITHIN_S = 90.0
SERVED = "presstalk serve --port 8787"
WINDOW = "presstalk --model offline/demo --save build/talk"
PORT = "8787"
RUN = [command for command, known in COMMANDS.items() if isinstance(known, Run)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the recording that the commands speak of."""
    samples = 0.2 * np.sin(np.arange(2 * 16_000) / 12) * 32_767
    with wave.open(str(tmp_path / "question.wav"), "wb") as question:
        question.setnchannels(1)
        question.setsampwidth(2)
        question.setframerate(16_000)
        question.writeframes(samples.astype("<i2").tobytes())
    return tmp_path


def words_of(command: str, port: str) -> list[str]:
    """The command for this interpreter and a port of its own."""
    first, *rest = shlex.split(command.replace(PORT, port))
    if first.endswith("presstalk"):
        return [sys.executable, "-m", "desktop", *rest]
    assert first == ".venv/bin/python"
    return [sys.executable, *rest]


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def started(command: str, folder: Path, port: str) -> Iterator[subprocess.Popen[str]]:
    """A serving command, once it has printed its line; it ends well when asked to."""
    known = COMMANDS[command]
    assert isinstance(known, Serves)
    output = folder / f"{len(list(folder.iterdir()))}.out"
    with output.open("w") as out:
        process = subprocess.Popen(
            words_of(command, port), cwd=folder, env=environment(), stdout=out, stderr=out, text=True
        )
    try:
        until(
            lambda: re.search(known.says, output.read_text()) or process.poll() is not None,
            within=WITHIN_S,
            what=f"{command} to say {known.says}",
        )
        assert process.poll() is None, output.read_text()
        yield process
        process.send_signal(signal.SIGINT)
        process.wait(WITHIN_S)
        assert "Traceback" not in output.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_every_command_of_the_documents_is_known_and_none_besides() -> None:
    found = {command for document in DOCUMENTS for command in markdown.commands(document)}
    listed = markdown.table(ROOT / "README.md", "## From the command line")
    found |= {command for cell, _ in listed for command in re.findall(r"`([^`]+)`", cell)}
    assert found - COMMANDS.keys() == set(), (
        "say in tests/documentation/commands.py how they are known to work"
    )
    assert COMMANDS.keys() - found == set(), "in commands.py, but in no document"


@pytest.mark.parametrize("command", RUN)
def test_it_is_run(command: str, folder: Path) -> None:
    known, port = COMMANDS[command], free_port()
    assert isinstance(known, Run)
    helper = WINDOW if command == "presstalk connect" else SERVED if PORT in command else ""
    if not helper:
        run(command, known, folder, port)
        return
    with started(helper, folder, port):
        run(command, known, folder, port)


def run(command: str, known: Run, folder: Path, port: str) -> None:
    ended = subprocess.run(
        words_of(command, port),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    output = ended.stdout + ended.stderr
    assert ended.returncode in known.codes, output
    assert re.search(known.says, output), output
    assert "Traceback" not in output
    for made in re.findall(r"(?:-o|--events) (\S+)", command):
        assert (folder / made).stat().st_size > 0, f"{made} was not written"


@pytest.mark.parametrize("command", [one for one, known in COMMANDS.items() if isinstance(known, Serves)])
def test_it_is_started_and_ends_when_it_is_asked_to(command: str, folder: Path) -> None:
    with started(command, folder, free_port()):
        pass
    if "--save" in command:
        assert {file.name for file in (folder / "build/talk").iterdir()} == {"transcript.md", "events.jsonl"}


@pytest.mark.parametrize(
    ("command", "known"), [(one, known) for one, known in COMMANDS.items() if isinstance(known, Elsewhere)]
)
def test_the_test_that_runs_it_is_there(command: str, known: Elsewhere) -> None:
    assert known.words in (ROOT / known.test).read_text(encoding="utf-8")


def test_what_was_run_by_hand_has_a_reason_in_words() -> None:
    reasons = [known.reason for known in COMMANDS.values() if isinstance(known, ByHand)]
    assert all(len(reason.split()) >= 4 for reason in reasons)
