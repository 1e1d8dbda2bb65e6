"""The audio doctor as a command, in a room whose speaker is heard by its microphone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.rig.demo import SYNTHESIZER_RATE, spoken
from tests.rig.process import until
from tests.rig.sound import VirtualSound

pytestmark = [pytest.mark.rig, pytest.mark.long]

WITHIN_S = 60.0
ROOM = ["module-loopback", "source=spk.monitor", "sink=mic", "latency_msec=30"]


def test_it_hears_its_own_sweeps_and_a_voice() -> None:
    voice = spoken("The quick brown fox jumps over the lazy dog.")
    with VirtualSound() as sound:
        env = {**os.environ, **sound.env}
        subprocess.run(["pactl", "load-module", *ROOM], env=env, check=True, capture_output=True)
        with subprocess.Popen(
            [sys.executable, "-m", "desktop", "doctor", "--json"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as doctor:
            assert doctor.stderr
            said: list[str] = []

            def asked_to_read() -> bool:
                said.append(doctor.stderr.readline())
                return "read this aloud" in said[-1]

            until(asked_to_read, within=WITHIN_S, what="the doctor's question")
            sound.speak(voice, SYNTHESIZER_RATE)
            out, _ = doctor.communicate(timeout=WITHIN_S)
    found = json.loads(out)
    assert found["sweeps_heard"] >= 35
    assert found["echo_db"] == pytest.approx(0, abs=3)
    assert 20 < found["loop_delay_ms"] < 1_000
    assert found["speech_dbfs"] > -40
    assert {row["id"]: row["verdict"] for row in found["findings"]}["echo"] == "fair"
    assert doctor.returncode == (1 if found["verdict"] == "bad" else 0)
