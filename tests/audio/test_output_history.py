"""What was handed to the device, and the gain of each frame."""

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.audio.output_history import OutputHistory

RATE = 1_000
RAMP = 10
"""Frames of one block."""


def ones(frames: int) -> Samples:
    return np.ones(frames, dtype=np.float32)


@pytest.fixture
def history() -> OutputHistory:
    return OutputHistory(RATE, 100)


def test_recalls_what_was_pushed_across_its_end(history: OutputHistory) -> None:
    for value in range(1, 18):
        history.push(value * ones(10), follows=True)
    np.testing.assert_array_equal(history.recall(95, 165), np.repeat(np.arange(10, 18), 10)[5:75])


def test_what_follows_a_louder_sound_fades(history: OutputHistory) -> None:
    history.push(ones(20), follows=False)
    history.volume = 0.0
    pushed = history.push(ones(20), follows=True)
    np.testing.assert_allclose(pushed[:RAMP], np.linspace(1, 0, RAMP), atol=1e-6)
    assert not pushed[RAMP:].any()


def test_what_follows_nothing_has_the_volume_at_once(history: OutputHistory) -> None:
    history.push(ones(20), follows=False)
    history.volume = 0.5
    assert (history.push(ones(20), follows=False) == 0.5).all()


def test_rescales_from_a_frame_on(history: OutputHistory) -> None:
    history.push(ones(50), follows=False)
    history.volume = 0.0
    assert history.rescale(20)
    frames = history.recall(0, 50)
    assert (frames[:20] == 1).all()
    np.testing.assert_allclose(frames[20 : 20 + RAMP], np.linspace(1, 0, RAMP), atol=1e-6)
    assert not frames[20 + RAMP :].any()


def test_a_second_volume_begins_where_the_ramp_to_the_first_one_is(history: OutputHistory) -> None:
    history.push(ones(50), follows=False)
    history.volume = 0.0
    history.rescale(0)
    before = history.recall(5, 6)[0]
    history.volume = 1.0
    history.rescale(5)
    assert 0 < history.recall(5, 6)[0] == before < 1


def test_says_when_nothing_would_change(history: OutputHistory) -> None:
    history.push(ones(50), follows=False)
    assert not history.rescale(0)
    history.volume = 0.5
    assert not history.rescale(50)
    assert not history.rescale(60)


def test_what_was_taken_back_is_replaced(history: OutputHistory) -> None:
    history.push(ones(50), follows=False)
    history.take_back(20)
    history.push(2 * ones(10), follows=False)
    assert history.written == 30
    np.testing.assert_array_equal(history.recall(10, 30), np.repeat([1, 2], 10))
