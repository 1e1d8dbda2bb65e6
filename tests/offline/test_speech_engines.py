"""The available engines, and the error where there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.base import bundle
from desktop.offline.speech_engines import SpeechUnavailable, load_recognizer, load_synthesizer
from desktop.protocol.codes import MESSAGES, Meaning, meaning, message_of
from desktop.protocol.events import Error


@pytest.mark.parametrize(
    ("load", "code"),
    [(load_recognizer, "no_recognition_in_build"), (load_synthesizer, "no_voice_in_build")],
)
def test_a_small_build_says_so_by_a_code(
    monkeypatch: pytest.MonkeyPatch, load: Callable[[], object], code: str
) -> None:
    monkeypatch.setattr(bundle, "has_speech", lambda: False)
    with pytest.raises(SpeechUnavailable, match="small build") as unavailable:
        load()
    assert unavailable.value.code == code
    error = Error(str(unavailable.value), code)
    assert meaning(error) is Meaning.ASIDE
    assert message_of(error) == MESSAGES[code], "the window words it"
