"""No word is lost to a tail that ends early; `make bench ARGS=tail` tries a hundred and more rooms."""

from __future__ import annotations

import pytest

from desktop.offline import speech_engines
from desktop.offline.hibari import HibariSynthesizer
from tests.offline.tails import RATE, ROOMS, TAIL_MS, Room, releases, speech, take

pytestmark = [
    pytest.mark.skipif(not speech_engines.MOONSHINE_HERE, reason="moonshine has no wheel for this computer"),
    pytest.mark.xdist_group("speech"),
]

HARDEST = ("Yes.", "Stop.", "Eight.", "Tooth.", "Maybe next week.", "That costs five bucks.")
"""Of the hundred: a hiss, long pauses before bursts, the weakest sounds."""
CLEAR, MUSIC = ROOMS[:4], ROOMS[-1]


@pytest.mark.parametrize("sentence", HARDEST)
@pytest.mark.parametrize("room", CLEAR, ids=[room.name for room in CLEAR])
def test_no_word_is_cut_whenever_the_key_goes_up(voice: HibariSynthesizer, sentence: str, room: Room) -> None:
    one = take(speech(voice.synthesize(sentence)), room, seed=1)
    lost = {round((at - one.end) * 1_000 / RATE): one.lost_ms(at) for at in releases(one)}
    assert {ms: cut for ms, cut in lost.items() if cut} == {}


@pytest.mark.parametrize("sentence", HARDEST)
def test_whoever_has_stopped_hardly_waits(voice: HibariSynthesizer, sentence: str) -> None:
    one = take(speech(voice.synthesize(sentence)), ROOMS[0], seed=1)
    assert one.tail_ms(one.end + 300 * RATE // 1_000) == 0
    assert one.tail_ms(one.end + 100 * RATE // 1_000) <= 50


def test_under_music_the_tail_keeps_its_length(voice: HibariSynthesizer) -> None:
    one = take(speech(voice.synthesize("Please stop.")), MUSIC, seed=1)
    assert one.tail_ms(one.end + 300 * RATE // 1_000) == TAIL_MS
