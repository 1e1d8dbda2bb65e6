"""What can be wrong with a file of sound, as messages with the next step."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from desktop.base.message import MessageError, Text

SOUND_NOT_THERE = Text("sound-not-there", "There is no file {path}. Check the path.")
SOUND_NOT_READ = Text("sound-not-read", "{path} can't be read ({reason}). Choose another file.")
SOUND_EMPTY = Text("sound-empty", "{path} contains no sound. Record it again or choose another file.")
SOUND_UNKNOWN = Text(
    "sound-unknown", "{path} is not a sound file. If it contains sound, convert it: {command}"
)
SOUND_OF_OTHER_KIND = Text(
    "sound-of-other-kind", "{path} is {kind}, which Presstalk can't read. Convert it: {command}"
)
SOUND_OF_OTHER_ENCODING = Text(
    "sound-of-other-encoding", "{path} has an encoding that Presstalk can't read. Convert it: {command}"
)
SOUND_BROKEN = Text(
    "sound-broken",
    "{path} is broken: no sound can be found in it. Record it again, or try to repair it: {command}",
)
SOUND_RATE = Text(
    "sound-rate",
    "{path} has a sample rate of {rate} Hz; it must be between {lowest} and {highest} Hz. "
    "Record it again, or convert it: {command}",
)
SOUND_CHANNELS = Text(
    "sound-channels", "{path} has {channels} channels; it must be between 1 and {most}. Convert it: {command}"
)
SOUND_TOO_LONG = Text(
    "sound-too-long",
    "{path} is longer than {hours} hours, the most for one turn. Cut it: {command}",
)
SOUND_NOT_COPIED = Text(
    "sound-not-copied",
    "{path} is not a plain file, and more than {most} MB come out of it. Save a part of it as a file first.",
)
SOUND_WITHOUT_ROOM = Text(
    "sound-without-room",
    "{path} is not a plain file, and it can't be copied into a temporary one ({reason}). "
    "Save it as a file first.",
)
SOUND_LIBRARY_MISSING = Text(
    "sound-library-missing",
    "Sound files need the libsndfile library, which is not installed. Install it (on Debian and Ubuntu, "
    "the package libsndfile1) and try again.",
)
SOUND_CUT_OFF = Text(
    "sound-cut-off", "{path} is cut off or damaged: only {seconds} seconds of it can be read."
)
SOUND_NOT_READ_ON = Text(
    "sound-not-read-on",
    "{path} can't be read any further ({reason}): only its first {seconds} seconds are sent.",
)
SOUND_CANCELS = Text(
    "sound-cancels", "The channels of {path} cancel each other out, so only channel {channel} is sent."
)

KINDS = {
    (4, b"ftyp"): "MP4 (M4A, AAC)",
    (4, b"moov"): "QuickTime",
    (4, b"mdat"): "QuickTime",
    (0, b"\x1aE\xdf\xa3"): "WebM or Matroska",
    (0, b"0&\xb2u\x8ef\xcf\x11"): "WMA",
    (0, b"\xff\xf1"): "AAC",
    (0, b"\xff\xf9"): "AAC",
    (0, b"ADIF"): "AAC",
    (0, b"#!AMR"): "AMR",
    (0, b"#!SILK"): "SILK",
    (0, b"wvpk"): "WavPack",
    (0, b"MAC "): "Monkey's Audio",
    (0, b"TTA1"): "True Audio",
    (0, b"MPCK"): "Musepack",
    (0, b"MP+"): "Musepack",
    (0, b"DSD "): "DSD",
    (0, b"FRM8"): "DSD",
    (0, b".RMF"): "RealAudio",
    (0, b".ra\xfd"): "RealAudio",
    (0, b"MThd"): "MIDI",
    (28, b"Speex   "): "Speex",
    (8, b"AVI "): "AVI",
    (0, b"FLV\x01"): "Flash video",
}
"""What libsndfile doesn't read, by the bytes at a place near the beginning."""


class SoundFileError(MessageError):
    """A file whose sound can't be read; the message says why and what to do."""


def conversion(path: str, options: str = "") -> str:
    """The command that converts this file into one that can be read."""
    if not os.path.exists(path):
        path = "FILE"  # it came in through a pipe
    quoted = subprocess.list2cmdline([path]) if sys.platform == "win32" else shlex.quote(path)
    return f"ffmpeg -i {quoted} {options}converted.wav"


def kind_of(beginning: bytes) -> str:
    """The name of a kind that libsndfile doesn't read, by a file's first 64 bytes; empty for any other."""
    for (at, mark), kind in KINDS.items():
        if beginning[at : at + len(mark)] == mark:
            return kind
    return ""
