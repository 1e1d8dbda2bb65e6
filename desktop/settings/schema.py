"""The user's choices: typed and bounded, read once at the start, written whole when they change."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec

from desktop.base.addresses import is_loopback
from desktop.base.message import MessageError, Text
from desktop.base.redaction import redact
from desktop.protocol.catalog import TurnMode
from desktop.turn.inputs import Policy

log = logging.getLogger(__name__)

FILE = "settings.json"

ThemeChoice = Literal["system", "light", "dark"]
LanguageChoice = Literal["system", "en", "de"]
Patience = Literal["1", "5", "30", "for ever"]
"""Minutes."""


class Settings(msgspec.Struct, kw_only=True):
    """What the program remembers. Never a key. Times in milliseconds unless named otherwise."""

    model: str = ""
    """Empty: the offline demo without a key, the first provider with one."""
    voices: dict[str, str] = {}
    """The chosen voice by model."""
    efforts: dict[str, str] = {}
    """The chosen reasoning effort by model; none: the model's own."""
    turn_modes: dict[str, TurnMode] = {}
    """Who ends the user's turn, by model; none: the talk key."""
    language: str = "en"
    """What a translating model translates into: a language's code."""
    input_device: str = ""
    """A device by name, or "host API: name"; empty is the system's default."""
    output_device: str = ""
    base_url: str = ""
    """Empty: the service's own address."""
    ticket_url: str = ""
    """Where a back end mints tickets for its users, who then need no key; empty: none."""
    mint_tickets: bool = False
    """Trade the key for a ticket before each connection."""
    reconnect_for: Patience = "5"
    """How long a lost connection is tried again."""
    instructions: str = ""
    """The system prompt; empty: the program's own."""
    temperature: float | None = None
    """None: the model's own."""
    transcription: bool = True
    """Whether what the user says is written down."""
    pre_roll_ms: int = 300
    tail_ms: int = 200
    vad_threshold: float = 0.5
    """Hands-free: how sure the server must be that someone speaks, 0 to 1."""
    vad_prefix_ms: int = 300
    """Hands-free: how much before the found beginning is listened to."""
    vad_silence_ms: int = 500
    """Hands-free: the pause that ends a turn."""
    half_duplex: bool = True
    """Hands-free: the microphone is sent as silence while the assistant speaks, against echo."""
    tap_lock: bool = True
    """A double tap locks the microphone open."""
    cap_s: int = 120
    """Seconds after which a take is sent, in case the key-up was lost."""
    sounds: bool = False
    """Short sounds at the start and the end of a take, never inside the recording."""
    volume: float = 1.0
    """0 to 1."""
    theme: ThemeChoice = "system"
    ui_language: LanguageChoice = "system"
    """What the window speaks, from the next start on."""
    data_folder: str = ""
    """Where saved conversations go; empty: the user's usual folder."""
    journal: bool = True
    """Conversations are written down as they happen."""
    keep_days: int = 0
    """How long they are kept; 0: for ever."""
    save_events: bool = False
    """The frames of a conversation are kept beside it."""
    welcomed: bool = False
    """The first run's line was dismissed."""
    geometry: str = ""
    """The window's place, as Qt writes it, in base64."""
    layout: dict[str, str] = {}
    """How the panes are laid out, as the window wrote it."""

    @property
    def patience_s(self) -> float:
        """How long a lost connection is tried again, in seconds."""
        return math.inf if self.reconnect_for == "for ever" else 60.0 * int(self.reconnect_for)

    def policy(self, *, commits: bool, silence_ms: int) -> Policy:
        """The turn's policy with these times; `silence_ms` is the server's `silence_duration_ms`."""
        cap_ms = 1_000 * _bounded("cap_s", self.cap_s)
        return Policy(
            commits=commits,
            pre_roll_ms=_bounded("pre_roll_ms", self.pre_roll_ms),
            tail_ms=_bounded("tail_ms", self.tail_ms),
            warn_ms=cap_ms * WARN_SHARE,
            cap_ms=cap_ms,
            trail_ms=silence_ms + TRAIL_MARGIN_MS,
        )


TRAIL_MARGIN_MS = 400
"""Silence beyond `silence_duration_ms`: the server's VAD works in frames of its own."""

WARN_SHARE = 100 / 120
"""The part of the cap at which the user is warned: 100 s of the usual 120."""

BOUNDS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "pre_roll_ms": (0, 500),
    "tail_ms": (0, 1_000),
    "vad_threshold": (0.0, 1.0),
    "vad_prefix_ms": (0, 2_000),
    "vad_silence_ms": (100, 3_000),
    "cap_s": (15, 600),
    "volume": (0.0, 1.0),
    "keep_days": (0, 36_500),
}
"""The least and the most of each number; what a file holds beyond is brought within."""

LONGEST_INSTRUCTIONS = 20_000
"""Characters: more than any provider reads with profit."""

