"""The demonstration of `make run` on a machine without a screen."""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.rig import demo
from tests.rig.test_desktop import decode

pytestmark = pytest.mark.rig


@pytest.mark.long
def test_the_demonstration_leaves_what_was_said_and_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main(["--save", str(tmp_path / "demo")]) == 0
    printed = capsys.readouterr().out
    assert "what time is it" in printed.lower()
    assert "**Assistant**" in printed
    assert printed.strip().endswith("answer.wav, events.jsonl, screenshot.png, transcript.md")

    folder = tmp_path / "demo"
    assert (folder / "transcript.md").read_text(encoding="utf-8").strip() in printed
    frames = [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(frames) > 10
    with wave.open(str(folder / "answer.wav")) as answer:
        samples = np.frombuffer(answer.readframes(answer.getnframes()), "<i2")
        assert answer.getframerate() == 48_000
    assert np.count_nonzero(np.abs(samples) > 1000) > 4_800  # at least 100 ms of it is speech
    pixels = decode(folder / "screenshot.png")
    assert pixels.shape == (700, 1040, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50


def test_a_window_that_does_not_open_is_one_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    assert demo.main(["--save", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("false ended before a window named 'Presstalk'")


def test_the_options_are_the_programs_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        demo.main(["--nonsense"])
    assert end.value.code == 2
    assert "--nonsense" in capsys.readouterr().err
