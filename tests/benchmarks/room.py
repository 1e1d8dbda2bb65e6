"""Hands-free without headphones, in a simulated room: what is left of the echo, and how an interruption goes.

The canceller and what decides on an interruption run as they do in a session, block by block, with sound that
is played, comes back from the room, and is heard by the demo's recogniser. What the sound system adds to the
times is measured nowhere here: a block and both latencies.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr

from desktop.audio.echo import EchoCanceller
from desktop.audio.interfaces import HandedOn
from desktop.audio.playback import DUCKED
from desktop.audio.resample import Resampler
from desktop.offline import hibari, moonshine
from desktop.offline.speech_engines import SYNTHESIZER_RATE, Recognizer, Synthesizer
from desktop.offline.text_normalization import plain
from desktop.offline.turn_recognizer import TurnRecognizer
from desktop.realtime.barge_in import BargeIn
from tests.benchmarks.figures import Figure, figure
from tests.rig.room import DRIFT_PPM, RATE, LiveEcho, Room, Sound

SESSION = 24_000
BLOCK = RATE // 100
DELAYS_MS = (20.0, 60.0, 120.0)
LEVELS_DB = (0.0, 10.0)
LEARNED_S = 2.0
LEAST_MS = 250.0
SERVER_MS = 500.0
"""Until a server's VAD reports speech."""
NOISE = 1e-4
ONSET_DB = 20.0
"""Below a sentence's own level: there its first word begins."""
STORY = (
    "Once upon a time there was a small lighthouse at the end of a long stone pier. Every evening the keeper "
    "climbed the narrow stairs and lit the lamp. The ships came home by its light, one after the other."
)
INTERRUPTIONS = (
    "Please stop now and tell me what time the next train to the city leaves.",
    "Excuse me, how much is two times eleven?",
    "What time is it in Tokyo?",
    "No, I mean the other one, from last week.",
)
SPEAKS_AT_S = (4.0, 5.3)


def measure() -> Iterator[Figure]:
    """The figures of a room, one by one."""
    voice, recognizer = hibari.load(), moonshine.load()
    story = _speech(voice, STORY)
    sentences = {sentence: _as_loud(_speech(voice, sentence), story) for sentence in INTERRUPTIONS}
    silence = np.zeros(BLOCK, np.float32)
    left, words, cpu = [], [], []
    for room in _rooms():
        talk = converse(room, story, silence, 0.0)
        left.append(-talk.reduction_db)
        words.append(len(plain(_heard(recognizer, talk.sent)).split()))
        cpu.append(talk.cpu)
    yield figure("echo left after 2 s", left, "dB", -35, -35)
    yield figure("words of the assistant understood", words, "words", 0, 0)
    yield figure("canceller", [100 * share for share in cpu], "% CPU", 2)
    ducked, stopped, wrong = [], [], []
    for delay in (DELAYS_MS[0], DELAYS_MS[-1]):
        for begin in SPEAKS_AT_S:
            for sentence, speech in sentences.items():
                talk = converse(Room(delay, 0.0, DRIFT_PPM), story, speech, begin)
                ducked.append(talk.ducked_ms)
                stopped.append(talk.stopped_ms)
                wrong.append(100 - 100 * _right(sentence, _heard(recognizer, talk.sent)))
    yield figure("voice lowered after onset", ducked, "ms", 60)
    yield figure("voice stopped after onset", stopped, "ms", 300)
    yield figure("words wrong of an interruption", wrong, "%", 30)
    errors = []
    for clean in (True, False):
        heard = [_heard(recognizer, _alone(speech, clean)) for speech in sentences.values()]
        errors.append(100 - 100 * _right(" ".join(sentences), " ".join(heard)))
    yield figure("words wrong of a voice alone, beyond raw", [errors[0] - errors[1]], "%", 1)


@dataclass(slots=True)
class Talk:
    """What came of one sentence beside a story."""

    sent: Sound
    """At the session's rate."""
    reduction_db: float
    """Of the echo, after 2 s."""
    ducked_ms: float
    stopped_ms: float
    """From the sentence's onset; not a number where it didn't happen."""
    cpu: float
    """The canceller's share of a core, in the second in which the rest of the machine disturbed it least."""


