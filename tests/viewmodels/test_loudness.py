"""When the level gets a word."""

from __future__ import annotations

from desktop.viewmodels.loudness import HOLD_S, PATIENCE_S, QUIET_DB, Loudness

SPEECH, NOISE = QUIET_DB + 10, QUIET_DB - 10


def test_good_speech_deserves_none():
    loudness = Loudness()
    assert [loudness.word(SPEECH, False, True, float(at)) for at in range(10)] == [""] * 10


def test_quiet_is_said_after_a_while_and_taken_back_at_the_first_loud_word():
    loudness = Loudness()
    assert loudness.word(NOISE, False, True, 100.0) == ""
    assert loudness.word(NOISE, False, True, 100.0 + PATIENCE_S - 0.1) == ""
    assert loudness.word(NOISE, False, True, 100.0 + PATIENCE_S) == "quiet"
    assert loudness.word(SPEECH, False, True, 110.0) == ""
    assert loudness.word(NOISE, False, True, 111.0) == "", "a breath is not quiet"


def test_silence_while_nobody_should_speak_is_not_too_quiet():
    loudness = Loudness()
    assert [loudness.word(NOISE, False, False, float(at)) for at in range(10)] == [""] * 10
    assert loudness.word(NOISE, False, True, 10.0) == "", "the while begins with the listening"


def test_clipping_goes_first_and_stays_to_be_read():
    loudness = Loudness()
    assert loudness.word(0.0, True, True, 5.0) == "clipping"
    assert loudness.word(NOISE, False, True, 5.0 + HOLD_S - 0.1) == "clipping"
    assert loudness.word(NOISE, False, True, 5.0 + HOLD_S) == "quiet"
