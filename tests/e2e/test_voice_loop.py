"""The whole way of a spoken sentence and of its answer, real at every point.

A virtual screen, microphone and speaker; the real window and the real offline provider; real key events
and real speech; and what the speaker played is heard by a speech recogniser again.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from desktop.offline import hibari
from desktop.offline.moonshine import RECOGNIZER_RATE
from desktop.offline.speech_engines import SYNTHESIZER_RATE, Recognizer, Synthesizer, load_recognizer
from desktop.offline.text_normalization import plain
from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program, Recording

pytestmark = pytest.mark.rig

Samples = NDArray[np.float32]
WITHIN_S = 60.0
ONSET = 0.003
"""Where a word begins: its first consonant is 30 dB below its vowel."""
LEAD = np.zeros(int(0.2 * SYNTHESIZER_RATE), np.float32)
"""From the key to the first word, as with people."""
RIGHT = 0.8
"""The share of the words that must be right. The recogniser's own error on this voice is 4 %."""


@pytest.fixture(scope="module")
def hearing() -> Recognizer:
    return load_recognizer()


@pytest.fixture(scope="module")
def voice() -> Synthesizer:
    return hibari.load()


class Person:
    """Sits before the window, holds the key, speaks and listens."""

    def __init__(
        self, desktop: Desktop, program: Program, voice: Synthesizer, saved: Path, heard: Recording
    ) -> None:
        self.desktop = desktop
        self.program = program
        self.heard = heard
        self._voice = voice
        self._saved = saved

    def speech(self, sentence: str, speed: float = 1.0) -> Samples:
        """A sentence as sound at `SYNTHESIZER_RATE`, from its first audible sample; faster is higher."""
        pcm = self._voice.synthesize(sentence)
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768
        if speed != 1.0:
            samples = soxr.resample(samples, speed, 1.0).astype(np.float32)
        return samples[int(np.argmax(np.abs(samples) > ONSET)) :]

    def until(self, condition: Callable[[], object], what: str) -> None:
        self.program.until(condition, within=WITHIN_S, what=what)

    def hold(self) -> None:
        """Press the key, and see that the microphone is open."""
        before = states(self.program).count("Listening")
        self.desktop.screen.key_down("space")
        self.until(lambda: states(self.program).count("Listening") > before, "the open microphone")

    def let_go(self) -> None:
        self.desktop.screen.key_up("space")

    def ask(self, sentence: str, speed: float = 1.0) -> float:
        """A whole spoken turn; the moment of letting go."""
        self.hold()
        self.desktop.sound.speak(
            np.concatenate([LEAD, self.speech(sentence, speed)]), SYNTHESIZER_RATE
        ).wait()
        self.let_go()
        return time.monotonic()

    def listen(self, since: float) -> Samples:
        """The answer, to its end, at 48 kHz."""
        self.heard.wait_for_sound(after=since, within=WITHIN_S)
        self.until(lambda: states(self.program)[-1:] == ["Ready"], "the end of the answer")
        self.heard.wait_for_silence(lasting=0.3, within=10)
        return self.heard.since(since)

    def leave(self) -> tuple[list[tuple[str, str]], list[dict]]:
        """Close the window: the lines of the transcript, and all frames."""
        assert self.program.stop() == 0, self.program.output[-2000:]
        document = (self._saved / "transcript.md").read_text(encoding="utf-8")
        lines = re.findall(r"\*\*(You|Assistant)\*\* · [\d:]+(?: _\([^)]*\)_)?\n\n(.*)", document)
        events = (self._saved / "events.jsonl").read_text(encoding="utf-8").splitlines()
        return lines, [json.loads(line) for line in events]


@pytest.fixture(params=["pulseaudio", pytest.param("pipewire", marks=pytest.mark.long)])
def person(request: pytest.FixtureRequest, voice: Synthesizer, tmp_path: Path) -> Iterator[Person]:
    """Somebody at a desktop of either sound server."""
    with Desktop(sound_server=request.param) as desktop, desktop.sound.record() as heard:
        command = [sys.executable, "-m", "desktop", "--verbose", "--save", str(tmp_path)]
        with desktop.start(command) as program:
            window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
            program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
            desktop.screen.focus(window)
            yield Person(desktop, program, voice, tmp_path, heard)


