"""The files of the user's functions: each in a process of its own, started anew when it was saved."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from desktop.base.child_process import own_command
from desktop.base.message import Message, Text
from desktop.protocol.commands import ToolDefinition
from desktop.tools.context import ToolContext
from desktop.tools.functions.messages import (
    Call,
    Cancel,
    Fault,
    FunctionInfo,
    Load,
    Loaded,
    Raised,
    Report,
    Returned,
)
from desktop.tools.origin import ToolOrigin
from desktop.tools.own_child import OwnChild
from desktop.tools.registry import Tool, ToolError

log = logging.getLogger(__name__)

FOLDER = "tools"
"""In the settings' folder."""
HOST = "functions-host"
"""The command that runs a file's process in a bundle; see `host`."""
TIMEOUT_S = 30.0
"""How long a call may take; a file's own `TIMEOUT_S` is used in its place."""
LOAD_S = 20.0
"""How long a file may take to be run: imports of large libraries take seconds."""
MOST_FILES = 50

AT_LINE = Text("function-at-line", "{file}, line {line}: {words}")
IN_FILE = Text("function-in-file", "{file}: {words}")
SLOW = Text("function-slow", "{file} didn't end within {seconds} s when it was run.")
ENDED = Text("function-ended", "{file} ended the process it runs in ({words}).")


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What is known of a file."""

    path: Path
    loading: bool = True
    functions: tuple[FunctionInfo, ...] = ()
    problems: tuple[Message, ...] = ()
    output: tuple[str, ...] = ()
    """The last lines that it printed."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


