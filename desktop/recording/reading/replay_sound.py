"""The sound of a part of a recording, as it is played again: both voices, at another speed where wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from desktop.audio.format import pcm16_to_float
from desktop.audio.resample import convert
from desktop.realtime.recent_sounds import Sound
from desktop.recording.folder.reader import Recording
from desktop.viewmodels.timeline.records import SAMPLE_BYTES, VOICES, Clip, Voice

WINDOW_S, SEARCH_S = 0.040, 0.008
"""Of a piece of speech, and how far it may be moved to fit to the one before."""
LOUDEST = 32_767

Floats = NDArray[np.float32]


def has_sound(clips: Sequence[Clip], begin_us: float, end_us: float) -> bool:
    """Whether any of them sounds in this time."""
    return any(clip.heard and clip.begin_us < end_us and clip.end_us > begin_us for clip in clips)


def replay_sound(
    recording: Recording,
    clips: Mapping[Voice, Sequence[Clip]],
    begin_us: float,
    end_us: float,
    speed: float = 1.0,
) -> Sound | None:
    """What was said and heard from one time to another; None where that is nothing. It blocks.

    At another speed the voices keep their pitch.
    """
    if not any(has_sound(clips[voice], begin_us, end_us) for voice in VOICES):
        return None
    rate = recording.output_rate
    mixed = np.zeros(max(1, round((end_us - begin_us) * rate / 1e6)), np.float32)
    for voice in VOICES:
        with closing(recording.track(voice)) as track:
            for clip in clips[voice]:
                if not clip.heard or clip.begin_us >= end_us or clip.end_us <= begin_us:
                    continue
                late = max(0.0, begin_us - clip.begin_us)
                first = int(late * clip.rate / 1e6) * SAMPLE_BYTES
                count = (
                    int((min(clip.end_us, end_us) - clip.begin_us - late) * clip.rate / 1e6) * SAMPLE_BYTES
                )
                pcm = track.read(clip.offset + first, min(count, clip.size - first))
                sound = pcm16_to_float(pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES])
                if clip.rate != rate and len(sound):
                    sound = convert(sound, clip.rate, rate)
                place = round(max(0.0, clip.begin_us - begin_us) * rate / 1e6)
                room = min(len(sound), len(mixed) - place)
                mixed[place : place + room] += sound[:room]
    if speed != 1.0:
        mixed = stretched(mixed, rate, speed)
    samples = np.clip(mixed * LOUDEST, -LOUDEST, LOUDEST).astype("<i2")
    return Sound(samples.tobytes(), rate)


def stretched(sound: Floats, rate: int, speed: float) -> Floats:
    """The same speech, so many times faster, at its own pitch.

    Pieces of 40 ms overlap by half; each is taken from where it goes on best with the one before.
    """
    window, search = round(WINDOW_S * rate) // 2 * 2, round(SEARCH_S * rate)
    half = window // 2
    if len(sound) < 2 * window:
        return sound
    padded = np.concatenate([np.zeros(search, np.float32), sound, np.zeros(window + 2 * search, np.float32)])
    fade = np.hanning(window + 1)[:window].astype(np.float32)
    count = int((len(sound) / speed) // half)
    made = np.zeros((count + 2) * half, np.float32)
    wanted = padded[search : search + half]
    for number in range(count):
        at = int(number * half * speed)
        near = padded[at : at + half + 2 * search]
        if len(near) < half + 2 * search:
            break
        fits = np.correlate(near, wanted, "valid") if number and np.any(wanted) else None
        best = at + (search if fits is None else int(np.argmax(fits)))
        piece = padded[best : best + window]
        made[number * half : number * half + len(piece)] += piece * fade[: len(piece)]
        wanted = padded[best + half : best + window]
    return made[: round(len(sound) / speed)]
