"""A turn as the command line collects it."""

from __future__ import annotations

from desktop.cli.turn_collector import TurnCollector
from desktop.turn import effects


def test_too_little_sound_is_reported_with_the_shortest_that_is_sent():
    collector = TurnCollector(expects_transcript=True, min_ms=250)
    collector.observe(effects.TakeEnded(1, "short"))
    assert collector.turn.problems == ["The file contains less than 250 ms of sound: too little to send."]
    assert collector.answered.is_set()
