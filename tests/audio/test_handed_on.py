"""What the speaker's device was handed, and a pause that loses nothing; on streams driven by hand."""

from __future__ import annotations

import numpy as np

from desktop.audio.format import float_to_pcm16
from desktop.audio.playback import DUCKED
from tests.audio.test_playback import BLOCK, DEVICE, Bench


def ramp(seconds: float) -> np.ndarray:
    return np.linspace(0.1, 0.9, round(seconds * DEVICE), dtype=np.float32)


def playing(seconds: float = 1.0) -> Bench:
    bench = Bench()
    bench.playback.write(1, float_to_pcm16(ramp(seconds)))
    bench.playback.complete(1)
    return bench


def test_it_is_what_sounded_as_loud_as_it_did() -> None:
    bench = playing()
    bench.playback.volume = 0.5
    handed, sounded = [], []
    for _ in range(20):
        sounded.append(bench.run(1))
        handed.append(bench.playback.handed_on().samples)
    np.testing.assert_allclose(np.concatenate(handed), np.concatenate(sounded), atol=1e-6)


def test_it_tells_where_the_sound_begins_and_ends() -> None:
    bench = playing(0.05)
    seen = []
    for _ in range(8):
        handed = bench.playback.handed_on()
        seen.append((len(handed.samples) // BLOCK, handed.follows, handed.goes_on))
        bench.run(1)
    assert seen[:2] == [(0, False, True), (1, True, True)]
    assert [blocks for blocks, _, _ in seen[1:6]] == [1] * 5
    assert (0, False, False) in seen[6:]


def test_a_pause_is_silent_and_nothing_of_the_sound_is_lost() -> None:
    bench = playing(0.5)
    before = bench.run(10)
    bench.playback.paused = True
    pause = bench.run(20)
    assert not pause[BLOCK:].any()
    assert bench.playback.playing
    heard = bench.playback.heard_ms(1)
    bench.playback.paused = False
    after = bench.run_out()
    sounded = np.concatenate([before, pause, after])
    np.testing.assert_allclose(sounded[sounded > 0][: len(ramp(0.5))], ramp(0.5), atol=1e-3)
    assert heard < bench.playback.heard_ms(1)


def test_what_is_flushed_in_a_pause_does_not_come_back() -> None:
    bench = playing()
    bench.run(10)
    bench.playback.paused = True
    bench.run(2)
    bench.playback.flush()
    assert not bench.playback.paused
    assert not bench.run(10).any()
    bench.playback.write(2, float_to_pcm16(ramp(0.2)))
    bench.playback.complete(2)
    assert bench.run(10).any()


def test_ducked_it_is_12_db_quieter_within_50_ms_and_then_as_before() -> None:
    bench = playing()
    loud = bench.run(10)[-1]
    bench.playback.ducked = True
    quiet = bench.run(5)[-1]
    assert abs(quiet / loud - DUCKED) < 0.1  # it rises meanwhile
    bench.playback.ducked = False
    assert bench.run(5)[-1] > loud
