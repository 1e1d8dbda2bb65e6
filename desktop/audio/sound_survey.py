"""A look at a file of sound before it is read: how long it is, and how its channels become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

from desktop.audio.channel_mix import ChannelMix, Frames, choose_mix
from desktop.audio.sound_decoder import SoundDecoder
from desktop.audio.sound_file_errors import (
    SOUND_BROKEN,
    SOUND_CHANNELS,
    SOUND_EMPTY,
    SOUND_RATE,
    SOUND_TOO_LONG,
    SoundFileError,
    conversion,
)

LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
"""Hz. A lower rate carries no speech; a higher one is a broken header."""
MOST_CHANNELS = 64
LONGEST_H = 24
BLOCK_MS = 100
_WINDOWS = 600
"""Blocks that are looked at, at most: all of a minute, or as many spread over a longer file."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a file before it is read."""

    frames: int
    """As the header says, or counted if it says nothing."""
    mix: ChannelMix
    cut_off: bool


def survey(open_decoder: Callable[[], SoundDecoder], path: str) -> Survey:
    """Look at a file. It is opened twice: some formats don't find back to their first sample.

    Raises:
        SoundFileError: it can't be read, or isn't for speech.
    """
    with closing(open_decoder()) as decoder:
        check_numbers(path, decoder.channels, decoder.rate)
        frames, cut_off = _length(decoder, path), decoder.cut_off
    with closing(open_decoder()) as decoder:
        windows = _windows(decoder, frames)
        first = next(windows)
        if not len(first):
            raise SoundFileError(SOUND_BROKEN(path=path, command=conversion(path)))
        mix = ChannelMix((0,))
        if decoder.channels > 1:
            mix = choose_mix(chain([first], windows), decoder.channels)
    return Survey(frames, mix, cut_off)


def check_numbers(path: str, channels: int, rate: int) -> None:
    """Raise SoundFileError unless there can be speech in so many channels at this rate in Hz."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        command = conversion(path, "-ar 24000 ")
        raise SoundFileError(
            SOUND_RATE(path=path, rate=rate, lowest=LOWEST_RATE, highest=HIGHEST_RATE, command=command)
        )
    if not 1 <= channels <= MOST_CHANNELS:
        command = conversion(path, "-ac 1 ")
        raise SoundFileError(
            SOUND_CHANNELS(path=path, channels=channels, most=MOST_CHANNELS, command=command)
        )


def _length(decoder: SoundDecoder, path: str) -> int:
    longest = LONGEST_H * 3_600 * decoder.rate
    frames = decoder.frames
    if not 0 < frames <= longest:  # nothing was known when the header was written, or it is broken
        frames = 0
        while frames <= longest and (got := len(decoder.read(decoder.rate))):
            frames += got
    if not frames:
        raise SoundFileError(SOUND_EMPTY(path=path))
    if frames > longest:
        command = conversion(path, "-t 3600 ")
        raise SoundFileError(SOUND_TOO_LONG(path=path, hours=LONGEST_H, command=command))
    return frames


def _windows(decoder: SoundDecoder, frames: int) -> Iterator[Frames]:
    """Blocks of the sound, spread over it or from its beginning; the first one also if it is empty."""
    size = decoder.rate * BLOCK_MS // 1_000
    step = max(size, frames // _WINDOWS)
    yield decoder.read(size)
    for number in range(1, _WINDOWS):
        if step > size:
            decoder.seek(number * step)
        window = decoder.read(size)
        if not len(window):
            return
        yield window
