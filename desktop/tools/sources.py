"""Where tools from elsewhere come from: the user's functions and the MCP servers, in the registry."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from desktop.base.daemon_thread import in_daemon
from desktop.tools import names
from desktop.tools.functions import files
from desktop.tools.functions.files import FileStatus, FunctionFiles
from desktop.tools.mcp import config
from desktop.tools.mcp.client import McpServers
from desktop.tools.mcp.config import Configured
from desktop.tools.mcp.placeholders import ReadSecret
from desktop.tools.mcp.sign_ins import SignIns
from desktop.tools.mcp.status import ServerStatus
from desktop.tools.registry import Registry, Tool


@dataclass(frozen=True, slots=True)
class _Read:
    configured: Configured
    stamps: dict[Path, tuple[int, int]]


class ToolSources:
    """Keeps the registry as the sources are. Everything is called on one loop; `close` it before that ends.

    Args:
        folder: the settings' folder, with `mcp.json` and the folder of the functions.
        read_secret: a secret of the keychain's by its name. It is called in a thread.
        changed: told after each change of a source, when the registry has followed.
        sign_ins: of servers at an address.
    """

    def __init__(
        self,
        registry: Registry,
        folder: Path,
        read_secret: ReadSecret,
        changed: Callable[[], None] = lambda: None,
        sign_ins: SignIns | None = None,
    ) -> None:
        self._registry = registry
        self.folder = folder
        self._told = changed
        self._news = asyncio.Event()
        self._loading = asyncio.Lock()
        self.configured = Configured()
        self.servers = McpServers(read_secret, self._on_changed, sign_ins=sign_ins)
        self.functions = FunctionFiles(self._on_changed)

    @property
    def functions_folder(self) -> Path:
        """Where the user's functions are."""
        return self.folder / files.FOLDER

    @property
    def config_file(self) -> Path:
        """The file of the servers."""
        return self.folder / config.FILE

    async def load(self) -> None:
        """Read the files, and start what is new or was changed. Call it again when one was saved."""
        async with self._loading:
            read = await in_daemon(partial(_read, self.folder))
            self.configured = read.configured
            self.functions.use(read.stamps)
            if read.configured.problem is None:  # else what runs goes on: the file is being written, say
                self.servers.use(read.configured.servers)
            self._on_changed()

    async def settle(self, within_s: float) -> bool:
        """Wait until every source is ready or has failed; False if that took too long."""
        try:
            async with asyncio.timeout(within_s):
                while self._unsettled():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End what runs."""
        await asyncio.gather(self.servers.close(), self.functions.close())

    def _unsettled(self) -> bool:
        starting = any(
            status.phase == "starting" or (status.config.enabled and status.phase == "off")
            for status in self.servers.servers
        )
        return starting or any(status.loading for status in self.functions.files)

    def _on_changed(self) -> None:
        self._registry.replace("function", self._function_tools())
        self._registry.replace("mcp", self._server_tools())
        self._news.set()
        self._told()

    def _function_tools(self) -> list[Tool]:
        found = [(file, function) for file in self.functions.files for function in file.functions]
        counted = Counter(function.name for _, function in found)
        # Of two files the file's name is part of the tool's.
        sources = [
            ("" if counted[function.name] == 1 else file.path.stem, function.name) for file, function in found
        ]
        fitted = names.fitted(sources, self._taken("built-in"))
        return [
            self.functions.tool(file, function, fitted[source])
            for (file, function), source in zip(found, sources, strict=True)
        ]

    def _server_tools(self) -> list[Tool]:
        found = self.servers.tools()
        fitted = names.fitted(
            [(one.name, tool.name) for one, tool in found], self._taken("built-in", "function")
        )
        return [self.servers.tool(one, tool, fitted[one.name, tool.name]) for one, tool in found]

    def _taken(self, *kinds: str) -> list[str]:
        return [tool.name for tool in self._registry.all_tools if tool.origin.kind in kinds]


def _read(folder: Path) -> _Read:
    return _Read(config.load(folder), files.stamps(folder / files.FOLDER))


__all__ = ["FileStatus", "ServerStatus", "ToolSources"]
