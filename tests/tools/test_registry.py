"""Tools by name, their schemas, and the check of what a model sends."""

from __future__ import annotations

import threading
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from desktop.tools.context import ToolContext
from desktop.tools.registry import ArgumentsError, Registry, Tool, convert_arguments, define, schema


class Place(msgspec.Struct, frozen=True):
    """Our own note about places."""

    title: str
    floor: int = 0


class Visit(msgspec.Struct, frozen=True):
    """Our own note about visits."""

    place: Place
    guests: Annotated[int, Meta(ge=1, le=9, description="How many")] = 2
    others: tuple[Place, ...] = ()


class Chain(msgspec.Struct, frozen=True):
    """A struct that contains itself."""

    next: Chain | None = None


async def visit(arguments: Visit, context: ToolContext) -> Any:
    return {"guests": arguments.guests}


def tool(name: str = "visit") -> Tool:
    return define(name, "Visits.", Visit, visit)


def test_the_schema_is_one_plain_object() -> None:
    place = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "floor": {"type": "integer", "default": 0}},
        "required": ["title"],
    }
    assert msgspec.json.decode(msgspec.json.encode(schema(Visit))) == {
        "type": "object",
        "properties": {
            "place": place,
            "guests": {
                "type": "integer",
                "minimum": 1,
                "maximum": 9,
                "default": 2,
                "description": "How many",
            },
            "others": {"type": "array", "items": place, "default": []},
        },
        "required": ["place"],
    }


def test_a_struct_in_itself_has_no_plain_schema() -> None:
    with pytest.raises(ValueError, match="contains itself"):
        schema(Chain)


@pytest.mark.parametrize("guests", [3, "3", 3.0])
def test_arguments_may_be_spelled_as_models_do(guests: object) -> None:
    raw = {"place": {"title": "Louvre"}, "guests": guests, "mood": "good"}
    assert convert_arguments(Visit, raw) == Visit(Place("Louvre"), guests=3)


def test_a_null_is_an_argument_not_given() -> None:
    assert convert_arguments(Visit, {"place": {"title": "Louvre"}, "guests": None}).guests == 2


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ({}, "place"),
        ({"place": None}, "place"),
        ({"place": {"title": "x"}, "guests": 10}, "guests"),
        ({"place": {"title": "x"}, "guests": 0}, "guests"),
        ({"place": {"title": "x"}, "guests": 2.5}, "guests"),
        ({"place": {"title": "x"}, "guests": True}, "guests"),
        ({"place": {"title": "x"}, "guests": "many"}, "guests"),
        ({"place": {"title": 5}}, "title"),
        ({"place": []}, "place"),
    ],
)
def test_arguments_that_do_not_fit_are_named(raw: dict[str, Any], word: str) -> None:
    with pytest.raises(ArgumentsError, match=word):
        convert_arguments(Visit, raw)


async def test_a_plain_function_runs_off_the_event_loop(context: ToolContext) -> None:
    def where(arguments: Place, context: ToolContext) -> Any:
        return threading.current_thread()

    async def here(arguments: Place, context: ToolContext) -> Any:
        return threading.current_thread()

    blocking, quick = define("where", "", Place, where), define("here", "", Place, here)
    assert await blocking.run({"title": "x"}, context) is not threading.current_thread()
    assert await quick.run({"title": "x"}, context) is threading.current_thread()


def test_a_registry_finds_and_lists_in_order() -> None:
    registry = Registry(tool("one"), tool("two"))
    registry.register(tool("three"))
    found = registry.find("two")
    assert found is not None
    assert found.name == "two"
    assert registry.find("four") is None
    assert registry.names == ("one", "two", "three")
    assert [definition.name for definition in registry.definitions()] == ["one", "two", "three"]
    assert registry.definitions()[0].parameters == schema(Visit)


def test_a_model_is_not_told_of_a_tool_that_is_forbidden() -> None:
    registry = Registry(tool("one"), tool("two"))
    forbidden = {"one"}
    registry.forbid(lambda tool: tool.name in forbidden)
    assert [definition.name for definition in registry.definitions("gemini")] == ["two"]
    assert registry.find("one") is not None, "it is found, to be denied"
    forbidden.clear()
    assert [definition.name for definition in registry.definitions("gemini")] == ["one", "two"]


def test_a_name_is_taken_once() -> None:
    registry = Registry(tool())
    with pytest.raises(ValueError, match="already"):
        registry.register(tool())


@pytest.mark.parametrize("name", ["", "two words", "a.b", "é", "x" * 65, "line\n"])
def test_a_name_must_please_every_provider(name: str) -> None:
    with pytest.raises(ValueError, match="not a tool's name"):
        Registry(tool(name))
