"""What a take is asked: a model with its voice, effort, instructions, tools and turn detection. Pure.

A target is written in one line, and a sweep is a line with more than one value:

    openai/gpt-realtime-2:high,voice=marin
    openai/gpt-realtime-2:low/medium/high
    xai/grok-voice-latest,voice=all,tools=on/off
    gemini/gemini-3.1-flash-live-preview,turns=server_vad,vad_silence_ms=200/500/800
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, TypeVar, get_args

import msgspec

from desktop.base.message import Message, MessageError, Text
from desktop.base.terminal import one_line
from desktop.protocol.catalog import Model, TurnMode
from desktop.settings.schema import Settings

MOST_TARGETS = 64
"""Of one comparison: a sweep multiplies quickly."""
LONGEST_LINE = 2_000
LONGEST_INSTRUCTIONS = 20_000
ALL = "all"
ON_OR_OFF = {"on": True, "off": False}
KEYS = ("effort", "voice", "tools", "turns", "vad_silence_ms", "vad_threshold", "instructions", "url")
VALUES = "/"
"""Between the values of a sweep. A model's id has one too, and therefore can't be swept."""

NO_MODEL = Text(
    "compare-no-model",
    '"{line}" names no model. A target begins with one, for example openai/gpt-realtime-2:high.',
)
UNKNOWN_KEY = Text(
    "compare-unknown-key", '"{line}": a target has no "{key}". There are: {keys}. Put a comma between them.'
)
TWICE = Text("compare-key-twice", '"{line}" says {key} twice. For a sweep put / between the values.')
NO_VALUE = Text("compare-no-value", '"{line}" gives no value for {key}.')
BAD_VALUE = Text("compare-bad-value", '"{line}": {key} can\'t be "{value}". It is {wanted}.')
NOT_OFFERED = Text("compare-not-offered", "{model} has no {key} named {value}. It has: {offered}.")
NO_SWEEP = Text("compare-no-sweep", "{model} names no {key} to go through. List them with / between them.")
TOO_MANY = Text("compare-too-many", "These are {count} targets. Up to {most} can be compared at once.")
SAME_TWICE = Text("compare-same-twice", "{target} is there twice. Leave one of them out.")
NO_TARGETS = Text("compare-no-targets", "There is nothing to ask. Name at least one model.")
NO_NAMES = "none"

T = TypeVar("T")
ModelOf = Callable[[str], Model]


class TargetError(MessageError, ValueError):
    """A line that is no target; the message says why and what to write."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One target. Empty texts and None are the model's own defaults."""

    model: str
    effort: str = ""
    voice: str = ""
    instructions: str = ""
    tools: bool = True
    turns: TurnMode = "push_to_talk"
    vad_silence_ms: int | None = None
    vad_threshold: float | None = None
    url: str = ""
    """Where it is asked, if not where the others are."""

    @property
    def name(self) -> str:
        """It in one line, as it can be written; of instructions only that there are some."""
        parts = [f"{self.model}:{self.effort}" if self.effort else self.model]
        if self.voice:
            parts.append(f"voice={self.voice}")
        if not self.tools:
            parts.append("tools=off")
        if self.turns != "push_to_talk":
            parts.append(f"turns={self.turns}")
        if self.vad_silence_ms is not None:
            parts.append(f"vad_silence_ms={self.vad_silence_ms}")
        if self.vad_threshold is not None:
            parts.append(f"vad_threshold={self.vad_threshold:g}")
        if self.instructions:
            parts.append(f"instructions={one_line(self.instructions, 30)}")
        if self.url:
            parts.append(f"url={self.url}")
        return ",".join(parts)

    def settings(self, usual: Settings) -> Settings:
        """The settings of a session with it; the rest is as usual."""
        changes: dict[str, Any] = {
            "model": self.model,
            "agent": "",
            "voices": {self.model: self.voice} if self.voice else {},
            "efforts": {self.model: self.effort} if self.effort else {},
            "turn_modes": {self.model: self.turns},
            "instructions": self.instructions or usual.instructions,
        }
        if self.vad_silence_ms is not None:
            changes["vad_silence_ms"] = self.vad_silence_ms
        if self.vad_threshold is not None:
            changes["vad_threshold"] = self.vad_threshold
        return msgspec.structs.replace(usual, **changes)


