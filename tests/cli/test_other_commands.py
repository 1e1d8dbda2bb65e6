"""The commands without a session: what devices, the system and a running window say is not obeyed either."""

from __future__ import annotations

import pytest

from desktop.app import single_instance
from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError
from desktop.base.message import Text
from desktop.cli import list_devices
from desktop.cli.main import main

NASTY = "Head\x1b[2Jset\r\x9b1m\u202e\x07"
PLAIN = "Head�[2Jset �1m�"
DEVICE_FAILED = Text("test-device-failed", "It failed: {reason}")


def test_a_devices_name_is_not_obeyed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    device = Device(NASTY, "ALSA", 1, 0, 48_000, True, False)
    monkeypatch.setattr(list_devices, "list_devices", lambda: [device])
    assert main(["devices"]) == 0
    assert capsys.readouterr().out == f"microphones:\n  ALSA: {PLAIN}  48000 Hz  (default)\nspeakers:\n"


def test_what_the_system_says_is_not_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def fail() -> list[Device]:
        raise AudioError(DEVICE_FAILED(reason=NASTY))

    monkeypatch.setattr(list_devices, "list_devices", fail)
    assert main(["devices"]) == 1
    assert capsys.readouterr().err == f"It failed: {PLAIN}\n"


@pytest.mark.parametrize("words", [["ptt", "down"], ["connect"]])
def test_what_the_running_window_says_is_not_obeyed(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(single_instance, "send_request", lambda _: NASTY)
    assert main(words) == 1
    assert capsys.readouterr().err == f"{PLAIN}\n"
