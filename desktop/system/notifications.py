"""Notifications of the desktop on Linux: one at a time, plain text, and a click comes back.

Source: freedesktop.org's Desktop Notifications Specification 1.2. Windows and macOS show them by the tray's
icon.
"""

from __future__ import annotations

import html
import logging
import threading
import time
from typing import Any

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
ANSWER_S = 5.0
CLICK_S = 60.0
"""How long a click is waited for: most desktops have taken it away by then."""
LONGEST = 300
"""Characters of a text."""
_GONE = (OSError, ValueError, LookupError, RuntimeError)


class Notifications(QObject):
    """Shows one, in the place of the one before. No desktop that shows them is no error."""

    clicked = Signal()

    def __init__(self, bus: str = "SESSION", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self.shown = 0
        """The number of the last one, as the desktop has it; 0 before."""
        self._number = 0
        self._lines: list[Any] = []

    def show(self, title: str, text: str) -> None:
        """Show it. Returns at once: a thread of its own sends it, and waits for the click."""
        self._number += 1
        wanted = (self._number, title[:LONGEST], text[:LONGEST])
        threading.Thread(target=self._show, args=wanted, name="notification", daemon=True).start()

    def close(self) -> None:
        """Wait for no click any more."""
        self._number += 1
        for line in list(self._lines):
            try:
                line.sock.shutdown(2)
            except OSError:
                pass

    def _show(self, number: int, title: str, text: str) -> None:
        from jeepney import DBusErrorResponse
        from jeepney.io.blocking import open_dbus_connection

        try:
            with open_dbus_connection(bus=self._bus) as line:
                self._lines.append(line)
                try:
                    self._send(line, number, title, text)
                finally:
                    self._lines.remove(line)
        except (*_GONE, DBusErrorResponse) as exc:
            log.debug("a notification is not shown: %s", exc)

    def _send(self, line: Any, number: int, title: str, text: str) -> None:
        from jeepney import DBusAddress, MatchRule, MessageType, new_method_call
        from jeepney.bus_messages import message_bus

        at = DBusAddress(PATH, SERVICE, SERVICE)
        rule = MatchRule(type="signal", sender=SERVICE, interface=SERVICE, path=PATH)
        line.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
        can = line.send_and_get_reply(new_method_call(at, "GetCapabilities"), timeout=ANSWER_S)
        marks_up = can.header.message_type is MessageType.method_return and "body-markup" in can.body[0]
        body = html.escape(text, quote=False) if marks_up else text
        hints = {"desktop-entry": ("s", "presstalk"), "transient": ("b", True)}
        about = ("Presstalk", self.shown, "presstalk", title, body, ["default", title], hints, -1)
        answer = line.send_and_get_reply(
            new_method_call(at, "Notify", "susssasa{sv}i", about), timeout=ANSWER_S
        )
        if answer.header.message_type is not MessageType.method_return:
            return
        self.shown = shown = answer.body[0]
        until = time.monotonic() + CLICK_S
        while number == self._number and (left_s := until - time.monotonic()) > 0:
            signal = line.receive(timeout=left_s)
            match [signal.header.fields.get(3), *signal.body]:  # 3: the member
                case ["ActionInvoked", int() as which, "default"] if which == shown:
                    self.clicked.emit()
                    return
                case ["NotificationClosed", int() as which, *_] if which == shown:
                    return
