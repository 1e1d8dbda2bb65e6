"""The buses a screen reader needs: a session of its own, with at-spi2-core in it.

with Desktop() as desktop, AccessibilityBus(desktop.screen) as bus:
    program = desktop.start([sys.executable, "-m", "desktop"], **bus.env)
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jeepney import DBusAddress, Properties, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from tests.rig.bus import PrivateBus
from tests.rig.process import Program, RigError
from tests.rig.screen import VirtualScreen

LAUNCHERS = (
    "/usr/libexec/at-spi-bus-launcher",
    "/usr/lib/at-spi2-core/at-spi-bus-launcher",
    "/usr/lib/at-spi-bus-launcher",
)
"""Where Debian and Fedora, older ones of them, and Arch put it."""
START_SECONDS = 20.0
_BUS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_STATUS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status")


class AccessibilityBus:
    """A session bus, and beside it the bus on which programs and screen readers find each other."""

    def __init__(self, screen: VirtualScreen) -> None:
        self._screen = screen
        self._session = PrivateBus()
        self._cleanup = ExitStack()
        self.address = ""
        """Of the bus between programs and screen readers."""

    @property
    def env(self) -> dict[str, str]:
        """What leads a program to these buses."""
        return {"DBUS_SESSION_BUS_ADDRESS": self._session.address, "AT_SPI_BUS_ADDRESS": self.address}

    def __enter__(self) -> AccessibilityBus:
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-a11y-")))
            started.enter_context(self._session)
            env = {
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "XDG_RUNTIME_DIR": str(folder),
                "GSETTINGS_BACKEND": "memory",
                "DBUS_SESSION_BUS_ADDRESS": self._session.address,
                **self._screen.env,
            }
            command = [_launcher(), "--launch-immediately"]
            daemon = started.enter_context(Program(command, env=env, log=folder / "launcher.log"))
            with open_dbus_connection(bus=self._session.address) as line:
                daemon.until(lambda: _owned(line), within=START_SECONDS, what="the accessibility bus")
                for name in ("IsEnabled", "ScreenReaderEnabled"):
                    line.send_and_get_reply(Properties(_STATUS).set(name, "b", True))
                (self.address,) = unwrap_msg(line.send_and_get_reply(new_method_call(_BUS, "GetAddress")))
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()


def _launcher() -> str:
    found = next((path for path in LAUNCHERS if Path(path).exists()), None)
    if found is None:
        raise RigError("at-spi2-core is not installed. `make test` installs it or says how")
    return found


def _owned(line: DBusConnection) -> bool:
    (owned,) = unwrap_msg(line.send_and_get_reply(message_bus.NameHasOwner(_BUS.bus_name)))
    return bool(owned)
