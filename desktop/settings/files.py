"""The settings on disk: their own file, and files to carry them to another machine. All of it blocks."""

from __future__ import annotations

import codecs
import errno
import json
import logging
import math
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import msgspec

from desktop.base import atomic_file, json_depth
from desktop.base.message import Message, MessageError, Text
from desktop.base.plain_file import read_plain
from desktop.base.redaction import redact
from desktop.settings import schema
from desktop.settings.schema import Settings

log = logging.getLogger(__name__)

FILE = "settings.json"

OF_THIS_MACHINE = frozenset(
    {
        *("geometry", "layout", "input_device", "output_device", "data_folder", "export_folder"),
        *("welcomed", "seen_scheme"),
    }
)
"""What makes no sense on another machine: neither exported nor imported. A folder may also be one of another
computer's, which Windows would sign in at as soon as it looks whether it is there."""

ASKED_FOR = frozenset(
    {
        *(*schema.ADDRESSES, "mint_tickets", "keep_days", "journal", "save_events"),
        *("record_sound", "most_gb"),
        *("turn_modes", *schema.HOTKEYS, "start_at_login"),
    }
)
"""What an import leaves as it is: where the key goes, what is kept of conversations or deleted, and whether
the microphone is open while no key is held, or by which key. A file that is passed on as a theme must decide
none of it."""
LARGEST_FILE = 1_000_000
"""Bytes of an imported file. A settings file has a few thousand."""
LONGEST_NUMBER = 18
"""Digits of a whole number that is read. None of ours has more than six."""
MOST_ASIDE = 9
"""Files that could not be read are kept; only the last of them is replaced."""
LARGEST_OWN = 8_000_000
"""Bytes of the program's own file: what was imported, set in and with what other versions have written."""


SETTINGS_TOO_LARGE = Text(
    "settings-too-large", "This file is too large to hold settings. Choose one that was exported here."
)
SETTINGS_NOT_READ = Text("settings-not-read", "The file can't be read ({reason}).")
SETTINGS_SET_ASIDE = Text(
    "settings-set-aside",
    "The settings could not be read and are back at their defaults. The old file was kept as {file}.",
)
SETTINGS_UNREAD = Text(
    "settings-unread",
    "Some settings could not be read and are at their defaults: {names}. Choose them again.",
)
NO_SETTINGS_FILE = Text("no-settings-file", "This isn't a settings file. Choose one that was exported here.")
NO_SETTINGS = Text("no-settings", "This file contains no Presstalk settings. Nothing was changed.")


class SettingsFileError(MessageError):
    """A file can't be imported."""


class Loaded(NamedTuple):
    """The settings of a file, and what of it could not be read: it is kept when they are written."""

    settings: Settings
    unread: Mapping[str, Any] = {}
    set_aside: str = ""
    """The file held no settings at all, and was renamed to this."""

    @property
    def problem(self) -> Message | None:
        """What the user should know of it. Names from a newer version are no problem."""
        if self.set_aside:
            return SETTINGS_SET_ASIDE(file=self.set_aside)
        names = sorted(filter(schema.is_setting, self.unread))
        return SETTINGS_UNREAD(names=", ".join(names)) if names else None


def load(folder: Path) -> Loaded:
    """The settings in a folder; what is missing or can't be read is left at its default.

    One that holds no settings at all, or is far too large, is renamed to `settings.json.bad`, or to `.bad2`
    and so on if there is one already.
    """
    path = folder / FILE
    try:
        raw = _read(path, LARGEST_OWN)
    except FileNotFoundError:
        return Loaded(Settings())
    except (OSError, ValueError) as exc:
        log.info("settings can't be read: %s", exc)
        raw = None
    if not isinstance(raw, dict):
        return Loaded(Settings(), set_aside=_set_aside(path))
    values, unread = schema.read(raw)
    return Loaded(Settings(**values), unread)


