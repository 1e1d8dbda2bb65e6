"""A recording on one time axis. It blocks: an hour takes most of a second, so it is read in a thread."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np

from desktop.protocol import codec, events
from desktop.recording.folder.bounds import LATEST_US
from desktop.recording.folder.layout import FRAMES, SoundPlace
from desktop.recording.folder.lines import lines
from desktop.recording.folder.reader import Recording
from desktop.turn.marks import Mark
from desktop.viewmodels.timeline.peaks import BIN_BYTES
from desktop.viewmodels.timeline.records import VOICES
from desktop.viewmodels.timeline.timeline import MOST_FRAMES, Timeline

BLOCK = 4_800_000
"""Bytes of a track that are looked at together: whole bins."""
MOST_WORDS = 200_000
"""Frames with words in them."""
WORDS = frozenset({"text.delta", "transcript.committed", "response.started"})


class FrameHead(msgspec.Struct, gc=False):
    """What is needed of a line of `frames.jsonl` to put it on the axis."""

    t: int
    direction: Literal["in", "out"]
    type: str
    size: int = 0
    frame: msgspec.Raw = msgspec.Raw(b"")
    sound: SoundPlace | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """More words, and when they came; `event` is a text's, a transcript's or a response's beginning."""

    t_us: int
    event: events.Event


@dataclass(slots=True)
class RecordedTimeline:
    """A recording's `timeline`, and what is needed to show it as it was at any time of it."""

    recording: Recording
    timeline: Timeline
    places: array[int] = field(default_factory=lambda: array("q"))
    """Where each frame's line begins in `frames.jsonl`, in the order of `timeline.frames`."""
    marks: list[Mark] = field(default_factory=list)
    """All marks, in the order in which they were noticed."""
    words: list[Word] = field(default_factory=list)

    @property
    def length_us(self) -> int:
        """How long it is: to its end, or to the last thing in it, or until all that was heard is heard."""
        ended = self.recording.session.ended_us or 0
        sound = [clip.end_us for voice in VOICES for clip in self.timeline.clips(voice)[-2:] if clip.heard]
        return round(min(max(self.timeline.end_us, ended, *sound, 0), LATEST_US))


_head = msgspec.json.Decoder(FrameHead)


def read_timeline(recording: Recording) -> RecordedTimeline:
    """Read a recording's frames and marks; its sound is looked at by `add_outlines`.

    What can't be read is counted in the recording's `damage`.
    """
    timeline = Timeline(recording.model)
    found = RecordedTimeline(recording, timeline, marks=list(recording.marks()))
    timeline.set_rates(recording.input_rate, recording.output_rate)
    at, marks = 0, found.marks
    recording.damage.frames = 0
    for head in lines(recording.folder / FRAMES, _head, places=found.places):
        if isinstance(head, int):
            recording.damage.frames += head
            continue
        if not 0 <= head.t <= LATEST_US or len(found.places) > MOST_FRAMES:
            recording.damage.frames += 1
            found.places.pop()
            continue
        while at < len(marks) and marks[at].t <= head.t:
            timeline.mark(marks[at])
            at += 1
        sound = head.sound
        if sound is None:
            timeline.frame(head.t, head.direction, head.type)
        else:
            timeline.frame(head.t, head.direction, head.type, sound.offset, sound.bytes)
        if head.type in WORDS and head.direction == "in" and len(found.words) < MOST_WORDS:
            found.words.append(Word(head.t, codec.decode(bytes(head.frame))))
    for mark in marks[at:]:
        timeline.mark(mark)
    return found


def add_outlines(found: RecordedTimeline, grown: Callable[[], bool] = lambda: True) -> None:
    """Take the tracks' outlines where they were kept, and look at the rest of the sound.

    `grown` is called after each part; False from it ends the work.
    """
    recording = found.recording
    for voice in VOICES:
        peaks = found.timeline.peaks[voice]
        with closing(recording.track(voice)) as track, suppress(ValueError):
            kept = recording.outline(voice)
            pairs = np.frombuffer(kept[: len(kept) // 2 * 2], np.int8).reshape(-1, 2)
            peaks.add_pairs(pairs[: track.size // BIN_BYTES])
            while peaks.taken < track.size:
                pcm = track.read(peaks.taken, BLOCK)
                if not pcm:
                    break
                peaks.add(pcm)
                if not grown():
                    return
        if not grown():
            return
