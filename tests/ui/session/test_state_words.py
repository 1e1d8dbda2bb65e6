"""Every state has a word, and the translation tools find each of them."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import PySide6
import pytest

from desktop.turn.effects import DisplayState
from desktop.ui.session import state_words
from desktop.ui.session.state_words import state_word, talk_words


@pytest.mark.parametrize("state", list(DisplayState))
def test_every_state_has_a_word(state: DisplayState):
    assert state_word(state) == state.value
    assert talk_words(state)


def test_the_button_says_what_to_do_where_it_can_be_done():
    assert (
        talk_words(DisplayState.READY)
        == talk_words(DisplayState.INTERRUPTED)
        == talk_words(DisplayState.RESTING)
    )
    assert talk_words(DisplayState.RESTING) == ["Hold to talk"]


@pytest.mark.parametrize(
    ("state", "does"),
    [
        (DisplayState.READY, "Tap to mute"),
        (DisplayState.LISTENING, "Tap to mute"),
        (DisplayState.SPEAKING, "Tap to stop"),
        (DisplayState.MUTED, "Tap to talk"),
        (DisplayState.RESTING, "Tap to wake"),
    ],
)
def test_hands_free_the_button_says_what_the_key_does(state: DisplayState, does: str):
    assert talk_words(state, hands_free=True)[1:] == [does]


def test_the_translation_tools_find_every_word(tmp_path: Path):
    beside = Path(PySide6.__file__).parent / "lupdate"
    tool = shutil.which("pyside6-lupdate") or (str(beside) if beside.exists() else None)
    assert tool, "lupdate comes with PySide6-Essentials"
    found = tmp_path / "words.ts"
    subprocess.run([tool, state_words.__file__, "-ts", str(found)], check=True, capture_output=True)
    words = {source.text for source in ET.parse(found).iter("source")}
    lines = [*talk_words(DisplayState.READY), *talk_words(DisplayState.LISTENING, locked=True)]
    lines += [words for state in DisplayState for words in talk_words(state, hands_free=True)]
    assert words == {state_word(state) for state in DisplayState} | set(lines)
