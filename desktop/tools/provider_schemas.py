"""A tool's JSON Schema, reduced to what each provider takes; what was dropped is named.

Nothing that a provider refuses may reach it: one bad schema would cost the session, or all tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.tools.provider_rules import RULES, STRICTEST, SchemaRule

DEEPEST = 24
"""Levels. What is nested deeper, or contains itself, may be anything."""
MOST_NODES = 4_000
"""Schemas in one tool's: a few references within references would make millions of them."""
LONGEST_DESCRIPTION = 1_024
"""Characters of a tool's and of a parameter's. OpenAI refuses a tool with more ("string too long. Expected a
string with maximum length 1024")."""
MOST_DROPPED = 50

_NOWHERE = frozenset(
    {"$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor"}
)
_KINDS = ("null", "boolean", "object", "array", "number", "integer", "string")
_SHAPES: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("description", "format", "pattern", "title"), str),
    **dict.fromkeys(("anyOf", "oneOf", "allOf", "enum", "required", "prefixItems"), list),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (int, float)),
    **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength"), int),
    "properties": dict,
    "items": (dict, list),
    "nullable": bool,
}
"""What a keyword's value must be; what isn't is dropped."""
_COMBINED = ("allOf", "anyOf", "oneOf")
_VARIANT = "|"
"""Ends the path of a schema among variants."""
_NAMED = ("enum", "const", "not", "if", "then", "else", *_COMBINED)
"""What a root may not have anywhere."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A schema as a provider gets it."""

    schema: dict[str, Any]
    dropped: tuple[str, ...] = ()
    """Where in it something was left out or replaced, and what: `properties.tags: uniqueItems`."""


def reduced(schema: object, provider: str) -> Reduced:
    """The schema for this provider; whatever it is, the result is one of a plain object."""
    return _Reduction(schema, RULES.get(provider, STRICTEST)).run()


