"""What the models of a family have in common, so that one that isn't in the table yet is used like its kin.

A family is a provider and the beginning of a model's name. Every family that fits adds its ways, the more
special ones last. Source: the providers' table of the service's protocol page.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

OPENAI_VOICES = (
    *("marin", "alloy", "ash", "ballad", "coral"),
    *("echo", "sage", "shimmer", "verse", "cedar"),
)
XAI_VOICES = ("ara", "eve", "leo", "rex", "sal")
GEMINI_VOICES = ("Aoede", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Zephyr")
OPENAI_EFFORTS = ("minimal", "low", "medium", "high", "xhigh")

TRANSLATES: dict[str, Any] = {
    "voices": (),
    "any_voice": False,
    "efforts": (),
    "turn_detection": ("continuous",),
    "instructions": False,
    "tools": False,
    "images": False,
    "updates": False,
    "late_results": False,
}
"""What every translating model has in common, of any provider."""


class Family(NamedTuple):
    """The fields of `catalog.Model` that its models share."""

    provider: str
    beginning: str
    """Of the name, in small letters; empty: all models of the provider."""
    ways: dict[str, Any]


FAMILIES = (
    Family("xai", "", {"turn_detection": ("server_vad",)}),
    Family("xai", "grok-voice", {"voices": XAI_VOICES}),
    Family("gemini", "", {"input_rate": 16_000, "turn_detection": ("none", "server_vad"), "updates": False}),
    Family("gemini", "gemini-", {"voices": GEMINI_VOICES, "images": True}),
    Family(
        "openai",
        "gpt-realtime",
        {
            "voices": OPENAI_VOICES,
            "turn_detection": ("none", "server_vad", "semantic_vad"),
            "images": True,
            # Its function calls don't block the conversation, says OpenAI's announcement of gpt-realtime. Of
            # the others through Opper nothing is known, and for Gemini a call that blocks is cancelled by new
            # input: they get a word at once, and the result as text.
            "late_results": True,
        },
    ),
    Family("openai", "gpt-realtime-2", {"efforts": OPENAI_EFFORTS}),
)

_TRANSLATING = re.compile(r"(?<![a-z])translat(e|es|ing|ion|or)(?![a-z])")


def ways(provider: str, name: str, *, translates: bool | None = None) -> dict[str, Any]:
    """The fields of `catalog.Model` that are known of a model by its provider and its name.

    `translates`: whether it does, where that is known; None looks at the name.
    """
    name = name.lower()
    found: dict[str, Any] = {}
    for family in FAMILIES:
        if family.provider == provider and name.startswith(family.beginning):
            found |= family.ways
    if is_translating(name) if translates is None else translates:
        found |= TRANSLATES
        # Transcripts of what the user says don't come with OpenAI's, and asking for them is refused.
        found |= {"transcribes": False} if provider == "openai" else {}
    return found


def is_family(provider: str, name: str) -> bool:
    """Whether there is a family that this name belongs to, and not just a provider."""
    return any(
        family.beginning and family.provider == provider and name.lower().startswith(family.beginning)
        for family in FAMILIES
    )


def is_translating(name: str) -> bool:
    """Whether a model's name says that it translates: it is never taken for a chat model then."""
    return bool(_TRANSLATING.search(name.lower()))