def converse(room: Room, story: Sound, speech: Sound, begin_s: float) -> Talk:
    """The assistant tells a story, and from a moment on somebody says something."""
    live, random = LiveEcho(room), np.random.default_rng(4)
    canceller, barge_in = EchoCanceller(SESSION, room.delay * 1_000 / RATE), BargeIn(SESSION)
    near, clean_from, raw = Resampler(RATE, SESSION), round(LEARNED_S * SESSION), []
    said = np.zeros(len(story) + 2 * RATE, np.float32)
    begin = round(begin_s * RATE)
    said[begin : begin + len(speech)] += speech[: len(said) - begin]
    onset = begin + _onset(speech)
    at, confirmed, cpu = 0, 0.0, [0.0]
    ducked = stopped = float("nan")
    clean: list[Sound] = []
    sent: list[Sound] = []
    for frame in range(0, len(said) - BLOCK, BLOCK):
        sounds = at < len(story)
        gain = 0.0 if barge_in.pauses else DUCKED if barge_in.ducks else 1.0
        played = np.zeros(BLOCK, np.float32)
        if sounds and gain:
            piece = story[at : at + BLOCK]
            played[: len(piece)] = gain * piece
            at += BLOCK
        live.play(frame, played)
        noise = NOISE * random.standard_normal(BLOCK).astype(np.float32)
        heard = near.push(live.take(frame, BLOCK) + said[frame : frame + BLOCK] + noise)
        raw.append(heard)
        began = time.process_time()
        cleaned = canceller.process(heard, HandedOn(played, RATE, True, True))
        cpu[-1] += time.process_time() - began
        if frame % RATE == RATE - BLOCK:
            cpu.append(0.0)
        clean.append(cleaned.samples)
        sent.append(
            barge_in.apply(
                cleaned.samples,
                sounds=sounds,
                least_ms=LEAST_MS,
                echo_power=cleaned.echo_power,
                voice=cleaned.voice,
            )
        )
        now_ms = (frame + BLOCK - onset) * 1_000 / RATE
        if now_ms > 0 and barge_in.ducks and not ducked >= 0:
            ducked = now_ms
        if barge_in.pauses:
            stopped = stopped if stopped >= 0 else now_ms
            confirmed += BLOCK * 1_000 / RATE
            if confirmed > SERVER_MS:
                at = len(story)
    before, after = (np.concatenate(sound)[clean_from : len(story) // 2] for sound in (raw, clean))
    reduction = 10 * np.log10(np.mean(before**2) / max(float(np.mean(after**2)), 1e-12))
    return Talk(np.concatenate(sent), float(reduction), ducked, stopped, min(cpu[:-1]))


def _rooms() -> Iterator[Room]:
    for delay in DELAYS_MS:
        for level in LEVELS_DB:
            yield Room(delay, level, DRIFT_PPM)


def _alone(speech: Sound, clean: bool) -> Sound:
    """Somebody speaks, and nobody else: with the canceller, or raw."""
    quiet = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([quiet, speech, quiet, quiet])
    near, canceller = Resampler(RATE, SESSION), EchoCanceller(SESSION)
    silence, out = HandedOn(np.zeros(BLOCK, np.float32), RATE, True, True), []
    for begin in range(0, len(sound) - BLOCK, BLOCK):
        heard = near.push(sound[begin : begin + BLOCK])
        out.append(canceller.process(heard, silence).samples if clean else heard)
    return np.concatenate(out)


def _speech(voice: Synthesizer, sentence: str) -> Sound:
    pcm = np.frombuffer(voice.synthesize(sentence), "<i2").astype(np.float32) / 32_768
    return np.asarray(soxr.resample(pcm, SYNTHESIZER_RATE, RATE), np.float32)


def _as_loud(speech: Sound, other: Sound) -> Sound:
    return speech * np.float32(np.sqrt(np.mean(other**2) / np.mean(speech**2)))


def _onset(speech: Sound) -> int:
    """The first sample of the first 10 ms that are no more than ONSET_DB quieter than all of it."""
    blocks = speech[: len(speech) // BLOCK * BLOCK].reshape(-1, BLOCK)
    powers = np.mean(blocks**2, axis=1)
    return int(np.argmax(powers >= np.mean(speech**2) * 10 ** (-ONSET_DB / 10))) * BLOCK


def _heard(recognizer: Recognizer, sound: Sound) -> str:
    hearing = TurnRecognizer(recognizer, SESSION, None)
    hearing.feed((sound.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return hearing.commit()


def _right(said: str, heard: str) -> float:
    """The share of the words that were heard, in any order."""
    wanted, got = plain(said).split(), plain(heard).split()
    right = sum(min(wanted.count(word), got.count(word)) for word in set(wanted))
    return right / max(len(wanted), 1)
