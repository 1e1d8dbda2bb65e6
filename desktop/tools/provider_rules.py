"""What of JSON Schema each provider takes, with the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """What a provider takes."""

    keywords: frozenset[str] | None = None
    """These alone; None: all of JSON Schema."""
    formats: frozenset[str] | None = None
    typed: bool = False
    """Each schema has exactly one type, `null` is `nullable`, an array has `items`, an enum is of texts."""
    names: bool = False
    """A property's name has only letters, digits and underscores, and 64 of them at most."""


_OPENAI = SchemaRule()
RULES: Mapping[str, SchemaRule] = {
    # All of JSON Schema below the root, which must be a plain object: "schema must have type 'object' and not
    # have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level" (langchain-ai/langchainjs#9804).
    "openai": _OPENAI,
    # Its voice API takes OpenAI's session configuration as it is (docs.x.ai, Voice Agent API).
    "xai": _OPENAI,
    # `FunctionDeclaration.parameters` is a Schema, "a select subset of an OpenAPI 3.0 schema object"
    # (ai.google.dev/api/caching#Schema). Live sessions take no `parametersJsonSchema`
    # (gunpal5/Google_GenerativeAI#90); an unknown field is an error (promptfoo/promptfoo#6902), so are `type`
    # beside `anyOf` (DzAvril/MoviePilot-Plugins#23), a list of types (zed-industries/zed#44875), and a
    # schema without a type (arben-adm/mcp-sequential-thinking#12).
    "gemini": SchemaRule(
        keywords=frozenset(
            {
                *("type", "format", "description", "nullable", "enum", "items", "properties", "required"),
                *("minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern", "anyOf"),
            }
        ),
        formats=frozenset({"date-time", "enum", "int32", "int64", "float", "double"}),
        typed=True,
        names=True,
    ),
    # Ours reads none of it.
    "offline": _OPENAI,
}
STRICTEST = RULES["gemini"]
"""For a provider that isn't known."""
