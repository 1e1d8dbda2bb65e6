"""The frames of a recording as the events pane shows them."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from desktop.protocol import codec
from desktop.realtime.connection import Frame
from desktop.recording.folder.frame_line import wire_of
from desktop.recording.folder.layout import FRAMES, FrameLine
from desktop.recording.folder.lines import lines
from desktop.recording.frame_log import record
from desktop.recording.reading.recorded_timeline import RecordedTimeline
from desktop.viewmodels.event_record import EventRecord, clean_record

_line = msgspec.json.Decoder(FrameLine)
_fields = msgspec.json.Decoder(dict[str, object])


class RecordedEvents:
    """Reads frames from the file where they are needed: all of an hour's would take 100 MB."""

    def __init__(self, found: RecordedTimeline) -> None:
        self._found = found

    def count_at(self, t_us: float) -> int:
        """How many frames had passed by then."""
        return bisect_right(self._found.timeline.frames, t_us)

    def between(self, first: int, last: int) -> list[EventRecord]:
        """The frames from the number `first` to before `last`; fewer where the file has changed."""
        places = self._found.places
        last = min(last, len(places))
        made: list[EventRecord] = []
        if first >= last:
            return made
        for line in lines(self._found.recording.folder / FRAMES, _line, places[first]):
            if not isinstance(line, int):
                made.append(event_of(line))
            if len(made) >= last - first:
                break
        return made


def event_of(line: FrameLine) -> EventRecord:
    """A frame as the window had shown it; its time counts from the recording's beginning."""
    at_ms = line.t / 1_000
    if line.sound is not None and line.type in ("audio.append", "audio.delta"):
        return clean_record(
            at_ms, line.direction, line.type, line.size, {"audio_bytes": max(0, line.sound.bytes)}
        )
    try:
        wire = wire_of(line)
    except ValueError:
        wire = b""
    if line.direction == "in":
        made = record(Frame("in", codec.decode(wire), line.size, wire), at_ms)
        return msgspec.structs.replace(made, type=made.type if made.type != "?" else line.type)
    try:
        content = _fields.decode(wire)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        content = {"raw": wire.decode(errors="replace")}
    content.pop("type", None)
    return clean_record(at_ms, line.direction, line.type, line.size, content)