def words(text: str) -> Counter[str]:
    """The words of a text, however a time of day is spelled: "4:28 PM", "4:28pm", "4:28 p.m."."""
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text.lower())
    return Counter(plain(re.sub(r"(\d)([a-z])", r"\1 \2", text)).split())


def as_said(text: str) -> str:
    """Spellings of the same sounds made one: `8:30pm` and `8:30 PM`, `17+5` and `17 plus 5`, `harbour`."""
    text = text.replace("+", " plus ").replace("harbour", "harbor")
    return re.sub(r"(?<=\d)(?=[ap]\.?m)", " ", text, flags=re.IGNORECASE)


def share_right(spoken: str, written: str) -> float:
    """The share of the spoken words that were written, in any order."""
    want, got = words(as_said(spoken)), words(as_said(written))
    return sum((want & got).values()) / sum(want.values())


def recognised(hearing: Recognizer, samples: Samples) -> str:
    """The recogniser's text for sound at 48 kHz."""
    return hearing.transcribe(soxr.resample(samples, 48_000, RECOGNIZER_RATE).astype(np.float32))


def test_speak_and_hear_an_answer(person: Person, hearing: Recognizer) -> None:
    sentences = [
        ("What time is it?", 1.0),
        ("How much is seventeen plus five?", 0.92),
        ("Repeat after me, the harbour is quiet in the morning.", 1.08),
    ]
    answers = [person.listen(person.ask(sentence, speed)) for sentence, speed in sentences]
    lines, events = person.leave()

    spoken = [text for who, text in lines if who == "You"]
    written = [text for who, text in lines if who == "Assistant"]
    assert [who for who, _ in lines] == ["You", "Assistant"] * 3
    for (sentence, _), text in zip(sentences, spoken, strict=True):
        assert share_right(sentence, text) >= RIGHT, f"{sentence!r} became {text!r}"
    again = [recognised(hearing, sound) for sound in answers]
    # Together, since one misheard digit is a third of "It's 4:38 PM.".
    assert share_right(" ".join(written), " ".join(again)) >= RIGHT, f"{written} was heard as {again}"
    calls = [event["tool_name"] for event in events if event["type"] == "tool.call"]
    assert calls == ["get_time", "calculate"]
    assert "22" in plain(written[1])


def test_a_press_while_it_speaks_silences_it_and_marks_what_was_not_heard(person: Person) -> None:
    asked = person.ask("Tell me a story.")
    begun = person.heard.wait_for_sound(after=asked, within=WITHIN_S)
    person.heard.wait_for_sound(after=begun + 3.0, within=WITHIN_S)
    person.hold()
    pressed = time.monotonic()
    last = person.heard.wait_for_silence(lasting=0.8, within=10)
    # The sound server's own buffer lies behind the device that Presstalk silences.
    assert last - pressed < 0.5, "it spoke on"
    person.desktop.screen.press("Escape")
    person.let_go()
    person.until(lambda: states(person.program)[-1:] == ["Ready"], "rest")
    lines, events = person.leave()

    story = lines[1][1]
    assert re.search(r"\w.* ~~.*\w.*~~$", story), story
    heard_part, unheard_part = story.split("~~")[:2]
    assert 3 <= len(heard_part.split()) <= 40, heard_part
    assert len(unheard_part.split()) > 40
    sent = [event["type"] for event in events if event["direction"] == "out"]
    assert "audio.clear" in sent
    # The offline provider is faster than speech: a response that was complete by then needs no cancel.
    complete = [event["type"] for event in events].count("response.completed")
    assert sent.count("response.cancel") + complete >= 1


def test_a_word_begun_before_the_key_is_not_lost(person: Person) -> None:
    sentence = "Elephants are much larger than mice."
    # Some of what goes into the pre-roll, so that the microphone is known to run.
    speech = person.desktop.sound.speak(person.speech(sentence), SYNTHESIZER_RATE)
    time.sleep(max(0.0, speech.begins + 0.1 - time.monotonic()))  # the key comes 100 ms after the word
    person.hold()
    speech.wait()
    person.let_go()
    person.listen(time.monotonic())
    lines, _ = person.leave()
    assert "elephants" in plain(lines[0][1])
    assert share_right(sentence, lines[0][1]) >= RIGHT
