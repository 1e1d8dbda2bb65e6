"""Runs the tools that a model calls. Whatever happens becomes a result that the model can read."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from desktop.base import json_depth
from desktop.base.redaction import redact
from desktop.protocol.events import parse_arguments
from desktop.tools.approval import ApprovalRequest, Approver, DeniedError, Unattended
from desktop.tools.bench import Bench, BenchRule, bent
from desktop.tools.context import ToolContext
from desktop.tools.registry import PicturesResult, Registry, Tool, ToolError

log = logging.getLogger(__name__)

RESULT_LIMIT = 64_000
"""Bytes of a result as JSON. More fills the model's context with what it can't use."""
MESSAGE_LIMIT = 300
"""Characters of an exception's message that the model gets."""
GRACE_S = 0.5
"""How long to wait for a stopped tool. One that does not stop is abandoned."""

ToolState = Literal["done", "failed", "cancelled", "denied"]
"""denied: the user, or nobody, allowed it, and it did not run."""


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """How a call ended. `result` is a JSON object, with `error` in it unless the state is done."""

    call_id: str
    name: str
    arguments: dict[str, Any] | str
    """An object; the model's text if it was not one."""
    result: dict[str, Any]
    state: ToolState
    duration_ms: float
    bench: str = ""
    """What the bench did to the call: a `BenchRule.mark`. Then the result may not be real."""
    pictures: tuple[str, ...] = ()
    """That came with the result, as data URLs that are small enough to be sent."""


Reported = Callable[[float, float, str], None]
"""Told how far a call is; see `ToolContext.report`."""


async def _no_pictures(_: tuple[str, ...]) -> tuple[str, ...]:
    """Where nobody can read pictures."""
    return ()


class ToolRunner:
    """Runs tool calls concurrently; each caller awaits its own.

    `approver` decides whether a call may run: by default nobody is asked, and who would have to be is a no.
    `encode` makes data URLs of the pictures of a result, which come in base64, unchecked; it doesn't raise.
    """

    def __init__(
        self,
        registry: Registry,
        context: ToolContext,
        approver: Approver | None = None,
        bench: Bench | None = None,
        encode: Callable[[tuple[str, ...]], Awaitable[tuple[str, ...]]] = _no_pictures,
    ) -> None:
        self._registry = registry
        self._context = context
        self._approver = approver or Unattended()
        self._bench = bench or Bench()
        self._encode = encode
        self._running: dict[asyncio.Task[Any], tuple[str, Tool]] = {}

    async def run(
        self,
        call_id: str,
        name: str,
        arguments: dict[str, Any] | str,
        asked: Callable[[], None] | None = None,
        reported: Reported | None = None,
    ) -> ToolOutcome:
        """Runs one call to its end, its timeout or its cancellation.

        `asked` is called if the user is asked, `reported` whenever the tool tells how far it is.

        Never raises for what the model or the tool did. When the awaiting task itself is cancelled, the
        tool is stopped and the cancellation propagates; use `cancel` to get an outcome instead.
        """
        began = time.perf_counter()
        state: ToolState = "failed"
        pictures: tuple[str, ...] = ()
        rule: BenchRule | None = None
        try:
            arguments = _object(arguments)
            tool = self._find(name)
            await self._approver.approve(ApprovalRequest(call_id, tool, arguments, asked))
            rule = self._bench.draw(name)
            value: Any = await self._finish(call_id, tool, arguments, rule, reported)
            if isinstance(value, PicturesResult):
                pictures, value = await self._encode(value.pictures), value.value
            state, result = "done", _plain(value)
        except _Cancelled:
            state, result = "cancelled", {"error": "The call was cancelled."}
        except DeniedError as exc:
            state, result = "denied", {"error": str(exc)}
        except ToolError as exc:
            state, result = "failed", {"error": str(exc)}
        duration_ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("tool %r %s in %.1f ms", name, state, duration_ms)
        mark = rule.mark if rule else ""
        return ToolOutcome(call_id, name, arguments, result, state, duration_ms, mark, pictures)

    def withdraw(self, call_id: str) -> None:
        """The connection that this call came on is gone: if the user is still to be asked, it doesn't run."""
        self._approver.withdraw(call_id)

    def asks(self, call_id: str) -> bool:
        """Whether this call waits for the user's approval."""
        return self._approver.waits(call_id)

    def cancel(self, call_id: str) -> bool:
        """Stops a call: its `run` returns "cancelled". False when no call of that id runs."""
        tasks = [task for task, (running, _) in self._running.items() if running == call_id]
        for task in tasks:
            task.cancel()
        return bool(tasks)

    def interrupt(self, call_id: str) -> None:
        """The user doesn't wait for this call any more: it is cancelled if its tool may be stopped.

        Any other runs on: what it changes would be left half done.
        """
        if any(running == call_id and tool.may_be_stopped for running, tool in self._running.values()):
            self.cancel(call_id)

    async def close(self) -> None:
        """Stops all calls, and waits `GRACE_S` for them."""
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=GRACE_S)
            if stuck:
                log.warning("%d tools did not stop when asked to", len(stuck))

    def _find(self, name: str) -> Tool:
        tool = self._registry.find(name)
        if tool is None:
            known = ", ".join(tool.name for tool in self._registry.offered) or "none"
            raise ToolError(f"There is no tool named {name[:64]!r}; the tools are: {known}.")
        return tool

    async def _finish(
        self,
        call_id: str,
        tool: Tool,
        arguments: dict[str, Any],
        rule: BenchRule | None,
        reported: Reported | None,
    ) -> Any:
        # A task of its own: it can be stopped without stopping the task that awaits the outcome, and a tool
        # that swallows its cancellation can't hold anyone up.
        context = replace(self._context, report=reported) if reported else self._context
        task = asyncio.create_task(self._call(tool, arguments, rule, context))
        self._running[task] = call_id, tool
        task.add_done_callback(self._forget)
        try:
            done, _ = await asyncio.wait({task}, timeout=tool.timeout_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE_S)
            raise ToolError(f"{tool.name} took longer than {tool.timeout_s:g} s and was stopped.")
        return _result(tool, task)

    async def _call(
        self, tool: Tool, arguments: dict[str, Any], rule: BenchRule | None, context: ToolContext
    ) -> Any:
        if rule is None:
            return await tool.run(arguments, context)
        await asyncio.sleep(rule.delay_s)
        return await bent(rule, tool.name, tool.timeout_s, lambda: tool.run(arguments, context))

    def _forget(self, task: asyncio.Task[Any]) -> None:
        del self._running[task]
        # Marks the exception as retrieved; `_result` reports it, unless the caller was cancelled.
        if not task.cancelled():
            task.exception()


