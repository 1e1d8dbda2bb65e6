"""A session bus that doesn't answer is left alone, before Qt waits for it."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from desktop.app import bus_check
from desktop.app.bus_check import ADDRESS, UNUSED, avoid_silent_bus
from tests.rig.bus import PrivateBus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a session bus")


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The path of a socket where nobody answers."""
    monkeypatch.setattr(bus_check, "ANSWER_S", 0.05)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "bus"))
        listening.listen()
        yield tmp_path / "bus"


@pytest.mark.parametrize("form", ["unix:path={0}", "unix:guid=00ff,path={0}", "unix:path={0},guid=00ff"])
def test_one_that_says_nothing(silent: Path, form: str, expect_log) -> None:
    expect_log("the session bus doesn't answer")
    environment = {ADDRESS: form.format(silent)}
    avoid_silent_bus(environment)
    assert environment == {ADDRESS: UNUSED}


def test_one_that_is_not_named(silent: Path, expect_log) -> None:
    expect_log("the session bus doesn't answer")
    environment = {"XDG_RUNTIME_DIR": str(silent.parent)}
    avoid_silent_bus(environment)
    assert environment[ADDRESS] == UNUSED


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "disabled:", "::;;=", "tcp:host=127.0.0.1"])
def test_none_at_all(address: str) -> None:
    environment = {ADDRESS: address}
    avoid_silent_bus(environment)
    assert environment == {ADDRESS: address}


@pytest.mark.screen
def test_one_that_answers() -> None:
    with PrivateBus() as bus:
        environment = {ADDRESS: bus.address}
        avoid_silent_bus(environment)
        assert environment == {ADDRESS: bus.address}
