"""The service's own list of models, merged with the table. Only an entry's id is relied on.

Source: an entry of `GET /v3/models` in the service's published OpenAPI document: `{id, type, provider,
provider_display_name, name, model_id, capabilities, description, region, country, aliases, featured,
retired_at, successor, params {realtime, reasoning, temperature}, pricing}`. Types of older clients say
`parameters` and leave open what is in it: lists and objects are both accepted. What can't be read is
treated as missing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import structs

from desktop.base.terminal import one_line
from desktop.protocol import families
from desktop.protocol.catalog import AGENT, MODELS, Model, unknown
from desktop.protocol.published import Published
from desktop.protocol.service_figures import number, pricing
from desktop.protocol.sound_formats import rates

log = logging.getLogger(__name__)

LONGEST_NAME = 200
"""Characters of an id, a label or a voice; anything longer is not one."""
LONGEST_DESCRIPTION = 600
"""Characters; a longer one is cut."""
MOST_ENTRIES = 1_000
"""That are looked at: an answer of 4 MB can hold 400,000."""
MOST_MODELS = 500
MOST_VOICES = 200
MOST_ALIASES = 20
WARMEST = 10.0
"""The most that a temperature's bound can be. Providers have 1 and 2."""

_TURNS = ("none", "server_vad", "semantic_vad")
_TOOLS = frozenset({"tools", "tool_calling", "tool_use", "function_calling", "functions"})
_IMAGES = frozenset({"image", "images", "image_input", "vision"})
_TRANSLATES = frozenset(
    {"translate", "translation", "live_translation", "speech_translation", "realtime_translation"}
)


def merged(entries: Iterable[object], models: Sequence[Model] = MODELS) -> tuple[Model, ...]:
    """The table's models, with what the list says of them, then those that only the list knows."""
    found = {model.id: model for model in models}
    passed_over = 0
    for entry in islice(entries, MOST_ENTRIES):
        read = model_of(entry, found)
        if read is None:
            passed_over += 1
        elif read.id in found or len(found) < MOST_MODELS:
            found[read.id] = read
    if passed_over:
        log.info("%d entries of the list of models are none of a realtime model", passed_over)
    return tuple(found.values())


def model_of(entry: object, known: Mapping[str, Model] | None = None) -> Model | None:
    """The model that an entry describes; None if it can't hold a conversation.

    What the entry leaves open is as with the model of this id in `known`, or else as with its family.
    """
    if not isinstance(entry, Mapping) or not (model_id := _name(entry.get("id"))):
        return None
    if entry.get("type", "realtime") != "realtime" or model_id.partition("/")[0] == AGENT:
        return None
    able = _abilities(entry.get("capabilities"))
    usual = (known or {}).get(model_id) or _usual(model_id, entry, able)
    params = _object(entry.get("params")) or _object(entry.get("parameters"))
    places = (_object(params.get("realtime")), params, entry)
    if usual.translates:
        return structs.replace(usual, label=_label(entry, usual), published=_published(entry, params, "", ""))
    voices, default_voice = _voices(places, usual)
    efforts, default_effort = _efforts(params, places, usual)
    input_rate, output_rate = rates(places[0], params, usual.input_rate, usual.output_rate)
    return structs.replace(
        usual,
        label=_label(entry, usual),
        voices=voices,
        efforts=efforts,
        input_rate=input_rate,
        output_rate=output_rate,
        turn_detection=_turn_detection(places, usual),
        tools=_takes_tools(places, able, usual),
        images=usual.images or bool(able and able & _IMAGES),
        published=_published(entry, params, default_voice, default_effort),
    )


def _usual(model_id: str, entry: Mapping[str, Any], able: frozenset[str] | None) -> Model:
    """What is known of a model that isn't in the table: by its provider, its name and what it can do."""
    translates = families.is_translating(model_id) or families.is_translating(_name(entry.get("name")))
    provider = _name(entry.get("provider")).lower()
    return unknown(
        model_id,
        # Only an id that begins with it is answered by this program's own server.
        provider if provider not in ("offline", AGENT) else "",
        translates=translates or bool(able and able & _TRANSLATES),
    )


