"""Runs `presstalk ask-again` for the window, in a process of its own: its session may take minutes."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.base import atomic_file, paths, secret_variables
from desktop.base.child_process import own_command, own_environment
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text, verbatim
from desktop.base.task_set import TaskSet
from desktop.base.terminal import one_line
from desktop.base.visible_text import visible_line
from desktop.recording.export_controller import NOT_WRITTEN, SAVED
from desktop.settings.schema import Settings
from desktop.ui.dialogs.ask_again_dialog import Target

log = logging.getLogger(__name__)

LONGEST = 4_000_000
"""Characters of a report that are shown."""
SAID_NOTHING = Text("ask-again-silent", "Asking again has ended without a report. The log has the details.")
NOT_STARTED = Text("ask-again-not-started", "Asking again can't be started ({reason}).")


@dataclass(frozen=True, slots=True)
class Report:
    """As text, and as JSON; the latter is empty where it couldn't be written."""

    text: str
    json: bytes


class AskAgainController(QObject):
    """One at a time. `close` before the loop ends."""

    done = Signal(str)
    """The report."""
    failed = Signal(Message)
    saved = Signal(Message)

    def __init__(self, settings: Callable[[], Settings], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0
        self._report: Report | None = None
        self._tasks = TaskSet()

    def ask(self, folder: Path, target: Target) -> None:
        """Ask the turns of the recording in this folder again: answered by `done` or `failed`."""
        self.stop()
        self._tasks.spawn(self._ask(folder, target, self._asked), name="ask again")

    def stop(self) -> None:
        """End what runs; nothing is told of it any more."""
        self._asked += 1
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                process.terminate()

    def save(self, path: Path) -> None:
        """Write the last report: as JSON where the name ends so, else as text."""
        if self._report:
            self._tasks.spawn(self._save(path, self._report), name="save report")

    async def close(self) -> None:
        """End what runs."""
        self.stop()
        await self._tasks.close(atomic_file.CLOSE_S)

    async def _ask(self, folder: Path, target: Target, asked: int) -> None:
        try:
            json_file = paths.cache() / f"asked-again-{secrets.token_hex(8)}.json"
            command, environment = self._command(folder, target, json_file), self._environment()
            process = await in_daemon(lambda: _started(command, environment))
        except OSError as exc:
            self.failed.emit(NOT_STARTED(reason=exc.strerror or str(exc)))
            return
        if asked != self._asked:  # it was stopped meanwhile
            process.terminate()
        else:
            self._process = process
        try:
            said, problems = await in_daemon(process.communicate)
            raw = await in_daemon(lambda: _taken(json_file))
        finally:
            if process.poll() is None:
                process.kill()
        if asked != self._asked:
            return
        self._process = None
        text = said.decode(errors="replace").strip()[:LONGEST]
        lines = [one_line(line) for line in problems.decode(errors="replace").splitlines() if line.strip()]
        if not text:
            self.failed.emit(verbatim(lines[-1]) if lines else SAID_NOTHING())
            return
        self._report = Report("\n".join([text, *lines]), raw)
        self.done.emit(self._report.text)

    async def _save(self, path: Path, report: Report) -> None:
        as_json = path.suffix.lower() == ".json" and bool(report.json)
        data = report.json if as_json else f"{report.text}\n".encode("utf-8", "replace")
        file = visible_line(path.name)
        try:
            await in_daemon(lambda: atomic_file.write(path, data))
        except OSError as exc:
            self.failed.emit(NOT_WRITTEN(file=file, reason=exc.strerror or str(exc)))
            return
        self.saved.emit(SAVED(file=file))

    def _command(self, folder: Path, target: Target, json_file: Path) -> list[str]:
        command = [*own_command(), "ask-again", f"--model={target.model}", f"--json={json_file}"]
        for name in ("voice", "effort", "instructions"):
            if value := getattr(target, name):
                command.append(f"--{name}={value}")
        settings = self._settings()
        if settings.ticket_url:
            command.append(f"--ticket-url={settings.ticket_url}")
        if settings.mint_tickets:
            command.append("--mint")
        return [*command, "--", str(folder)]

    def _environment(self) -> dict[str, str]:
        """With the key from our own environment, since it asks the same service for the same user.

        An address of the settings isn't named on the command line: that would be the user's yes to sending
        the key there.
        """
        environment = own_environment()
        for name in secret_variables.NAMES:
            if value := secret_variables.get(name):
                environment[name] = value
        if address := self._settings().base_url:
            environment["OPPER_BASE_URL"] = address
        environment["PYTHONIOENCODING"] = "utf-8"
        return environment


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _taken(path: Path) -> bytes:
    """What is in a file, which goes; nothing where there is none."""
    with contextlib.suppress(OSError):
        data = path.read_bytes()
        os.unlink(path)
        return data
    return b""
