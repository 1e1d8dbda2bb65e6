"""The tail after a key-up: what it loses of real speech, how long it lasts, and what is understood."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import numpy as np

from desktop.offline import hibari, moonshine, sphinx
from desktop.offline.speech_engines import Recognizer
from desktop.offline.turn_recognizer import TurnRecognizer
from tests.benchmarks.figures import Figure, figure
from tests.offline.tails import RATE, ROOMS, SENTENCES, TAIL_MS, Take, releases, speech, take

PAUSES_MS = {100: 45, 300: 25}
"""From the end of the speech to the key-up, and what may follow: the window's settling and the device's
latency, 20 to 30 ms, run beside it."""
OF_THE_GRAMMAR = (
    "what time is it in tokyo",
    "roll a twenty sided die",
    "set a timer for two minutes",
    "what is twelve times seven",
    "tell me a long story",
    "count to ten",
    "say that again",
    "what is the date",
    "help",
    "stop",
)
CLOSE_MS = (-60, 0, 60, 120)
"""When the key goes up, from the end of the speech, where its words are compared."""


def measure() -> Iterator[Figure]:
    """The figures of the tail, one by one."""
    voice = hibari.load()
    words = [speech(voice.synthesize(sentence)) for sentence in SENTENCES]
    for room in ROOMS:
        takes = [take(one, room, seed) for seed, one in enumerate(words)]
        lost = [one.lost_ms(at) for one in takes for at in releases(one)]
        yield figure(f"lost of a word: {room.name}", [max(lost)], "ms", 0)
        for pause, goal in PAUSES_MS.items():
            tails = [one.tail_ms(one.end + pause * RATE // 1_000) for one in takes]
            limit = None if room.noise == "music" else goal
            yield figure(f"tail {pause} ms after the word: {room.name}", tails, "ms", limit)
    takes = [take(one, ROOMS[0], seed) for seed, one in enumerate(words)]
    yield _differing("moonshine", moonshine.load(), takes)
    if importlib.util.find_spec("pocketsphinx"):
        known = [speech(voice.synthesize(f"{sentence}.")) for sentence in OF_THE_GRAMMAR]
        yield _differing("pocketsphinx", sphinx.load(), [take(one, ROOMS[0], 0) for one in known])


def _differing(name: str, recognizer: Recognizer, takes: list[Take]) -> Figure:
    differ = []
    for one in takes:
        for ms in CLOSE_MS:
            at = one.end + ms * RATE // 1_000
            early, whole = (_heard(recognizer, one, at, tail) for tail in (one.tail_ms(at), TAIL_MS))
            differ.append(early != whole)
    return figure(f"takes understood otherwise: {name}", [100 * float(np.mean(differ))], "%", 0)


def _heard(recognizer: Recognizer, one: Take, released: int, tail_ms: int) -> str:
    hearing = TurnRecognizer(recognizer, RATE, None)
    sound = one.sound[: released + tail_ms * RATE // 1_000]
    hearing.feed((sound.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return hearing.commit()
