"""The newest of what the device gave, as it came."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.audio.kept_sound import KEPT_MS, KeptSound

RATE = 1_000


def counted(begin: int, end: int) -> np.ndarray:
    return np.arange(begin, end, dtype=np.float32)


def test_what_nobody_trims_is_all_there() -> None:
    kept = KeptSound(RATE)
    for at in range(0, 2_000, 100):
        kept.push(counted(at, at + 100))
    assert np.array_equal(kept.take(), counted(0, 2_000))
    assert len(kept.take()) == 0


@pytest.mark.parametrize("size", [1, 7, 250, 2_000])
def test_the_newest_are_kept_to_the_sample(size: int) -> None:
    kept = KeptSound(RATE)
    for at in range(0, 2_000, size):
        kept.push(counted(at, min(2_000, at + size)))
        kept.trim()
    assert np.array_equal(kept.take(), counted(2_000 - KEPT_MS, 2_000))


def test_a_long_read_is_not_held_for_its_end() -> None:
    kept = KeptSound(RATE)
    kept.push(counted(0, 100_000))
    kept.trim()
    taken = kept.take()
    assert len(taken) == KEPT_MS
    assert taken.base is None, "a view would keep all of it"
