"""The tools and their sources for the settings: what there is, and what the user changes of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.access import tool_secrets
from desktop.base import atomic_file
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, MessageError, Text
from desktop.conversation.approvals import Approvals
from desktop.conversation.tool_sources_controller import ToolSourcesController
from desktop.tools.functions.example import EXAMPLE, EXAMPLE_FILE
from desktop.tools.functions.files import FileStatus
from desktop.tools.mcp import config, imports, placeholders
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.status import ServerStatus
from desktop.tools.provider_schemas import reduced
from desktop.tools.registry import Registry, Tool
from desktop.viewmodels import tool_rows
from desktop.viewmodels.tool_rows import ImportRow, Permission, ServerEntry, SourceRow, ToolRow

NOT_WRITTEN = Text("mcp-not-written", "The file of the MCP servers can't be written ({reason}).")
NO_COMMAND = Text("mcp-no-command", "This command can't be read: a quotation mark is missing.")
NAME_TAKEN = Text("mcp-name-taken", "There is a server of this name already. Choose another name.")
SAVED = Text("mcp-saved", "{name} was saved.")
REMOVED = Text("mcp-removed", "{name} was removed.")
TAKEN = Text("mcp-taken", "Servers taken over: {count}. They start now.")
NOTHING_FOUND = Text("mcp-nothing-found", "No other program's MCP servers were found on this computer.")
MOVED = Text("mcp-secrets-moved", "Secrets moved to the keychain: {count}.")
EXAMPLE_MADE = Text(
    "function-example-made", "{file} was made. Change it as you like: it is read when you save it."
)
EXAMPLE_THERE = Text("function-example-there", "{file} is there already.")


class ToolSettings(QObject):
    """What the page of the tools shows and asks for. Files are read and written in threads."""

    sources_changed = Signal(list)
    """The `SourceRow`s."""
    tools_changed = Signal(list)
    """The `ToolRow`s."""
    imports_found = Signal(list)
    """The `ImportRow`s."""
    done = Signal(bool, Message)
    """How something that was asked for ended."""
    folder_ready = Signal(str)
    """The folder of the functions can be opened."""
    saved = Signal()
    """A server was saved: its editor can be closed."""

    def __init__(
        self,
        controller: ToolSourcesController,
        registry: Registry,
        approvals: Approvals,
        provider: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._registry = registry
        self._approvals = approvals
        self._provider = provider
        self._found: dict[tuple[str, str], ServerConfig] = {}
        controller.changed.connect(self.show)
        approvals.permission_chosen.connect(self.show)

    def show(self) -> None:
        """Tell what there is now."""
        sources = self._controller.sources
        rows = [_server_row(status) for status in sources.servers.servers]
        rows += [_skipped_row(name, why) for name, why in sources.configured.skipped]
        if sources.configured.problem is not None:
            rows.append(_skipped_row(config.FILE, sources.configured.problem))
        rows += [_file_row(file) for file in sources.functions.files]
        self.sources_changed.emit(rows)
        provider = self._provider()
        self.tools_changed.emit([self._tool_row(tool, provider) for tool in self._registry.tools])

    def save(self, entry: ServerEntry, before: str) -> None:
        """Keep a server, in place of the one that was called `before`; empty: it is a new one."""
        self._spawn(self._save(entry, before))

    def remove(self, name: str) -> None:
        """Forget a server."""
        self._spawn(self._remove(name))

    def switch(self, name: str, enabled: bool) -> None:
        """Start a server, or end it for good."""
        if status := self._status(name):
            changed = replace(status.config, enabled=enabled)
            self._spawn(self._write(partial(config.save_server, server=changed), SAVED(name=name)))

    def restart(self, name: str) -> None:
        """Start a server anew."""
        self._controller.sources.servers.restart(name)

    def sign_in(self, name: str) -> None:
        """Let the user sign in to a server, in the browser."""
        self._controller.sources.servers.restart(name, sign_in=True)

    def move_secrets(self, name: str) -> None:
        """Move the secrets that are written out in the file to the keychain."""
        if status := self._status(name):
            self._spawn(self._move_secrets(status.config))

    def find_imports(self) -> None:
        """Look for other programs' servers; answered by `imports_found`."""
        self._spawn(self._find_imports())

    def take(self, chosen: Sequence[tuple[str, str]]) -> None:
        """Take these servers over, by their program and their name there."""
        self._spawn(self._take([self._found[key] for key in chosen if key in self._found]))

    def make_example(self) -> None:
        """Make a file with an example of a function."""
        self._spawn(self._make_example())

    def open_folder(self) -> None:
        """Make the folder of the functions, if there is none; answered by `folder_ready`."""
        self._spawn(self._open_folder())

    def choose(self, name: str, permission: Permission) -> None:
        """Remember whether a tool runs unasked, after a yes, or not at all."""
        if tool := self._registry.find(name):
            self._approvals.choose(tool, permission)

    def _spawn(self, work: object) -> None:
        self._controller.tasks.spawn(work, name="settings of tools")  # type: ignore[arg-type]

    def _status(self, name: str) -> ServerStatus | None:
        return next((one for one in self._controller.sources.servers.servers if one.name == name), None)

    async def _save(self, entry: ServerEntry, before: str) -> None:
        try:
            name = entry.name.strip()
            if name != before and self._status(name) is not None:
                raise config.ConfigError(NAME_TAKEN())
            old = self._status(before)
            server = _read_entry(entry, old.config if old else None)
        except config.ConfigError as exc:
            self.done.emit(False, exc.message)
            return
        save = partial(config.save_server, server=server, before=before)
        if await self._write(save, SAVED(name=server.name)):
            self.saved.emit()

    async def _write(self, write: Callable[..., None], words: Message) -> bool:
        try:
            await in_daemon(lambda: write(self._controller.sources.config_file.parent))
        except config.ConfigError as exc:
            self.done.emit(False, exc.message)
            return False
        except OSError as exc:
            self.done.emit(False, NOT_WRITTEN(reason=exc.strerror or str(exc)))
            return False
        self.done.emit(True, words)
        await self._controller.start()
        return True

    async def _remove(self, name: str) -> None:
        status = self._status(name)
        if await self._write(partial(config.remove_server, name=name), REMOVED(name=name)) and status:
            with suppress(MessageError):  # without a keychain there is no sign-in either
                await in_daemon(partial(self._controller.sources.servers.forget, status.config))

    async def _move_secrets(self, server: ServerConfig) -> None:
        secrets = placeholders.literal_secrets(server)
        try:
            for name, secret in secrets.items():
                await in_daemon(partial(tool_secrets.save, name, secret))
        except MessageError as exc:
            self.done.emit(False, exc.message)
            return
        changed = placeholders.with_placeholders(server)
        await self._write(partial(config.save_server, server=changed), MOVED(count=len(secrets)))

    async def _find_imports(self) -> None:
        found = await in_daemon(imports.search)
        self._found = {(one.program, server.name): server for one in found for server in one.servers}
        rows = [ImportRow(program, name, _line(server)) for (program, name), server in self._found.items()]
        rows += [ImportRow(one.program, name, "", why) for one in found for name, why in one.skipped]
        if not rows:
            self.done.emit(True, NOTHING_FOUND())
        self.imports_found.emit(rows)

    async def _take(self, servers: Sequence[ServerConfig]) -> None:
        taken = {status.name for status in self._controller.sources.servers.servers}

        def write(folder: object) -> None:
            for server in servers:
                number, name = 2, server.name
                while name in taken:
                    name = f"{server.name} {number}"
                    number += 1
                taken.add(name)
                config.save_server(folder, replace(server, name=name))  # type: ignore[arg-type]

        await self._write(write, TAKEN(count=len(servers)))

    async def _make_example(self) -> None:
        path = self._controller.sources.functions_folder / EXAMPLE_FILE

        def make() -> bool:
            atomic_file.make_folder(path.parent)
            if path.exists():
                return False
            atomic_file.write(path, EXAMPLE.encode())
            return True

        try:
            made = await in_daemon(make)
        except OSError as exc:
            self.done.emit(False, NOT_WRITTEN(reason=exc.strerror or str(exc)))
            return
        self.done.emit(True, (EXAMPLE_MADE if made else EXAMPLE_THERE)(file=EXAMPLE_FILE))
        await self._controller.start()

    async def _open_folder(self) -> None:
        folder = self._controller.sources.functions_folder
        try:
            await in_daemon(partial(atomic_file.make_folder, folder))
        except OSError as exc:
            self.done.emit(False, NOT_WRITTEN(reason=exc.strerror or str(exc)))
            return
        self.folder_ready.emit(str(folder))

    def _tool_row(self, tool: Tool, provider: str) -> ToolRow:
        foreign = tool.origin.kind != "built-in"
        return ToolRow(
            name=tool.name,
            source=tool.origin.source,
            description=tool.definition.description,
            permission=self._approvals.permissions.of(tool),
            fixed=not foreign,
            claims=tool.hints,
            dropped=reduced(tool.definition.parameters, provider).dropped if foreign else (),
            schema=tool.definition.parameters,
        )


