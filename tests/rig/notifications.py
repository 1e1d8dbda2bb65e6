"""The notifications of a desktop on a private bus: what was shown, and clicks on it."""

from __future__ import annotations

from threading import Thread
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rig.bus import PrivateBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class MockNotifications:
    """`shown` are titles and texts as they came, `replaced` what each took the place of."""

    def __init__(self, bus: PrivateBus, *, capabilities: tuple[str, ...] = ("body", "actions")) -> None:
        self.shown: list[tuple[str, str]] = []
        self.replaced: list[int] = []
        self._capabilities = list(capabilities)
        self._line: DBusConnection = open_dbus_connection(bus=bus.address)
        self._line.send_and_get_reply(message_bus.RequestName(NAME))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> MockNotifications:
        return self

    def __exit__(self, *_: Any) -> None:
        self._line.sock.shutdown(2)
        self._thread.join(10)
        self._line.close()

    def click(self, number: int) -> None:
        """Click the notification of this number; the first is 1."""
        at = DBusAddress(PATH, interface=NAME)
        self._line.send(new_signal(at, "ActionInvoked", "us", (number, "default")))

    def _serve(self) -> None:
        try:
            while True:
                call = self._line.receive()
                if call.header.message_type is not MessageType.method_call:
                    continue
                if call.header.fields[HeaderFields.member] == "GetCapabilities":
                    self._line.send(new_method_return(call, "as", (self._capabilities,)))
                else:
                    _, replaces, _, title, text, *_ = call.body
                    self.replaced.append(replaces)
                    self._line.send(new_method_return(call, "u", (len(self.shown) + 1,)))
                    self.shown.append((title, text))
        except (OSError, EOFError):
            return  # it is over
