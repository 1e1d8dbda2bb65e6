"""What a recording's folder holds. `docs/recording.md` describes the format.

session.json    what was asked for, by whom and when; the wall clock at the recording's zero
frames.jsonl    every frame both ways
marks.jsonl     what is on no wire
sent.pcm        the sound that was sent, byte for byte, in order; `sent.flac` once it is packed
received.pcm    the sound that was received, likewise
sent.peaks      the outline of the sound that was sent, for the timeline; `received.peaks` likewise
journal.jsonl   the conversation
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

import msgspec

from desktop.base import atomic_file

FORMAT = 1
SESSION = "session.json"
FRAMES = "frames.jsonl"
MARKS = "marks.jsonl"
JOURNAL = "journal.jsonl"
PACKED = ".flac"
RAW = ".pcm"
PART = ".flac.part"
"""While it is packed."""
PEAKS = ".peaks"
Track = Literal["sent", "received"]
TRACKS: tuple[Track, ...] = ("sent", "received")
_OURS = frozenset(
    {
        SESSION,
        FRAMES,
        MARKS,
        JOURNAL,
        *(f"{track}{end}" for track in TRACKS for end in (RAW, PACKED, PART, PEAKS)),
    }
)
_UNFINISHED = re.compile(rf"\.{re.escape(SESSION)}\.[0-9a-f]{{{2 * atomic_file.TOKEN_BYTES}}}\.part")
SAMPLE_BYTES = 2
"""PCM16, little-endian, mono."""


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """A device, and the latency that its driver reports, in ms; None where that is unknown."""

    name: str = ""
    rate: int = 0
    latency_ms: float | None = None


NO_DEVICE = Device()


class SessionPart(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One session of the recording: a reconnect begins another one. `t` is in µs since the beginning."""

    t: int
    model: str = ""
    voice: str = ""
    input_rate: int = 0
    output_rate: int = 0
    microphone: Device = NO_DEVICE
    speaker: Device = NO_DEVICE
    again: bool = False


class SessionInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`session.json`. `began` is the wall clock's time at zero, `monotonic_us` the machine's own clock's.

    `config` is that of the first session as it was sent, without secrets.
    """

    format: int = 0
    program: str = ""
    began: datetime
    monotonic_us: int = 0
    sound: bool = False
    """Whether sound was recorded, at least for a time."""
    sessions: tuple[SessionPart, ...] = ()
    config: dict[str, Any] = {}
    ended_us: int | None = None
    """The length; None while it goes on, or where the program was ended in the middle of it."""


class SoundPlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a frame's sound lies: `bytes` of a track from `offset` on.

    In base64 it stands at the byte `at` of the frame; -1: it was left in the frame.
    """

    track: Track
    offset: int
    bytes: int
    at: int = -1


class FrameLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of `frames.jsonl`, of which exactly one of `frame`, `text` and `base64` has the frame.

    `frame`: the bytes of the frame as they were on the wire, which are JSON.
    `text`: the frame as a text, where it is no JSON, or too deep to be read.
    `base64`: the frame where it isn't even text.
    `changed`: a secret, or sound that was not to be recorded, was taken out of it.
    """

    t: int
    direction: Literal["in", "out"]
    type: str
    size: int
    frame: msgspec.Raw = msgspec.Raw(b"")
    text: str | None = None
    base64: str | None = None
    sound: SoundPlace | None = None
    changed: bool = False


class Lost(msgspec.Struct, frozen=True):
    """A line that says how many were not written here."""

    lost: int


def is_ours(name: str) -> bool:
    """Whether a recording has a file of this name; another one in its folder is the user's."""
    return name in _OURS or _UNFINISHED.fullmatch(name) is not None
