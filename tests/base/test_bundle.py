"""What differs in the frozen program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.base import bundle
from desktop.offline import speech_engines
from desktop.offline.process import command


def test_a_checkout_has_whatever_is_installed() -> None:
    assert bundle.has_speech()


def test_a_small_build_says_what_it_lacks_and_not_which_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(speech_engines.SpeechUnavailable, match="type to the demo, or get the full build"):
        speech_engines.load_recognizer()
    with pytest.raises(speech_engines.SpeechUnavailable, match="answers come as text only"):
        speech_engines.load_synthesizer()


def test_a_full_build_has_speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hibari").mkdir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert bundle.has_speech()


@pytest.mark.parametrize("is_frozen", [True, False])
def test_only_a_bundles_paths_are_kept_from_children(
    is_frozen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_PLUGIN_PATH", "/somewhere")
    monkeypatch.setattr(bundle, "FROZEN", is_frozen)
    bundle.free_the_children()
    assert ("QT_PLUGIN_PATH" in os.environ) is not is_frozen


def test_a_bundle_is_its_own_offline_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", "/opt/presstalk/presstalk")
    assert command() == ["/opt/presstalk/presstalk", "serve", "--exit-with-parent"]
