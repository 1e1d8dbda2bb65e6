"""What the user has said about each tool for good: Always, Ask or Never.

Kept in a file of its own in the settings' folder, by a fingerprint of where the tool comes from and its true
name: another command line or address is another tool, and asks anew. The file holds no command line: one may
have a secret in it.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from desktop.base import atomic_file
from desktop.base.plain_file import read_plain
from desktop.tools.origin import Permission
from desktop.tools.registry import Tool

log = logging.getLogger(__name__)

FILE = "tool-permissions.json"
VERSION = 1
LARGEST = 4_000_000
"""Bytes of a file that is read: some 20,000 tools."""
MOST = 10_000
"""Tools that are remembered; the oldest are forgotten, and ask again."""


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """One tool's entry. All but the fingerprint and the permission is for people who read the file."""

    fingerprint: str
    permission: Permission
    kind: str = ""
    source: str = ""
    tool: str = ""


class _File(msgspec.Struct, frozen=True):
    version: int
    tools: list[msgspec.Raw] = []


@dataclass(slots=True)
class _Content:
    """What the file holds. `unread`: entries that can't be read, of a later version; `spoilt`: it is none."""

    tools: dict[str, Remembered] = field(default_factory=dict)
    unread: list[msgspec.Raw] = field(default_factory=list)
    spoilt: bool = False


def fingerprint(tool: Tool) -> str:
    """What a permission is remembered by: SHA-256 of the origin's key and the tool's true name."""
    key = msgspec.json.encode([tool.origin.key, tool.true_name])
    return hashlib.sha256(key).hexdigest()


class Permissions:
    """The permissions of all tools. `folder` is the settings' folder; None: they last as long as the program.

    A damaged entry is as none: its tool asks.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / FILE if folder else None
        self._read: _Content | None = None

    @property
    def _remembered(self) -> dict[str, Remembered]:
        if self._read is None:  # not at the start: nothing is asked then
            self._read = _read(self._path) if self._path else _Content()
        return self._read.tools

    def of(self, tool: Tool) -> Permission:
        """Whether this tool runs unasked, after a yes, or not at all."""
        found = self._remembered.get(fingerprint(tool))
        return found.permission if found else tool.origin.default_permission

    def choose(self, tool: Tool, permission: Permission) -> None:
        """This holds from now on; `write` keeps it."""
        print_ = fingerprint(tool)
        self._remembered.pop(print_, None)
        if permission != tool.origin.default_permission:
            self._remembered[print_] = Remembered(
                fingerprint=print_,
                permission=permission,
                kind=tool.origin.kind,
                source=tool.origin.source,
                tool=tool.true_name,
            )
        for oldest in list(self._remembered)[: max(0, len(self._remembered) - MOST)]:
            del self._remembered[oldest]

    def content(self) -> bytes:
        """The file as it is to be now."""
        entries = [*self._remembered.values(), *(self._read.unread if self._read else ())]
        content = {"version": VERSION, "tools": entries}
        return msgspec.json.format(msgspec.json.encode(content))

    def write(self, content: bytes) -> None:
        """Write the file. Blocks; may be called on any thread. Raises OSError; without a folder, nothing.

        One that could not be read is kept aside, as `tool-permissions.json.bad`.
        """
        if self._path is not None:
            atomic_file.make_folder(self._path.parent)
            if self._read and self._read.spoilt:
                self._path.replace(self._path.with_name(f"{FILE}.bad"))
                self._read.spoilt = False
            atomic_file.write(self._path, content, private=True)


def _read(path: Path) -> _Content:
    try:
        file = msgspec.json.decode(read_plain(path, LARGEST), type=_File)
    except FileNotFoundError:
        return _Content()
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as exc:
        log.warning("the permissions of tools can't be read, so all tools from elsewhere ask: %s", exc)
        return _Content(spoilt=not isinstance(exc, OSError))
    found = _Content()
    for raw in file.tools[:MOST]:
        try:
            entry = msgspec.json.decode(raw, type=Remembered)
        except (msgspec.MsgspecError, ValueError):
            log.warning("an entry of the permissions of tools can't be read: that tool asks")
            found.unread.append(raw)
        else:
            found.tools[entry.fingerprint] = entry
    return found
