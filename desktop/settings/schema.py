"""The settings: one typed, bounded record, and what makes a value valid."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_origin
from urllib.parse import urlsplit

import msgspec

from desktop.audio.gain_bounds import LEAST_DB, MOST_DB
from desktop.base import hotkey
from desktop.base.addresses import is_loopback
from desktop.protocol.agent_name import is_agent_name
from desktop.protocol.catalog import TurnMode

log = logging.getLogger(__name__)

ThemeChoice = Literal["system", "light", "dark"]
LanguageChoice = Literal["system", "en", "de"]
TrayChoice = Literal["off", "icon", "close"]
Patience = Literal["1", "5", "30", "for ever"]
"""Minutes."""

REST_AFTER_S = 60
"""Of quiet. Opening again takes a second or so, and loses nothing; a longer pause than that costs."""


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """What the program remembers. Never a key. Times in milliseconds unless named otherwise.

    A number out of bounds is brought within. A change makes another record: `SettingsStore` holds the
    current one.
    """

    model: str = ""
    """Empty: the offline demo without a key, the first provider with one."""
    voices: Mapping[str, str] = {}
    """The chosen voice by model."""
    efforts: Mapping[str, str] = {}
    """The chosen reasoning effort by model; without an entry the model's own."""
    turn_modes: Mapping[str, TurnMode] = {}
    """What ends the user's turn, by model; without an entry the talk key."""
    language: str = "en"
    """What a translating model translates into: a language's code."""
    input_device: str = ""
    """A device by name, or "host API: name"; empty is the system's default."""
    output_device: str = ""
    base_url: str = ""
    """Empty: the service's own address."""
    ticket_url: str = ""
    """Where an organisation's back end hands out tickets to its users, who then need no key; may be empty."""
    agent: str = ""
    """The name of an agent that is defined at the service and decides what isn't chosen; empty: none."""
    agent_model: str = ""
    """The model to use in place of the agent's own; empty: that one."""
    mint_tickets: bool = False
    """Exchange the key for a ticket before each connection."""
    reconnect_for: Patience = "5"
    """How long a lost connection is tried again."""
    instructions: str = ""
    """The system prompt; empty: the program's own."""
    temperature: float | None = None
    """None: the model's own."""
    web_tools: Literal["off", "ask", "always"] = "off"
    """Whether the model may search the web and read pages through the service, and whether it asks first."""
    spans: bool = False
    """Whether each turn is written to the service's traces, with its words."""
    transcription: bool = True
    """Whether what the user says is written down."""
    pre_roll_ms: int = 300
    tail_ms: int = 200
    tail_ends_early: bool = True
    """The tail ends as soon as nobody speaks any more."""
    vad_threshold: float = 0.5
    """Hands-free: how sure the server must be that someone speaks, 0 to 1."""
    vad_prefix_ms: int = 300
    """Hands-free: how much sound from before the detected beginning is included."""
    vad_silence_ms: int = 500
    """Hands-free: the pause that ends a turn."""
    half_duplex: bool = True
    """Hands-free: the microphone is sent as silence while the assistant speaks, against echo."""
    tap_lock: bool = True
    """A double tap locks the microphone open."""
    talk_key: str = ""
    """Talks in all programs: a name of `base.hotkey`; empty: none."""
    mute_key: str = ""
    push_to_mute_key: str = ""
    """Mutes while it is held."""
    discard_key: str = ""
    """Does in all programs what Escape does in the window."""
    cap_s: int = 120
    """Seconds after which a take is sent, in case the key-up was lost."""
    session_budget: float = 0.0
    """What a session may cost before no new turn begins, in the currency of its prices; 0: no budget."""
    day_budget: float = 0.0
    """The same for a day."""
    rest_after_s: int = REST_AFTER_S
    """Seconds of quiet after which a session that is billed by the open minute rests; 0: never."""
    sounds: bool = False
    """Short sounds at the start and the end of a take, never inside the recording."""
    lower_others: bool = False
    """Other programs' sound is lowered while the user or the assistant speaks."""
    volume: float = 1.0
    """0 to 1."""
    microphone_gain_db: float = 0.0
    """What the microphone hears is amplified by this, before it is measured and sent."""
    text_percent: int = 100
    """The size of the letters in the conversation and the text line."""
    export_folder: str = ""
    """Where the last export went; empty: Documents."""
    theme: ThemeChoice = "system"
    ui_language: LanguageChoice = "system"
    """The language of the window, from the next start on."""
    data_folder: str = ""
    """Where conversations are saved; empty: the user's data folder."""
    journal: bool = True
    """Conversations are written down as they happen."""
    keep_days: int = 0
    """How long conversations are kept; 0: for ever."""
    save_events: bool = False
    """The frames of a conversation are kept beside it."""
    tray: TrayChoice = "off"
    """An icon in the tray; with "close" the program goes on there when its window is closed."""
    notify: bool = False
    """While the window is hidden, the end of an answer and errors are told by the desktop."""
    start_at_login: bool = False
    welcomed: bool = False
    """The welcome of the first run was dismissed."""
    seen_scheme: Literal["", "light", "dark"] = ""
    """The colour scheme that the desktop told last; empty: it tells none."""
    geometry: str = ""
    """The window's place, as Qt writes it, in base64."""
    layout: Mapping[str, str] = {}
    """How the panes are laid out, as the window wrote it."""

    def __post_init__(self) -> None:
        for name in BOUNDS:
            msgspec.structs.force_setattr(self, name, bounded(name, getattr(self, name)))

    @property
    def patience_s(self) -> float:
        """How long a lost connection is tried again, in seconds."""
        return math.inf if self.reconnect_for == "for ever" else 60.0 * int(self.reconnect_for)


BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "pre_roll_ms": (0, 500),
    "tail_ms": (0, 1_000),
    "vad_threshold": (0.0, 1.0),
    "vad_prefix_ms": (0, 2_000),
    "vad_silence_ms": (100, 3_000),
    "microphone_gain_db": (LEAST_DB, MOST_DB),
    "text_percent": (80, 200),
    "cap_s": (15, 600),
    "session_budget": (0.0, 1_000.0),
    "day_budget": (0.0, 1_000.0),
    "rest_after_s": (0, 3_600),
    "volume": (0.0, 1.0),
    "keep_days": (0, 36_500),
}
"""The least and the most of each number."""

LONGEST_INSTRUCTIONS = 20_000
"""Characters: more than any provider reads with profit."""
LONGEST_TEXT = 4_096
"""Characters of any other text: as long as a path may be."""

Problem = Literal[
    "", "type", "range", "long", "address", "unencrypted", "secret", "name", "unknown", "typing"
]

ADDRESSES = ("base_url", "ticket_url")
"""The settings that hold a URL."""
HOTKEYS = ("talk_key", "mute_key", "push_to_mute_key", "discard_key")
"""The settings that hold a key for all programs."""
_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


def defaults() -> dict[str, Any]:
    """Every setting by name at its default."""
    return msgspec.structs.asdict(Settings())


def problem(name: str, value: object) -> Problem:
    """What is wrong with a value for this setting; empty if nothing is. Raises KeyError for no setting."""
    try:
        value = msgspec.convert(value, _FIELDS[name].type)
    except msgspec.ValidationError:
        return "type"
    if name in BOUNDS and isinstance(value, int | float) and bounded(name, value) != value:
        return "range"
    if name == "instructions" and len(str(value)) > LONGEST_INSTRUCTIONS:
        return "long"
    if name == "agent" and value and not is_agent_name(str(value)):
        return "name"
    if name in HOTKEYS:
        return hotkey.problem(str(value))
    return _address_problem(str(value)) if name in ADDRESSES and value else ""


def with_value(settings: Settings, name: str, value: object) -> Settings:
    """The settings with another value for this one, typed.

    Raises:
        ValueError: `problem` finds one.
        KeyError: there is no such setting.
    """
    if found := problem(name, value):
        raise ValueError(f"{name}: {found}")
    return msgspec.structs.replace(settings, **{name: msgspec.convert(value, _FIELDS[name].type)})


class Read(NamedTuple):
    """What a file's values are worth."""

    values: dict[str, Any]
    """Those of settings, typed and brought within their bounds."""
    unread: dict[str, Any]
    """The rest as it came: unknown names, values that a setting can't have, and such entries of tables."""


def read(raw: Mapping[str, Any]) -> Read:
    """What of these values is a setting's, and the rest. One bad entry of a table costs that entry only."""
    values: dict[str, Any] = {}
    unread = {name: value for name, value in raw.items() if name not in _FIELDS}
    for name in raw.keys() & _FIELDS.keys():
        value, rest = _read_one(name, raw[name])
        if value is not msgspec.UNSET:
            values[name] = bounded(name, value)
        if rest is not msgspec.UNSET:
            unread[name] = rest
            log.info("setting %s is left out, at least in part", name)
    return Read(values, unread)


def with_unread(values: Mapping[str, Any], unread: Mapping[str, Any]) -> dict[str, Any]:
    """The values, and what could not be read of the file: kept where nothing was chosen instead."""
    whole, before = dict(values), defaults()
    for name, rest in unread.items():
        if name not in whole or whole[name] == before[name]:
            whole[name] = rest
        elif _is_table(name) and isinstance(rest, Mapping):
            whole[name] = {**rest, **whole[name]}
    return whole


def is_setting(name: str) -> bool:
    """Whether there is a setting of this name."""
    return name in _FIELDS


def _is_table(name: str) -> bool:
    return name in _FIELDS and get_origin(_FIELDS[name].type) is Mapping


def _read_one(name: str, raw: Any) -> tuple[Any, Any]:
    """A setting's value, and what of it can't be one; UNSET for nothing."""
    kind = _FIELDS[name].type
    if _is_table(name) and isinstance(raw, dict):
        bad = {key: value for key, value in raw.items() if not _fits(name, {key: value})}
        good = {key: value for key, value in raw.items() if key not in bad}
        return msgspec.convert(good, kind), bad or msgspec.UNSET
    return (msgspec.convert(raw, kind), msgspec.UNSET) if _fits(name, raw) else (msgspec.UNSET, raw)


def _fits(name: str, raw: Any) -> bool:
    """Whether this setting, a table say with one entry, can have this value."""
    try:
        msgspec.convert(raw, _FIELDS[name].type)
    except msgspec.ValidationError:
        return False
    longest = LONGEST_INSTRUCTIONS if name == "instructions" else LONGEST_TEXT
    texts = raw.values() if isinstance(raw, dict) else [raw]
    return not any(isinstance(text, str) and len(text) > longest for text in texts)


def bounded(name: str, value: Any) -> Any:
    """The value, or the nearest one that the setting may have."""
    if name not in BOUNDS or value is None:
        return value
    least, most = BOUNDS[name]
    return type(value)(min(max(value, least), most))


def _address_problem(url: str) -> Problem:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "address"
    if parts.scheme not in ("http", "https", "ws", "wss") or not host or not url.isprintable() or " " in url:
        return "address"
    if parts.username is not None:
        return "secret"
    if parts.scheme in ("http", "ws") and not is_loopback(host):
        return "unencrypted"
    return ""
