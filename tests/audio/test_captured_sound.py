"""Sound is cut at the moment at which it was captured, however late it is read."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.audio.captured_sound import LONGEST_HOLD_S, CapturedSound

RATE = 1_000
PIECE_S = 0.02


def ramp(begin: int, count: int) -> np.ndarray:
    return np.arange(begin, begin + count, dtype=np.float32)


def taken(sound: CapturedSound, now: float = 100.0) -> list[float]:
    return [float(value) for piece in sound.take(now, PIECE_S) for value in piece]


def test_without_a_hold_all_is_given_out_in_pieces():
    sound = CapturedSound(RATE)
    sound.push(ramp(0, 50), 100.0)
    pieces = [len(piece) for piece in sound.take(100.0, PIECE_S)]
    assert pieces == [20, 20, 10]
    assert sound.moved_to == 100.0


@pytest.mark.parametrize("reads", [1, 5])
def test_a_hold_cuts_at_its_moment_and_the_rest_waits(reads: int):
    """5 s that are read at once are cut where the key went up 4.8 s ago."""
    sound = CapturedSound(RATE)
    sound.hold(95.2)
    for read in range(reads):
        sound.push(ramp(read * 5_000 // reads, 5_000 // reads), 95.0 + 5.0 * (read + 1) / reads)
    assert taken(sound) == list(range(200))
    assert sound.moved_to == pytest.approx(95.2)
    sound.hold(None)
    assert taken(sound) == list(range(200, 5_000))


def test_what_has_passed_before_the_hold_is_told():
    sound = CapturedSound(RATE)
    sound.push(ramp(0, 100), 100.0)
    taken(sound)
    sound.hold(99.96)
    assert sound.passed_ms == pytest.approx(40)
    assert taken(sound) == []
    sound.hold(None)
    assert sound.passed_ms == 0


def test_of_a_full_ring_the_newest_was_lost():
    """The device's ring holds 4 s: after 10 s it has the first 4, not the last."""
    sound = CapturedSound(RATE)
    sound.push(ramp(0, 10), 90.0)
    taken(sound, 90.0)
    sound.hold(90.5)
    sound.push(ramp(10, 4_000), 100.0, overran=True)
    assert taken(sound) == list(range(10, 510))


def test_a_hold_that_nobody_lifts_is_forgotten():
    sound = CapturedSound(RATE)
    sound.hold(50.0)
    sound.push(ramp(0, 10), 100.0)
    assert taken(sound, 100.0) == []
    assert taken(sound, 100.0 + LONGEST_HOLD_S) == []
    assert len(taken(sound, 100.1 + LONGEST_HOLD_S)) == 10
