"""A conversation on disk: the records that are written as it happens, and how they are read.

JSON Lines, in UTF-8. The first line is `began`, with the version of the format. A line of the conversation
is written whole when it begins and whenever it changes (`line`), and while it grows only by what was added
(`grown`); so the file is right up to its last line whenever the program ends. A file without `ended` was cut
short. A reader ignores what it does not know: records, fields and whole versions.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, assert_never

import msgspec

from desktop.base import json_depth
from desktop.base.plain_file import open_plain
from desktop.recording import sane_values
from desktop.recording.folder.layout import JOURNAL

VERSION = 1
SUFFIX = ".jsonl"
FRAMES_SUFFIX = ".frames.jsonl"
"""Conversations of versions before 0.9 are files, and their frames lie beside them, under the same name."""
LONGEST = 64_000_000
"""Bytes of a file that are read: twice what a conversation has at most. What comes after them is lost."""
CALL_WEIGHT = 64_000


class Began(msgspec.Struct, tag_field="type", tag="began", omit_defaults=True, kw_only=True):
    """The first line."""

    at: datetime
    version: int = 0
    program: str = ""
    model: str = ""
    voice: str = ""


class LineRecord(msgspec.Struct, tag_field="type", tag="line", omit_defaults=True, kw_only=True):
    """A line of the conversation as it is now; lines stand in the order of their first record."""

    id: int
    at: datetime
    speaker: str = "system"
    text: str = ""
    growing: bool = False
    note: str = ""
    heard: int | None = None
    sounded_at: datetime | None = None
    ended_at: datetime | None = None
    call_id: str = ""
    """Of a tool's line, as are the three fields below."""
    state: str = ""
    duration_ms: float | None = None
    bench: str = ""
    message: dict[str, Any] | None = None
    """Of a line that the program says, for `base.message.from_builtins`; `text` is its English."""


class LineGrown(msgspec.Struct, tag_field="type", tag="grown"):
    """More words of a line."""

    id: int
    text: str


class LineRemoved(msgspec.Struct, tag_field="type", tag="gone"):
    """A line that was removed: a take that was too short, or a response without a word."""

    id: int


class CallRecord(msgspec.Struct, tag_field="type", tag="call", omit_defaults=True, kw_only=True):
    """A tool's call as it is now."""

    call_id: str
    at: datetime
    name: str = ""
    arguments: Any = None
    state: str = "running"
    result: Any = None
    duration_ms: float = 0.0
    by_hand: bool = False
    bench: str = ""
    """What the bench did to the call: its result isn't real."""


class ResponseRecord(msgspec.Struct, tag_field="type", tag="response", omit_defaults=True, kw_only=True):
    """A response has ended; `usage` is in the service's own names."""

    at: datetime
    response: int = 0
    outcome: str = ""
    usage: dict[str, Any] | None = None


class StateRecord(msgspec.Struct, tag_field="type", tag="state"):
    """The session's state has changed."""

    at: datetime
    state: str


class RecordsLost(msgspec.Struct, tag_field="type", tag="lost"):
    """How many records were not written: the disk was full or away for too long."""

    count: int


class Ended(msgspec.Struct, tag_field="type", tag="ended", omit_defaults=True, kw_only=True):
    """The last line. `cut_short`: the program ended too early, and a later start has written this line."""

    at: datetime
    cut_short: bool = False


class Writer(Protocol):
    """What takes records."""

    def put(self, record: Mapping[str, Any], weight: int = 200) -> None:
        """Add a record, which must not change any more; `weight` is about its size in bytes."""


JournalRecord = (
    Began
    | LineRecord
    | LineGrown
    | LineRemoved
    | CallRecord
    | ResponseRecord
    | StateRecord
    | RecordsLost
    | Ended
)
_decoder: msgspec.json.Decoder[JournalRecord] = msgspec.json.Decoder(JournalRecord)


