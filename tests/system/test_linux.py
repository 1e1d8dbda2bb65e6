"""The signals of logind, NetworkManager and the screen savers, on private buses."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.system.linux import SAVERS
from tests.rig.bus import LOGIN, SESSION, FakeService, PrivateBus
from tests.rig.process import Program

pytestmark = pytest.mark.rig

WITHIN_S = 20.0
MANAGER = ("/org/freedesktop/login1", f"{LOGIN}.Manager")
PROPERTIES = "org.freedesktop.DBus.Properties"
NETWORK = "org.freedesktop.NetworkManager"
SCHEMES = {"scheme:dark", "scheme:light", "scheme:"}
WORDS = {"running", "listening", "locked", "sleeping", "woke", "network_back", *SCHEMES}
PORTAL = "org.freedesktop.portal.Desktop"
SETTINGS = ("/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings")
SCHEME = ("org.freedesktop.appearance", "color-scheme")
DARK = (("v", ("u", 1)),)
"""What `Read` answers: a variant in a variant."""


class Listener:
    """The program, and its output since it started listening."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @property
    def words(self) -> list[str]:
        return self.program.log.read_text().split()

    @property
    def heard(self) -> list[str]:
        return [word for word in self.words if word not in ("running", "listening")]

    def until(self, *heard: str) -> None:
        """Wait until it has heard exactly this."""
        self.wait(lambda: self.heard == list(heard), f"{heard}")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        self.program.until(lambda: condition() or None, within=WITHIN_S, what=what)


