"""PipeWire's libjack reports a latency of a day: it counts as unknown, and a usual one is taken."""

from __future__ import annotations

import glob
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from system import PIPEWIRES_JACK

from desktop.recording import journal
from desktop.recording.folder.layout import JOURNAL
from tests.rig.demo import SYNTHESIZER_RATE, shown_states, spoken
from tests.rig.desktop import Desktop

pytestmark = [pytest.mark.rig, pytest.mark.long]

WITHIN_S = 60.0
LEAD = np.zeros(SYNTHESIZER_RATE, np.float32)
"""PipeWire links a stream of JACK's to its device some time after it was opened."""
MICROPHONE = "JACK Audio Connection Kit: Remapped mic.monitor source"
SPEAKER = "JACK Audio Connection Kit: spk Audio/Sink sink"


def test_what_was_heard_is_known_and_the_microphone_hears_after_a_cue() -> None:
    # None of the distributions puts it in the way of JACK's own.
    library = next(found for place in PIPEWIRES_JACK.places for found in glob.iglob(place))
    command = [sys.executable, "-m", "desktop", "--verbose", "--input-device", MICROPHONE]
    with Desktop(sound_server="pipewire") as desktop, desktop.sound.record() as heard:
        program = desktop.start(
            [*command, "--output-device", SPEAKER], LD_LIBRARY_PATH=str(Path(library).parent)
        )
        window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)

        def shows(state: str) -> None:
            program.until(lambda: shown_states(program)[-1:] == [state], within=WITHIN_S, what=state)

        shows("Ready")
        desktop.screen.focus(window)
        desktop.screen.key_down("space")
        shows("Listening")
        desktop.sound.speak(np.concatenate([LEAD, spoken("Tell me a story.")]), SYNTHESIZER_RATE).wait()
        desktop.screen.key_up("space")
        begun = heard.wait_for_sound(within=WITHIN_S, after=time.monotonic() + 0.3)
        heard.wait_for_sound(within=WITHIN_S, after=begun + 3)
        desktop.screen.key_down("space")
        shows("Listening")
        desktop.screen.key_up("space")
        shows("Ready")
        assert program.stop() == 0
        lines = journal.read(next((desktop.home / "presstalk").rglob(JOURNAL))).lines
    asked, answer = [line for line in lines if line.speaker in ("user", "assistant")][:2]
    assert "story" in asked.text.casefold()
    assert answer.heard is not None
    assert 0 < answer.heard < len(answer.text)
