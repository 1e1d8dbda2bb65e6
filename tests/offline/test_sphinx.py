"""The second recogniser: its grammar always, its hearing where it is installed."""

from __future__ import annotations

import importlib.util
import re
from datetime import datetime

import numpy as np
import pytest

from desktop.offline import hibari, phrases, sphinx
from desktop.offline.accepted_config import VadSettings
from desktop.offline.dialogue_rules import DialogueContext, respond
from desktop.offline.fakes import silence
from desktop.offline.speech_engines import SpeechUnavailable
from desktop.offline.turn_recognizer import TurnEnded, TurnRecognizer, TurnStarted
from desktop.protocol.commands import ToolDefinition
from tests.offline.client import TOOLS

INSTALLED = importlib.util.find_spec("pocketsphinx") is not None

installed = pytest.mark.skipif(
    not INSTALLED, reason="pocketsphinx is only installed where moonshine has no wheel"
)

SENTENCES = (
    "what time is it in tokyo",
    "roll a twenty sided die",
    "set a timer for two minutes",
    "what is twelve times seven",
    "tell me a long story",
    "count to ten",
    "say that again",
)


def test_every_sentence_of_the_grammar_has_an_answer() -> None:
    tools = tuple(ToolDefinition(tool["name"], "", tool["parameters"]) for tool in TOOLS)
    context = DialogueContext(datetime(2026, 11, 22), tools, phrases.HOW_LONG, "hello")
    rules = dict(re.findall(r"<(\w+)> = (.*?);", sphinx.GRAMMAR, re.DOTALL))
    # Each choice without its optional words, and with the first of its alternatives.
    plain = re.sub(r"\((\w+) \|[^)]*\)", r"\1", re.sub(r"\[[^\]]*\]", "", rules["talk"]))
    talk = [choice.strip() for choice in plain.split("|")]
    assert len(talk) > 15

    assert [text for text in talk if respond(text, context).text == phrases.NO_RULE] == []
    assert [text for text in SENTENCES if respond(text, context).text == phrases.NO_RULE] == []


def test_the_words_of_the_sentences_are_in_the_grammar() -> None:
    known = set(re.findall(r"[a-z]+", sphinx.GRAMMAR))

    assert [word for sentence in SENTENCES for word in sentence.split() if word not in known] == []


class ScriptedVad:
    """A frame is voice if it is loud."""

    frame_bytes = 960

    def is_speech(self, frame: bytes) -> bool:
        return bool(np.abs(np.frombuffer(frame, "<i2")).max() > 1_000)


@pytest.mark.parametrize("piece", [160, 480, 1_000, 48_000])
def test_the_detector_smooths_yes_and_no(piece: int) -> None:
    detector = sphinx.SphinxDetector(ScriptedVad(), 0.5)
    loud, quiet = np.full(16_000, 0.5, np.float32), np.zeros(8_000, np.float32)
    click = np.full(480, 0.5, np.float32)
    samples = np.concatenate([quiet, click, quiet, loud, quiet])

    marks = [mark for at in range(0, len(samples), piece) for mark in detector.feed(samples[at : at + piece])]

    assert [mark.kind for mark in marks] == ["start", "end"]
    begin = len(quiet) * 2 + len(click)
    # Never late: speech from before the detection is within the look-behind.
    assert begin - sphinx.LOOK_BEHIND <= marks[0].at <= begin
    assert abs(marks[1].at - begin - len(loud)) <= 480


@pytest.mark.skipif(INSTALLED, reason="pocketsphinx is installed here")
def test_a_computer_without_it_is_told_so() -> None:
    with pytest.raises(SpeechUnavailable, match="not installed"):
        sphinx.load()


@installed
@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_hears_its_sentences(sentence: str) -> None:
    turn_recognizer = TurnRecognizer(sphinx.load(), 24_000, VadSettings(silence_ms=500))
    pcm = silence(200, 24_000) + hibari.load().synthesize(f"{sentence}.") + silence(700, 24_000)

    started, ended = turn_recognizer.feed(pcm)

    assert isinstance(started, TurnStarted)
    assert isinstance(ended, TurnEnded)
    assert ended.text == sentence