class _Cancelled(Exception):
    """The tool's task was cancelled."""


def _result(tool: Tool, task: asyncio.Task[Any]) -> Any:
    if task.cancelled():
        raise _Cancelled
    exc = task.exception()
    if exc is None:
        return task.result()
    if isinstance(exc, ToolError):
        raise exc
    log.error("tool %s raised", tool.name, exc_info=exc)
    raise ToolError(f"{tool.name} failed: {_message(exc)}")


def _message(exc: BaseException) -> str:
    """One line of the exception's message, without what looks like a key."""
    lines = str(exc).strip().splitlines()
    text = lines[0] if lines else type(exc).__name__
    # The model's provider must not get the key, nor may a log file.
    return redact(text)[:MESSAGE_LIMIT]


def _object(arguments: dict[str, Any] | str) -> dict[str, Any]:
    try:
        return parse_arguments(arguments)
    except ValueError as exc:
        raise ToolError(str(exc)) from exc


def _plain(value: Any) -> dict[str, Any]:
    """The result as the wire will carry it: plain JSON, an object, of a bounded size."""
    try:
        encoded = msgspec.json.encode(value)
        plain = json_depth.decode(encoded)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as exc:
        log.warning("a tool's result is no JSON: %s", exc)
        raise ToolError("The tool's result can't be written as JSON.") from exc
    if len(encoded) > RESULT_LIMIT:
        # Half the limit: the text is quoted once more, which at worst doubles it.
        beginning = encoded[: RESULT_LIMIT // 2 - 200].decode(errors="ignore")
        note = f"The result was {len(encoded)} bytes long; this is only its beginning."
        return {"truncated": True, "note": note, "beginning": beginning}
    return plain if isinstance(plain, dict) else {"result": plain}
