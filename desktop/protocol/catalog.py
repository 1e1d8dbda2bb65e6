"""Providers and models as data: rates, voices, efforts, turn detection.

Source: the providers' table of the service's protocol page. To add a model, add an entry to `MODELS`; what it
shares with others is in `families`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from desktop.base.message import Message, Text, verbatim
from desktop.protocol import families
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

AGENT = "@agent"
"""The provider of the models that stand for agents; no provider of the service's is called so."""

KEYED_MODEL = "openai/gpt-realtime-2"
"""The default model when there is a key and the user has chosen none."""


class Cap(NamedTuple):
    """How long a provider lets a session live, as it said on a day."""

    seconds: float
    dated: str
    source: str


CAPS: dict[str, Cap] = {
    "openai": Cap(
        3_600.0,
        "2026-11-30",
        'OpenAI\'s error session_expired: "Your session hit the maximum duration of 60 minutes"; '
        "15 and 30 in earlier times",
    ),
    "gemini": Cap(
        600.0,
        "2026-11-30",
        'docs.cloud.google.com, Live API, "Session lifetime": a connection lives for around 10 minutes, and '
        "the session ends with it; without compression audio alone has 15",
    ),
    "xai": Cap(
        7_200.0,
        "2026-11-30",
        "xAI's page of the Voice Agent API: 120 minutes a session, 10 sessions a team; earlier one hour "
        "(fal.ai's page on xai/grok-voice/realtime: "
        '"matches xAI\'s 1-hour maximum session length")',
    ),
}
"""By provider; the others have published no limit."""


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
    transcribes: bool = True
    """Whether it can write down what the user says."""
    updates: bool = True
    """Whether `session.update` has an effect; otherwise a change needs a new session."""
    late_results: bool = False
    """Whether it takes a tool's result in a later turn than that of the call."""
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
        cap = CAPS.get(self.provider)
        return cap.seconds if cap else None

    @property
    def by_agent(self) -> bool:
        """Whether a named agent decides which model it is, and all else that isn't chosen."""
        return self.provider == AGENT

    @property
    def offline(self) -> bool:
        """Whether it is this program's own server."""
        return self.provider == "offline"


def _model(model_id: str, label: str) -> Model:
    """A model of a known family, with all its ways."""
    provider, _, name = model_id.partition("/")
    return Model(id=model_id, label=label, provider=provider, **families.ways(provider, name))


MODELS: tuple[Model, ...] = (
    _model("openai/gpt-realtime-2", "OpenAI GPT Realtime 2"),
    _model("xai/grok-voice-latest", "xAI Grok Voice"),
    _model("gemini/gemini-3.1-flash-live-preview", "Gemini 3.1 Flash Live"),
    _model("gemini/gemini-3.5-live-translate-preview", "Gemini 3.5 Live Translate"),
    _model("openai/gpt-realtime-translate", "OpenAI GPT Realtime Translate"),
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
    """The model with this id, or else with this alias. One that is in no list gets its family's ways."""
    known = next((model for model in models if model.id == model_id), None)
    # An id goes before an alias, and no alias is looked up twice: they may name each other in a circle.
    known = known or next((model for model in models if model_id in model.published.aliases), None)
    return known or unknown(model_id)


def agent(name: str) -> Model:
    """The model that an agent of this name, defined at the service, stands for.

    What it can do isn't known. The client is assumed to commit, as with an unknown model.
    """
    return Model(
        id=f"{AGENT}/{name}",
        label=name,
        provider=AGENT,
        any_voice=True,
        turn_detection=("none", "server_vad"),
    )


def successor_of(model: Model, models: Sequence[Model], today: date) -> Model | None:
    """The model to use in place of a retired one: the first that isn't retired itself, of those in the list.

    None where no such one is named.
    """
    seen = {model.id}
    while name := model.published.successor:
        model = find(name, models)
        if model.id in seen or model not in models:
            return None
        if not model.published.is_retired(today):
            return model
        seen.add(model.id)
    return None


def unknown(model_id: str, provider: str = "", *, translates: bool | None = None) -> Model:
    """A model that isn't in the table: its family's ways, and any voice may be named.

    Without a known provider the client is assumed to commit: the server judges, and its error says what it
    doesn't accept. `provider` is for an id that doesn't begin with one; `translates` as in `families.ways`.
    """
    named, _, name = model_id.partition("/")
    if named == AGENT:
        return agent(name)
    if name:
        provider = named
    else:
        name = model_id
    usual = Model(id=model_id, label=name, provider=provider, any_voice=True)
    return msgspec.structs.replace(usual, **families.ways(provider, name, translates=translates))
