"""Sample rates: what passes, what must not, and what is held back."""

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.audio.resample import Resampler
from tests.audio.tones import decibels, fit, tone

UP_AND_DOWN = [(48_000, 24_000), (48_000, 16_000), (44_100, 24_000), (24_000, 48_000), (16_000, 44_100)]
IN_COMMON_NOTHING = (23_999, 24_000)
"""Through soxr, which puts its output a sixth of a sample out of its place."""


def through(resampler: Resampler, samples: Samples, block: int) -> Samples:
    parts = [resampler.push(samples[at : at + block]) for at in range(0, len(samples), block)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize(("in_rate", "out_rate"), [*UP_AND_DOWN, IN_COMMON_NOTHING])
def test_a_tone_passes_unharmed(in_rate: int, out_rate: int) -> None:
    out = through(Resampler(in_rate, out_rate), tone(1000, in_rate, 1), in_rate // 100)
    amplitude, rest = fit(out[out_rate // 10 : -out_rate // 10], 1000, out_rate)
    assert amplitude == pytest.approx(0.5, rel=0.001)
    assert decibels(rest) < -100


@pytest.mark.parametrize(
    ("in_rate", "out_rate"), [(48_000, 24_000), (48_000, 16_000), (44_100, 24_000), (44_100, 16_000)]
)
@pytest.mark.parametrize("above_hz", [5, 500, 3_000, 8_000])
def test_a_tone_above_the_new_band_leaves_no_alias(in_rate: int, out_rate: int, above_hz: int) -> None:
    out = through(Resampler(in_rate, out_rate), tone(out_rate // 2 + above_hz, in_rate, 1, amplitude=1), 480)
    assert decibels(float(np.abs(out[out_rate // 10 : -out_rate // 10]).max())) < -90


@pytest.mark.parametrize(("in_rate", "out_rate"), UP_AND_DOWN)
def test_the_band_up_to_the_filter_s_edge_is_flat_and_in_its_place(in_rate: int, out_rate: int) -> None:
    for share in (0.01, 0.2, 0.44):
        hz = share * min(in_rate, out_rate)
        out = through(Resampler(in_rate, out_rate), tone(hz, in_rate, 1), in_rate // 100)
        expected = tone(hz, out_rate, 1)
        middle = slice(out_rate // 10, len(out) - out_rate // 10)
        assert decibels(float(np.abs(out[middle] - expected[: len(out)][middle]).max())) < -70


@pytest.mark.parametrize("in_rate", [24_000, 16_000])
def test_a_tone_raised_to_a_higher_rate_has_no_image(in_rate: int) -> None:
    out = through(Resampler(in_rate, 48_000), tone(7_000, in_rate, 1), in_rate // 50)
    _, rest = fit(out[4800:-4800], 7_000, 48_000)
    assert decibels(rest) < -90


@pytest.mark.parametrize(("in_rate", "out_rate"), [*UP_AND_DOWN, IN_COMMON_NOTHING])
def test_blocks_of_any_size_give_what_one_block_gives(in_rate: int, out_rate: int) -> None:
    noise = np.random.default_rng(1).standard_normal(in_rate // 2).astype(np.float32)
    whole = through(Resampler(in_rate, out_rate), noise, len(noise))
    for block in (7, in_rate // 100, 1111):
        assert np.array_equal(through(Resampler(in_rate, out_rate), noise, block), whole)


@pytest.mark.parametrize(("in_rate", "out_rate"), [*UP_AND_DOWN, IN_COMMON_NOTHING])
def test_nothing_is_lost_and_nothing_added(in_rate: int, out_rate: int) -> None:
    for samples in (1, 10, 480, in_rate):
        out = through(Resampler(in_rate, out_rate), np.ones(samples, dtype=np.float32), 480)
        assert abs(len(out) - samples * out_rate / in_rate) <= 1


@pytest.mark.parametrize(
    ("in_rate", "out_rate", "held_ms"),
    [(48_000, 24_000, 2.4), (48_000, 16_000, 3.6), (44_100, 24_000, 2.4), (24_000, 48_000, 2.5)],
)
def test_holds_back_the_same_after_every_block(in_rate: int, out_rate: int, held_ms: float) -> None:
    resampler = Resampler(in_rate, out_rate)
    delays = []
    for _ in range(50):
        resampler.push(np.zeros(in_rate // 100, dtype=np.float32))
        delays.append(resampler.delay_ms)
    assert delays[2:] == [pytest.approx(held_ms, abs=0.06)] * 48


def test_equal_rates_pass_through() -> None:
    resampler = Resampler(24_000, 24_000)
    noise = tone(440, 24_000, 0.1)
    assert np.array_equal(through(resampler, noise, 100), noise)
    assert resampler.delay_ms == 0


@pytest.mark.parametrize("ending", ["finish", "reset"])
def test_a_new_stream_knows_nothing_of_the_last(ending: str) -> None:
    resampler = Resampler(24_000, 48_000)
    resampler.push(np.ones(5000, dtype=np.float32))
    getattr(resampler, ending)()
    assert not through(resampler, np.zeros(5000, dtype=np.float32), 480).any()
