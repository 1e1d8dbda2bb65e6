"""libsndfile, reading one stream of bytes from its beginning to its end.

It is loaded when the first file is opened: the window doesn't need it.
"""

from __future__ import annotations

import logging
import re
from contextlib import nullcontext
from typing import Any

import numpy as np

from desktop.audio import mpeg_length
from desktop.audio.channel_mix import Frames
from desktop.audio.portaudio import quiet
from desktop.audio.sample_width import Encoding
from desktop.audio.sound_bytes import SoundBytes
from desktop.audio.sound_file_errors import SOUND_LIBRARY_MISSING, SoundFileError

log = logging.getLogger(__name__)

_NOT_RECOGNISED = (1, 7)
"""libsndfile's error numbers for a format that it doesn't know, and for what only begins like an MP3."""
_NOT_IMPLEMENTED = (4, 18)
"""Those for an encoding that it doesn't know."""
MISSING_S = 0.1
"""Less than this isn't called cut off."""
_SHORTENED = re.compile(r"(?:\bdata|SSND|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)")
"""In libsndfile's log: a length that is more than what is there. It is told nowhere else."""
_UNKNOWN_LENGTH = 0x7FFF0000
"""Programs that write into a pipe put a length from here on into the header."""
_MPEG_RANGE = 50
"""How many times smaller than the first a frame may be."""
_LAST_PAGES = 1 << 17
"""Bytes at the end of an Ogg file that contain at least one whole page: two of the largest."""


class NotDecodedError(Exception):
    """libsndfile can't open it. The text is libsndfile's reason, for developers."""


class UnknownFormatError(NotDecodedError):
    """It is no format that libsndfile knows."""


class UnknownEncodingError(NotDecodedError):
    """The format is known, and the encoding in it isn't."""


class SoundDecoder:
    """The sound in some bytes, all channels as they are.

    Args:
        file: read from its beginning; it stays open.
        encoding: reads it as samples without a header, of which `channels` and `rate` in Hz are known.

    Raises:
        NotDecodedError: libsndfile doesn't open it.
        SoundFileError: there is no libsndfile.
    """

    def __init__(
        self, file: SoundBytes, encoding: Encoding | None = None, channels: int = 0, rate: int = 0
    ) -> None:
        library = load()
        raw: dict[str, Any] = {}
        if encoding:
            raw = {"format": "RAW", "subtype": encoding.subtype, "endian": "LITTLE"}
            raw |= {"channels": channels, "samplerate": rate}
        self._gain = np.float32(encoding.gain if encoding else 1.0)
        self._bytes = file
        self._failed = library.SoundFileError
        self._file = _open(library, file, **raw)
        # mpg123 tells the terminal about each frame that it doesn't like.
        self._is_mpeg = "MPEG" in self._file.subtype
        self._states_length = not self._is_mpeg or mpeg_length.states_length(file)
        if not self._states_length:
            # libsndfile guesses the length by the size of the first frames, and reads no more than that.
            self._file.close()
            self._file = _open(library, file.claiming(_MPEG_RANGE))
        # Its `read` would seek after each block otherwise, which costs time and loses places in MP3.
        self._file.seekable = lambda: False

    @property
    def rate(self) -> int:
        """Hz."""
        return int(self._file.samplerate)

    @property
    def channels(self) -> int:
        """How many."""
        return int(self._file.channels)

    @property
    def frames(self) -> int:
        """How many there are by the header, which may be any number."""
        return int(self._file.frames) if self._states_length else mpeg_length.counted_samples(self._bytes)

    @property
    def cut_off(self) -> bool:
        """The file is known to have been longer, by more than headers are wrong."""
        for stated, there in _SHORTENED.findall(self._file.extra_info):
            if int(stated) < _UNKNOWN_LENGTH and is_shorter(int(there), int(stated), self.frames / self.rate):
                return True
        return self._file.format == "OGG" and not self._has_last_page()

    def read(self, count: int) -> Frames:
        """The next frames: fewer than `count` only at the end, or where the file is broken.

        What isn't a number is silence, and what is louder than full scale is full scale.
        """
        frames: Frames = np.full((count, self.channels), np.nan, dtype=np.float32)
        with quiet() if self._is_mpeg else nullcontext():
            try:
                got = len(self._file.read(count, dtype="float32", always_2d=True, out=frames))
            except self._failed:
                # What was decoded before the fault is in place; the rest was left as it was.
                missing = np.isnan(frames[:, 0])
                got = int(missing.argmax()) if missing.any() else count
        frames = frames[:got] * self._gain
        frames[~np.isfinite(frames)] = 0
        return np.clip(frames, -1, 1, out=frames)

    def seek(self, frame: int) -> bool:
        """Go to a frame; False if that isn't possible, or takes long."""
        if not self._states_length:
            return False
        try:
            with quiet():
                self._file.seek(frame)
        except self._failed:
            return False
        return True

    def close(self) -> None:
        """Let libsndfile go; the bytes stay open."""
        self._file.close()

    def _has_last_page(self) -> bool:
        """Whether an Ogg file ends with a page that says that it is the last one."""
        end = self._bytes.read_at(max(0, self._bytes.size - _LAST_PAGES), _LAST_PAGES)
        at = end.rfind(b"OggS")
        return at < 0 or at + 5 >= len(end) or bool(end[at + 5] & 4)


def _open(library: Any, file: SoundBytes, **raw: Any) -> Any:
    file.seek(0)
    try:
        with quiet():
            return library.SoundFile(file, **raw)
    except library.LibsndfileError as exc:
        log.info("libsndfile: %s", exc.error_string)
        if exc.code in _NOT_RECOGNISED:
            raise UnknownFormatError(exc.error_string) from exc
        if exc.code in _NOT_IMPLEMENTED:
            raise UnknownEncodingError(exc.error_string) from exc
        raise NotDecodedError(exc.error_string) from exc


def is_shorter(there: int, stated: int, seconds: float) -> bool:
    """Whether a sound, or its bytes, are cut off; writers miscount by some bytes, and MP3's by some frames.

    Args:
        seconds: the length of what is there.
    """
    return there < stated and (stated / there - 1) * seconds > MISSING_S if there else stated > 0


def load() -> Any:
    """The soundfile module. Raises SoundFileError."""
    try:
        import soundfile
    except (ImportError, OSError) as exc:
        raise SoundFileError(SOUND_LIBRARY_MISSING()) from exc
    return soundfile