def _published(
    entry: Mapping[str, Any], params: Mapping[str, Any], default_voice: str, default_effort: str
) -> Published:
    region, country = _name(entry.get("region")), _name(entry.get("country"))
    return Published(
        provider_label=_name(entry.get("provider_display_name")),
        description=_description(entry.get("description")),
        region=", ".join(dict.fromkeys(place for place in (region, country) if place)),
        aliases=_names(entry.get("aliases"))[:MOST_ALIASES],
        featured=entry.get("featured") is True,
        retired_at=_retirement(entry.get("retired_at")),
        successor=_name(_named(entry.get("successor"))),
        default_voice=default_voice,
        default_effort=default_effort,
        temperature=_temperature(params.get("temperature")),
        pricing=pricing(entry.get("pricing")),
    )


def _label(entry: Mapping[str, Any], usual: Model) -> str:
    """Its name; not one that is an id, which says less than the table's."""
    name = _name(entry.get("name"))
    return name if name and "/" not in name and name != usual.id.partition("/")[2] else usual.label


def _voices(places: Sequence[Mapping[str, Any]], usual: Model) -> tuple[tuple[str, ...], str]:
    """Its voices, the default one first, and the default one as it is named; empty if it isn't."""
    voices = _names(_first(places, "voices", "voice")) or usual.voices
    default = _name(_named(_first(places, "default_voice")))
    if default:
        voices = (default, *(voice for voice in voices if voice != default))
    return voices[:MOST_VOICES], default


def _efforts(
    params: Mapping[str, Any], places: Sequence[Mapping[str, Any]], usual: Model
) -> tuple[tuple[str, ...], str]:
    reasoning = params.get("reasoning")
    said = _first((_object(reasoning),), "supported")
    if said is None:
        said = _first(places, "reasoning_effort", "reasoning_efforts")
    # A list that is empty says that there are none.
    efforts = usual.efforts if said is None else _names(said)
    default = _name(_object(reasoning).get("default"))
    return efforts, default if default in efforts else ""


def _turn_detection(places: Sequence[Mapping[str, Any]], usual: Model) -> tuple[Any, ...]:
    turns: tuple[Any, ...] = tuple(
        word for word in _names(_first(places, "turn_detection")) if word in _TURNS
    )
    turns = turns or usual.turn_detection
    match _first(places, "supports_vad"):
        case False:
            return ("none",)
        case True if not {"server_vad", "semantic_vad"} & set(turns):
            return (*turns, "server_vad")
    return turns


def _takes_tools(places: Sequence[Mapping[str, Any]], able: frozenset[str] | None, usual: Model) -> bool:
    said = _first(places, "supports_tools")
    if isinstance(said, bool):
        return said
    if able is None or able & _TOOLS:
        return usual.tools or bool(able)
    # A list without the word means none, unless it is known better.
    return usual.tools and (
        not usual.any_voice or families.is_family(usual.provider, usual.id.partition("/")[2])
    )


def _temperature(said: object) -> tuple[float, float] | None:
    bounds = _object(said)
    least, most = number(bounds.get("min"), WARMEST), number(bounds.get("max"), WARMEST)
    return (least, most) if least is not None and most is not None and least <= most else None


def _retirement(said: object) -> str:
    """The text of a date; for what is none but is true, a text that is no date."""
    if isinstance(said, str):
        return _name(said)
    return "retired" if said and isinstance(said, bool | int | float) else ""


def _description(said: object) -> str:
    return one_line(said[: 2 * LONGEST_DESCRIPTION], LONGEST_DESCRIPTION) if isinstance(said, str) else ""


def _abilities(capabilities: object) -> frozenset[str] | None:
    """The names of its capabilities; None if the entry has none."""
    if isinstance(capabilities, Mapping):
        names = [name for name, can in islice(capabilities.items(), MOST_VOICES) if can]
        return frozenset(_name(name).lower() for name in names) if capabilities else None
    names = list(_names(capabilities))
    return frozenset(name.lower() for name in names) if names else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(places: Iterable[Mapping[str, Any]], *names: str) -> object:
    """The first of these fields that is in one of the places, and not null."""
    return next((place[name] for name in names for place in places if place.get(name) is not None), None)


def _names(value: object) -> tuple[str, ...]:
    """The names in a list of names or of objects that have one, or in a JSON Schema's `enum`."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("enum", "values", "options", "supported") if key in value), ())
    if not isinstance(value, list | tuple):
        return ()
    words = map(_name, map(_named, islice(value, MOST_VOICES)))
    return tuple(dict.fromkeys(word for word in words if word))


def _named(value: object) -> object:
    return value.get("id", value.get("name")) if isinstance(value, Mapping) else value


def _name(value: object) -> str:
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return text if text.isprintable() and len(text) <= LONGEST_NAME else ""