def look(folder: Path) -> Settings:
    """The settings in a folder, for who only looks: whatever can't be read is at its default."""
    try:
        raw = _read(folder / FILE, LARGEST_OWN)
    except (OSError, ValueError):
        return Settings()
    return Settings(**schema.read(raw).values) if isinstance(raw, dict) else Settings()


def save(folder: Path, settings: Settings, unread: Mapping[str, Any] | None = None) -> None:
    """Write the settings, and what could not be read of the file before, all or nothing.

    Raises:
        OSError: the folder can't be written.
    """
    atomic_file.make_folder(folder)
    _write(folder / FILE, schema.with_unread(msgspec.structs.asdict(settings), unread or {}), private=True)


def export_file(path: Path, settings: Settings) -> None:
    """Write what another machine can use, without anything that looks like a secret, all or nothing.

    Raises:
        OSError: the file can't be written.
    """
    values = msgspec.structs.asdict(settings)
    kept = {name: value for name, value in values.items() if name not in OF_THIS_MACHINE}
    for name in schema.ADDRESSES:
        kept[name] = _bare_address(kept[name])
    _write(path, {name: redact(value) if isinstance(value, str) else value for name, value in kept.items()})


def import_file(path: Path) -> dict[str, Any]:
    """The settings that an exported file holds, by name, typed and within their bounds.

    Raises:
        SettingsFileError: it can't be read, or holds no settings.
    """
    try:
        raw = _read(path, LARGEST_FILE)
    except OSError as exc:
        if exc.errno == errno.EFBIG:
            raise SettingsFileError(SETTINGS_TOO_LARGE()) from exc
        raise SettingsFileError(SETTINGS_NOT_READ(reason=exc.strerror or str(exc))) from exc
    except ValueError as exc:
        raise SettingsFileError(NO_SETTINGS_FILE()) from exc
    known = schema.read(raw).values if isinstance(raw, dict) else {}
    values = {
        name: value
        for name, value in known.items()
        if name not in OF_THIS_MACHINE and not schema.problem(name, value)
    }
    if not values:
        raise SettingsFileError(NO_SETTINGS())
    return values


def _read(path: Path, largest: int) -> Any:
    # Some editors on Windows put a mark before the text.
    content = read_plain(path, largest).removeprefix(codecs.BOM_UTF8)
    try:
        return json_depth.decode(content)
    except json_depth.TooDeepError:
        raise
    except ValueError:
        return json_depth.decode(_mended(content))


def _mended(content: bytes) -> bytes:
    """The same JSON, where other programs have written what is only nearly some: it costs that value alone.

    A number that is none, or out of range, becomes a text; half of a character a question mark.

    Raises:
        ValueError: it isn't even nearly JSON.
    """
    text = content.decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_constant=str, parse_float=_number, parse_int=_whole)
    except RecursionError:
        raise json_depth.TooDeepError from None
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _whole(text: str) -> int | str:
    return text if len(text) > LONGEST_NUMBER else int(text)


def _number(text: str) -> float | str:
    return float(text) if math.isfinite(float(text)) else text


def _write(path: Path, values: dict[str, Any], *, private: bool = False) -> None:
    text = json.dumps(msgspec.to_builtins(values), ensure_ascii=False, indent=2)
    # Half of an emoji, or of a folder's name that is no UTF-8, costs itself and not all the settings.
    atomic_file.write(path, text.encode("utf-8", "replace"), private=private)


def _set_aside(path: Path) -> str:
    """What it is called now."""
    # What a link points to is moved, so that the next file is written through the link again. Where that is
    # no file, the link itself is.
    file = Path(os.path.realpath(path))
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            file = path
        aside = [file.with_name(f"{file.name}.bad{number}") for number in ("", *range(2, MOST_ASIDE + 1))]
        free = next((one for one in aside if not os.path.lexists(one)), aside[-1])
        file.replace(free)
    except OSError as exc:
        log.info("settings can't be set aside: %s", exc)
        return file.name
    return free.name


def _bare_address(url: str) -> str:
    """The address without user, password and query: a back end's own secrets would be there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
