"""The recording of each take: kept until it is answered, since it is sent again on another connection."""

from __future__ import annotations

import itertools
import logging
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from desktop.audio.format import PACKET_MS, float_to_pcm16, pcm16_to_float
from desktop.audio.resample import convert
from desktop.realtime.recent_sounds import RecentSounds

log = logging.getLogger(__name__)

IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a take that are kept in memory: almost three minutes, more than the usual cap of two. The rest of
a longer one, such as a file, goes into a temporary file without a name, which ends with the program."""
FILED_AT_ONCE = 512 * 1024
"""Bytes that are written to it at a time."""


class RecordedSound(msgspec.Struct, frozen=True):
    """Packets of PCM16, read one by one; `size` is the sum of their bytes."""

    size: int
    packets: Iterable[bytes]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.packets)


class TakeRecording:
    """The packets of one take: PCM16 at one rate, `packet_bytes` each, except where a gate was closed."""

    def __init__(self, packet_bytes: int) -> None:
        self.size = 0
        self._packet_bytes = packet_bytes
        self._packets: list[bytes] = []
        self._held = 0
        self._file: _NamelessFile | None = None

    def add(self, packet: bytes) -> None:
        """The next packet."""
        self._packets.append(packet)
        self.size += len(packet)
        self._held += len(packet)
        if self.size > IN_MEMORY and self._held >= FILED_AT_ONCE:
            self._move_to_file()

    def sound(self) -> RecordedSound:
        """All of it so far, whatever is added later."""
        filed = self._file.read(self._packet_bytes) if self._file else ()
        return RecordedSound(self.size, itertools.chain(filed, tuple(self._packets)))

    def _move_to_file(self) -> None:
        try:
            self._file = self._file or _NamelessFile()
            self._file.append(b"".join(self._packets))
        except OSError as exc:
            log.info("a long take stays in memory (%s)", exc.strerror)
            self._held = 0  # tried again after as much again
            return
        self._packets = []
        self._held = 0


class _NamelessFile:
    """A temporary file that is gone once nobody reads it any more."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)
        self._size = 0
        weakref.finalize(self, self._file.close)

    def append(self, pcm: bytes) -> None:
        """Write this at its end. Raises OSError; then its end is where it was."""
        self._file.seek(self._size)
        written = self._file.write(pcm)
        if written != len(pcm):
            raise OSError(0, "no room", None)
        self._size += len(pcm)

    def read(self, packet_bytes: int) -> Iterator[bytes]:
        """What it holds now, in packets. Raises OSError."""
        return self._read(self._size, packet_bytes)

    def _read(self, end: int, packet_bytes: int) -> Iterator[bytes]:
        for at in range(0, end, packet_bytes):
            self._file.seek(at)
            yield self._file.read(min(packet_bytes, end - at))


class TakeRecordings:
    """The recordings of all takes that may be sent again. The turn forgets those it needs no longer."""

    def __init__(self, sounds: RecentSounds | None = None) -> None:
        """`sounds` gets all of it too."""
        self._sounds = sounds
        self._rate = 0
        self._takes: dict[int, TakeRecording] = {}
        self._packet_bytes = 0

    def set_rate(self, rate: int) -> None:
        """The rate in Hz of what is recorded from now on."""
        self._rate = rate
        self._packet_bytes = 2 * rate * PACKET_MS // 1_000

    def begin(self, take: int, packets: Iterable[bytes] = ()) -> None:
        """Start recording this take; `packets` are its beginning."""
        self._takes[take] = TakeRecording(self._packet_bytes)
        for packet in packets:
            self.add(take, packet)

    def add(self, take: int, packet: bytes) -> None:
        """The next packet of a take."""
        if take not in self._takes:
            self.begin(take)
        self._takes[take].add(packet)
        if self._sounds:
            self._sounds.add("take", take, packet, self._rate)

    def sound(self, take: int) -> RecordedSound:
        """All of a take so far; nothing of one that was forgotten."""
        recording = self._takes.get(take)
        return recording.sound() if recording else RecordedSound(0, ())

    def forget(self, take: int) -> None:
        """Drop a take's recording."""
        self._takes.pop(take, None)

    def resample(self, before: int, rate: int) -> None:
        """Bring all of them from one rate in Hz to another: 0.1 s for two minutes."""
        self.set_rate(rate)
        self._takes = {take: self._resampled(old, before, rate) for take, old in self._takes.items()}

    def _resampled(self, old: TakeRecording, before: int, rate: int) -> TakeRecording:
        # Piece by piece, for a long file's sake; the pieces are so long that their seams aren't heard.
        new, pcm = TakeRecording(self._packet_bytes), b""
        for piece in _pieces(old.sound()):
            pcm += float_to_pcm16(convert(pcm16_to_float(piece), before, rate))
            whole = len(pcm) - len(pcm) % self._packet_bytes
            for at in range(0, whole, self._packet_bytes):
                new.add(pcm[at : at + self._packet_bytes])
            pcm = pcm[whole:]
        if pcm:
            new.add(pcm)
        return new


def _pieces(sound: RecordedSound) -> Iterator[bytes]:
    """The sound in pieces of about IN_MEMORY bytes."""
    packets: list[bytes] = []
    size = 0
    for packet in sound:
        packets.append(packet)
        size += len(packet)
        if size >= IN_MEMORY:
            yield b"".join(packets)
            packets, size = [], 0
    if packets:
        yield b"".join(packets)
