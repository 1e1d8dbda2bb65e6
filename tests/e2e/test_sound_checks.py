"""The tests of microphone and speaker in a session, on devices of a real sound server."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.rig

WITHIN_S = 90.0


def levels(program: Program, what: str) -> tuple[float, float]:
    """The loudest levels of microphone and speaker, in dBFS, before this happened."""
    found = re.search(rf"^{what} (\S+) (\S+)$", program.output, re.MULTILINE)
    assert found, program.output
    return float(found[1]), float(found[2])


def test_both_tests_are_heard_and_nothing_of_them_is_sent(tmp_path: Path) -> None:
    frames = tmp_path / "frames.jsonl"
    with Desktop() as desktop, desktop.sound.record() as heard:
        program = desktop.start([sys.executable, "-m", "tests.rig.sound_checks", str(frames)])
        program.until(lambda: "speaker " in program.output, within=WITHIN_S, what="the speaker's test")
        toned = heard.wait_for_sound(within=WITHIN_S)
        program.until(lambda: "recording " in program.output, within=WITHIN_S, what="the microphone's test")
        quiet = heard.wait_for_silence(lasting=0.3, within=WITHIN_S)
        noise = np.random.default_rng(1).normal(0, 0.1, 48_000).astype(np.float32)
        desktop.sound.speak(noise, 48_000).wait()
        program.until(lambda: "playing " in program.output, within=WITHIN_S, what="the playback")
        heard.wait_for_sound(within=WITHIN_S, after=quiet + 0.3)
        program.until(lambda: "state " in program.output, within=WITHIN_S, what="the end")
        assert toned < quiet
        assert -14 < levels(program, "silence")[1] < -10, "the tone on the speaker's meter"
        assert levels(program, "heard")[0] > -20, "the voice on the microphone's meter"
        assert levels(program, "idle")[1] > -30, "the recording on the speaker's meter"
        assert "state Ready" in program.output
    kinds = [json.loads(line).get("type") for line in frames.read_text(encoding="utf-8").splitlines()]
    assert "audio.append" not in kinds
    assert "audio.commit" not in kinds
    assert "response.create" not in kinds
