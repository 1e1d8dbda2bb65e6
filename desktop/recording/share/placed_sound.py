"""A recording's sound on one time axis: the user at the left, the assistant at the right, as it was heard.

The tracks hold what was sent and received without the time between; here each stretch stands where it was
spoken or heard. A reply that was interrupted ends where it was silenced.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.recording.folder.layout import SAMPLE_BYTES, TRACKS, FrameLine, Track
from desktop.recording.folder.reader import Recording
from desktop.turn.marks import Mark

MOST_S = 7_200.0
"""The report's sound is as long at most: 58 MB. The tracks have all of it."""
GAP_S = 0.25
"""Frames that come later than this begin another stretch of the microphone's."""
LONGEST_STRETCH_S = 60.0
"""Handled at a time."""
BLOCK_S = 10.0
RATES = (8_000, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""In Hz, that MP3 has; another one becomes `USUAL_RATE`."""
USUAL_RATE = 24_000
LOSSLESS_S = 600.0
"""Up to this length it is FLAC, about 20 MB, made in a fiftieth of the time that MP3 takes."""
COMPRESSION = 0.75
"""As libsndfile counts: about 64 kbit/s, for speech in two channels."""
PEAKS_A_SECOND = 50
MOST_PEAKS = 24_000
MOST_STRETCHES = 20_000
LONGEST_FRAME = 16_777_216
MOST_SOUND = 2_400_000_000
"""Bytes. A foreign file may say anything: what is beyond its bounds isn't placed."""
KNOWN_RATES = (4_000, 192_000)
"""In Hz; outside of them a rate is unknown, and `USUAL_RATE` is taken."""


_FLAC: dict[str, Any] = {"format": "FLAC", "subtype": "PCM_16"}
_MP3: dict[str, Any] = {
    "format": "MP3",
    "subtype": "MPEG_LAYER_III",
    "bitrate_mode": "CONSTANT",
    "compression_level": COMPRESSION,
}


@dataclass(slots=True)
class Stretch:
    """Sound without a break: `count` bytes of a track from `offset` on, from `begin` to `end` in s."""

    track: Track
    offset: int
    count: int
    begin: float
    end: float
    heard: float | None = None
    """Where it was silenced; None if it was heard to its end."""


@dataclass(slots=True)
class _Run:
    offset: int
    count: int
    first: float
    last: float


def stretches(recording: Recording, lines: Iterable[FrameLine], marks: Iterable[Mark]) -> list[Stretch]:
    """Where each stretch of sound stands, in the order of time."""
    runs: dict[Track, list[_Run]] = {track: [] for track in TRACKS}
    fresh, room = True, MOST_SOUND
    for line in lines:
        at, place = line.t / 1e6, line.sound
        if line.type == "response.started":
            fresh = True
        if place is None or not (0 < place.bytes <= min(room, LONGEST_FRAME) and place.offset >= 0):
            continue
        room -= place.bytes
        own = runs[place.track]
        last = own[-1] if own else None
        joins = last is not None and last.offset + last.count == place.offset
        if place.track == "sent":
            joins = joins and last is not None and at - last.last < GAP_S
        else:
            joins, fresh = joins and not fresh, False
        if joins and last is not None:
            last.count += place.bytes
            last.last = at
        elif len(own) < MOST_STRETCHES:
            own.append(_Run(place.offset, place.bytes, at, at))
    found = [*_sent(runs["sent"], rate_of(recording, "sent"))]
    found += _received(runs["received"], rate_of(recording, "received"), list(marks))
    return sorted(found, key=lambda one: one.begin)


def rate_of(recording: Recording, track: Track) -> int:
    """A track's rate in Hz, as far as it can be believed."""
    rate = recording.rate(track)
    return rate if KNOWN_RATES[0] <= rate <= KNOWN_RATES[1] else USUAL_RATE


def _sent(runs: list[_Run], rate: int) -> Iterator[Stretch]:
    """The microphone's sound was spoken before it was sent; a file's may be sent faster than it is long."""
    free = 0.0
    for run in runs:
        length = run.count / SAMPLE_BYTES / rate
        begin = max(free, run.last - length)
        free = begin + length
        yield Stretch("sent", run.offset, run.count, begin, free)


def _received(runs: list[_Run], rate: int, marks: list[Mark]) -> Iterator[Stretch]:
    """A reply was heard from its first sample on, by the mark; without one from its first frame on."""
    heard_from = sorted(mark.t / 1e6 for mark in marks if mark.mark == "first_sample")
    stops: list[tuple[float, ...]] = sorted(
        (mark.t / 1e6, mark.ms / 1e3) for mark in marks if mark.mark == "last_audible" and mark.ms
    )
    for number, run in enumerate(runs):
        following = runs[number + 1].first if number + 1 < len(runs) else float("inf")
        at = bisect_left(heard_from, run.first)
        begin = heard_from[at] if at < len(heard_from) and heard_from[at] < following else run.first
        end = begin + run.count / SAMPLE_BYTES / rate
        at = bisect_left(stops, (begin,))
        stop = stops[at][1] if at < len(stops) and stops[at][0] < max(following, end) else None
        heard = None if stop is None or begin + stop >= end else begin + stop
        yield Stretch("received", run.offset, run.count, begin, end, heard)


@dataclass(frozen=True, slots=True)
class PlacedSound:
    """`data` is a file of the type `mime`; `whole` unless it ends before the recording does.

    Peaks are 0 to 100, `a_second` of them a second, for the user and the assistant.
    """

    data: bytes
    mime: str
    length_s: float
    whole: bool
    """Whether all of the sound is in it."""
    a_second: float
    peaks: tuple[list[int], list[int]]


def placed(recording: Recording, found: list[Stretch]) -> PlacedSound | None:
    """The sound of these stretches; None if there is none. Blocks: an hour takes a minute and a half.

    Raises OSError: it can't be encoded.
    """
    import soundfile

    whole_s = max((one.end for one in found), default=0.0)
    length_s = min(whole_s, MOST_S)
    rate = recording.output_rate if recording.output_rate in RATES else USUAL_RATE
    if length_s <= 0:
        return None
    a_second = min(PEAKS_A_SECOND, MOST_PEAKS / length_s)
    peaks = np.zeros((2, int(length_s * a_second) + 2), np.int16)
    out = io.BytesIO()
    pieces = _Pieces(recording, found, rate)
    lossless = length_s <= LOSSLESS_S
    options = _FLAC if lossless else _MP3
    mime = "audio/flac" if lossless else "audio/mpeg"
    try:
        with (
            closing(pieces),
            soundfile.SoundFile(out, "w", samplerate=rate, channels=2, **options) as file,
        ):
            size = int(BLOCK_S * rate)
            for begin in range(0, int(length_s * rate), size):
                block = pieces.block(begin, min(size, int(length_s * rate) - begin))
                file.write(block)
                at = ((begin + np.arange(len(block))) * a_second / rate).astype(np.intp)
                loud = np.minimum(np.abs(block.astype(np.int32)), 32_767).astype(np.int16)
                for channel in (0, 1):
                    np.maximum.at(peaks[channel], at, loud[:, channel])
    except soundfile.LibsndfileError as exc:
        raise OSError(str(exc)) from exc
    user, assistant = ([round(float(value) / 327.67) for value in side] for side in peaks)
    return PlacedSound(out.getvalue(), mime, length_s, whole_s <= MOST_S, a_second, (user, assistant))


class _Pieces:
    """Reads the stretches as they are needed, at one rate."""

    def __init__(self, recording: Recording, found: list[Stretch], rate: int) -> None:
        self._rate = rate
        self._own = {track: rate_of(recording, track) for track in TRACKS}
        self._tracks = {track: recording.track(track) for track in TRACKS}
        self._waiting = [part for one in found for part in self._parts(one)]
        self._waiting.sort(key=lambda part: part[0])
        self._playing: list[tuple[int, int, NDArray[np.int16]]] = []

    def close(self) -> None:
        for track in self._tracks.values():
            track.close()

    def block(self, begin: int, count: int) -> NDArray[np.int16]:
        """`count` frames of two channels from the sample `begin` on."""
        block = np.zeros((count, 2), np.int16)
        while self._waiting and self._waiting[0][0] < begin + count:
            at, channel, track, offset, size = self._waiting.pop(0)
            self._playing.append((at, channel, self._samples(track, offset, size)))
        for at, channel, samples in self._playing:
            first, last = max(at, begin), min(at + len(samples), begin + count)
            if first < last:
                block[first - begin : last - begin, channel] = samples[first - at : last - at]
        self._playing = [one for one in self._playing if one[0] + len(one[2]) > begin + count]
        return block

    def _parts(self, one: Stretch) -> Iterator[tuple[int, int, Track, int, int]]:
        own = self._own[one.track]
        until = one.end if one.heard is None else one.heard
        size = min(one.count, int((until - one.begin) * own) * SAMPLE_BYTES)
        step = int(LONGEST_STRETCH_S * own) * SAMPLE_BYTES
        for past in range(0, size, step):
            at = int((one.begin + past / SAMPLE_BYTES / own) * self._rate)
            yield at, int(one.track == "received"), one.track, one.offset + past, min(step, size - past)

    def _samples(self, track: Track, offset: int, size: int) -> NDArray[np.int16]:
        data = self._tracks[track].read(offset, size)
        samples: NDArray[Any] = np.frombuffer(data[: len(data) // SAMPLE_BYTES * SAMPLE_BYTES], "<i2")
        if self._own[track] == self._rate or not len(samples):
            return samples.astype(np.int16)
        import soxr

        resampled: NDArray[np.int16] = soxr.resample(samples.astype(np.int16), self._own[track], self._rate)
        return resampled