def targets_of(line: str, model_of: ModelOf) -> tuple[Target, ...]:
    """The targets of a line; more than one if it is a sweep.

    Args:
        line: the target or sweep.
        model_of: gives the `Model` of an id: what it offers is checked, and `all` means all of that.

    Raises:
        TargetError: it isn't one.
    """
    shown = one_line(line, 120)
    parts = line[:LONGEST_LINE].strip().split(",")
    head, colon, effort = parts[0].strip().partition(":")
    if len(line) > LONGEST_LINE or not head or "=" in head or "/" not in head:
        raise TargetError(NO_MODEL(line=shown))
    fields = {"effort": effort} if colon else {}
    for part in parts[1:]:
        key, equals, value = part.partition("=")
        key = key.strip()
        if key not in KEYS:
            raise TargetError(UNKNOWN_KEY(line=shown, key=one_line(key, 40), keys=", ".join(KEYS)))
        if key in fields:
            raise TargetError(TWICE(line=shown, key=key))
        fields[key] = value if equals else ""
    return targets_from(head, fields, model_of, shown)


def targets_from(model_id: str, fields: dict[str, str], model_of: ModelOf, shown: str) -> tuple[Target, ...]:
    """The targets of a model's id and texts by their keys, each maybe with more values than one."""
    model: Model = model_of(model_id)
    choices: list[list[tuple[str, Any]]] = []
    for key, text in fields.items():
        values = [text] if key in ("url", "instructions") else text.split(VALUES)
        if not all(value.strip() for value in values):
            raise TargetError(NO_VALUE(line=shown, key=key))
        if values == [ALL]:
            values = list(_offered(model, key))
            if not values:
                raise TargetError(NO_SWEEP(model=model.id, key=key))
        choices.append([(key, _value(model, key, value.strip(), shown)) for value in values])
    count = 1
    for one in choices:
        count *= len(one)
    if count > MOST_TARGETS:
        raise TargetError(TOO_MANY(count=count, most=MOST_TARGETS))
    return tuple(Target(model=model.id, **dict(fields)) for fields in product(*choices))


def checked(targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets of a comparison. Raises TargetError: none, too many, or one twice."""
    if not targets:
        raise TargetError(NO_TARGETS())
    if len(targets) > MOST_TARGETS:
        raise TargetError(TOO_MANY(count=len(targets), most=MOST_TARGETS))
    for at, target in enumerate(targets):
        if target in targets[:at]:
            raise TargetError(SAME_TWICE(target=target.name))
    return tuple(targets)


def in_order(items: Iterable[T], seed: int, repeat: int) -> list[T]:
    """The items of a repeat in an order of their own, so that none is always first; the same for a seed."""
    ordered = list(items)
    random.Random(f"{seed}/{repeat}").shuffle(ordered)
    return ordered


def _offered(model: Model, key: str) -> Sequence[str]:
    match key:
        case "effort":
            return model.efforts
        case "voice":
            return model.voices
        case "turns":
            return model.turn_modes
        case "tools":
            return tuple(ON_OR_OFF)
        case _:
            return ()


def _value(model: Model, key: str, text: str, shown: str) -> Any:
    match key:
        case "tools":
            if text not in ON_OR_OFF:
                raise _bad(shown, key, text, "on or off")
            return ON_OR_OFF[text]
        case "effort" | "voice" | "turns":
            return _named(model, key, text, shown)
        case "vad_silence_ms":
            if not (text.isascii() and text.isdecimal() and len(text) < 6 and 50 <= int(text) <= 10_000):
                raise _bad(shown, key, text, "a whole number of ms from 50 to 10000")
            return int(text)
        case "vad_threshold":
            return _threshold(text, shown)
        case "url":
            if not text.startswith(("http://", "https://")):
                raise _bad(shown, key, text, "an address that begins with https://")
            return text.rstrip("/")
        case _:
            return text[:LONGEST_INSTRUCTIONS]


def _named(model: Model, key: str, text: str, shown: str) -> str:
    if key == "turns" and text not in get_args(TurnMode):
        raise _bad(shown, key, text, "one of " + ", ".join(get_args(TurnMode)))
    offered = _offered(model, key)
    may_be_other = (key == "voice" and model.any_voice) or (
        key == "effort" and model.any_voice and not offered
    )
    if text not in offered and not may_be_other:
        names = ", ".join(offered) or NO_NAMES
        raise TargetError(NOT_OFFERED(model=model.id, key=key, value=one_line(text, 60), offered=names))
    return text


def _threshold(text: str, shown: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise _bad(shown, "vad_threshold", text, "a number from 0 to 1")
    return value


def _bad(shown: str, key: str, value: str, wanted: str) -> TargetError:
    message: Message = BAD_VALUE(line=shown, key=key, value=one_line(value, 60), wanted=wanted)
    return TargetError(message)