def _server_row(status: ServerStatus) -> SourceRow:
    if not status.config.enabled:
        state, good = tool_rows.OFF(), None
    elif status.phase == "ready":
        state, good = tool_rows.READY(count=len(status.tools)), True
    elif status.phase == "failed":
        again = tool_rows.AGAIN(seconds=int(status.retry_s)) if status.retry_s else tool_rows.FAILED()
        state, good = (tool_rows.SIGN_IN() if status.wants_sign_in else again), False
    else:
        state, good = (tool_rows.IN_BROWSER() if status.in_browser else tool_rows.STARTING()), None
    return SourceRow(
        kind="mcp",
        name=status.name,
        state=state,
        good=good,
        problems=tuple(one for one in (status.problem, status.note) if one is not None),
        lines=status.stderr,
        enabled=status.config.enabled,
        secrets=len(placeholders.literal_secrets(status.config)),
        wants_sign_in=status.wants_sign_in,
        entry=ServerEntry(status.name, _line(status.config), _values(status.config)),
    )


def _skipped_row(name: str, why: Message) -> SourceRow:
    return SourceRow(kind="mcp", name=name, state=tool_rows.FAILED(), good=False, problems=(why,))


def _file_row(file: FileStatus) -> SourceRow:
    if file.loading:
        state, good = tool_rows.STARTING(), None
    elif file.problems:
        state, good = tool_rows.FAILED(), False
    else:
        state, good = tool_rows.READY(count=len(file.functions)), True
    return SourceRow(
        kind="function", name=file.name, state=state, good=good, problems=file.problems, lines=file.output
    )


