from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from desktop.offline.accepted_config import VadSettings
from desktop.offline.fakes import FakeRecognizer, silence, tone
from desktop.offline.turn_recognizer import TurnEnded, TurnEvent, TurnRecognizer, TurnStarted

MS = 16
"""Samples of a millisecond at the hearing rate."""


def pieces(pcm: bytes, size: int) -> Iterator[bytes]:
    return (pcm[at : at + size] for at in range(0, len(pcm), size))


def hear(turn_recognizer: TurnRecognizer, pcm: bytes, size: int | None = None) -> list[TurnEvent]:
    heard: list[TurnEvent] = []
    for piece in pieces(pcm, size or len(pcm)):
        heard += turn_recognizer.feed(piece)
    return heard


def near(at: int, ms: int) -> bool:
    """Whether a place is within 5 ms: a resampler blurs edges by as much."""
    return abs(at - ms * MS) <= 5 * MS


def test_a_take_is_read_when_it_is_committed() -> None:
    recognizer = FakeRecognizer(["hello there"])
    turn_recognizer = TurnRecognizer(recognizer, 16_000, None)
    hear(turn_recognizer, silence(300, 16_000) + tone(500, 16_000))

    assert recognizer.stretches == []
    assert turn_recognizer.commit() == "hello there"
    # 300 ms before the beginning are read with it.
    assert len(recognizer.stretches[0]) == pytest.approx(800 * MS, abs=5 * MS)


def test_a_stretch_is_read_as_soon_as_it_ends() -> None:
    recognizer = FakeRecognizer(["hello", "there"])
    turn_recognizer = TurnRecognizer(recognizer, 16_000, None)

    hear(turn_recognizer, tone(500, 16_000) + silence(300, 16_000))

    assert len(recognizer.stretches) == 1
    hear(turn_recognizer, tone(500, 16_000))
    assert turn_recognizer.commit() == "hello there"


def test_silence_is_never_read() -> None:
    recognizer = FakeRecognizer(["ghost"])
    turn_recognizer = TurnRecognizer(recognizer, 24_000, None)
    hear(turn_recognizer, silence(2_000, 24_000))

    assert turn_recognizer.commit() == ""
    assert recognizer.stretches == []


def test_what_was_cleared_is_not_in_the_next_take() -> None:
    recognizer = FakeRecognizer(["second"])
    turn_recognizer = TurnRecognizer(recognizer, 16_000, None)
    hear(turn_recognizer, tone(500, 16_000))

    turn_recognizer.clear()
    hear(turn_recognizer, tone(400, 16_000))

    assert turn_recognizer.commit() == "second"
    assert len(recognizer.stretches) == 1
    assert len(recognizer.stretches[0]) == pytest.approx(400 * MS, abs=5 * MS)


def test_no_sample_is_read_twice() -> None:
    recognizer = FakeRecognizer(["a", "b"])
    turn_recognizer = TurnRecognizer(recognizer, 16_000, None)

    hear(turn_recognizer, tone(500, 16_000) + silence(120, 16_000) + tone(500, 16_000) + silence(200, 16_000))

    # The second's lead-in of 300 ms reaches into the first, which was read to 120 ms after its end.
    assert sum(len(stretch) for stretch in recognizer.stretches) <= 1_320 * MS


@pytest.mark.parametrize("rate", [16_000, 24_000])
@pytest.mark.parametrize("size", [None, 320, 6_400, 47])
def test_turns_are_found_by_the_sample_whatever_the_pieces(rate: int, size: int | None) -> None:
    turn_recognizer = TurnRecognizer(FakeRecognizer(["first", "second"]), rate, VadSettings(silence_ms=500))
    pcm = silence(300, rate) + tone(400, rate) + silence(700, rate) + tone(600, rate) + silence(700, rate)

    started, ended, started_again, ended_again = hear(turn_recognizer, pcm, size and size * 2)

    assert isinstance(started, TurnStarted)
    assert near(started.at, 300)
    assert isinstance(ended, TurnEnded)
    assert near(ended.at, 700)
    assert ended.text == "first"
    assert isinstance(started_again, TurnStarted)
    assert near(started_again.at, 1_400)
    assert isinstance(ended_again, TurnEnded)
    assert (near(ended_again.at, 2_000), ended_again.text) == (True, "second")


def test_a_pause_shorter_than_the_silence_is_one_turn() -> None:
    turn_recognizer = TurnRecognizer(
        FakeRecognizer(["set a timer", "for two minutes"]), 16_000, VadSettings(silence_ms=800)
    )
    pcm = tone(400, 16_000) + silence(600, 16_000) + tone(400, 16_000)

    heard = hear(turn_recognizer, pcm)
    assert [type(one) for one in heard] == [TurnStarted]

    ended = hear(turn_recognizer, silence(900, 16_000))
    assert [one.text for one in ended if isinstance(one, TurnEnded)] == ["set a timer for two minutes"]


def test_the_silence_that_ends_a_turn_is_measured_from_the_last_sound() -> None:
    turn_recognizer = TurnRecognizer(FakeRecognizer(["hi"]), 16_000, VadSettings(silence_ms=500))

    assert len(hear(turn_recognizer, tone(400, 16_000) + silence(490, 16_000))) == 1
    assert len(hear(turn_recognizer, silence(15, 16_000))) == 1


def test_the_prefix_is_read_with_the_turn() -> None:
    recognizer = FakeRecognizer(["hi"])
    turn_recognizer = TurnRecognizer(recognizer, 16_000, VadSettings(silence_ms=200, prefix_ms=100))

    hear(turn_recognizer, silence(5_000, 16_000) + tone(400, 16_000) + silence(400, 16_000))

    # 100 ms before, 400 ms of speech, at most 200 ms after.
    assert 490 * MS <= len(recognizer.stretches[0]) <= 705 * MS


def test_hours_of_silence_take_no_memory() -> None:
    turn_recognizer = TurnRecognizer(FakeRecognizer(), 16_000, VadSettings())
    for _ in range(60):
        hear(turn_recognizer, silence(1_000, 16_000))

    assert len(turn_recognizer._audio._samples) <= 2.5 * 16_000


def test_the_threshold_reaches_the_detector() -> None:
    recognizer = FakeRecognizer()
    TurnRecognizer(recognizer, 16_000, VadSettings(threshold=0.8))

    assert recognizer.thresholds == [0.8]


def test_a_commit_ends_a_turn_that_the_server_had_begun() -> None:
    turn_recognizer = TurnRecognizer(FakeRecognizer(["one", "two"]), 16_000, VadSettings())
    assert [type(heard) for heard in hear(turn_recognizer, tone(400, 16_000))] == [TurnStarted]

    assert turn_recognizer.commit() == "one"
    heard = hear(turn_recognizer, tone(400, 16_000) + silence(600, 16_000))

    assert [type(one) for one in heard] == [TurnStarted, TurnEnded]


def test_the_last_samples_come_out_of_the_resampler_with_the_commit() -> None:
    recognizer = FakeRecognizer(["hi"])
    turn_recognizer = TurnRecognizer(recognizer, 24_000, None)
    hear(turn_recognizer, tone(400, 24_000))
    turn_recognizer.commit()

    assert sum(len(stretch) for stretch in recognizer.stretches) == pytest.approx(400 * MS, abs=2)
    assert np.abs(recognizer.stretches[-1]).max() > 0.3
