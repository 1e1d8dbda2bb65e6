"""The audio kept of responses, and how much of it was heard."""

from __future__ import annotations

import pytest

from desktop.realtime import response_audio
from desktop.realtime.response_audio import KEPT_RESPONSES, ResponseAudio

RATE = 24_000
BYTES_PER_MS = 48


@pytest.fixture
def audio() -> ResponseAudio:
    audio = ResponseAudio()
    audio.set_rate(RATE)
    return audio


def pcm(ms: int, value: int = 1) -> bytes:
    return value.to_bytes(2, "little") * (ms * BYTES_PER_MS // 2)


def test_only_whole_samples_are_handed_on(audio: ResponseAudio):
    assert audio.push(1, b"\1\0\2") == b"\1\0"
    assert audio.push(1, b"\0") == b"\2\0"


def test_half_a_sample_doesnt_get_into_the_next_response(audio: ResponseAudio):
    audio.push(1, b"\1\0\2")
    assert audio.push(2, b"\3\0") == b"\3\0"


def test_what_was_not_heard_can_be_had_after_a_cut(audio: ResponseAudio):
    audio.push(1, pcm(40, 1) + pcm(60, 2))
    assert audio.cut(1, 40) == (40, 100)
    assert audio.unheard(1) == pcm(60, 2)


def test_what_several_speakers_played_is_added_up(audio: ResponseAudio):
    audio.push(1, pcm(30, 1) + pcm(70, 2))
    assert audio.leave_speaker(1, 30)
    assert audio.rest(1) == pcm(70, 2)
    assert audio.cut(1, 20) == (50, 100)
    assert len(audio.unheard(1)) == 50 * BYTES_PER_MS


def test_a_response_too_long_to_be_kept_has_no_rest(audio: ResponseAudio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(response_audio, "KEPT_BYTES", 10)
    assert len(audio.push(1, bytes(12))) == 12
    assert audio.rest(1) is None
    assert audio.cut(1, 0) == (0, 500 * 12 / RATE)


def test_the_oldest_are_forgotten(audio: ResponseAudio):
    for number in range(1, KEPT_RESPONSES + 2):
        audio.push(number, pcm(10))
    assert audio.unheard(1) == b""
    assert audio.cut(1, 0) is None
    assert audio.unheard(2) == pcm(10)


def test_another_rate_forgets_all(audio: ResponseAudio):
    audio.push(1, pcm(10))
    audio.set_rate(RATE)
    assert audio.rest(1) == pcm(10)
    audio.set_rate(16_000)
    assert audio.rest(1) is None
    assert not audio.leave_speaker(1, 0)


def test_whether_all_has_come(audio: ResponseAudio):
    audio.push(1, pcm(10))
    assert not audio.is_complete(1)
    audio.complete(1)
    audio.complete(9)
    assert audio.is_complete(1)
    assert not audio.is_complete(9)


def test_the_oldest_of_long_responses_go_sooner(audio: ResponseAudio):
    for number in range(1, 7):
        audio.push(number, pcm(100_000, number))
    kept = [number for number in range(1, 7) if audio.rest(number)]
    assert kept == [4, 5, 6]
    assert sum(len(audio.rest(number) or b"") for number in kept) <= response_audio.KEPT_IN_ALL
