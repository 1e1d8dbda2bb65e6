"""Asking what is held: where it can't be done. On a real X server it is done in `tests/e2e`."""

from __future__ import annotations

import pytest

from desktop.system import input_state
from desktop.system.input_state import X11InputState


def test_without_x11_nothing_can_be_asked(qapp):
    assert input_state.input_state() is None


def test_without_its_library_nothing_can_be_asked(qapp, monkeypatch: pytest.MonkeyPatch):
    def missing(*_: object) -> None:
        raise OSError("libxcb.so.1: cannot open shared object file")

    with pytest.raises(OSError, match="libxcb"):
        X11InputState(0, load=missing)
    monkeypatch.setattr(input_state.QGuiApplication, "platformName", lambda: "xcb")
    monkeypatch.setattr(input_state, "X11InputState", missing)
    assert input_state.input_state() is None
