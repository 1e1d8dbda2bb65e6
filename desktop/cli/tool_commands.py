"""`presstalk tools`: the tools that a model would get, called and tested without a window."""

from __future__ import annotations

import argparse
import asyncio
import json
import webbrowser
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desktop.access import tool_secrets
from desktop.base import paths
from desktop.base.message import Message
from desktop.base.terminal import one_line
from desktop.cli.output import FAILED, CommandError, confirm, print_problem, print_result
from desktop.cli.signals import run_until_signal
from desktop.protocol.events import MalformedArgumentsError, parse_arguments
from desktop.tools.approval import ByHand
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.mcp.sign_ins import SignIns
from desktop.tools.registry import Registry, Tool
from desktop.tools.runner import ToolRunner
from desktop.tools.sources import ToolSources

SETTLE_S = 45.0
"""How long to wait for servers that start: the first time they may be downloaded."""


@asynccontextmanager
async def tool_sources(registry: Registry) -> AsyncIterator[ToolSources]:
    """The tools from elsewhere in the registry, once they are known."""
    try:
        folder = paths.config()
    except OSError as exc:
        raise CommandError(f"The settings' folder can't be made ({exc.strerror}).") from exc
    sign_ins = SignIns(tool_secrets.read, tool_secrets.keep)
    sources = ToolSources(registry, folder, tool_secrets.read, sign_ins=sign_ins)
    try:
        await sources.load()
        await sources.settle(SETTLE_S)
        yield sources
    finally:
        await sources.close()


def problems(sources: ToolSources) -> list[str]:
    """What is wrong with the sources, a line each."""
    found = (
        [f"{sources.config_file.name}: {sources.configured.problem}"] if sources.configured.problem else []
    )
    found += [f"{name}: {message}" for name, message in sources.configured.skipped]
    for status in sources.servers.servers:
        if status.problem is not None:
            last = f" ({status.stderr[-1]})" if status.stderr else ""
            found.append(f"{status.name}: {status.problem}{last}")
        elif status.phase == "starting":
            found.append(f"{status.name}: It did not start in time.")
    found += [str(message) for file in sources.functions.files for message in file.problems]
    return found


def run(options: argparse.Namespace) -> int:
    """Run `tools list`, `tools call` or `tools test`; the exit code."""
    match options.what:
        case "list":
            return run_until_signal(_list(options.json))
        case "call":
            return run_until_signal(_call(options.name, options.arguments))
        case _:
            return run_until_signal(_test())


async def _list(as_json: bool) -> int:
    registry = default_registry()
    async with tool_sources(registry) as sources:
        if as_json:
            print_result(
                json.dumps([_described(tool) for tool in registry.tools], indent=2, ensure_ascii=False)
            )
        else:
            print_result("\n".join(_lines(registry.tools)))
        for problem in problems(sources):
            print_problem(problem)
    return 0


async def _call(name: str, text: str) -> int:
    try:
        arguments = parse_arguments(text)
    except MalformedArgumentsError as exc:
        raise CommandError(f"{exc.message}") from exc
    registry = default_registry()
    async with tool_sources(registry) as sources:
        if registry.find(name) is None:
            for problem in problems(sources):
                print_problem(problem)
            raise CommandError(f"There is no tool named {name}. `presstalk tools list` shows all.")
        context = ToolContext(ring=print_problem, confirm=_confirm, open_url=webbrowser.open)
        runner = ToolRunner(registry, context, ByHand())
        outcome = await runner.run("by-hand", name, arguments)
        await runner.close()
        context.timers.close()
        print_result(json.dumps(outcome.result, indent=2, ensure_ascii=False))
        return 0 if outcome.state == "done" else FAILED


async def _test() -> int:
    registry = default_registry()
    async with tool_sources(registry) as sources:
        lines = [
            f"{status.name}: ready, tools: {len(status.tools)}"
            for status in sources.servers.servers
            if status.phase == "ready"
        ]
        lines += [
            f"{file.name}: tools: {len(file.functions)}" for file in sources.functions.files if file.functions
        ]
        lines += [f"{status.name}: off" for status in sources.servers.servers if not status.config.enabled]
        print_result("\n".join(lines) or "There are no MCP servers and no functions.")
        wrong = problems(sources)
        for problem in wrong:
            print_problem(problem)
    return FAILED if wrong else 0


async def _confirm(question: Message) -> bool:
    return await asyncio.to_thread(confirm, str(question))


def _lines(tools: Iterable[Tool]) -> Iterable[str]:
    for tool in tools:
        yield f"{tool.name}  {one_line(tool.definition.description, 100)}  [{_source(tool)}]"


def _source(tool: Tool) -> str:
    source = tool.origin.source
    return {"built-in": "built in", "function": Path(source).name}.get(tool.origin.kind, f"server {source}")


def _described(tool: Tool) -> dict[str, Any]:
    origin = tool.origin
    return {
        "name": tool.name,
        "kind": origin.kind,
        "source": origin.source,
        "true_name": tool.true_name,
        "description": tool.definition.description,
        "claims": list(tool.hints),
        "unasked": origin.default_permission == "always",
        "parameters": tool.definition.parameters,
    }
