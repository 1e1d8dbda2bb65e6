"""Tools by name: their definitions for the model, and how they are called.

To add a tool, write a frozen struct with its arguments and a function that takes them, and register
`define(...)` of the two (`desktop.tools.builtin` has five). The struct gives both the JSON Schema for
the model and the check of what the model sends.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from desktop.protocol.commands import ToolDefinition
from desktop.tools.context import ToolContext
from desktop.tools.origin import BUILT_IN, OriginKind, ToolOrigin
from desktop.tools.provider_schemas import LONGEST_DESCRIPTION, reduced

A = TypeVar("A", bound=msgspec.Struct)

DEFAULT_TIMEOUT_S = 10.0
READ_ONLY = "read-only"
"""The claim of a tool that it changes nothing."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What OpenAI and Gemini both take as a function's name."""


class ToolError(Exception):
    """A tool can't do what it was asked to; the message is one plain sentence for the model."""


class TooManyQuestionsError(ToolError):
    """The user is asked too much already."""

    def __init__(self) -> None:
        super().__init__(
            "The user was not asked: too many questions wait for them already. Don't ask again now."
        )


class ArgumentsError(ToolError):
    """The arguments don't fit the tool's schema."""


@dataclass(frozen=True, slots=True)
class PicturesResult:
    """A result with pictures, which the model gets as such where it sees."""

    value: dict[str, Any]
    """What it gets in any case; it says that there are pictures."""
    pictures: tuple[str, ...]
    """In base64, as the source gave them: a picture of any kind, or none at all."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may call.

    `run` takes the arguments as decoded JSON and returns what JSON can hold. It raises `ToolError`
    for what the model should know; anything else is a fault of the tool.
    """

    definition: ToolDefinition
    run: Callable[[dict[str, Any], ToolContext], Awaitable[Any]]
    timeout_s: float = DEFAULT_TIMEOUT_S
    origin: ToolOrigin = BUILT_IN
    hints: tuple[str, ...] = ()
    """What its source claims of it ("read-only", "destructive" …): shown, never trusted with a permission."""

    @property
    def name(self) -> str:
        """The name the model calls it by."""
        return self.definition.name

    @property
    def may_be_stopped(self) -> bool:
        """Whether its source says that nothing is left half done when a call is stopped: it only reads.

        The Model Context Protocol has no word of its own for that; `readOnlyHint` is the nearest.
        """
        return READ_ONLY in self.hints

    @property
    def true_name(self) -> str:
        """The name at its source."""
        return self.origin.true_name or self.name


