from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from desktop.offline.accepted_config import Turns
from desktop.offline.fakes import FakeHearing, silence, tone
from desktop.offline.turn_recognizer import Heard, Listening, TurnEnded, TurnStarted

MS = 16
"""Samples of a millisecond at the hearing rate."""


def pieces(pcm: bytes, size: int) -> Iterator[bytes]:
    return (pcm[at : at + size] for at in range(0, len(pcm), size))


def hear(listening: Listening, pcm: bytes, size: int | None = None) -> list[Heard]:
    heard: list[Heard] = []
    for piece in pieces(pcm, size or len(pcm)):
        heard += listening.feed(piece)
    return heard


def near(at: int, ms: int) -> bool:
    """Whether a place is within 5 ms: a resampler blurs edges by as much."""
    return abs(at - ms * MS) <= 5 * MS


def test_a_take_is_read_when_it_is_committed() -> None:
    hearing = FakeHearing(["hello there"])
    listening = Listening(hearing, 16_000, None)
    hear(listening, silence(300, 16_000) + tone(500, 16_000))

    assert hearing.stretches == []
    assert listening.commit() == "hello there"
    # 300 ms before the beginning are read with it.
    assert len(hearing.stretches[0]) == pytest.approx(800 * MS, abs=5 * MS)


def test_a_stretch_is_read_as_soon_as_it_ends() -> None:
    hearing = FakeHearing(["hello", "there"])
    listening = Listening(hearing, 16_000, None)

    hear(listening, tone(500, 16_000) + silence(300, 16_000))

    assert len(hearing.stretches) == 1
    hear(listening, tone(500, 16_000))
    assert listening.commit() == "hello there"


def test_silence_is_never_read() -> None:
    hearing = FakeHearing(["ghost"])
    listening = Listening(hearing, 24_000, None)
    hear(listening, silence(2_000, 24_000))

    assert listening.commit() == ""
    assert hearing.stretches == []


def test_what_was_cleared_is_not_in_the_next_take() -> None:
    hearing = FakeHearing(["second"])
    listening = Listening(hearing, 16_000, None)
    hear(listening, tone(500, 16_000))

    listening.clear()
    hear(listening, tone(400, 16_000))

    assert listening.commit() == "second"
    assert len(hearing.stretches) == 1
    assert len(hearing.stretches[0]) == pytest.approx(400 * MS, abs=5 * MS)


def test_no_sample_is_read_twice() -> None:
    hearing = FakeHearing(["a", "b"])
    listening = Listening(hearing, 16_000, None)

    hear(listening, tone(500, 16_000) + silence(120, 16_000) + tone(500, 16_000) + silence(200, 16_000))

    # The second's lead-in of 300 ms reaches into the first, which was read to 120 ms after its end.
    assert sum(len(stretch) for stretch in hearing.stretches) <= 1_320 * MS


@pytest.mark.parametrize("rate", [16_000, 24_000])
@pytest.mark.parametrize("size", [None, 320, 6_400, 47])
def test_turns_are_found_by_the_sample_whatever_the_pieces(rate: int, size: int | None) -> None:
    listening = Listening(FakeHearing(["first", "second"]), rate, Turns(silence_ms=500))
    pcm = silence(300, rate) + tone(400, rate) + silence(700, rate) + tone(600, rate) + silence(700, rate)

    started, ended, started_again, ended_again = hear(listening, pcm, size and size * 2)

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
    listening = Listening(FakeHearing(["set a timer", "for two minutes"]), 16_000, Turns(silence_ms=800))
    pcm = tone(400, 16_000) + silence(600, 16_000) + tone(400, 16_000)

    heard = hear(listening, pcm)
    assert [type(one) for one in heard] == [TurnStarted]

    ended = hear(listening, silence(900, 16_000))
    assert [one.text for one in ended if isinstance(one, TurnEnded)] == ["set a timer for two minutes"]


def test_the_silence_that_ends_a_turn_is_measured_from_the_last_sound() -> None:
    listening = Listening(FakeHearing(["hi"]), 16_000, Turns(silence_ms=500))

    assert len(hear(listening, tone(400, 16_000) + silence(490, 16_000))) == 1
    assert len(hear(listening, silence(15, 16_000))) == 1


def test_the_prefix_is_read_with_the_turn() -> None:
    hearing = FakeHearing(["hi"])
    listening = Listening(hearing, 16_000, Turns(silence_ms=200, prefix_ms=100))

    hear(listening, silence(5_000, 16_000) + tone(400, 16_000) + silence(400, 16_000))

    # 100 ms before, 400 ms of speech, at most 200 ms after.
    assert 490 * MS <= len(hearing.stretches[0]) <= 705 * MS


def test_hours_of_silence_take_no_memory() -> None:
    listening = Listening(FakeHearing(), 16_000, Turns())
    for _ in range(60):
        hear(listening, silence(1_000, 16_000))

    assert len(listening._audio._samples) <= 2.5 * 16_000


def test_the_threshold_reaches_the_detector() -> None:
    hearing = FakeHearing()
    Listening(hearing, 16_000, Turns(threshold=0.8))

    assert hearing.thresholds == [0.8]


def test_a_commit_ends_a_turn_that_the_server_had_begun() -> None:
    listening = Listening(FakeHearing(["one", "two"]), 16_000, Turns())
    assert [type(heard) for heard in hear(listening, tone(400, 16_000))] == [TurnStarted]

    assert listening.commit() == "one"
    heard = hear(listening, tone(400, 16_000) + silence(600, 16_000))

    assert [type(one) for one in heard] == [TurnStarted, TurnEnded]


def test_the_last_samples_come_out_of_the_resampler_with_the_commit() -> None:
    hearing = FakeHearing(["hi"])
    listening = Listening(hearing, 24_000, None)
    hear(listening, tone(400, 24_000))
    listening.commit()

    assert sum(len(stretch) for stretch in hearing.stretches) == pytest.approx(400 * MS, abs=2)
    assert np.abs(hearing.stretches[-1]).max() > 0.3
