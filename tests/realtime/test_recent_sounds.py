"""What is kept of the sound, and for how long."""

from __future__ import annotations

import pytest

from desktop.realtime.recent_sounds import RecentSounds


@pytest.fixture
def news() -> list[tuple]:
    return []


@pytest.fixture
def sounds(news) -> RecentSounds:
    return RecentSounds(lambda *what: news.append(what), most_bytes=100, longest_bytes=60)


def test_a_sound_grows_and_is_announced_once(sounds, news):
    sounds.add("take", 1, b"\1\0", 24_000)
    sounds.add("take", 1, b"\2\0", 24_000)
    sounds.add("take", 2, b"", 24_000)
    assert sounds.get("take", 1).pcm == b"\1\0\2\0"
    assert sounds.get("take", 2) is None
    assert sounds.get("response", 1) is None
    assert news == [("take", 1, True)]


def test_the_oldest_goes_first(sounds, news):
    for number in (1, 2, 3):
        sounds.add("response", number, bytes(40), 24_000)
    assert [bool(sounds.get("response", number)) for number in (1, 2, 3)] == [False, True, True]
    assert sounds.size == 80
    assert news[-1] == ("response", 1, False)


def test_one_that_is_too_long_is_not_kept_by_half(sounds, news):
    sounds.add("response", 1, bytes(40), 24_000)
    for _ in range(5):
        sounds.add("response", 2, bytes(30), 24_000)
    assert sounds.get("response", 2) is None
    assert sounds.get("response", 1) is not None, "it costs the others nothing"
    assert sounds.size == 40
    assert news == [("response", 1, True), ("response", 2, True), ("response", 2, False)]


def test_a_discarded_sound_is_gone(sounds, news):
    sounds.add("take", 1, bytes(40), 24_000)
    sounds.drop("take", 1)
    sounds.drop("take", 1)
    assert sounds.get("take", 1) is None
    assert sounds.size == 0
    assert news == [("take", 1, True), ("take", 1, False)]


def test_another_rate_goes_on_with_what_was_said(news):
    sounds = RecentSounds()
    sounds.add("take", 1, bytes(2 * 16_000), 16_000)
    sounds.add("take", 1, bytes(2 * 24_000), 24_000)
    sound = sounds.get("take", 1)
    assert sound.rate == 24_000
    assert abs(len(sound.pcm) - 4 * 24_000) < 200
    assert len(sound.at(16_000).pcm) == pytest.approx(4 * 16_000, abs=200)
    assert sounds.size == len(sound.pcm)
