"""The recogniser itself, with sentences spoken by the demo's own voice."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr

from desktop.offline import hibari, moonshine, speech_engines
from desktop.offline.accepted_config import VadSettings
from desktop.offline.fakes import silence
from desktop.offline.hibari import HibariSynthesizer
from desktop.offline.moonshine import MODEL_FILES, MoonshineRecognizer, without_echo
from desktop.offline.speech_engines import SpeechUnavailable
from desktop.offline.turn_recognizer import TurnEnded, TurnRecognizer, TurnStarted

pytestmark = [
    pytest.mark.skipif(not speech_engines.MOONSHINE_HERE, reason="moonshine has no wheel for this computer"),
    pytest.mark.xdist_group("speech"),
]

SENTENCES = (
    "What time is it?",
    "Roll two dice please.",
    "Set a timer for two minutes.",
    "Tell me a short story about the lighthouse.",
)


@pytest.fixture(scope="module")
def spoken(voice: HibariSynthesizer) -> dict[str, bytes]:
    return {sentence: voice.synthesize(sentence) for sentence in SENTENCES}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def pieces(pcm: bytes, ms: int) -> Iterator[bytes]:
    size = ms * 48
    return (pcm[at : at + size] for at in range(0, len(pcm), size))


def test_the_wheel_brings_its_model() -> None:
    from moonshine_voice.utils import get_model_path

    folder = Path(get_model_path("tiny-en"))
    assert [name for name in MODEL_FILES if not (folder / name).is_file()] == []
    assert {"encoder_model.ort", "decoder_model_merged.ort"} <= set(MODEL_FILES)


def test_a_wheel_without_the_model_is_reported_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moonshine, "MODEL_FILES", ("encoder_model.ort", "missing.ort"))

    with pytest.raises(SpeechUnavailable, match=r"missing\.ort missing.*0\.1\.0"):
        moonshine.load()


def test_no_other_voice_is_ever_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    monkeypatch.setattr(hibari, "VOICE", "emma")
    monkeypatch.setattr("hibari.voices.download", lambda *_: pytest.fail("a voice was fetched"))

    with pytest.raises(SpeechUnavailable, match="emma"):
        hibari.load()


SILENT_AND_OFFLINE = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("network:", event, arguments)
sys.addaudithook(watch)
import numpy
from desktop.offline import speech_engines
hearing, voice = speech_engines.load_recognizer(), speech_engines.load_synthesizer()
audio = numpy.frombuffer(voice.synthesize("Hello there, how are you?"), "<i2").astype("float32") / 32768
hearing.detector(0.5).feed(audio)
hearing.transcribe(audio)
print(*[name for name in ("sounddevice", "PySide6") if name in sys.modules])
"""


def test_speech_needs_no_network_and_no_sound_device(request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-c", SILENT_AND_OFFLINE]
    run = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, timeout=120)

    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("tail_ms", [0, 200])
def test_a_take_is_understood_even_if_it_ends_abruptly(
    recognizer: MoonshineRecognizer, spoken: dict[str, bytes], sentence: str, tail_ms: int
) -> None:
    turn_recognizer = TurnRecognizer(recognizer, 24_000, None)
    samples = np.frombuffer(spoken[sentence], "<i2")
    loud = np.flatnonzero(np.abs(samples) > 600)
    # Nothing before the first sound and nothing after the last.
    pcm = samples[loud[0] : loud[-1]].tobytes() + silence(tail_ms, 24_000)
    for piece in pieces(pcm, 20):
        turn_recognizer.feed(piece)

    assert words(turn_recognizer.commit()) == words(sentence)


@pytest.mark.parametrize("ms", [20, 1_000, 60_000])
def test_turns_are_the_same_whatever_the_pieces(
    recognizer: MoonshineRecognizer, spoken: dict[str, bytes], ms: int
) -> None:
    turn_recognizer = TurnRecognizer(recognizer, 24_000, VadSettings(silence_ms=500))
    pcm = b"".join(spoken[sentence] + silence(700, 24_000) for sentence in SENTENCES)

    heard = [one for piece in pieces(pcm, ms) for one in turn_recognizer.feed(piece)]

    assert [type(one) for one in heard] == [TurnStarted, TurnEnded] * len(SENTENCES)
    texts = [one.text for one in heard if isinstance(one, TurnEnded)]
    assert [words(text) for text in texts] == [words(sentence) for sentence in SENTENCES]


@pytest.mark.parametrize("kind", ["silence", "noise", "hum"])
def test_nothing_is_heard_where_nothing_is_said(recognizer: MoonshineRecognizer, kind: str) -> None:
    count = 3 * 24_000
    samples = {
        "silence": np.zeros(count),
        "noise": np.random.default_rng(0).normal(0, 0.02, count),
        "hum": 0.1 * np.sin(2 * np.pi * 50 * np.arange(count) / 24_000),
    }[kind]
    turn_recognizer = TurnRecognizer(recognizer, 24_000, None)

    turn_recognizer.feed((samples * 32_767).astype("<i2").tobytes())

    assert turn_recognizer.commit() == ""


def test_renewing_the_detectors_stream_changes_nothing(
    recognizer: MoonshineRecognizer, spoken: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    pcm = b"".join(spoken[sentence] + silence(300, 24_000) for sentence in SENTENCES)
    samples = soxr.resample(np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768, 24_000, 16_000)
    marks = []
    for lines in (1, 100):
        monkeypatch.setattr(moonshine, "LINES_PER_STREAM", lines)
        detector = recognizer.detector(0.5)
        found = [mark for at in range(0, len(samples), 320) for mark in detector.feed(samples[at : at + 320])]
        detector.close()
        marks.append(found)

    renewed, whole = marks
    assert [mark.kind for mark in renewed] == [mark.kind for mark in whole]
    # Each renewed stream begins in quiet: beginnings may be noticed a few hops (32 ms) apart.
    assert max(abs(a.at - b.at) for a, b in zip(renewed, whole, strict=True)) <= 4 * 512


def test_two_sessions_in_turn_hear_their_own(
    recognizer: MoonshineRecognizer, spoken: dict[str, bytes]
) -> None:
    ears = [TurnRecognizer(recognizer, 24_000, None) for _ in range(2)]
    takes = [list(pieces(spoken[sentence] + silence(700, 24_000), 20)) for sentence in SENTENCES[1:3]]
    for number in range(max(map(len, takes))):
        for input_audio, take in zip(ears, takes, strict=True):
            if number < len(take):
                input_audio.feed(take[number])

    assert [words(input_audio.commit()) for input_audio in ears] == [
        words(sentence) for sentence in SENTENCES[1:3]
    ]


@pytest.mark.parametrize(
    ("heard", "spoken"),
    [
        ("Hello there. Hello there", "Hello there."),
        ("Good morning. Good", "Good morning."),
        ("How are you? How", "How are you?"),
        ("Good-bye. Goodbye.", "Good-bye."),
        ("No no", "No no"),
        ("What is five plus five?", "What is five plus five?"),
        ("Yes.", "Yes."),
        ("", ""),
    ],
)
def test_echoes_are_taken_off(heard: str, spoken: str) -> None:
    assert without_echo(heard) == spoken
