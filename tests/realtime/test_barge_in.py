"""What stops the assistant, sample by sample: 250 ms of speech, and not a cough."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.realtime.barge_in import BEFORE_MS, CONFIRM_MS, BargeIn, BargePhase

RATE = 24_000
QUIET, VOICE = 0.0001, 0.1
LEAST_MS = 250.0


class Room:
    """Feeds a `BargeIn` in blocks of 10 ms and remembers what it lets through."""

    def __init__(self) -> None:
        self.barge_in = BargeIn(RATE)
        self.random = np.random.default_rng(1)
        self.sent: list[Samples] = []
        self.phases: list[BargePhase] = []
        self.hear(500, QUIET, sounds=False)

    def hear(self, ms: int, loud: float, *, sounds: bool = True, least_ms: float = LEAST_MS) -> None:
        for _ in range(ms // 10):
            block = (loud * self.random.standard_normal(RATE // 100)).astype(np.float32)
            self.sent.append(self.barge_in.apply(block, sounds=sounds, least_ms=least_ms))
            if self.phases[-1:] != [self.barge_in.phase]:
                self.phases.append(self.barge_in.phase)

    def sent_since(self, blocks: int) -> Samples:
        return np.concatenate(self.sent[blocks:])


def test_while_the_assistant_sounds_silence_of_the_same_length_is_sent():
    room = Room()
    before = len(room.sent)
    room.hear(200, QUIET)
    assert not room.sent_since(before).any()
    assert len(room.sent_since(before)) == 0.2 * RATE


@pytest.mark.parametrize("ms", [20, 150, 240])
def test_a_short_sound_makes_it_quieter_for_a_moment_and_is_not_sent(ms: int):
    room = Room()
    room.hear(200, QUIET)
    before = len(room.sent)
    room.hear(ms, VOICE)
    assert room.barge_in.ducks
    room.hear(300, QUIET)
    assert room.phases[-2:] == [BargePhase.DUCKED, BargePhase.GUARDED]
    assert not room.barge_in.pauses
    assert not room.sent_since(before).any()


def test_it_is_quieter_within_20_ms_and_silent_after_250():
    room = Room()
    room.hear(200, QUIET)
    room.hear(20, VOICE)
    assert room.barge_in.ducks
    room.hear(220, VOICE)
    assert not room.barge_in.pauses
    room.hear(10, VOICE)
    assert room.barge_in.pauses
    assert not room.barge_in.ducks


def test_speech_that_goes_on_is_sent_from_before_its_beginning():
    room = Room()
    room.hear(500, QUIET)
    before = len(room.sent)
    room.hear(600, VOICE)
    loud = np.abs(room.sent_since(before)) > 10 * QUIET
    spoken = int(np.count_nonzero(loud)) / RATE
    assert spoken == pytest.approx(0.6, abs=0.02)
    # Silence until it was decided, then what waited, then the rest.
    assert len(loud) / RATE == pytest.approx(0.24 + BEFORE_MS / 1_000 + 0.6, abs=0.02)


def test_what_the_server_does_not_hear_lets_the_assistant_go_on():
    room = Room()
    room.hear(200, QUIET)
    room.hear(400, VOICE)
    assert room.barge_in.pauses
    room.hear(int(CONFIRM_MS) - 200, QUIET)
    assert room.barge_in.pauses
    room.hear(200, QUIET)
    assert not room.barge_in.pauses
    assert room.phases[-1] is BargePhase.GUARDED


def test_who_speaks_when_the_assistant_begins_is_not_cut_off():
    room = Room()
    room.hear(300, VOICE, sounds=False)
    before = len(room.sent)
    room.hear(300, VOICE)
    assert np.count_nonzero(room.sent_since(before)) > 0.29 * RATE
    assert not room.barge_in.pauses, "it did not interrupt"
    room.hear(300, QUIET)
    assert room.phases[-1] is BargePhase.GUARDED


def test_who_speaks_when_the_assistant_ends_is_heard_from_the_first_word():
    room = Room()
    room.hear(300, QUIET)
    before = len(room.sent)
    room.hear(100, VOICE)
    room.hear(100, VOICE, sounds=False)
    loud = np.abs(room.sent_since(before)) > 10 * QUIET
    assert np.count_nonzero(loud) / RATE == pytest.approx(0.2, abs=0.02)
    assert room.phases[-1] is BargePhase.OPEN
