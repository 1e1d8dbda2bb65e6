"""A recording as one zip for others: redacted, with a report that any browser shows.

Nothing is written before `write`: `prepare` makes all of it, so that it can be looked at first. The texts
are made in memory; the sound is copied from the recording's tracks.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from desktop.base import atomic_file
from desktop.base.plain_file import open_plain
from desktop.recording import journal
from desktop.recording.folder.layout import (
    FRAMES,
    JOURNAL,
    MARKS,
    PACKED,
    RAW,
    SESSION,
    TRACKS,
    FrameLine,
    Lost,
    SessionInfo,
)
from desktop.recording.folder.reader import Recording, is_recording, open_recording
from desktop.recording.journal import StoredConversation
from desktop.recording.share import placed_sound
from desktop.recording.share.redacted_frames import RedactedFrames, encoded
from desktop.recording.share.redactor import Identity, Kind, Redactor, cut
from desktop.recording.share.report import ReportData, report
from desktop.turn.marks import Mark

REPORT = "report.html"
ENDING = ".zip"
MOST_IN_MEMORY = 64_000_000
"""Bytes of sound in the report; more isn't put into it."""
COPY = 1 << 20
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the zip and its size in bytes, before it is packed."""

    name: str
    size: int


@dataclass(slots=True)
class Bundle:
    """What a zip will hold. `redacted` counts what was taken out, by kind."""

    name: str
    """Of the zip's folder, and without an ending of the zip itself."""
    texts: dict[str, bytes]
    tracks: dict[str, Path] = field(default_factory=dict)
    redacted: Mapping[Kind, int] = field(default_factory=Counter)
    sound: bool = False
    """Whether its sound is in it, which nothing was taken out of."""
    has_sound: bool = False
    """Whether the recording has any."""
    damaged: bool = False
    """Whether some of the recording can't be read, and is missing."""

    @property
    def parts(self) -> list[Part]:
        """Its files, the report first."""
        found = [Part(name, len(data)) for name, data in self.texts.items()]
        return found + [Part(name, path.lstat().st_size) for name, path in self.tracks.items()]


def prepare(folder: Path, identity: Identity, *, sound: bool) -> Bundle:
    """Everything that will be in the zip. Blocks: an hour's recording takes some seconds.

    Raises OSError: it is no recording, or can't be read.
    """
    if not is_recording(folder):
        raise OSError("it is no recording")
    recording = open_recording(folder)
    redactor = Redactor(identity)
    session = _session(recording, redactor)
    stored = _stored(recording, redactor)
    marks = [_converted(redactor.value(msgspec.to_builtins(mark)), Mark) for mark in recording.marks()]
    frames = RedactedFrames(redactor, sound=sound)
    frames.look(recording.frame_lines())
    lines = list(frames.redacted(recording.frame_lines()))
    stretches = placed_sound.stretches(recording, recording.frame_lines(), marks)
    placed = placed_sound.placed(recording, stretches) if sound else None
    if placed and len(placed.data) > MOST_IN_MEMORY:
        placed = None
    tracks = _tracks(folder) if sound else {}
    texts = {SESSION: msgspec.json.format(_encoder.encode(session)) + b"\n"}
    if lines or recording.damage.frames:
        texts[FRAMES] = _frames(lines, recording.damage.frames)
    if marks:
        texts[MARKS] = b"".join(_encoder.encode(mark) + b"\n" for mark in marks)
    if stored:
        texts[JOURNAL] = _journal(stored)
    data = ReportData(session, stored, marks, lines, stretches, placed, dict(redactor.counts))
    return Bundle(
        f"recording-{session.began:%Y%m%d-%H%M%S}",
        {REPORT: report(data).encode("utf-8", "replace"), **texts},
        tracks,
        redactor.counts,
        sound=bool(tracks),
        has_sound=recording.has_sound,
        damaged=recording.damage.message(recording.output_rate) is not None,
    )