class FunctionFiles:
    """The files of one folder. Everything is called on one loop; `close` it before the loop ends.

    Args:
        changed: told after each change of what is known of a file.
    """

    def __init__(self, changed: Callable[[], None], command: Sequence[str] | None = None) -> None:
        self._changed = changed
        self._command = list(command) if command else host_command()
        self._files: dict[Path, _File] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def files(self) -> tuple[FileStatus, ...]:
        """All files, in the order of their names."""
        return tuple(file.status for _, file in sorted(self._files.items()))

    def use(self, stamps: dict[Path, tuple[int, int]]) -> None:
        """These are the files, with what changes when one is saved: new and changed ones are run."""
        for path in self._files.keys() - stamps.keys():
            self._end(self._files.pop(path))
        for path, stamp in sorted(stamps.items())[:MOST_FILES]:
            known = self._files.get(path)
            if known is not None and known.stamp == stamp:
                continue
            if known is not None:
                self._end(known)
            self._files[path] = _File(path, stamp, self._command, self._changed)
            self._files[path].start()
        self._changed()

    def tool(self, status: FileStatus, function: FunctionInfo, name: str) -> Tool:
        """The tool, for the registry, under the name that the model will call it by."""
        path = status.path

        async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
            file = self._files.get(path)
            if file is None:
                raise ToolError(f"The file {path.name} is gone.")
            return await file.call(function.name, arguments)

        file = self._files[path]
        origin = ToolOrigin("function", path.name, str(path), function.name)
        definition = ToolDefinition(name, function.description, function.schema)
        return Tool(definition, run, file.timeout_s + LOAD_S, origin)

    async def close(self) -> None:
        """End all files' processes."""
        for file in self._files.values():
            self._end(file)
        self._files.clear()
        if self._ending:
            await asyncio.wait(self._ending)

    def _end(self, file: _File) -> None:
        task = asyncio.get_running_loop().create_task(file.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _File:
    """One file and its process, which is started again for the call after it was ended."""

    def __init__(
        self, path: Path, stamp: tuple[int, int], command: list[str], changed: Callable[[], None]
    ) -> None:
        self.stamp = stamp
        self.status = FileStatus(path)
        self.timeout_s = TIMEOUT_S
        self._command = command
        self._changed = changed
        self._child: OwnChild | None = None
        self._loaded = asyncio.Event()
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)

    def start(self) -> None:
        """Run the file."""
        self._loaded.clear()
        child = OwnChild(
            self._command,
            lambda message: self._receive(child, message),
            lambda: self._on_ended(child),
            str(self.status.path.parent),
        )
        self._child = child
        child.start()
        child.send(Load(str(self.status.path)))
        asyncio.get_running_loop().call_later(LOAD_S, self._give_up, child)

    async def call(self, function: str, arguments: dict[str, Any]) -> Any:
        """Call a function. One that takes too long is ended with the process.

        Raises:
            ToolError: it has no result; the message says why.
        """
        if self._child is None:
            self.start()
        await self._loaded.wait()
        child = self._child
        if child is None:
            raise ToolError(f"The file {self.status.name} can't be run.")
        call_id = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[call_id] = answer
        child.send(Call(call_id, function, arguments))
        try:
            async with asyncio.timeout(self.timeout_s):
                return await answer
        except TimeoutError:
            self._abandon(child, f"{function} took too long, and the process was ended with it.")
            raise ToolError(f"{function} took longer than {self.timeout_s:g} s and was ended.") from None
        except asyncio.CancelledError:
            child.send(Cancel(call_id))
            raise
        finally:
            self._calls.pop(call_id, None)

    def _abandon(self, child: OwnChild, words: str) -> None:
        """End a process that hangs; the next call has another."""
        child.kill()
        if child is self._child:
            self._child = None
            self._fail_calls(words)

    async def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        self._fail_calls("The file was changed while it ran.")
        self._loaded.set()
        if child is not None:
            await child.close(0.5)

    def _receive(self, child: OwnChild, raw: dict[str, Any]) -> None:
        if child is not self._child:
            return
        try:
            report: Report = msgspec.convert(raw, Report)
        except msgspec.ValidationError as exc:
            log.warning("a file's process sent what is no report: %s", exc)
            return
        match report:
            case Loaded():
                self.timeout_s = report.timeout_s or TIMEOUT_S
                self._show(report.functions, tuple(map(self._worded, report.faults)))
                self._loaded.set()
            case Returned(id=call_id, value=value) if call_id in self._calls:
                if not self._calls[call_id].done():
                    self._calls[call_id].set_result(value)
            case Raised(id=call_id, fault=fault) if call_id in self._calls:
                if not self._calls[call_id].done():
                    self._calls[call_id].set_exception(ToolError(str(self._worded(fault))))
            case _:
                pass  # nobody waits for it any more

    def _worded(self, fault: Fault) -> Message:
        if fault.line:
            return AT_LINE(file=self.status.name, line=fault.line, words=fault.words)
        return IN_FILE(file=self.status.name, words=fault.words)

    def _give_up(self, child: OwnChild) -> None:
        if child is self._child and not self._loaded.is_set():
            self._child = None
            child.kill()
            self._show((), (SLOW(file=self.status.name, seconds=int(LOAD_S)),))
            self._loaded.set()

    def _on_ended(self, child: OwnChild) -> None:
        if child is not self._child:
            return
        self._child = None
        lines = child.last_lines
        self._fail_calls(f"The function ended its process: {lines[-1] if lines else 'without a word'}")
        if not self._loaded.is_set():
            self._show((), (ENDED(file=self.status.name, words=lines[-1] if lines else "?"),))
        self._loaded.set()

    def _fail_calls(self, words: str) -> None:
        for answer in list(self._calls.values()):
            if not answer.done():
                answer.set_exception(ToolError(words))

    def _show(self, functions: tuple[FunctionInfo, ...], problems: tuple[Message, ...]) -> None:
        output = self._child.last_lines if self._child else ()
        before = self.status
        self.status = FileStatus(before.path, False, functions, problems, output)
        if self.status != before:
            self._changed()


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """The files in this folder that may hold functions, with what changes when one is saved. Blocks."""
    found: dict[Path, tuple[int, int]] = {}
    try:
        for path in folder.glob("*.py"):
            if not path.name.startswith(("_", ".")) and path.is_file():
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size)
    except OSError as exc:
        log.info("the folder of the functions can't be read: %s", exc.strerror)
    return found


def host_command() -> list[str]:
    """How this program starts a file's process, in a checkout and in a bundle."""
    command = own_command("desktop.tools.functions.host")
    return command if len(command) > 1 else [*command, HOST]
