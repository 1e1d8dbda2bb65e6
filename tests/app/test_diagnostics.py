"""The text of "copy diagnostics": whole, and without secrets."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from desktop import __version__
from desktop.app import diagnostics
from desktop.audio import devices, portaudio
from desktop.audio.interfaces import AudioLibraryError
from desktop.base.message import verbatim

MICROPHONE = devices.Device("Desk Mic", "ALSA", 2, 0, 48_000, is_default_input=True)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(
        get_portaudio_version=lambda: (1246720, "PortAudio V19.7.0-devel"),
        query_hostapis=lambda: ({"name": "ALSA", "devices": [0]}, {"name": "JACK", "devices": []}),
    )
    monkeypatch.setattr(portaudio, "load", lambda: library)
    monkeypatch.setattr(devices, "list_devices", lambda: [MICROPHONE])


@pytest.mark.usefixtures("sound")
def test_it_tells_what_one_asks_for_first():
    counted = {"overruns": 0, "underruns": 3, "rates": "24 kHz → 24 kHz"}
    text = diagnostics.report(counted, "a ticket from an organisation")
    for line in (
        f"Presstalk: {__version__}",
        "PortAudio: PortAudio V19.7.0-devel",
        "host API: ALSA (1)",
        "host API: JACK (0)",
        "device: ALSA: Desk Mic, 2 in, 0 out, 48000 Hz [default in]",
        "underruns: 3",
        "session opened with: a ticket from an organisation",
        "from: none",
        "OPPER_API_KEY: not set",
    ):
        assert f"  {line}\n" in text, text


@pytest.mark.usefixtures("sound")
def test_no_secret_is_in_it(monkeypatch: pytest.MonkeyPatch):
    key = "letters-only-of-a-key"
    monkeypatch.setenv("OPPER_API_KEY", key)
    monkeypatch.setenv("OPPER_BASE_URL", "https://somewhere.example")
    monkeypatch.setenv("HOME", "/home/anna-smith")
    text = diagnostics.report({"last error": f"Bearer {key}", "log": "/home/anna-smith/x", "k": key})
    assert "from: environment" in text
    for secret in (key, "somewhere", "anna-smith"):
        assert secret not in text


def test_no_sound_library_is_reported_and_not_raised(monkeypatch: pytest.MonkeyPatch):
    def missing() -> None:
        raise AudioLibraryError(verbatim("Sound needs the PortAudio library."))

    monkeypatch.setattr(portaudio, "load", missing)
    text = diagnostics.report()
    assert "  Sound needs the PortAudio library.\n" in text
    assert "none yet" in text


@pytest.mark.usefixtures("sound")
def test_a_keychain_that_fails_is_reported_and_not_raised(monkeypatch: pytest.MonkeyPatch):
    import keyring

    def fails() -> None:
        raise OSError("the bus is gone")

    monkeypatch.setattr(keyring, "get_keyring", fails)
    assert "keychain: none (OSError)" in diagnostics.report()


def test_the_versions_name_the_program_first():
    names = [name for name, _ in diagnostics.versions()]
    assert names[:3] == ["Presstalk", "Python", "Qt"]