def write(bundle: Bundle, path: Path) -> None:
    """Write the zip, whole or not at all, for this user's eyes only (0600). Blocks. Raises OSError."""
    with atomic_file.replacing(path, private=True) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in bundle.texts.items():
                archive.writestr(_entry(bundle, name), data)
            for name, source in bundle.tracks.items():
                _copy(archive, _entry(bundle, name), source)


def with_ending(path: Path) -> Path:
    """The path of a zip: with that ending."""
    return path if path.suffix.lower() == ENDING else path.with_name(path.name + ENDING)


def _entry(bundle: Bundle, name: str) -> zipfile.ZipInfo:
    # Not when it was made, nor on which system: that is nobody's business either.
    info = zipfile.ZipInfo(f"{bundle.name}/{name}")
    info.create_system = 3
    info.external_attr = 0o600 << 16
    packed = name.endswith(PACKED)
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    return info


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Path) -> None:
    with open_plain(source) as file, archive.open(entry, "w") as target:
        while block := file.read(COPY):
            target.write(block)


def _tracks(folder: Path) -> dict[str, Path]:
    """The files of the sound; no link among them."""
    found = {}
    for track in TRACKS:
        for ending in (RAW, PACKED):
            path = folder / f"{track}{ending}"
            if path.is_file() and not path.is_symlink() and path.lstat().st_size:
                found[path.name] = path
                break
    return found


def _session(recording: Recording, redactor: Redactor) -> SessionInfo:
    clean = redactor.value(msgspec.to_builtins(recording.session))
    return msgspec.convert(clean, SessionInfo, strict=False)


def _converted(value: Any, kind: type[Mark]) -> Mark:
    return msgspec.convert(value, kind)


def _frames(lines: list[FrameLine], lost: int) -> bytes:
    out = io.BytesIO()
    out.writelines(map(encoded, lines))
    if lost:
        out.write(_encoder.encode(Lost(lost)) + b"\n")
    return out.getvalue()


def _stored(recording: Recording, redactor: Redactor) -> StoredConversation | None:
    """The conversation, redacted; None where none is kept."""
    if recording.journal.is_symlink():
        return None
    try:
        stored = journal.read(recording.journal)
    except OSError:
        return None
    for line in stored.lines:
        whole = line.text
        line.text = redactor.text(whole)
        if line.heard is not None and line.text != whole:
            before = whole[: line.heard]
            heard = cut(before, redactor.spans(before))
            pairs = zip(line.text, heard, strict=False)
            line.heard = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        line.note, line.bench = redactor.text(line.note), redactor.text(line.bench)
        line.call_id = redactor.text(line.call_id, ids=True)
        line.state = redactor.value(line.state, "state")
        line.speaker = redactor.value(line.speaker, "speaker")
        line.message = redactor.value(line.message)
    for call in stored.calls:
        call.name, call.bench = redactor.text(call.name), redactor.text(call.bench)
        call.call_id = redactor.text(call.call_id, ids=True)
        call.arguments, call.result = redactor.value(call.arguments), redactor.value(call.result)
        call.state = redactor.value(call.state, "state")
    for response in stored.responses:
        response.usage = redactor.value(response.usage)
        response.outcome = redactor.value(response.outcome, "outcome")
    for state in stored.states:
        state.state = redactor.value(state.state, "state")
    if stored.began:
        began = stored.began
        began.program, began.model = redactor.text(began.program), redactor.text(began.model)
        began.voice = redactor.text(began.voice)
    return stored


def _journal(stored: StoredConversation) -> bytes:
    """As a journal: each line whole, so that no secret lies across two of its records."""
    records: list[Any] = [stored.began] if stored.began else []
    records += [*stored.lines, *stored.calls, *stored.responses, *stored.states]
    if stored.lost:
        records.append(journal.RecordsLost(stored.lost))
    if stored.ended:
        records.append(stored.ended)
    return b"".join(_safe(record) + b"\n" for record in records)


def _safe(record: Any) -> bytes:
    try:
        return _encoder.encode(record)
    except UnicodeEncodeError:  # half of a surrogate pair
        return _encoder.encode(_whole(msgspec.to_builtins(record)))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