@contextmanager
def listening(folder: Path, until: str = "listening", **variables: str) -> Iterator[Listener]:
    """The program with these environment variables, once it has printed its first word."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "XDG_"))}
    command = [sys.executable, "-m", "tests.system.listener"]
    with Program(command, env=env | variables, log=folder / "listener.log") as program:
        listener = Listener(program)
        listener.wait(lambda: until in listener.words, "the program to listen")
        yield listener
        assert program.stop() == 0
        assert set(listener.words) <= WORDS, "it says nothing else"


@pytest.fixture
def buses() -> Iterator[tuple[PrivateBus, PrivateBus]]:
    """The system's and the session's."""
    with PrivateBus() as system, PrivateBus() as session:
        yield system, session


@pytest.fixture
def addresses(buses: tuple[PrivateBus, PrivateBus]) -> dict[str, str]:
    system, session = buses
    return {"DBUS_SYSTEM_BUS_ADDRESS": system.address, "DBUS_SESSION_BUS_ADDRESS": session.address}


@pytest.fixture
def logind(buses) -> Iterator[FakeService]:
    with FakeService(buses[0], LOGIN) as service:
        yield service


@pytest.fixture
def listener(logind: FakeService, addresses: dict[str, str], tmp_path: Path) -> Iterator[Listener]:
    with listening(tmp_path, **addresses, XDG_SESSION_ID="2") as listener:
        yield listener


def test_sleep_and_wake(listener: Listener, logind: FakeService):
    logind.signal(*MANAGER, "PrepareForSleep", "b", True)
    listener.until("sleeping")
    logind.signal(*MANAGER, "PrepareForSleep", "b", False)
    listener.until("sleeping", "woke")


def test_a_lock_is_reported_once_whoever_tells_of_it(listener: Listener, logind: FakeService, buses):
    assert logind.asked == [("GetSession", "2")]
    logind.signal(SESSION, f"{LOGIN}.Session", "Lock")
    hint = {"LockedHint": ("b", True)}
    logind.signal(SESSION, PROPERTIES, "PropertiesChanged", "sa{sv}as", f"{LOGIN}.Session", hint, [])
    buses[1].signal("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", "b", True)
    logind.signal(*MANAGER, "PrepareForSleep", "b", True)
    listener.wait(lambda: "sleeping" in listener.heard, "the last signal")
    assert listener.heard == ["locked", "sleeping"]


def test_each_way_of_locking_is_heard_again_after_the_unlock(listener: Listener, logind: FakeService, buses):
    logind.signal(SESSION, f"{LOGIN}.Session", "Lock")
    listener.until("locked")
    logind.signal(SESSION, f"{LOGIN}.Session", "Unlock")
    for locked in (True, False):
        hint = {"LockedHint": ("b", locked)}
        logind.signal(SESSION, PROPERTIES, "PropertiesChanged", "sa{sv}as", f"{LOGIN}.Session", hint, [])
    listener.until("locked", "locked")
    for times, saver in enumerate(SAVERS, start=3):
        for active in (True, False):
            buses[1].signal("/some/path", saver, "ActiveChanged", "b", active)
        listener.until(*["locked"] * times)


def test_another_users_session_in_front_is_a_lock_too(listener: Listener, logind: FakeService):
    def change(**properties: bool) -> None:
        plain = {name: ("b", value) for name, value in properties.items()}
        logind.signal(SESSION, PROPERTIES, "PropertiesChanged", "sa{sv}as", f"{LOGIN}.Session", plain, [])

    change(Active=False, LockedHint=True)
    change(Active=True)  # back, and still locked
    logind.signal(*MANAGER, "PrepareForSleep", "b", True)
    listener.wait(lambda: "sleeping" in listener.heard, "the last signal")
    assert listener.heard == ["locked", "sleeping"]
    change(LockedHint=False)
    change(Active=False)
    listener.until("locked", "sleeping", "locked")


def test_another_session_and_another_sender_are_not_ours(listener: Listener, logind: FakeService, buses):
    logind.signal("/org/freedesktop/login1/session/_33", f"{LOGIN}.Session", "Lock")
    buses[0].signal(*MANAGER, "PrepareForSleep", "b", True)  # not from the owner of the name
    logind.signal(*MANAGER, "PrepareForSleep", "b", False)
    listener.until("woke")


def test_the_network_comes_back(listener: Listener, buses):
    with FakeService(buses[0], NETWORK) as manager:
        for state in (70, 20, 40, 60, 70):
            manager.signal("/org/freedesktop/NetworkManager", NETWORK, "StateChanged", "u", state)
        listener.until("network_back")


def test_without_a_bus_it_is_silent(tmp_path: Path):
    nowhere = {"DBUS_SYSTEM_BUS_ADDRESS": "disabled:", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    with listening(tmp_path, **nowhere) as listener:
        assert listener.heard == []


def test_without_a_login_manager_it_is_silent(addresses: dict[str, str], tmp_path: Path):
    with listening(tmp_path, **addresses) as listener:
        assert listener.heard == []


def test_a_bus_that_never_answers_holds_nothing_up(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        deaf.listen()
        address = f"unix:path={tmp_path / 'deaf'}"
        variables = {"DBUS_SYSTEM_BUS_ADDRESS": address, "DBUS_SESSION_BUS_ADDRESS": address}
        with listening(tmp_path, until="running", **variables) as listener:
            assert listener.words == ["running"]


def test_a_dark_desktop_is_known_at_the_start(addresses: dict[str, str], buses, tmp_path: Path):
    with FakeService(buses[1], PORTAL, "v", DARK) as portal, listening(tmp_path, **addresses) as listener:
        listener.until("scheme:dark")
        assert portal.asked == [("Read", *SCHEME)]


def test_the_portal_tells_of_each_change_once(addresses: dict[str, str], buses, tmp_path: Path):
    with FakeService(buses[1], PORTAL, "v", DARK) as portal, listening(tmp_path, **addresses) as listener:
        listener.until("scheme:dark")
        for number in (1, 2, 2, 0, 1):
            portal.signal(*SETTINGS, "SettingChanged", "ssv", *SCHEME, ("u", number))
        listener.until("scheme:dark", "scheme:light", "scheme:", "scheme:dark")


def test_other_settings_other_senders_and_odd_values_change_nothing(addresses, buses, tmp_path: Path):
    with FakeService(buses[1], PORTAL, "v", DARK) as portal, listening(tmp_path, **addresses) as listener:
        listener.until("scheme:dark")
        portal.signal(*SETTINGS, "SettingChanged", "ssv", SCHEME[0], "contrast", ("u", 2))
        portal.signal(*SETTINGS, "SettingChanged", "ssv", "org.example", SCHEME[1], ("u", 2))
        buses[1].signal(*SETTINGS, "SettingChanged", "ssv", *SCHEME, ("u", 2))  # not from the portal
        portal.signal(*SETTINGS, "SettingChanged", "u", 2)
        portal.signal(*SETTINGS, "SettingChanged", "ssv", *SCHEME, ("s", "dark"))
        portal.signal(*SETTINGS, "SettingChanged", "ssv", *SCHEME, ("u", 2))
        listener.until("scheme:dark", "scheme:", "scheme:light")


def test_a_portal_that_comes_later_is_asked(addresses: dict[str, str], buses, tmp_path: Path):
    with listening(tmp_path, **addresses) as listener:
        for _ in range(2):
            with FakeService(buses[1], PORTAL, "v", DARK) as portal:
                listener.until("scheme:dark")
                listener.wait(lambda portal=portal: portal.asked == [("Read", *SCHEME)], "the question")


@pytest.mark.parametrize(
    ("signature", "answer"), [("v", None), ("s", ("dark",)), ("v", (("as", ["dark"]),)), ("v", (("u", 9),))]
)
def test_a_portal_that_says_nothing_useful_holds_nothing_up(addresses, buses, tmp_path, signature, answer):
    with FakeService(buses[1], PORTAL, signature, answer), listening(tmp_path, **addresses) as listener:
        none = [] if answer is None else ["scheme:"]  # what was told in the last run holds no longer
        if none:
            listener.until(*none)
        buses[1].signal("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", "b", True)
        listener.until(*none, "locked")
