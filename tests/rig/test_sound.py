"""A recording of the speaker, fed by hand: what it says about sound, silence and time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop.audio.sound_file import SoundFile
from tests.rig.process import RigError
from tests.rig.pulse import BLOCK, RATE
from tests.rig.sound import Recording, VirtualSound

STEP = BLOCK / RATE


def recording(*levels: float) -> Recording:
    """Blocks of these levels, one after another from second 100 on."""
    heard = Recording(lambda: None)
    for index, level in enumerate(levels):
        heard.add(np.full(BLOCK, level, np.float32), 100 + index * STEP)
    return heard


def test_sound_begins_with_the_first_audible_sample() -> None:
    heard = recording(0, 0)
    late = np.zeros(BLOCK, np.float32)
    late[48:] = -0.2
    heard.add(late, 100 + 2 * STEP)
    assert heard.wait_for_sound(within=0) == pytest.approx(100 + 2 * STEP + 0.001)


def test_sound_before_the_moment_does_not_count() -> None:
    heard = recording(0.5, 0, 0, 0.5)
    assert heard.wait_for_sound(within=0, after=100 + STEP) == pytest.approx(100 + 3 * STEP)
    with pytest.raises(RigError, match="in vain for sound"):
        heard.wait_for_sound(within=0, after=100 + 4 * STEP)


def test_silence_counts_only_once_it_has_lasted() -> None:
    heard = recording(0.5, 0, 0)
    with pytest.raises(RigError, match="of silence at the speaker"):
        heard.wait_for_silence(lasting=2 * STEP, within=0)
    heard.add(np.zeros(BLOCK, np.float32), 100 + 3 * STEP)
    assert heard.wait_for_silence(lasting=2 * STEP, within=0) == pytest.approx(100 + STEP, abs=0.001)


def test_a_moment_selects_the_blocks_from_it_on() -> None:
    heard = recording(0.1, 0.2, 0.3)
    assert heard.since(100 + 2 * STEP).tolist() == pytest.approx([0.3] * BLOCK)
    assert heard.time_of(BLOCK + 48) == pytest.approx(100 + STEP + 0.001)


def test_what_was_heard_is_saved_as_it_was(tmp_path: Path) -> None:
    heard = recording(0.1, 0.5)
    heard.save(tmp_path / "heard.wav", since=100 + STEP)
    saved = SoundFile(tmp_path / "heard.wav")
    assert saved.rate == RATE
    assert saved.read(2 * BLOCK).tolist() == pytest.approx([0.5] * BLOCK, abs=0.001)
    saved.close()


@pytest.mark.rig
def test_speech_longer_than_the_microphone_takes_is_refused() -> None:
    with VirtualSound() as sound, pytest.raises(ValueError, match="takes 20 s"):
        sound.speak(np.zeros(21 * 8_000, np.float32), 8_000)


@pytest.mark.rig
def test_two_voices_at_once_are_mixed() -> None:
    with VirtualSound(loop_back=True) as sound, sound.record() as heard:
        for _ in range(2):
            sound.speak(np.full(RATE, 0.25, np.float32), RATE)
        heard.wait_for_sound(within=20)
        heard.wait_for_silence(lasting=0.2, within=20)
    assert heard.samples.max() == pytest.approx(
        0.5, abs=0.05
    )  # the loop resamples, and overshoots at the step


@pytest.mark.rig
def test_the_microphone_and_the_clock_agree() -> None:
    """Speech looped from the microphone to the speaker is heard at the reported time."""
    with VirtualSound(loop_back=True) as sound, sound.record() as heard:
        spoken = sound.speak(np.full(2_400, 0.5, np.float32), 24_000)
        at_speaker = heard.wait_for_sound(within=20)
    # The loop itself takes some 50 ms; a clock that is wrong is off by its whole reading.
    assert 0 < at_speaker - spoken.begins < 2