class Registry:
    """The tools of a session, in the order they were registered."""

    def __init__(self, *tools: Tool) -> None:
        self._tools: dict[str, Tool] = {}
        self._withheld: frozenset[str] = frozenset()
        self._forbidden: Callable[[Tool], bool] = lambda _: False
        self._reduced: dict[tuple[str, str], tuple[ToolDefinition, ToolDefinition]] = {}
        for tool in tools:
            self.register(tool)

    def register(self, tool: Tool) -> None:
        """Adds a tool.

        Raises:
            ValueError: the name is taken, or is not one that every provider takes.
        """
        if not _NAME.fullmatch(tool.name):
            raise ValueError(f"{tool.name!r} is not a tool's name: 1 to 64 letters, digits, '_' and '-'")
        if tool.name in self._tools:
            raise ValueError(f"there is a tool named {tool.name} already")
        self._tools[tool.name] = tool

    def replace(self, kind: OriginKind, tools: Iterable[Tool]) -> None:
        """These are the tools of this kind from now on. Raises ValueError as `register` does."""
        kept = {name: tool for name, tool in self._tools.items() if tool.origin.kind != kind}
        before, self._tools = self._tools, kept
        try:
            for tool in tools:
                self.register(tool)
        except ValueError:
            self._tools = before
            raise

    def withhold(self, *names: str) -> None:
        """Offer all tools but these from now on, and find none of them."""
        self._withheld = frozenset(names)

    def forbid(self, forbidden: Callable[[Tool], bool]) -> None:
        """Tell no model of the tools that this says of. They are found, to be denied or run by hand."""
        self._forbidden = forbidden

    def find(self, name: str) -> Tool | None:
        """The tool of that name."""
        return None if name in self._withheld else self._tools.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' names."""
        return tuple(name for name in self._tools if name not in self._withheld)

    @property
    def all_tools(self) -> tuple[Tool, ...]:
        """All tools, also those that are withheld."""
        return tuple(self._tools.values())

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that are not withheld."""
        return tuple(self._tools[name] for name in self.names)

    @property
    def offered(self) -> tuple[Tool, ...]:
        """The tools that a model is told of."""
        return tuple(tool for tool in self.tools if not self._forbidden(tool))

    def definitions(self, provider: str = "") -> tuple[ToolDefinition, ...]:
        """The definitions, for `Config.tools`; with a provider, of tools from elsewhere what it takes."""
        return tuple(self._for_provider(tool, provider) for tool in self.offered)

    def _for_provider(self, tool: Tool, provider: str) -> ToolDefinition:
        if not provider or tool.origin.kind == "built-in":
            return tool.definition
        known = self._reduced.get((tool.name, provider))
        if known is None or known[0] != tool.definition:
            known = self._reduced[tool.name, provider] = tool.definition, for_provider(tool, provider)
        return known[1]


def for_provider(tool: Tool, provider: str) -> ToolDefinition:
    """The definition with what this provider takes of its description and its schema."""
    schema = reduced(tool.definition.parameters, provider).schema
    description = tool.definition.description[:LONGEST_DESCRIPTION]
    return structs.replace(tool.definition, description=description, parameters=schema)


def define(
    name: str,
    description: str,
    arguments: type[A],
    function: Callable[[A, ToolContext], Any],
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> Tool:
    """A tool made of an arguments' struct and a function.

    A coroutine function runs on the event loop. A plain one may block: it runs in a thread, and after a
    timeout it runs on there to its end, and its result is ignored.
    """
    is_async = inspect.iscoroutinefunction(function)

    async def run(raw: dict[str, Any], context: ToolContext) -> Any:
        values = convert_arguments(arguments, raw)
        if is_async:
            return await function(values, context)
        return await asyncio.to_thread(function, values, context)

    return Tool(ToolDefinition(name, description, schema(arguments)), run, timeout_s)


def convert_arguments(arguments: type[A], raw: Mapping[str, Any]) -> A:
    """The arguments' struct, tolerant of what models do: "6" or 6.0 for 6, null for "not given".

    Raises:
        ArgumentsError: one is missing, of the wrong type or out of its range.
    """
    given = {key: value for key, value in raw.items() if value is not None}
    try:
        return msgspec.convert(given, arguments, strict=False)
    except (msgspec.ValidationError, RecursionError) as exc:
        raise ArgumentsError(f"The arguments don't fit: {exc}") from exc


def schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """The struct's JSON Schema as one plain object: no `$ref`, no titles, an optional field has a default.

    Raises:
        ValueError: the struct contains itself, which no plain schema can express.
    """
    (root,), components = msgspec.json.schema_components((arguments,), ref_template="{name}")

    def inline(node: Any, inside: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [inline(item, inside) for item in node]
        if not isinstance(node, dict):
            return node
        name = node.get("$ref")
        if name is None:
            return {key: inline(value, inside) for key, value in node.items()}
        if name in inside:
            raise ValueError(f"{name} contains itself")
        # The class's name and docstring, which msgspec puts here, are ours and not the model's.
        plain = {k: v for k, v in components[name].items() if k not in ("title", "description")}
        siblings = {k: v for k, v in node.items() if k != "$ref"}
        return {**inline(plain, (*inside, name)), **inline(siblings, inside)}

    plain_root: dict[str, Any] = inline(root, ())
    return plain_root