class _Reduction:
    def __init__(self, schema: object, rule: SchemaRule) -> None:
        self._root = schema if isinstance(schema, dict) else {}
        self._rule = rule
        self._dropped: dict[str, None] = {}
        self._nodes = 0
        if not isinstance(schema, dict):
            self._drop("", "what is no schema")

    def run(self) -> Reduced:
        plain = self._flat(self._well_formed(self._resolved(self._root, "", ()), ""), "")
        kept = {key: value for key, value in plain.items() if key not in _NAMED}
        for key in plain.keys() & set(_NAMED):
            self._drop("", key)
        kept["type"] = "object"
        if not isinstance(kept.get("properties"), dict):
            kept["properties"] = {}
        result = self._node(kept, "", ())
        result.setdefault("properties", {})
        result.pop("nullable", None)
        return Reduced(result, tuple(self._dropped)[:MOST_DROPPED])

    def _drop(self, path: str, what: str) -> None:
        self._dropped.setdefault(f"{path}: {what}" if path else what)

    def _node(self, schema: object, path: str, seen: tuple[str, ...]) -> dict[str, Any]:
        self._nodes += 1
        if not isinstance(schema, dict) or len(seen) > DEEPEST or self._nodes > MOST_NODES:
            if not isinstance(schema, bool):
                self._drop(
                    path, "what is nested too deeply" if isinstance(schema, dict) else "what is no schema"
                )
            return self._typed({}, path)
        plain = self._well_formed(self._resolved(schema, path, seen), path)
        inside = (*seen, str(schema.get("$ref", "")))
        if "allOf" in plain:
            plain = self._flat(plain, path)
        out: dict[str, Any] = {}
        for key, value in plain.items():
            if key in _NOWHERE:
                continue
            self._keyword(out, key, value, path, inside)
        if "required" in out:
            known = out.get("properties", {})
            out["required"] = [name for name in out["required"] if name in known]
            if not out["required"]:
                del out["required"]
        return self._typed(out, path) if self._rule.typed else out

    def _well_formed(self, schema: dict[str, Any], path: str) -> dict[str, Any]:
        """The schema without keywords that hold what they can't."""
        good = {key: value for key, value in schema.items() if _is_well_formed(key, value)}
        for key in schema.keys() - good.keys():
            self._drop(path, f"a broken {key[:64]}")
        return good

    def _keyword(self, out: dict[str, Any], key: str, value: Any, path: str, seen: tuple[str, ...]) -> None:
        match key, value:
            case "properties", dict():
                out[key] = {
                    name: self._node(inner, f"{path}.{name}" if path else name, seen)
                    for name, inner in value.items()
                    if self._named(name, path)
                }
            case "required", list():
                out[key] = [name for name in value if isinstance(name, str)]
            case "items", dict():
                out[key] = self._node(value, f"{path}[]", seen)
            case "items" | "prefixItems", list() if value and self._rule.typed:
                self._drop(path, "a type for each place")
                out["items"] = self._node(value[0], f"{path}[]", seen)
            case "anyOf" | "oneOf", list():
                name = "anyOf" if self._rule.typed else key
                out[name] = [self._node(one, f"{path}({key}){_VARIANT}", seen) for one in value]
            case "const", _ if self._rule.typed:
                out["enum"] = [value]
            case "description", str():
                out[key] = value[:LONGEST_DESCRIPTION]
            case "format", str() if self._rule.formats is not None and value not in self._rule.formats:
                self._drop(path, f"format {value}")
            case _ if self._rule.keywords is not None and key not in self._rule.keywords:
                if key not in ("title", "default", "examples"):
                    self._drop(path, key)
            case (("not" | "if" | "then" | "else" | "contains" | "additionalProperties"), dict()):
                out[key] = self._node(value, f"{path}({key})", seen)
            case _:
                out[key] = self._unreferenced(value, path)

    def _unreferenced(self, value: Any, path: str) -> Any:
        """What is no schema of its own as it is, unless it may refer to something."""
        if isinstance(value, dict | list) and "$ref" in str(value)[:10_000]:
            self._drop(path, "a reference")
            return {} if isinstance(value, dict) else []
        return value

    def _named(self, name: str, path: str) -> bool:
        plain = name.replace("_", "a")
        fits = not self._rule.names or (len(name) <= 64 and plain.isascii() and plain.isalnum())
        fits = fits and not (self._rule.names and name[:1].isdigit())
        if not fits:
            self._drop(path, f"the parameter {name[:64]}")
        return fits

    def _resolved(self, schema: dict[str, Any], path: str, seen: tuple[str, ...]) -> dict[str, Any]:
        """The schema, with what it refers to in its place."""
        followed: list[str] = []
        while isinstance(reference := schema.get("$ref"), str):
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            target = None if reference in (*seen, *followed) else self._find(reference)
            if target is None:
                again = reference in (*seen, *followed)
                self._drop(path, "what contains itself" if again else f"the reference {reference[:80]}")
                return beside
            followed.append(reference)
            schema = {**target, **beside}
        return schema

    def _find(self, reference: str) -> dict[str, Any] | None:
        if not reference.startswith("#"):
            return None  # nothing is fetched
        found: Any = self._root
        for part in reference[1:].split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def _flat(self, schema: dict[str, Any], path: str) -> dict[str, Any]:
        """The schema with its variants' properties in it: at the root of anyOf and oneOf too."""
        merged = {
            key: value for key, value in schema.items() if key not in _COMBINED or (path and key != "allOf")
        }
        for key in ("allOf",) if path else _COMBINED:
            variants = [one for one in schema.get(key) or () if isinstance(one, dict)]
            variants = [self._well_formed(self._resolved(one, path, ()), path) for one in variants]
            if not variants:
                continue
            properties = dict(merged.get("properties") or {})
            wanted = [set(one.get("required") or ()) for one in variants]
            for one in variants:
                inner = one.get("properties")
                properties = {**(inner if isinstance(inner, dict) else {}), **properties}
                if key == "allOf":
                    merged = {
                        **{k: v for k, v in one.items() if k not in ("properties", "required")},
                        **merged,
                    }
            every = set.union(*wanted) if key == "allOf" else set.intersection(*wanted)
            if properties:
                merged["properties"] = properties
            if names := [*dict.fromkeys([*(merged.get("required") or ()), *sorted(map(str, every))])]:
                merged["required"] = names
            if key != "allOf":
                self._drop(path, key)
        return merged

    def _typed(self, out: dict[str, Any], path: str) -> dict[str, Any]:
        if not self._rule.typed:
            return out
        kinds = out.get("type")
        if isinstance(kinds, list):
            plain = [kind for kind in kinds if kind != "null"]
            if len(plain) < len(kinds):
                out["nullable"] = True
            if len(plain) > 1:
                self._drop(path, f"the types {', '.join(map(str, plain[1:]))}")
            out["type"] = plain[0] if plain else "string"
        if "anyOf" in out:
            return self._any_of(out, path)
        if out.get("type") == "null" and not path.endswith(_VARIANT):
            out.update(type="string", nullable=True)
        if "type" not in out:
            out["type"] = (
                "object"
                if "properties" in out
                else "array"
                if "items" in out
                else _enum_type(out.get("enum"))
            )
        if out["type"] == "array":
            out.setdefault("items", {"type": "string"})
        if "enum" in out and (out["type"] != "string" or not all(isinstance(v, str) for v in out["enum"])):
            self._drop(path, "enum")
            allowed = ", ".join(str(value) for value in out.pop("enum")[:50])
            words = f"{out.get('description', '')} One of: {allowed}.".strip()
            out["description"] = words[:LONGEST_DESCRIPTION]
        return out

    def _any_of(self, out: dict[str, Any], path: str) -> dict[str, Any]:
        """`anyOf` stands alone; `null` among its variants is `nullable`, and a single one stands for it."""
        variants = [one for one in out["anyOf"] if one.get("type") != "null"]
        nullable = len(variants) < len(out["anyOf"]) or out.get("nullable") or any(map(_nullable, variants))
        beside = {key: out[key] for key in ("description",) if key in out}
        if len(variants) == 1:
            one = {**variants[0], **beside}
        elif variants:
            one = {"anyOf": variants, **beside}
        else:
            one = {"type": "string", **beside}
        if nullable:
            one["nullable"] = True
        for key in out.keys() - {"anyOf", "type", "description", "nullable"}:
            self._drop(path, key)
        return one


def _is_well_formed(key: str, value: Any) -> bool:
    if key == "type":
        kinds = value if isinstance(value, list) else [value]
        return (
            bool(kinds)
            and all(kind in _KINDS for kind in kinds if isinstance(kind, str))
            and all(isinstance(kind, str) for kind in kinds)
        )
    if key in ("anyOf", "oneOf", "allOf", "enum") and value == []:
        return False
    shape = _SHAPES.get(key)
    return shape is None or (isinstance(value, shape) and (shape is bool or not isinstance(value, bool)))


def _nullable(schema: dict[str, Any]) -> bool:
    return bool(schema.get("nullable"))


def _enum_type(values: Any) -> str:
    first = values[0] if isinstance(values, list) and values else ""
    if isinstance(first, bool):
        return "boolean"
    return "integer" if isinstance(first, int) else "number" if isinstance(first, float) else "string"
