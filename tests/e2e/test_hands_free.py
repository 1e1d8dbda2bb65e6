"""A conversation without a key: the offline provider finds the turns in what the microphone sends."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE
from desktop.offline.text_normalization import plain
from desktop.protocol.catalog import OFFLINE_MODEL
from tests.e2e.test_voice_loop import RIGHT, WITHIN_S, Person, share_right
from tests.rig.demo import states
from tests.rig.desktop import Desktop

pytestmark = pytest.mark.rig

PAUSE = np.zeros(int(0.5 * SYNTHESIZER_RATE), np.float32)
"""Nobody unmutes within their last word."""
SETTINGS = {"model": OFFLINE_MODEL, "turn_modes": {OFFLINE_MODEL: "server_vad"}}


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with Desktop() as desktop, desktop.sound.record() as heard:
        config = desktop.home / "presstalk" / "config"
        config.mkdir(parents=True)
        (config / "settings.json").write_text(json.dumps(SETTINGS))
        command = [sys.executable, "-m", "desktop", "--verbose", "--save", str(tmp_path)]
        with desktop.start(command) as program:
            window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
            program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
            desktop.screen.focus(window)
            yield Person(desktop, program, hibari.load(), tmp_path, heard)


def say(person: Person, sentence: str) -> float:
    """Speak without a key, and pause; the moment of the last word."""
    person.desktop.sound.speak(np.concatenate([person.speech(sentence), PAUSE]), SYNTHESIZER_RATE).wait()
    return time.monotonic() - len(PAUSE) / SYNTHESIZER_RATE


def test_two_turns_by_voice_alone(person: Person) -> None:
    sentences = ["What time is it?", "How much is two times eleven?"]
    for sentence in sentences:
        person.listen(say(person, sentence))
    lines, events = person.leave()

    assert [who for who, _ in lines] == ["You", "Assistant"] * 2
    for sentence, (_, text) in zip(sentences, lines[::2], strict=True):
        assert share_right(sentence, text) >= RIGHT, f"{sentence!r} became {text!r}"
    assert "22" in plain(lines[3][1])
    sent = {event["type"] for event in events if event["direction"] == "out"}
    assert "audio.append" in sent
    assert not sent & {"audio.commit", "response.create", "response.cancel"}
    start = next(event for event in events if event["type"] == "session.start")
    assert start["config"]["turn_detection"]["type"] == "server_vad"


@pytest.mark.long
def test_the_key_interrupts_a_story_and_then_mutes(person: Person) -> None:
    asked = say(person, "Tell me a story.")
    begun = person.heard.wait_for_sound(after=asked, within=WITHIN_S)
    person.heard.wait_for_sound(after=begun + 2.0, within=WITHIN_S)
    screen = person.desktop.screen
    pressed = time.monotonic()
    screen.press("space")
    assert person.heard.wait_for_silence(lasting=0.8, within=10) - pressed < 0.5, "it spoke on"
    person.until(lambda: states(person.program)[-1] in ("Ready", "Interrupted"), "rest")
    screen.press("space")
    person.until(lambda: states(person.program)[-1] == "Muted", "the mute")
    say(person, "What time is it?")
    screen.press("space")
    person.until(lambda: states(person.program)[-1] == "Ready", "the open line")
    person.listen(say(person, "How much is two times eleven?"))
    lines, _ = person.leave()

    assert [who for who, _ in lines] == ["You", "Assistant"] * 2
    assert "~~" in lines[1][1], "what was not heard is marked"
    assert "22" in plain(lines[3][1])