OF_THIS_MACHINE = frozenset(
    {"geometry", "layout", "input_device", "output_device", "data_folder", "welcomed"}
)
"""What makes no sense on another machine: neither exported nor imported."""

LARGEST_FILE = 1_000_000
"""Bytes of an imported file. A settings file has a few thousand."""

Problem = Literal["", "type", "range", "long", "address", "unencrypted", "secret"]

_ADDRESSES = ("base_url", "ticket_url")
_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


SETTINGS_TOO_LARGE = Text(
    "settings-too-large", "This file is too large for settings. Choose one that was exported here."
)
SETTINGS_NOT_READ = Text("settings-not-read", "The file can't be read ({reason}).")
NO_SETTINGS_FILE = Text("no-settings-file", "This is no settings file. Choose one that was exported here.")
NO_SETTINGS = Text("no-settings", "This file holds no settings of Presstalk. Nothing was changed.")


class SettingsFileError(MessageError):
    """A file can't be imported."""


def defaults() -> dict[str, Any]:
    """Every setting by name at its default."""
    return msgspec.structs.asdict(Settings())


def problem(name: str, value: object) -> Problem:
    """What is wrong with a value for this setting; empty if nothing is. Raises KeyError for no setting."""
    try:
        value = msgspec.convert(value, _FIELDS[name].type)
    except msgspec.ValidationError:
        return "type"
    if name in BOUNDS and isinstance(value, int | float) and _bounded(name, value) != value:
        return "range"
    if name == "instructions" and len(str(value)) > LONGEST_INSTRUCTIONS:
        return "long"
    return _address_problem(str(value)) if name in _ADDRESSES and value else ""


def change(settings: Settings, name: str, value: object) -> None:
    """Set one value, typed. Raises ValueError where `problem` finds one, KeyError for no setting."""
    if trouble := problem(name, value):
        raise ValueError(f"{name}: {trouble}")
    setattr(settings, name, msgspec.convert(value, _FIELDS[name].type))


def load(folder: Path) -> Settings:
    """The settings in a folder; what is missing or can't be read is left at its default.

    A file that is no settings file at all is kept beside as `settings.json.bad`.
    """
    path = folder / FILE
    try:
        raw = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return Settings()
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        log.info("settings can't be read: %s", exc)
        _set_aside(path)
        return Settings()
    if not isinstance(raw, dict):
        _set_aside(path)
        return Settings()
    return Settings(**_fitting(raw))


def save(folder: Path, settings: Settings) -> None:
    """Write the settings, all or nothing.

    Raises:
        OSError: the folder can't be written.
    """
    _write(folder / FILE, msgspec.structs.asdict(settings))


def export_file(path: Path, settings: Settings) -> None:
    """Write what another machine can use, without anything that looks like a secret, all or nothing.

    Raises:
        OSError: the file can't be written.
    """
    values = msgspec.structs.asdict(settings)
    kept = {name: value for name, value in values.items() if name not in OF_THIS_MACHINE}
    for name in _ADDRESSES:
        kept[name] = _bare_address(kept[name])
    _write(path, {name: redact(value) if isinstance(value, str) else value for name, value in kept.items()})


def import_file(path: Path) -> dict[str, Any]:
    """The settings that an exported file holds, by name, typed and within their bounds. Blocks.

    Raises:
        SettingsFileError: it can't be read, or holds no settings.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SettingsFileError(SETTINGS_TOO_LARGE())
        raw = msgspec.json.decode(path.read_bytes())
    except OSError as exc:
        raise SettingsFileError(SETTINGS_NOT_READ(reason=exc.strerror or str(exc))) from exc
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        raise SettingsFileError(NO_SETTINGS_FILE()) from exc
    known = _fitting(raw) if isinstance(raw, dict) else {}
    values = {
        name: value
        for name, value in known.items()
        if name not in OF_THIS_MACHINE and not problem(name, value)
    }
    if not values:
        raise SettingsFileError(NO_SETTINGS())
    return values


def _fitting(raw: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in _FIELDS.values():
        if field.encode_name not in raw:
            continue
        try:
            value = msgspec.convert(raw[field.encode_name], field.type)
        except msgspec.ValidationError as exc:
            log.info("setting %s is left at its default: %s", field.name, exc)
            continue
        values[field.name] = _bounded(field.name, value)
    return values


def _bounded(name: str, value: Any) -> Any:
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


def _bare_address(url: str) -> str:
    """The address without user, password and query: there a back end's own secrets would be."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".json.bad"))
    except OSError as exc:
        log.info("settings can't be set aside: %s", exc)


def _write(path: Path, values: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(values), indent=2))
    os.replace(part, path)


def with_changes(saved: Settings, before: Settings, after: Settings) -> Settings:
    """What was saved, with what the user changed from `before` to `after`: what held for once is left out."""
    changed = {
        name: getattr(after, name)
        for name in Settings.__struct_fields__
        if getattr(after, name) != getattr(before, name)
    }
    return msgspec.structs.replace(saved, **changed)
