"""The user's choices: typed, read once at the start, written whole when they change."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import msgspec

from desktop.protocol.inputs import Policy

log = logging.getLogger(__name__)

FILE = "settings.json"


class Settings(msgspec.Struct, kw_only=True):
    """What the program remembers. Never a key. Times in milliseconds, volume from 0 to 1."""

    model: str = ""
    """Empty: the offline demo without a key, the first provider with one."""
    voices: dict[str, str] = {}
    """The chosen voice by model."""
    input_device: str = ""
    """A device by name, or "host API: name"; empty is the system's default."""
    output_device: str = ""
    base_url: str = ""
    instructions: str = ""
    pre_roll_ms: int = 300
    tail_ms: int = 200
    volume: float = 1.0
    geometry: str = ""
    """The window's place, as Qt writes it, in base64."""

    def policy(self, *, commits: bool, silence_ms: int) -> Policy:
        """The turn's policy with these times; `silence_ms` is the server's `silence_duration_ms`."""
        return Policy(
            commits=commits,
            pre_roll_ms=min(max(self.pre_roll_ms, 0), 500),
            tail_ms=min(max(self.tail_ms, 0), 1_000),
            trail_ms=silence_ms + TRAIL_MARGIN_MS,
        )


TRAIL_MARGIN_MS = 400
"""Silence beyond `silence_duration_ms`: the server's VAD works in frames of its own."""


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


def _fitting(raw: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        if field.encode_name not in raw:
            continue
        try:
            values[field.name] = msgspec.convert(raw[field.encode_name], field.type)
        except msgspec.ValidationError as exc:
            log.info("setting %s is left at its default: %s", field.name, exc)
    return values


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".json.bad"))
    except OSError as exc:
        log.info("settings can't be set aside: %s", exc)


def save(folder: Path, settings: Settings) -> None:
    """Write the settings, all or nothing.

    Raises:
        OSError: the folder can't be written.
    """
    path = folder / FILE
    part = path.with_suffix(".json.part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
    os.replace(part, path)
