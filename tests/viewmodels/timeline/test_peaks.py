from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktop.viewmodels.timeline.peaks import BIN, FACTOR, LEVELS, Peaks, outline


def _sound(count: int, seed: int = 0) -> bytes:
    return np.random.default_rng(seed).integers(-32_768, 32_768, count).astype("<i2").tobytes()


@given(st.lists(st.integers(0, 5_000), max_size=12), st.integers(0, 99))
def test_it_is_the_same_in_whatever_pieces_the_sound_comes(sizes: list[int], seed: int) -> None:
    pcm = _sound(sum(sizes) // 2 + 1, seed)
    whole, grown = Peaks(), Peaks()
    whole.add(pcm)
    at = 0
    for size in sizes:  # odd sizes too: a packet may end in the middle of a sample
        grown.add(pcm[at : at + size])
        at += size
    grown.add(pcm[at:])
    assert len(whole) == len(grown) == len(pcm) // (2 * BIN)
    assert grown.taken == len(pcm)
    for level in range(LEVELS):
        assert whole.count(level) == grown.count(level)
        assert np.array_equal(whole.pairs(level), grown.pairs(level))


@given(st.integers(1, 20_000), st.integers(0, 99))
def test_each_pair_holds_the_lowest_and_the_highest_of_its_samples(count: int, seed: int) -> None:
    pcm = _sound(count, seed)
    peaks = Peaks()
    peaks.add(pcm)
    samples = np.frombuffer(pcm, "<i2")[: len(peaks) * BIN] >> 8
    for level in range(4):
        step = BIN * FACTOR**level
        pairs = peaks.pairs(level)
        assert len(pairs) == -(-len(samples) // step)
        for place, (low, high) in enumerate(pairs):
            part = samples[place * step : (place + 1) * step]
            assert (low, high) == (part.min(), part.max())


def test_a_part_of_a_level_is_what_stands_there() -> None:
    peaks = Peaks()
    peaks.add(_sound(BIN * 1_003))
    for level in (0, 1, 3):
        everything = peaks.pairs(level)
        for first, last in ((0, 3), (2, len(everything)), (len(everything) - 1, len(everything))):
            assert np.array_equal(peaks.pairs(level, first, last), everything[first:last])


def test_what_was_kept_can_be_gone_on_with() -> None:
    pcm = _sound(BIN * 50)
    whole, kept = Peaks(), Peaks()
    whole.add(pcm)
    kept.add_pairs(outline(pcm[: BIN * 2 * 31]))
    kept.add(pcm[BIN * 2 * 31 :])
    assert np.array_equal(whole.pairs(0), kept.pairs(0))
    assert np.array_equal(whole.pairs(2), kept.pairs(2))


def test_it_has_a_bound(monkeypatch) -> None:
    monkeypatch.setattr("desktop.viewmodels.timeline.peaks.MOST_PAIRS", 100)
    peaks = Peaks()
    for _ in range(30):
        peaks.add(_sound(BIN * 7))
    assert len(peaks) == 100
    assert len(peaks.pairs(1)) == 25