def new_name(now: datetime) -> str:
    """A unique name for a conversation that begins now; names sort by time."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def write(writer: Writer, record: JournalRecord) -> None:
    """Hand over one record, which must not change any more."""
    match record:
        case LineRecord(text=text) | LineGrown(text=text):
            weight = 200 + 4 * len(text)
        case CallRecord():
            weight = CALL_WEIGHT
        case _:
            weight = 200
    writer.put(msgspec.to_builtins(record), weight)


@dataclass(slots=True)
class StoredConversation:
    """A conversation as it was read from its file."""

    path: Path
    began: Began | None = None
    lines: list[LineRecord] = field(default_factory=list)
    """Those with words, in order. A line that was cut off is still marked as growing."""
    calls: list[CallRecord] = field(default_factory=list)
    responses: list[ResponseRecord] = field(default_factory=list)
    states: list[StateRecord] = field(default_factory=list)
    ended: Ended | None = None
    damaged: int = 0
    """How many lines could not be read, without an unfinished last one."""
    lost: int = 0

    @property
    def name(self) -> str:
        """The conversation's name: its folder's, or of an older one its file's."""
        return self.path.parent.name if self.path.name == JOURNAL else self.path.name

    @property
    def cut_short(self) -> bool:
        """Whether it has no end: it goes on, or the program ended in the middle of it."""
        return self.ended is None

    @property
    def from_later_version(self) -> bool:
        """Whether a later version of the program has written it: not everything in it may be shown."""
        return self.began is not None and self.began.version > VERSION

    @property
    def began_at(self) -> datetime:
        """When it began: by its first line, else its first words, else its name."""
        if self.began:
            return self.began.at
        if self.lines:
            return self.lines[0].at
        try:
            return sane_values.time(datetime.strptime(self.name[:15], "%Y%m%d-%H%M%S"))
        except ValueError:
            return sane_values.EARLIEST


def read(path: Path) -> StoredConversation:
    """Read as much of a conversation as can be read. Raises OSError."""
    stored = StoredConversation(path)
    lines: dict[int, LineRecord] = {}
    calls: dict[str, CallRecord] = {}
    with open_plain(path) as file:
        for raw in _raw_lines(file):
            try:
                record = _within_bounds(_pruned(_decoder.decode(raw), raw))
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                if raw.endswith(b"\n") and not _is_unknown(raw):
                    stored.damaged += 1
                continue
            _apply(stored, lines, calls, record)
        if file.read(1):
            stored.damaged += 1
    stored.lines = [line for line in lines.values() if line.text.strip() or line.speaker == "user"]
    stored.calls = list(calls.values())
    return stored


def _pruned(record: JournalRecord, raw: bytes) -> JournalRecord:
    """The record with no value in it nested too deeply: it will be shown, searched and exported."""
    if json_depth.may_be_deep(raw):
        match record:
            case CallRecord():
                record.arguments = json_depth.pruned(record.arguments)
                record.result = json_depth.pruned(record.result)
            case LineRecord():
                record.message = json_depth.pruned(record.message)
            case ResponseRecord():
                record.usage = json_depth.pruned(record.usage)
    return record


def _within_bounds(record: JournalRecord) -> JournalRecord:
    """The record with times and numbers that can be shown, compared and exported."""
    match record:
        case RecordsLost():
            record.count = sane_values.count(record.count)
        case LineRecord():
            record.at = sane_values.time(record.at)
            record.sounded_at = sane_values.optional_time(record.sounded_at)
            record.ended_at = sane_values.optional_time(record.ended_at)
            record.heard = None if record.heard is None else sane_values.count(record.heard)
            if record.duration_ms is not None:
                record.duration_ms = sane_values.duration_ms(record.duration_ms)
        case LineGrown() | LineRemoved():
            pass
        case CallRecord():
            record.at = sane_values.time(record.at)
            record.duration_ms = sane_values.duration_ms(record.duration_ms)
        case ResponseRecord():
            record.at = sane_values.time(record.at)
            record.response = sane_values.count(record.response)
        case Began() | StateRecord() | Ended():
            record.at = sane_values.time(record.at)
        case _:
            assert_never(record)
    return record


def _apply(
    stored: StoredConversation,
    lines: dict[int, LineRecord],
    calls: dict[str, CallRecord],
    record: JournalRecord,
) -> None:
    match record:
        case LineRecord():
            lines[record.id] = record
        case LineGrown(number, text):
            if number in lines:
                lines[number].text += text
        case LineRemoved(number):
            lines.pop(number, None)
        case CallRecord():
            calls[record.call_id] = record
        case ResponseRecord():
            stored.responses.append(record)
        case Began():
            stored.began = stored.began or record
        case Ended():
            stored.ended = record
        case StateRecord():
            stored.states.append(record)
        case RecordsLost(count):
            stored.lost += count
        case _:
            assert_never(record)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    room = LONGEST
    while raw := file.readline(room):
        room -= len(raw)
        if raw.strip():
            yield raw


def _is_unknown(raw: bytes) -> bool:
    """Whether it is a record of an unknown type: a later version may have some."""
    try:
        kind = msgspec.json.decode(raw, type=dict[str, Any]).get("type")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    known = {str(one.__struct_config__.tag) for one in JournalRecord.__args__}
    return isinstance(kind, str) and kind not in known