def _line(server: ServerConfig) -> str:
    return server.url or shlex.join([server.command, *server.args])


def _values(server: ServerConfig) -> str:
    if server.url:
        return "\n".join(f"{name}: {value}" for name, value in server.headers.items())
    return "\n".join(f"{name}={value}" for name, value in server.env.items())


def _read_entry(entry: ServerEntry, old: ServerConfig | None) -> ServerConfig:
    """The server that was typed; what the editor doesn't show stays. Raises ConfigError."""
    line = entry.line.strip()
    is_url = line.lower().startswith(("http://", "https://"))
    pairs = {}
    for one in filter(None, map(str.strip, entry.values.splitlines())):
        name, _, value = one.partition(":" if is_url else "=")
        pairs[name.strip()] = value.strip()
    raw: dict[str, object] = {"timeout": old.timeout_s, "cwd": old.cwd} if old else {}
    raw["disabled"] = bool(old and not old.enabled)
    if is_url:
        raw |= {"url": line, "headers": pairs}
    else:
        try:
            words = shlex.split(line, posix=os.name != "nt")
        except ValueError as exc:
            raise config.ConfigError(NO_COMMAND()) from exc
        raw |= {"command": words[0] if words else "", "args": words[1:], "env": pairs}
    return config.read_server(entry.name.strip(), raw)
