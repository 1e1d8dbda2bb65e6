from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.tools.provider_rules import RULES
from desktop.tools.provider_schemas import MOST_NODES, reduced

GEMINI_KEYWORDS = RULES["gemini"].keywords or frozenset()


def one(schema: dict[str, Any], provider: str = "gemini") -> dict[str, Any]:
    """How a parameter with this schema is sent."""
    found: dict[str, Any] = reduced({"type": "object", "properties": {"x": schema}}, provider).schema
    return found["properties"]["x"]


def test_a_plain_schema_is_sent_as_it_is() -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Where"}},
        "required": ["city"],
    }
    for provider in RULES:
        assert reduced(schema, provider).schema == schema
        assert reduced(schema, provider).dropped == ()


@pytest.mark.parametrize("provider", [*RULES, "a new one"])
@pytest.mark.parametrize("schema", [None, [], "object", {}, {"type": "string"}, {"properties": 3}])
def test_what_is_no_schema_of_an_object_becomes_one(schema: object, provider: str) -> None:
    assert reduced(schema, provider).schema == {"type": "object", "properties": {}}


def test_references_are_put_in_their_place() -> None:
    schema = {
        "type": "object",
        "properties": {"at": {"$ref": "#/$defs/Place", "description": "From"}},
        "$defs": {"Place": {"type": "object", "properties": {"lat": {"type": "number"}}}},
    }
    found = reduced(schema, "gemini")
    assert found.schema["properties"]["at"] == {
        "type": "object",
        "description": "From",
        "properties": {"lat": {"type": "number"}},
    }
    assert "$ref" not in json.dumps(found.schema)


def test_a_schema_that_contains_itself_ends() -> None:
    schema = {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/Node"}},
        "$defs": {"Node": {"type": "object", "properties": {"left": {"$ref": "#/$defs/Node"}}}},
    }
    for provider in RULES:
        found = reduced(schema, provider)
        assert "$ref" not in json.dumps(found.schema)
        assert any("contains itself" in word for word in found.dropped)


def test_references_that_multiply_are_cut() -> None:
    defs: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 20):
        inner = {"$ref": f"#/$defs/d{level - 1}"}
        defs[f"d{level}"] = {"type": "object", "properties": {"a": inner, "b": inner, "c": inner}}
    found = reduced({"type": "object", "properties": {"x": {"$ref": "#/$defs/d19"}}, "$defs": defs}, "openai")
    assert len(json.dumps(found.schema)) < 100 * MOST_NODES
    assert found.dropped


def test_nothing_is_fetched() -> None:
    found = reduced({"type": "object", "properties": {"x": {"$ref": "https://example.com/a"}}}, "openai")
    assert found.schema["properties"]["x"] == {}
    assert "example.com" in found.dropped[0]


@pytest.mark.parametrize("provider", list(RULES))
@pytest.mark.parametrize("key", ["anyOf", "oneOf", "allOf"])
def test_variants_of_the_whole_become_one_object(key: str, provider: str) -> None:
    variants = [
        {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    ]
    found = reduced({key: variants}, provider).schema
    assert found["type"] == "object"
    assert set(found["properties"]) == {"id", "name"}
    assert found.keys().isdisjoint(("anyOf", "oneOf", "allOf", "enum", "not"))
    assert found.get("required", []) == (["id", "name"] if key == "allOf" else [])


def test_for_gemini_each_schema_has_one_type() -> None:
    assert one({"type": ["string", "null"]}) == {"type": "string", "nullable": True}
    assert one({"anyOf": [{"type": "integer"}, {"type": "null"}]}) == {"type": "integer", "nullable": True}
    assert one({}) == {"type": "string"}
    assert one({"type": "array"}) == {"type": "array", "items": {"type": "string"}}
    assert one({"oneOf": [{"type": "string"}, {"type": "integer"}], "type": "string"}) == {
        "anyOf": [{"type": "string"}, {"type": "integer"}]
    }
    assert one({"const": "all"}) == {"type": "string", "enum": ["all"]}
    assert one({"enum": [1, 2]}) == {"type": "integer", "description": "One of: 1, 2."}


def test_what_was_dropped_is_named_with_its_place() -> None:
    schema = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"type": "string", "format": "uri"}, "uniqueItems": True},
            "a-b": {"type": "string"},
        },
        "additionalProperties": False,
        "required": ["a-b"],
    }
    found = reduced(schema, "gemini")
    assert set(found.dropped) == {
        "additionalProperties",
        "tags: uniqueItems",
        "tags[]: format uri",
        "the parameter a-b",
    }
    assert "required" not in found.schema
    kept = reduced(schema, "openai")
    assert kept.dropped == ()
    assert kept.schema == schema


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "anyOf", "oneOf", "allOf", "$ref", "required", "enum", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_a_server_sends_gemini_gets_what_it_takes(schema: Any) -> None:
    pending = [reduced(schema, "gemini").schema]
    assert pending[0]["type"] == "object"
    while pending:
        found = pending.pop()
        assert found.keys() <= GEMINI_KEYWORDS
        assert ("anyOf" in found) != ("type" in found)
        assert isinstance(found.get("type", ""), str)
        pending += [*found.get("properties", {}).values(), *found.get("anyOf", [])]
        pending += [found["items"]] if "items" in found else []
