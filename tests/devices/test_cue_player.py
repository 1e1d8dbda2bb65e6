"""Which cue sounds when, and where."""

from __future__ import annotations

import queue

import pytest

from desktop.base.message import verbatim
from desktop.devices.cue_player import CuePlayer, cue_of
from desktop.turn import effects
from desktop.turn.effects import DisplayState, Note

WITHIN_S = 5.0


class Session:
    """A session with or without a speaker."""

    def __init__(self, sounds: bool) -> None:
        self.sounds = sounds
        self.cues: list[str] = []

    def cue(self, name: str) -> bool:
        self.cues.append(name)
        return self.sounds


@pytest.mark.parametrize(
    ("notice", "name"),
    [
        (effects.TakeStarted(1), "start"),
        (effects.TakeEnded(1, "sent"), "stop"),
        (effects.TakeEnded(1, "thrown away"), "stop"),
        (Note("error", verbatim("No.")), "error"),
        (Note("warning", verbatim("Soon.")), None),
        (Note("hint", verbatim("Hold to talk.")), None),
        (effects.StateChanged(DisplayState.READY), None),
    ],
)
def test_the_moments(notice: effects.Notice, name: str | None):
    assert cue_of(notice) == name


def test_it_sounds_on_the_sessions_speaker():
    session, alone = Session(sounds=True), []
    player = CuePlayer(alone.append)
    for notice in (effects.TakeStarted(1), Note("error", verbatim("No."))):
        player.observe(notice, session)
    assert (session.cues, alone) == (["start", "error"], [])


def test_an_error_sounds_without_a_session_too():
    alone: queue.SimpleQueue[str] = queue.SimpleQueue()
    player = CuePlayer(alone.put)
    player.observe(effects.TakeStarted(1), None)
    player.observe(Note("error", verbatim("No.")), None)
    assert alone.get(timeout=WITHIN_S) == "error"
    player.observe(Note("error", verbatim("No.")), Session(sounds=False))
    assert alone.get(timeout=WITHIN_S) == "error"
    assert alone.empty()
