"""The echo canceller in a simulated room, and the reference that must never come late."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import soxr

from desktop.audio import echo
from desktop.audio.echo import EchoCanceller
from desktop.audio.echo_reference import BACKLOG_MS, EchoReference
from desktop.audio.format import Samples
from desktop.audio.interfaces import NOTHING_HANDED_ON, HandedOn
from desktop.audio.resample import Resampler
from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.rig.room import RATE, Room

pytestmark = pytest.mark.xdist_group("speech")

SESSION = 24_000
BLOCK = RATE // 100
DELAY_MS = 60.0


@pytest.fixture(scope="module")
def story() -> Samples:
    pcm = hibari.load().synthesize(
        "Once upon a time, a lighthouse stood at the end of a long pier, and its keeper had a grey cat."
    )
    speech = np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768
    return soxr.resample(speech, SYNTHESIZER_RATE, RATE).astype(np.float32)


def left_db(played: Samples, late_ms: float) -> float:
    """How much quieter the echo is after 2 s, with a reference that is so much later than its playing."""
    heard = Room(DELAY_MS, drift_ppm=50).echo(played)
    late = round(late_ms * RATE / 1_000)
    handed = np.roll(played, late)
    canceller, resampler = EchoCanceller(SESSION, DELAY_MS), Resampler(RATE, SESSION)
    clean, raw = [], []
    for begin in range(0, len(played) - BLOCK, BLOCK):
        block = slice(begin, begin + BLOCK)
        raw.append(resampler.push(heard[block]))
        clean.append(canceller.process(raw[-1], HandedOn(handed[block], RATE, begin > 0, True)).samples)
    after = 2 * SESSION
    powers = [np.mean(np.square(np.concatenate(sound)[after:])) for sound in (raw, clean)]
    return 10 * float(np.log10(powers[0] / max(powers[1], 1e-12)))


def test_an_echo_is_35_db_quieter_after_two_seconds(story: Samples) -> None:
    assert left_db(story, 0.0) >= 35


@pytest.mark.parametrize(("late_ms", "works"), [(-200.0, True), (40.0, True), (70.0, False)])
def test_the_reference_may_be_early_but_not_later_than_its_echo(
    story: Samples, late_ms: float, works: bool
) -> None:
    assert (left_db(story, late_ms) >= 35) is works


def take(reference: EchoReference, handed: Samples, follows: bool, goes_on: bool) -> Samples:
    reference.push(HandedOn(handed, SESSION, follows, goes_on), 240)
    return reference.take(240)


def ones(count: int) -> Samples:
    return np.ones(count, dtype=np.float32)


def test_a_sound_that_begins_within_a_block_is_as_late_as_it_was_handed_on() -> None:
    reference = EchoReference(SESSION)
    assert not take(reference, ones(0), False, False).any()
    assert list(np.flatnonzero(take(reference, ones(100), False, True))) == list(range(140, 240))
    assert take(reference, ones(240), True, True).all()
    assert list(np.flatnonzero(take(reference, ones(30), True, False))) == list(range(30))
    assert not take(reference, ones(0), False, False).any()


@pytest.mark.parametrize("latency_ms", [0.0, 20.0, 100.0, 500.0])
def test_it_is_never_later_than_the_latency_that_is_known(latency_ms: float) -> None:
    reference = EchoReference(SESSION, latency_ms)
    take(reference, ones(0), False, False)
    got = np.concatenate([take(reference, ones(240), n > 0, True) for n in range(100)])
    late_ms = 1_000 * int(np.argmax(got > 0)) / SESSION
    assert late_ms <= max(0.25 * latency_ms, latency_ms - 350)
    assert latency_ms - late_ms <= 400, "the engine looks no further back"


def test_after_a_loss_at_the_microphone_only_the_newest_counts() -> None:
    reference = EchoReference(SESSION)
    take(reference, ones(240), True, True)
    ramp = np.arange(SESSION, dtype=np.float32)
    assert ramp[-1] - take(reference, ramp, True, True)[-1] <= BACKLOG_MS * SESSION / 1_000


def test_blocks_that_lack_a_sample_come_out_at_once() -> None:
    canceller = EchoCanceller(SESSION, make=lambda rate, noise: _Through())
    sizes = [len(canceller.process(ones(size), NOTHING_HANDED_ON).samples) for size in (239, 241, 240, 239)]
    assert sizes == [240] * 4


def test_nothing_is_loaded_before_it_is_needed() -> None:
    code = "import sys, desktop.realtime.session; sys.exit('pywebrtc_audio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_rates_without_a_whole_block_are_not_cancelled() -> None:
    assert [rate for rate in (8_000, 11_025, 16_000, 22_050, 24_000, 48_000) if echo.suits(rate)] == [
        *(8_000, 16_000, 24_000, 48_000)
    ]


class _Through:
    def process(self, near: Samples, far: Samples) -> Samples:
        return near

    def reset(self) -> None:
        """Nothing is known."""
