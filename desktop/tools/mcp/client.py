"""The program's side of the servers: starts their process, knows where each stands, and calls their tools."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from desktop.base import redaction
from desktop.base.child_process import own_command
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import MessageError
from desktop.base.task_set import TaskSet
from desktop.base.terminal import one_line
from desktop.protocol.commands import ToolDefinition
from desktop.tools.context import ToolContext
from desktop.tools.mcp import placeholders, words
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.mcp.messages import (
    Call,
    Cancel,
    Failure,
    OpenPage,
    Progress,
    Report,
    Result,
    ServerSpec,
    SignedIn,
    Start,
    State,
    Stop,
    ToolInfo,
)
from desktop.tools.mcp.placeholders import MissingError, ReadSecret
from desktop.tools.mcp.results import value_for_model
from desktop.tools.mcp.sign_ins import SignIns
from desktop.tools.mcp.status import ServerStatus
from desktop.tools.own_child import OwnChild
from desktop.tools.registry import Tool, ToolError

log = logging.getLogger(__name__)

HOST = "mcp-host"
"""The command that runs the servers' process in a bundle; see `host`."""
ANSWER_S = 1.0
"""How much longer than the server's own time a call waits for the process."""


class McpServers:
    """The servers of one program. Everything is called on one loop; `close` it before the loop ends.

    Args:
        read_secret: a secret of the keychain's by its name. It is called in a thread.
        changed: told after each change of a server's state or its tools.
        sign_ins: keeps them, and opens their pages; without it nobody can sign in.
    """

    def __init__(
        self,
        read_secret: ReadSecret,
        changed: Callable[[], None],
        command: Sequence[str] | None = None,
        sign_ins: SignIns | None = None,
    ) -> None:
        self._sign_ins = sign_ins or SignIns(read_secret)
        self._read_secret = read_secret
        self._changed = changed
        self._command = list(command) if command else host_command()
        self._child: OwnChild | None = None
        self._servers: dict[str, ServerStatus] = {}
        self._calls: dict[int, tuple[str, asyncio.Future[Result]]] = {}
        self._progress: dict[int, Callable[[Progress], None]] = {}
        self._ids = itertools.count(1)
        self._urls: dict[str, str] = {}
        """The addresses without placeholders, which sign-ins are bound to."""
        self._tasks = TaskSet()

    @property
    def servers(self) -> tuple[ServerStatus, ...]:
        """All servers, in the order of the configuration."""
        return tuple(self._servers.values())

    @property
    def host_pid(self) -> int:
        """The number of the servers' process; 0 while none runs."""
        return self._child.pid if self._child else 0

    def use(self, configs: Sequence[ServerConfig]) -> None:
        """These are the servers from now on: what is new or was changed is started, what is gone is ended."""
        wanted = {config.name: config for config in configs}
        for name in self._servers.keys() - wanted.keys():
            self._stop(name)
        before, self._servers = self._servers, {}
        for name, config in wanted.items():
            old = before.get(name)
            if old is not None and old.config == config:
                self._servers[name] = old
                continue
            if old is not None:
                self._stop(name)
            self._servers[name] = ServerStatus(config)
            if config.enabled:
                self.restart(name)
        self._changed()

    def restart(self, name: str, *, sign_in: bool = False) -> None:
        """Start a server anew, whatever it does; with `sign_in` the user signs in, in the browser."""
        if (status := self._servers.get(name)) is None or not status.config.enabled:
            return
        self._servers[name] = replace(
            status, phase="starting", problem=None, retry_s=0.0, reason="", in_browser=False, note=None
        )
        self._changed()
        self._tasks.spawn(self._start(status.config, sign_in), name=f"start of the server {name}")

    def forget(self, config: ServerConfig) -> None:
        """Forget the sign-in at a server that is gone. Blocks; raises MessageError."""
        if url := self._urls.pop(config.name, ""):
            self._sign_ins.forget(config.name, url)

    def tools(self) -> list[tuple[ServerConfig, ToolInfo]]:
        """All tools of all servers that are not off. Those of one that is being started again stay."""
        return [(status.config, tool) for status in self._servers.values() for tool in status.tools]

    def tool(self, config: ServerConfig, info: ToolInfo, name: str) -> Tool:
        """The tool, for the registry, under the name that the model will call it by."""

        async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
            return value_for_model(info.name, await self.call(config, info.name, arguments, context.report))

        schema = info.input_schema if isinstance(info.input_schema, dict) else {"type": "object"}
        return Tool(
            ToolDefinition(name, info.description or info.title, schema),
            run,
            config.timeout_s + 2 * ANSWER_S,
            config.origin(info.name),
            info.hints,
        )

    async def call(
        self,
        config: ServerConfig,
        tool: str,
        arguments: dict[str, Any],
        report: Callable[[float, float, str], None] | None = None,
    ) -> Result:
        """Call a tool. Cancelling this tells the server.

        Args:
            report: told how far it is: done, of how much (0 if that isn't known), and in what words.

        Raises:
            ToolError: it has no result; the message says why.
        """
        status = self._servers.get(config.name)
        if status is None or status.config != config or self._child is None or status.phase != "ready":
            raise ToolError(words.not_running(config.name, status.retry_s if status else 0.0))
        call_id = next(self._ids)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._calls[call_id] = (config.name, answer)
        if report is not None:
            told = report
            self._progress[call_id] = lambda said: told(said.done, said.total, said.words)
        self._child.send(Call(call_id, config.name, tool, arguments, config.timeout_s))
        try:
            async with asyncio.timeout(config.timeout_s + ANSWER_S):
                return await answer
        except TimeoutError:
            self._cancel(call_id)
            raise ToolError(words.failed(config.name, "slow", f"{config.timeout_s:g}")) from None
        except asyncio.CancelledError:
            self._cancel(call_id)
            raise
        finally:
            self._calls.pop(call_id, None)
            self._progress.pop(call_id, None)

    async def close(self) -> None:
        """End the servers and their process."""
        self._tasks.cancel()
        child, self._child = self._child, None
        if child is not None:
            await child.close()
        self._fail_calls("exited")

    async def _start(self, config: ServerConfig, sign_in: bool) -> None:
        def fill() -> ServerSpec:
            spec = placeholders.filled(config, self._read_secret)
            return msgspec.structs.replace(spec, signed_in=self._sign_ins.read(spec)) if spec.url else spec

        try:
            spec = await in_daemon(fill)
        except MissingError as exc:
            self._set(config, phase="failed", problem=exc.message)
            return
        status = self._servers.get(config.name)
        if status is None or status.config != config:
            return  # it was changed meanwhile
        if self._child is None:
            child = OwnChild(
                self._command,
                lambda message: self._receive(child, message),
                lambda: self._host_ended(child),
            )
            self._child = child
            child.start()
        self._urls[config.name] = spec.url
        self._child.send(Start(spec, sign_in))

    async def _keep(self, config: ServerConfig, url: str, kept: str) -> None:
        try:
            await in_daemon(lambda: self._sign_ins.save(config.name, url, kept))
        except MessageError as exc:
            self._set(config, note=words.NOT_KEPT(reason=exc.message))

    def _stop(self, name: str) -> None:
        if self._child is not None:
            self._child.send(Stop(name))
        self._fail_calls("exited", name)

    def _cancel(self, call_id: int) -> None:
        if self._child is not None:
            self._child.send(Cancel(call_id))

    def _receive(self, child: OwnChild, raw: dict[str, Any]) -> None:
        if child is not self._child:
            return
        try:
            report: Report = msgspec.convert(raw, Report)
        except msgspec.ValidationError as exc:
            log.warning("the servers' process sent what is no report: %s", exc)
            return
        match report:
            case State(name=""):
                for status in list(self._servers.values()):
                    self._set(status.config, phase="failed", problem=words.problem(report))
            case State():
                self._take_state(report)
            case OpenPage(name=name, url=url) if name in self._servers:
                opened = self._sign_ins.open(url)
                note = None if opened else words.NO_BROWSER(address=one_line(url, 2_000))
                self._set(self._servers[name].config, in_browser=True, note=note)
            case SignedIn(name=name, kept=kept) if name in self._servers:
                keep = self._keep(self._servers[name].config, self._urls.get(name, ""), kept)
                self._tasks.spawn(keep, name=f"sign-in at the server {name}")
            case Progress(id=call_id) if call_id in self._progress:
                self._progress[call_id](report)
            case Result(id=call_id) if call_id in self._calls:
                if not (answer := self._calls[call_id][1]).done():
                    answer.set_result(report)
            case Failure(id=call_id) if call_id in self._calls:
                name, answer = self._calls[call_id]
                if not answer.done():
                    answer.set_exception(ToolError(words.failed(name, report.reason, report.detail)))
            case _:
                pass  # nobody waits for it any more

    def _take_state(self, state: State) -> None:
        status = self._servers.get(state.name)
        if status is None or not status.config.enabled:
            return
        if state.phase == "off":  # of the one before; this one is being started
            return
        changed: dict[str, Any] = {
            "phase": state.phase,
            "retry_s": state.retry_s,
            "problem": words.problem(state),
            "reason": state.reason,
        }
        if state.phase != "starting":
            changed["in_browser"] = False
        changed["stderr"] = tuple(redaction.redact(line) for line in state.stderr)
        if state.phase == "ready":
            changed |= {"tools": state.tools, "unlisted": state.unlisted}
        if state.phase == "failed":
            log.info("the server %r ended: %s %s", state.name, state.reason, state.detail)
            self._fail_calls("exited", state.name)
        self._set(status.config, **changed)

    def _host_ended(self, child: OwnChild) -> None:
        """The process died: it is started again when a server is."""
        if child is not self._child:
            return
        self._child = None
        log.warning("the servers' process ended: %s", " / ".join(child.last_lines[-3:]) or "without a word")
        self._fail_calls("exited")
        for status in list(self._servers.values()):
            if status.config.enabled and status.phase != "failed":
                problem = words.host_ended(child.last_lines)
                self._set(status.config, phase="failed", problem=problem, retry_s=0.0)

    def _fail_calls(self, reason: str, server: str | None = None) -> None:
        for name, answer in list(self._calls.values()):
            if server in (None, name) and not answer.done():
                answer.set_exception(ToolError(words.failed(name, "exited", "")))

    def _set(self, config: ServerConfig, **changed: Any) -> None:
        status = self._servers.get(config.name)
        if status is not None and status.config == config:
            self._servers[config.name] = replace(status, **changed)
            self._changed()


def host_command() -> list[str]:
    """How this program starts the servers' process, in a checkout and in a bundle."""
    command = own_command("desktop.tools.mcp.host")
    return command if len(command) > 1 else [*command, HOST]
