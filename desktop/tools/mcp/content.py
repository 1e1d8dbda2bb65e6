"""What a server sends, repaired and bounded: its list of tools, and the result of a call."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import msgspec
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage
from mcp_types import (
    AudioContent,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    JSONRPCResponse,
    ResourceLink,
    TextContent,
    TextResourceContents,
    Tool,
)

from desktop.base import json_depth
from desktop.protocol import limits
from desktop.tools.mcp.messages import Picture, Result, ToolInfo
from desktop.tools.registry import READ_ONLY

MOST_TOOLS = 500
"""Of one server. Models get lost long before."""
LONGEST_DESCRIPTION = 4_000
LONGEST_NAME = 256
LARGEST_SCHEMA = 100_000
"""Bytes of a tool's schema as JSON."""
MOST_TEXT = 256_000
"""Characters of a result. The model gets less; the inspector shows what it got."""
MOST_PICTURES = 4
LARGEST_PICTURE = 6_000_000
"""Characters of a picture in base64."""


@asynccontextmanager
async def repaired(
    transport: AbstractAsyncContextManager[TransportStreams],
) -> AsyncGenerator[TransportStreams, None]:
    """The transport, with lists of tools that the SDK takes whatever one of them looks like."""
    async with transport as (read, write):
        yield cast("Any", _Repaired(read)), write


class _Repaired:
    """A stream of messages with repaired lists of tools."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def receive(self) -> Any:
        return repair(await self._inner.receive())

    def __aiter__(self) -> _Repaired:
        return self

    async def __anext__(self) -> Any:
        return repair(await self._inner.__anext__())

    async def __aenter__(self) -> _Repaired:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *exc: Any) -> Any:
        return await self._inner.__aexit__(*exc)


def repair(message: Any) -> Any:
    """The message; one bad tool in a list would cost all of them otherwise."""
    if isinstance(message, SessionMessage) and isinstance(message.message, JSONRPCResponse):
        result = message.message.result
        if isinstance(result, dict) and isinstance(result.get("tools"), list):
            result["tools"] = [_repaired_tool(tool) for tool in result["tools"] if _is_tool(tool)]
    return message


def _is_tool(tool: Any) -> bool:
    return isinstance(tool, dict) and isinstance(tool.get("name"), str) and bool(tool["name"])


def _repaired_tool(tool: dict[str, Any]) -> dict[str, Any]:
    schema = tool.get("inputSchema")
    plain = schema if isinstance(schema, dict) else {}
    kept: dict[str, Any] = {"name": tool["name"], "inputSchema": {**plain, "type": "object"}}
    # What a result looks like is nothing to us: with a schema of it the SDK would refuse what doesn't fit.
    for name, kind in (("description", str), ("title", str), ("annotations", dict), ("_meta", dict)):
        if isinstance(tool.get(name), kind):
            kept[name] = tool[name]
    if "annotations" in kept:
        kept["annotations"] = {k: v for k, v in kept["annotations"].items() if isinstance(v, bool)}
    return kept


def described(tools: list[Tool]) -> tuple[tuple[ToolInfo, ...], int]:
    """The tools as we pass them on, and how many were left out."""
    taken: dict[str, ToolInfo] = {}
    for tool in tools:
        if len(taken) < MOST_TOOLS and len(tool.name) <= LONGEST_NAME and tool.name not in taken:
            taken[tool.name] = _described(tool)
    return tuple(taken.values()), len(tools) - len(taken)


def _described(tool: Tool) -> ToolInfo:
    schema: Any = tool.input_schema
    try:
        encoded = msgspec.json.encode(schema)
    except (TypeError, ValueError, RecursionError):
        encoded = b""
    if not encoded or len(encoded) > LARGEST_SCHEMA or json_depth.is_deep(schema, json_depth.INNER):
        schema = {"type": "object"}
    claims = tool.annotations
    hints = {
        READ_ONLY: claims and claims.read_only_hint,
        "destructive": claims and claims.destructive_hint,
        "idempotent": claims and claims.idempotent_hint,
        "open-world": claims and claims.open_world_hint,
    }
    return ToolInfo(
        name=tool.name,
        title=limits.text(tool.title or "", LONGEST_NAME),
        description=limits.text(tool.description or "", LONGEST_DESCRIPTION),
        input_schema=schema,
        hints=tuple(name for name, claimed in hints.items() if claimed),
    )


def passed_on(id: int, result: CallToolResult) -> Result:
    """The result as we pass it on."""
    texts: list[str] = []
    pictures: list[Picture] = []
    left_out: list[str] = []
    room = MOST_TEXT
    for block in result.content:
        match block:
            case TextContent():
                text = block.text
            case EmbeddedResource(resource=TextResourceContents() as resource):
                text = resource.text
            case ResourceLink():
                text = f"{block.name}: {block.uri}"
            case ImageContent() if len(pictures) < MOST_PICTURES and len(block.data) <= LARGEST_PICTURE:
                pictures.append(Picture(limits.name(block.mime_type, 100), block.data))
                continue
            case ImageContent():
                left_out.append(f"a picture of {len(block.data) * 3 // 4} bytes")
                continue
            case AudioContent():
                left_out.append(f"a sound of {len(block.data) * 3 // 4} bytes")
                continue
            case _:
                left_out.append(f"a part of the kind {limits.name(str(getattr(block, 'type', '?')), 40)}")
                continue
        if len(text) > room:
            left_out.append(f"{len(text) - room} characters of text")
        texts.append(text[:room])
        room -= len(texts[-1])
    structured = result.structured_content
    if structured is not None and not _is_small(structured):
        structured = None
        left_out.append("a structured result that is too large")
    return Result(
        id=id,
        texts=tuple(texts),
        structured=structured,
        pictures=tuple(pictures),
        left_out=tuple(left_out[:20]),
        is_error=result.is_error,
    )


def _is_small(value: Any) -> bool:
    try:
        fits = len(msgspec.json.encode(value)) <= MOST_TEXT
        return fits and not json_depth.is_deep(value, json_depth.INNER)
    except (TypeError, ValueError, RecursionError):
        return False
