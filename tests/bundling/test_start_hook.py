from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest
from bundling import start_hook


def test_the_systems_certificates_are_named_unless_the_user_has(tmp_path: Path) -> None:
    there = tmp_path / "ca.crt"
    there.touch()
    files = (str(tmp_path / "missing"), str(there))
    environment: dict[str, str] = {}
    start_hook.trust(environment, files)
    assert environment == {"SSL_CERT_FILE": str(there)}
    for chosen in ({"SSL_CERT_FILE": "/mine"}, {"SSL_CERT_DIR": "/mine"}):
        kept = dict(chosen)
        start_hook.trust(kept, files)
        assert kept == chosen
    start_hook.trust(nothing := {}, files[:1])
    assert nothing == {}


def test_children_get_the_library_path_of_the_user() -> None:
    environment = {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/mine"}
    start_hook.free_the_children(environment)
    assert environment == {"LD_LIBRARY_PATH": "/mine"}
    environment = {"LD_LIBRARY_PATH": "/bundle"}
    start_hook.free_the_children(environment)
    assert environment == {}


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have PortAudio in the wheel")
def test_what_portaudio_needs_is_the_systems_first_and_the_bundles_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(name: str) -> None:
        if name == "libjack.so.0":
            raise OSError("not on this system")
        loaded.append(name)

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert start_hook.portaudio(tmp_path) is None
    (tmp_path / "fallback").mkdir()
    for name in ("libportaudio.so.2", "fallback/libjack.so.0", "fallback/libdb-5.3.so"):
        (tmp_path / name).touch()
    assert start_hook.portaudio(tmp_path) == str(tmp_path / "libportaudio.so.2")
    assert loaded == ["libdb-5.3.so", str(tmp_path / "fallback" / "libjack.so.0")]
