"""Takes of real speech in a room, let go at any moment: what their tails keep, and how long they last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desktop.audio.format import Samples
from desktop.audio.silence_detector import SilenceDetector

RATE = 24_000
TAIL_MS = 200
BLOCK_MS = 10
LEAD_MS = 300
"""Of the room before the first word: the pre-roll."""
HEARD_DB = -45
"""Of the speech's loudness; what is quieter is no part of a word."""
MASKED = 0.7
"""In each band, how much of the noise's power a sound must have to be heard beside it."""
BANDS_HZ = ((80, 300), (300, 1_000), (1_000, 2_500), (2_500, 5_000), (5_000, 10_000))

SENTENCES = (
    "Yes.|Stop.|No.|Please stop.|Oh yes.|What is that?|Is it half past six?|Turn off the lights.|"
    "I like both.|That is enough.|Give me the laugh track.|Tell me about the cliff.|Can you fix this?|"
    "How much is the cup?|Look at the map.|Show me the desk.|Is that a fact?|It was next.|"
    "We took the bus.|It hurts.|Send it back.|Play the last track.|Where is the shop?|This is it.|Help.|"
    "Wait.|What?|Six.|Eight.|Thanks.|Fish.|Wash.|Breathe.|With.|Tooth.|Knife.|Give.|Prize.|Judge.|Watch.|"
    "March.|Orange.|Church.|Rich.|Push.|Cash.|Mixed.|Asked.|Helped.|Stopped.|Looked.|Bag.|Bed.|Club.|"
    "Road.|Big dog.|Good job.|Bread.|Sing a song.|Come home.|Sun.|Moon.|Call.|Fall.|Car.|Far away.|"
    "Hello there.|How are you today?|What time is it in Tokyo?|Roll two dice please.|"
    "Set a timer for two minutes.|Tell me a short story about the lighthouse.|"
    "What is twelve times seven?|Count to ten.|Say that again.|Good night.|Good evening.|Never mind.|"
    "What is your name?|Can you hear me?|Will it rain tomorrow?|Open the door, please.|Read me the news.|"
    "Is there any milk left?|I think so.|Maybe next week.|That costs five bucks.|We need eggs.|"
    "The cats sat on mats.|He jumped over the fence.|She sells sea shells.|Peter picked a pepper.|"
    "A quick brown fox.|It is cold outside.|Which one is best?|Not at all.|"
    "Let us begin with the first step.|My phone is dead.|Put it on the shelf.|Translate this text."
).split("|")
"""A hundred, most of them ending in a hiss or a stop."""


@dataclass(frozen=True, slots=True)
class Room:
    """How loud somebody speaks in it, and what else is heard; in dBFS."""

    name: str
    speech_db: float
    noise: str
    noise_db: float


ROOMS = (
    Room("quiet room", -25, "hiss", -75),
    Room("quiet speaker", -45, "hiss", -75),
    Room("quiet speaker, fan", -45, "fan", -65),
    Room("fan", -25, "fan", -45),
    Room("loud fan", -25, "fan", -38),
    Room("soft music", -25, "music", -50),
    Room("music", -25, "music", -35),
)


@dataclass(frozen=True, slots=True)
class Take:
    """A sentence in a room. `end` is the sample after the last that is heard of it."""

    sound: Samples
    end: int

    def tail_ms(self, released: int) -> int:
        """How long after a release at this sample the take goes on."""
        detector = SilenceDetector(RATE)
        block = RATE * BLOCK_MS // 1_000
        detector.push(self.sound[:released])
        for ms in range(0, TAIL_MS, BLOCK_MS):
            if detector.fell_silent:
                return ms
            at = released + ms * RATE // 1_000
            detector.push(self.sound[at : at + block])
        return TAIL_MS

    def lost_ms(self, released: int) -> float:
        """What the whole tail would have kept of the sentence, and an early end of it doesn't."""
        kept = released + self.tail_ms(released) * RATE // 1_000
        whole = released + TAIL_MS * RATE // 1_000
        return max(0, min(self.end, whole) - kept) * 1_000 / RATE


def speech(pcm: bytes) -> Samples:
    """PCM16 as samples."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)


def take(words: Samples, room: Room, seed: int) -> Take:
    """These words said in that room; a second of the room follows them."""
    ms5 = RATE // 200
    steps = words[: len(words) // ms5 * ms5].reshape(-1, ms5)
    loud = 10 * np.log10(np.mean(steps**2, axis=1) + 1e-12)
    usual = float(np.percentile(loud, 90))
    clean = np.concatenate(
        [
            np.zeros(RATE * LEAD_MS // 1_000),
            words * 10 ** ((room.speech_db - usual) / 20),
            np.zeros(RATE),
        ]
    ).astype(np.float32)
    noise = _noise(room, len(clean), np.random.default_rng(seed))
    powers, masked = _powers(clean), MASKED * _powers(noise).mean(axis=0)
    heard = np.any((powers > masked) & (powers > 10 ** ((room.speech_db + HEARD_DB) / 10)), axis=1)
    last = (int(np.flatnonzero(heard)[-1]) + 2) * RATE // 100
    spoken = RATE * LEAD_MS // 1_000 + (int(np.flatnonzero(loud > usual + HEARD_DB)[-1]) + 1) * ms5
    return Take(clean + noise, min(last, spoken))


def releases(one: Take, step_ms: int = 20) -> Iterator[int]:
    """Moments to let go: from 0.3 s before the end of the sentence to 0.15 s after it."""
    for ms in range(-300, 151, step_ms):
        at = one.end + ms * RATE // 1_000
        if at > RATE * (LEAD_MS + 100) // 1_000:
            yield at


def _powers(sound: Samples) -> npt.NDArray[np.float64]:
    frame = RATE // 50
    frames = np.lib.stride_tricks.sliding_window_view(sound, frame)[:: frame // 2] * np.hanning(frame)
    spectra = np.abs(np.fft.rfft(frames, axis=1)) ** 2 * (2 / (frame * np.sum(np.hanning(frame) ** 2)))
    hertz = np.fft.rfftfreq(frame, 1 / RATE)
    return np.stack(
        [spectra[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in BANDS_HZ], axis=1
    )


def _noise(room: Room, count: int, chance: np.random.Generator) -> Samples:
    at = np.arange(count) / RATE
    if room.noise == "hiss":
        sound = chance.normal(0, 1, count)
    elif room.noise == "fan":
        spectrum = (
            np.fft.rfft(chance.normal(0, 1, count)) / np.maximum(np.fft.rfftfreq(count, 1 / RATE), 60) ** 0.75
        )
        sound = np.fft.irfft(spectrum, count)
        sound = sound / sound.std() + 0.5 * np.sin(2 * np.pi * 120 * at) + 0.3 * np.sin(2 * np.pi * 97 * at)
    else:
        sound = np.zeros(count)
        for begin in range(0, count, RATE // 4):
            pitch = chance.choice([220, 247, 262, 294, 330, 392, 440, 494])
            rest = at[: count - begin]
            for harmonic in range(1, 6):
                sound[begin:] += np.exp(-4 * rest) * np.sin(2 * np.pi * pitch * harmonic * rest) / harmonic
    return np.asarray(sound / sound.std() * 10 ** (room.noise_db / 20), np.float32)
