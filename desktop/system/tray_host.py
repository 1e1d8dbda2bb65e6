"""Whether the desktop shows icons in a tray, as it comes and goes.

On Linux: a `StatusNotifierHost` on the session's bus. Qt asks only once for each process, when it makes its
first tray icon; a program that is started at login may be there before the panel. So it is asked here, and
waited for. Source: freedesktop.org's StatusNotifierItem specification.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
"""All desktops use KDE's name."""
WATCHER_PATH = "/StatusNotifierWatcher"
ANSWER_S = 5.0
END_S = 0.2


class TrayHost(QObject):
    """Looks for a tray from `start` until `close`."""

    changed = Signal(bool)
    """Whether there is a tray now; first of all what is the case."""

    def __init__(self, bus: str = "SESSION", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self) -> None:
        """Look for it. Returns at once."""
        if sys.platform != "linux":
            self.changed.emit(True)  # a taskbar, or a menu bar, is always there
            return
        self._thread = threading.Thread(target=self._listen, name="tray", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no longer."""
        self._closed = True
        if self._line:
            try:
                self._line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the bus was gone already
        if self._thread:
            self._thread.join(END_S)

    def _listen(self) -> None:
        from jeepney import DBusErrorResponse, MatchRule
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        try:
            with open_dbus_connection(bus=self._bus) as line:
                self._line = line.sock
                rules = [
                    MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged"),
                    *(
                        MatchRule(type="signal", interface=WATCHER, member=f"StatusNotifierHost{what}")
                        for what in ("Registered", "Unregistered")
                    ),
                ]
                rules[0].add_arg_condition(0, WATCHER)
                for rule in rules:
                    line.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
                there: bool | None = None
                while not self._closed:
                    before, there = there, _has_host(line)
                    if there != before:
                        self.changed.emit(there)
                    line.receive()  # whatever it is, it is a reason to ask again
        except (OSError, ValueError, LookupError, RuntimeError, DBusErrorResponse) as exc:
            log.debug("no tray is looked for: %s", exc)
            if not self._closed:
                self.changed.emit(False)


def _has_host(line: object) -> bool:
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import DBusConnection

    assert isinstance(line, DBusConnection)
    at = DBusAddress(WATCHER_PATH, WATCHER, "org.freedesktop.DBus.Properties")
    call = new_method_call(at, "Get", "ss", (WATCHER, "IsStatusNotifierHostRegistered"))
    answer = line.send_and_get_reply(call, timeout=ANSWER_S)
    if answer.header.message_type is not MessageType.method_return:
        return False
    return bool(answer.body[0] == ("b", True))
