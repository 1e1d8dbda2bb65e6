"""The real xdg-desktop-portal on a private bus, with a desktop under a test's control behind it."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rig.bus import PrivateBus
from tests.rig.process import Program, RigError

NAME = "org.freedesktop.impl.portal.desktop.mock"
PATH = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.impl.portal.GlobalShortcuts"
PORTAL = "org.freedesktop.portal.Desktop"
PROGRAMS = ("/usr/libexec/xdg-desktop-portal", "/usr/lib/xdg-desktop-portal")
START_SECONDS = 10.0
_PORTAL = f"[portal]\nDBusName={NAME}\nInterfaces={INTERFACE};\nUseIn=mock\n"


def program() -> str:
    """The portal's program; empty if it isn't installed."""
    return next((path for path in PROGRAMS if Path(path).exists()), "")


class MockDesktop:
    """The desktop's part of the portal: it agrees to every key, and strikes them when it is told to.

    Args:
        bus: where it lives.
        agrees: whether the user agrees to the keys.
    """

    def __init__(self, bus: PrivateBus, *, agrees: bool = True) -> None:
        self.agrees = agrees
        self.bound: list[tuple[str, dict[str, Any]]] = []
        """The shortcuts of the last session."""
        self._session = ""
        self._line: DBusConnection = open_dbus_connection(bus=bus.address)
        self._line.send_and_get_reply(message_bus.RequestName(NAME))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Leave the bus."""
        self._line.sock.shutdown(2)
        self._thread.join(START_SECONDS)
        self._line.close()

    def strike(self, shortcut: str, down: bool) -> None:
        """The key of this shortcut goes down or up."""
        body: tuple[Any, ...] = (self._session, shortcut, time.monotonic_ns() // 1_000_000, {})
        member = "Activated" if down else "Deactivated"
        self._line.send(new_signal(DBusAddress(PATH, interface=INTERFACE), member, "osta{sv}", body))

    def rename(self, shortcut: str, words: str) -> None:
        """The user gave it another key, which the desktop calls so."""
        shortcuts = [(shortcut, {"description": ("s", ""), "trigger_description": ("s", words)})]
        body = (self._session, shortcuts)
        at = DBusAddress(PATH, interface=INTERFACE)
        self._line.send(new_signal(at, "ShortcutsChanged", "oa(sa{sv})", body))

    def _serve(self) -> None:
        try:
            while True:
                call = self._line.receive()
                if call.header.message_type is MessageType.method_call:
                    self._answer(call)
        except (OSError, EOFError):
            return  # the test is over

    def _answer(self, call: Any) -> None:
        match call.header.fields[HeaderFields.member], call.body:
            case "CreateSession", (_, session, *_):
                self._session = session
                self._line.send(new_method_return(call, "ua{sv}", (0, {})))
            case "BindShortcuts", (_, _, shortcuts, *_):
                self.bound = shortcuts
                named = [
                    (name, {**known, "trigger_description": ("s", "Press <b>F9</b>")})
                    for name, known in shortcuts
                ]
                answer = (0, {"shortcuts": ("a(sa{sv})", named)}) if self.agrees else (1, {})
                self._line.send(new_method_return(call, "ua{sv}", answer))
            case ("Get", (_, "version")):
                self._line.send(new_method_return(call, "v", (("u", 1),)))
            case ("GetAll", _):
                self._line.send(new_method_return(call, "a{sv}", ({"version": ("u", 1)},)))
            case _:
                self._line.send(new_method_return(call))


class RealPortal:
    """xdg-desktop-portal with a `MockDesktop`. Raises RigError if it isn't installed."""

    def __init__(self, *, agrees: bool = True) -> None:
        self._agrees = agrees
        self._cleanup = ExitStack()

    def __enter__(self) -> RealPortal:
        if not program():
            raise RigError("xdg-desktop-portal is not installed. `make test` installs it or says how")
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-portal-")))
            (folder / "mock.portal").write_text(_PORTAL, encoding="utf-8")
            self.bus = started.enter_context(PrivateBus())
            self.desktop = MockDesktop(self.bus, agrees=self._agrees)
            started.callback(self.desktop.close)
            self._environment = {
                "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
                "DBUS_SYSTEM_BUS_ADDRESS": self.bus.address,
                "XDG_DESKTOP_PORTAL_DIR": str(folder),
                "XDG_CURRENT_DESKTOP": "mock",
                "XDG_RUNTIME_DIR": str(folder),
                "HOME": str(folder),
                "PATH": os.environ["PATH"],
                "GVFS_DISABLE_FUSE": "1",
            }
            self._log = folder / "portal.log"
            self.start()
            started.callback(self.stop)
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def start(self) -> None:
        """Start the portal, and wait for it."""
        self._portal = Program([program()], env=self._environment, log=self._log)
        self._portal.__enter__()
        with open_dbus_connection(bus=self.bus.address) as line:
            owned = new_method_call(message_bus, "NameHasOwner", "s", (PORTAL,))
            self._portal.until(
                lambda: line.send_and_get_reply(owned).body[0], within=START_SECONDS, what="the portal"
            )

    def stop(self) -> None:
        """End the portal, as an update of the system does."""
        self._portal.__exit__(None, None, None)
