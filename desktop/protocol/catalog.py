"""Providers and models as data: rates, voices, efforts, turn detection.

Source: the providers' table of the service's protocol page. To add a model, add an entry to `MODELS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from desktop.base.message import Message, Text, verbatim
from desktop.protocol.commands import TurnDetectionType
from desktop.protocol.published import Published

TurnMode = Literal["push_to_talk", "server_vad", "semantic_vad"]
"""Who ends the user's turn: the talk key, or (hands-free) the server, by sound or by sense."""

LANGUAGES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he", "hi"),
    *("hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "lv", "ml", "mr", "ms", "nl", "no", "pl", "pt", "ro"),
    *("ru", "sk", "sl", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh"),
)
"""Target languages of translating models, as ISO 639-1 codes. The service refuses those it doesn't know."""

OFFLINE_MODEL = "offline/demo"
"""The model that needs no key: this program's own server on loopback."""

OFFLINE_MODEL_16K = "offline/demo-16k"
OFFLINE_DEMO = Text("offline-demo", "Offline demo")
OFFLINE_DEMO_16K = Text("offline-demo-16k", "Offline demo, 16 kHz microphone")
_NAMES = {OFFLINE_MODEL: OFFLINE_DEMO, OFFLINE_MODEL_16K: OFFLINE_DEMO_16K}

KEYED_MODEL = "openai/gpt-realtime-2"
"""The default model when there is a key and the user has chosen none."""


CAPS_S: dict[str, float] = {
    "openai": 3_600.0,
    "gemini": 600.0,
    "xai": 3_600.0,
}
"""How long a provider lets a session live, in seconds; the others have published no limit.

OpenAI: "Your session hit the maximum duration of 60 minutes" (code `session_expired`), 15 and 30 in earlier
times. Gemini: a connection lives for around 10 minutes, and the session ends with it; without compression
audio alone has 15 (docs.cloud.google.com, Live API, "Session lifetime"). xAI: one hour (fal.ai's page on
xai/grok-voice/realtime, "matches xAI's 1-hour maximum session length").
"""


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What one model takes and produces. Rates are in Hz; the first voice is the default."""

    id: str
    label: str
    provider: str
    input_rate: int = 24_000
    output_rate: int = 24_000
    voices: tuple[str, ...] = ()
    efforts: tuple[str, ...] = ()
    turn_detection: tuple[TurnDetectionType | Literal["continuous"], ...] = ("none",)
    instructions: bool = True
    tools: bool = True
    images: bool = False
    any_voice: bool = False
    """Whether a voice that is not in the list may be named, because no full list is published."""
    updates: bool = True
    """Whether `session.update` has an effect; otherwise a change needs a new session."""
    published: Published = Published()
    """What the service's list says besides; empty for a model that is in no list."""

    @property
    def name(self) -> Message:
        """What the user calls it: a product's name is the same in every language, the demo's is not."""
        named = _NAMES.get(self.id)
        return named() if named else verbatim(self.label)

    @property
    def commits(self) -> bool:
        """Whether the client ends the turn itself (`turn_detection: none`)."""
        return "none" in self.turn_detection

    @property
    def translates(self) -> bool:
        """Whether it translates what it hears, instead of responding to it."""
        return "continuous" in self.turn_detection

    @property
    def turn_modes(self) -> tuple[TurnMode, ...]:
        """The modes to choose from, the talk key first: with it, a server's VAD is gated where need be."""
        if self.translates:
            return ("push_to_talk",)
        modes: tuple[TurnMode, ...] = ("server_vad", "semantic_vad")
        return ("push_to_talk", *(mode for mode in modes if mode in self.turn_detection))

    @property
    def cap_s(self) -> float | None:
        """How long a session may live, in seconds; None if that is not known."""
        return CAPS_S.get(self.provider)

    @property
    def offline(self) -> bool:
        """Whether it is this program's own server."""
        return self.provider == "offline"


MODELS: tuple[Model, ...] = (
    Model(
        id="openai/gpt-realtime-2",
        label="OpenAI GPT Realtime 2",
        provider="openai",
        voices=(
            *("marin", "alloy", "ash", "ballad", "coral"),
            *("echo", "sage", "shimmer", "verse", "cedar"),
        ),
        efforts=("minimal", "low", "medium", "high", "xhigh"),
        turn_detection=("none", "server_vad", "semantic_vad"),
        images=True,
    ),
    Model(
        id="xai/grok-voice-latest",
        label="xAI Grok Voice",
        provider="xai",
        voices=("ara", "eve", "leo", "rex", "sal"),
        turn_detection=("server_vad",),
    ),
    Model(
        id="gemini/gemini-3.1-flash-live-preview",
        label="Gemini 3.1 Flash Live",
        provider="gemini",
        input_rate=16_000,
        voices=("Aoede", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Zephyr"),
        turn_detection=("none", "server_vad"),
        images=True,
        updates=False,
    ),
    Model(
        id="gemini/gemini-3.5-live-translate-preview",
        label="Gemini 3.5 Live Translate",
        provider="gemini",
        input_rate=16_000,
        turn_detection=("continuous",),
        instructions=False,
        tools=False,
        updates=False,
    ),
    Model(
        id=OFFLINE_MODEL,
        label=OFFLINE_DEMO.english,
        provider="offline",
        voices=("heart",),
        turn_detection=("none", "server_vad"),
    ),
    Model(
        id=OFFLINE_MODEL_16K,
        label=OFFLINE_DEMO_16K.english,
        provider="offline",
        input_rate=16_000,
        voices=("heart",),
        turn_detection=("none", "server_vad"),
    ),
)


def find(model_id: str, models: Sequence[Model] = MODELS) -> Model:
    """The model with this id. One that is not in the list gets only what every model of its provider has."""
    known = next((model for model in models if model.id == model_id), None)
    return known or unknown(model_id)


def unknown(model_id: str) -> Model:
    """A model that isn't in the table: its provider's properties, no voice list, no optional features.

    Without a known provider the client is assumed to commit: the server judges, and its error says what it
    doesn't accept.
    """
    provider, _, name = model_id.partition("/")
    if not name:
        return Model(id=model_id, label=model_id, provider="", any_voice=True)
    usual = Model(id=model_id, label=name, provider=provider, any_voice=True)
    return msgspec.structs.replace(usual, **_COMMON.get(provider, {}))


_COMMON: dict[str, dict[str, Any]] = {
    "xai": {"turn_detection": ("server_vad",)},
    "gemini": {"input_rate": 16_000, "turn_detection": ("none", "server_vad"), "updates": False},
}
"""What all models of a provider have in common. Source: the same table."""
