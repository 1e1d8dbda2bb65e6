"""A file of sound, read block by block as mono, whatever its format."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from desktop.audio.format import Samples
from desktop.audio.sample_width import find_encoding
from desktop.audio.sound_bytes import open_bytes
from desktop.audio.sound_decoder import (
    NotDecodedError,
    SoundDecoder,
    UnknownEncodingError,
    UnknownFormatError,
    is_shorter,
)
from desktop.audio.sound_file_errors import (
    SOUND_BROKEN,
    SOUND_CANCELS,
    SOUND_CUT_OFF,
    SOUND_EMPTY,
    SOUND_NOT_READ_ON,
    SOUND_OF_OTHER_ENCODING,
    SOUND_OF_OTHER_KIND,
    SOUND_UNKNOWN,
    SoundFileError,
    conversion,
    kind_of,
)
from desktop.audio.sound_survey import check_numbers, survey
from desktop.audio.wav_header import WavHeader, read_header
from desktop.base.message import Message


class SoundFile:
    """The sound of a file as mono, from its beginning to its end. One owner, one thread.

    It keeps a block in memory, and never the whole file.

    Args:
        source: a path, or a file that is open for reading bytes; what is no plain file is copied first. It
            is closed with this object.
        name: what to call it in messages; the path, if empty.

    Raises:
        SoundFileError: there is no sound that can be read.
    """

    def __init__(self, source: str | Path | BinaryIO, name: str = "") -> None:
        self.name = name or str(source)
        self.notes: list[Message] = []
        """What the user should know about the file. Some of it shows only at the end."""
        self._read = 0
        self._bytes = open_bytes(source, self.name)
        try:
            self._header = read_header(self._bytes)
            self._survey = survey(self._open, self.name)
            self._decoder = self._open()
        except BaseException:
            self._bytes.close()
            raise
        if self._survey.mix.cancels:
            self.notes.append(SOUND_CANCELS(path=self.name, channel=self._survey.mix.channels[0] + 1))
        if self._survey.cut_off or (self._header and self._is_cut_off(self._header)):
            self._note_end(self._survey.frames)

    @property
    def rate(self) -> int:
        """Hz."""
        return self._decoder.rate

    @property
    def seconds(self) -> float:
        """How long it is; of a file that is cut off, how long it was, unless that can be known."""
        return self._survey.frames / self.rate

    def read(self, count: int) -> Samples:
        """The next samples: `count`, or fewer at the end. Not-a-number is silence."""
        mono = self._survey.mix.apply(self._decoder.read(count))
        self._read += len(mono)
        if len(mono) < count and is_shorter(self._read, self._survey.frames, self._read / self.rate):
            self._note_end(self._read)
        return mono

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._decoder.close()
        self._bytes.close()

    def _is_cut_off(self, header: WavHeader) -> bool:
        return header.length_known and is_shorter(header.size, header.stated, self.seconds)

    def _note_end(self, frames: int) -> None:
        seconds = f"{frames / self.rate:.1f}"
        problem = self._bytes.problem
        if problem:
            self.notes.append(SOUND_NOT_READ_ON(path=self.name, reason=problem, seconds=seconds))
        elif all(note.text is not SOUND_CUT_OFF for note in self.notes):
            self.notes.append(SOUND_CUT_OFF(path=self.name, seconds=seconds))

    def _open(self) -> SoundDecoder:
        header = self._header
        try:
            if header is None:
                return SoundDecoder(self._bytes)
            check_numbers(self.name, header.channels, header.rate)
            if header.is_sound:
                with suppress(NotDecodedError):
                    return SoundDecoder(self._bytes)
            encoding = find_encoding(self._bytes, header)
            if encoding is None:
                return SoundDecoder(self._bytes)
            part = self._bytes.part(header.start, header.size)
            return SoundDecoder(part, encoding, header.channels, header.rate)
        except NotDecodedError as exc:
            raise SoundFileError(self._not_opened(exc)) from exc

    def _not_opened(self, exc: NotDecodedError) -> Message:
        command = conversion(self.name)
        beginning = self._bytes.read_at(0, 64)
        if kind := kind_of(beginning):
            return SOUND_OF_OTHER_KIND(path=self.name, kind=kind, command=command)
        if not beginning:
            return SOUND_EMPTY(path=self.name)
        if isinstance(exc, UnknownFormatError):
            return SOUND_UNKNOWN(path=self.name, command=command)
        compressed = self._header is not None and not self._header.is_plain
        if compressed or isinstance(exc, UnknownEncodingError):
            return SOUND_OF_OTHER_ENCODING(path=self.name, command=command)
        return SOUND_BROKEN(path=self.name, command=command)
