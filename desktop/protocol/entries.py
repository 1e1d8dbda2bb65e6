"""The service's own list of models, merged with the table. Only an entry's id is relied on.

Source: the published types of `GET /v3/models`, `{id, name, provider, capabilities?, parameters?…}`. They
leave open what capabilities and parameters look like: lists and objects are both accepted, and what
can't be read is treated as missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import structs

from desktop.protocol.catalog import MODELS, Model, unknown
from desktop.protocol.published import Published
from desktop.protocol.service_figures import pricing, sample_rate

LONGEST_NAME = 200
"""Characters of an id, a label or a voice; anything longer is not one."""
MOST_ENTRIES = 1_000
"""That are looked at: an answer of 4 MB can hold 400,000."""
MOST_MODELS = 500
MOST_VOICES = 200

_TURNS = ("none", "server_vad", "semantic_vad")
_TOOLS = frozenset({"tools", "tool_calling", "tool_use", "function_calling", "functions"})
_IMAGES = frozenset({"image", "images", "image_input", "vision"})


def merged(entries: Iterable[object], models: Sequence[Model] = MODELS) -> tuple[Model, ...]:
    """The table's models with the voices that the list adds, then the models that only the list knows."""
    found = {model.id: model for model in models}
    for entry in islice(entries, MOST_ENTRIES):
        read = model_of(entry)
        if read is None or len(found) >= MOST_MODELS:
            continue
        known = found.get(read.id)
        if known is None:
            found[read.id] = read
        else:
            added = tuple(voice for voice in read.voices if voice not in known.voices) if known.voices else ()
            voices = (known.voices + added)[:MOST_VOICES]
            found[read.id] = structs.replace(known, voices=voices, published=read.published)
    return tuple(found.values())


def model_of(entry: object) -> Model | None:
    """The model that an entry describes; None if it can't hold a conversation."""
    if not isinstance(entry, Mapping) or not (model_id := _name(entry.get("id"))):
        return None
    if entry.get("type", "realtime") != "realtime":
        return None
    usual = unknown(model_id)
    parameters = entry.get("parameters")
    parameters = parameters if isinstance(parameters, Mapping) else {}
    able = _abilities(entry.get("capabilities"))
    turns = tuple(word for word in _names(parameters.get("turn_detection")) if word in _TURNS)
    return structs.replace(
        usual,
        label=_name(entry.get("name")) or usual.label,
        provider=_name(entry.get("provider")).lower() or usual.provider,
        voices=_names(_first(parameters, entry, "voices", "voice")),
        efforts=_names(_first(parameters, entry, "reasoning_effort", "reasoning_efforts")),
        input_rate=sample_rate(parameters.get("input_sample_rate")) or usual.input_rate,
        output_rate=sample_rate(parameters.get("output_sample_rate")) or usual.output_rate,
        turn_detection=turns or usual.turn_detection,
        tools=able is None or bool(able & _TOOLS),
        images=able is not None and bool(able & _IMAGES),
        published=Published(pricing=pricing(entry.get("pricing"))),
    )


def _abilities(capabilities: object) -> frozenset[str] | None:
    """The names of its capabilities; None if the entry has none."""
    if isinstance(capabilities, Mapping):
        names = [name for name, can in capabilities.items() if can]
        return frozenset(_name(name).lower() for name in names) if capabilities else None
    names = list(_names(capabilities))
    return frozenset(name.lower() for name in names) if names else None


def _first(parameters: Mapping[str, Any], entry: Mapping[str, Any], *names: str) -> object:
    return next((place[name] for name in names for place in (parameters, entry) if name in place), None)


def _names(value: object) -> tuple[str, ...]:
    """The names in a list of names or of objects that have one, or in a JSON Schema's `enum`."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("enum", "values", "options", "supported") if key in value), ())
    if not isinstance(value, list | tuple):
        return ()
    words = (
        item.get("id", item.get("name")) if isinstance(item, Mapping) else item
        for item in islice(value, MOST_VOICES)
    )
    return tuple(dict.fromkeys(word for word in map(_name, words) if word))


def _name(value: object) -> str:
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return text if text.isprintable() and len(text) <= LONGEST_NAME else ""
