"""Linux: logind and NetworkManager on the system bus, the screen savers and the portal on the session's.

A thread for each bus waits for signals: Qt's own access to the buses delays the program's exit while a bus is
slow. A bus or a service that is missing is no error: then the lost focus alone ends a take.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from desktop.system.system_events import ColourScheme, SystemEvents

log = logging.getLogger(__name__)

LOGIN = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", LOGIN, f"{LOGIN}.Manager")
SESSION = f"{LOGIN}.Session"
NETWORK = "org.freedesktop.NetworkManager"
PORTAL = "org.freedesktop.portal.Desktop"
"""Tells on every desktop, sway's and KDE's too, whether the user likes it dark."""
PORTAL_SETTINGS = DBusAddress("/org/freedesktop/portal/desktop", PORTAL, "org.freedesktop.portal.Settings")
COLOUR_SCHEME = ("org.freedesktop.appearance", "color-scheme")
SCHEMES: dict[int, ColourScheme] = {1: "dark", 2: "light"}
"""The portal's numbers; all others mean that there is no preference."""
SAVERS = tuple(f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate"))
"""All have the same signal; each desktop gives it another name."""
CONNECTED = 50
"""NetworkManager's NM_STATE_CONNECTED_LOCAL: from here on something is reachable."""
ANSWER_S = 5.0
"""How long a bus or logind may take to answer. Nothing waits for it."""
END_S = 0.2
"""How long the end waits for each thread; it takes a millisecond."""
_GONE = (OSError, ValueError, LookupError, RuntimeError, DBusErrorResponse)
"""What connecting raises where there is no bus, including for a garbage address."""


class BusSignal(NamedTuple):
    """A signal's interface and name."""

    interface: str
    member: str


SCHEME_CHANGED = BusSignal("org.freedesktop.portal.Settings", "SettingChanged")


class BusListener(QObject):
    """Listens to the buses until `close`, and passes on their signals on the GUI thread."""

    _received = Signal(object, object)
    _ready = Signal()

    def __init__(self, events: SystemEvents, system: str = "SYSTEM", session: str = "SESSION") -> None:
        super().__init__()  # without a parent: its threads may outlive the window
        self._events = events
        self._network = CONNECTED
        self._lines: list[DBusConnection] = []
        self._threads: list[threading.Thread] = []
        self._waiting = 2
        self._closed = False
        self._asked = -1
        """The number of the last question about the colour scheme."""
        self._received.connect(self._on_received)
        self._ready.connect(self._on_ready)
        for bus, wanted in ((system, _system_rules), (session, _session_rules)):
            thread = threading.Thread(target=self._listen, args=(bus, wanted), name=f"bus {bus}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Leave the buses."""
        self._closed = True
        for line in self._lines:
            try:
                line.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the bus was gone already
        # A thread that ends while Python does can take the process with it. One that still waits for a bus
        # to answer is left behind.
        for thread in self._threads:
            thread.join(END_S)

    def _listen(self, bus: str, wanted: Callable[[DBusConnection], list[MatchRule]]) -> None:
        try:
            with open_dbus_connection(bus=bus) as line:
                self._lines.append(line)
                for rule in wanted(line):
                    line.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
                self._ready.emit()
                if wanted is _session_rules:
                    self._ask_for_scheme(line)
                while not self._closed:
                    self._take(line, line.receive())
        except _GONE as exc:
            log.debug("the %s bus is not listened to: %s", bus, exc)
            if not self._closed:
                self._ready.emit()

    def _ask_for_scheme(self, line: DBusConnection) -> None:
        # Nobody waits for the answer: a portal that has to be started first may take half a minute. `Read`
        # is the old name of `ReadOne`; every portal knows it.
        self._asked = next(line.outgoing_serial)
        line.send(new_method_call(PORTAL_SETTINGS, "Read", "ss", COLOUR_SCHEME), serial=self._asked)

    def _take(self, line: DBusConnection, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is MessageType.method_return:
            if fields.get(HeaderFields.reply_serial) == self._asked and message.body:
                self._received.emit(SCHEME_CHANGED, (*COLOUR_SCHEME, message.body[0]))
            return
        # A signal to this connection alone would bypass the rules, and anybody could send it.
        if message.header.message_type is MessageType.signal and HeaderFields.destination not in fields:
            if fields.get(HeaderFields.member) == "NameOwnerChanged":
                self._ask_for_scheme(line)  # the portal has come only now
                return
            signal = BusSignal(fields.get(HeaderFields.interface, ""), fields.get(HeaderFields.member, ""))
            self._received.emit(signal, message.body)

    def _on_ready(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self._events.listening.emit()

    def _on_received(self, signal: BusSignal, body: tuple[Any, ...]) -> None:
        match signal, body:
            case (BusSignal(_, "PrepareForSleep"), (bool() as going,)):
                (self._events.sleeping if going else self._events.woke).emit()
            case (BusSignal(_, "Lock" | "Unlock" as member), _):
                self._events.set_locked(member == "Lock")
            case (BusSignal(_, "ActiveChanged"), (bool() as active,)):
                self._events.set_locked(active)
            case (BusSignal(_, "PropertiesChanged"), (str(), dict() as changed, *_)):
                match changed:
                    case {"Active": (_, bool() as active)}:
                        self._events.set_away(not active)
                match changed:
                    case {"LockedHint": (_, locked)}:
                        self._events.set_locked(bool(locked))
            case (BusSignal(_, "StateChanged"), (int() as state,)):
                before, self._network = self._network, state
                if before < CONNECTED <= state:
                    self._events.network_back.emit()
            case (BusSignal(_, "SettingChanged"), (str() as namespace, str() as key, value)):
                if (namespace, key) == COLOUR_SCHEME:
                    self._events.set_colour_scheme(_scheme(value))
            case _:
                pass


def _scheme(value: object) -> ColourScheme:
    """What a variant says; `Read` has it in another one."""
    for _ in range(2):
        if isinstance(value, tuple) and len(value) == 2:
            value = value[1]
    return SCHEMES.get(value, "") if isinstance(value, int) else ""


def _system_rules(line: DBusConnection) -> list[MatchRule]:
    rules = [
        _rule(LOGIN, MANAGER.object_path, MANAGER.interface, "PrepareForSleep"),
        _rule(NETWORK, "/org/freedesktop/NetworkManager", NETWORK, "StateChanged"),
    ]
    if path := _session_path(line):
        rules += [_rule(LOGIN, path, SESSION, member) for member in ("Lock", "Unlock")]
        rules.append(_rule(LOGIN, path, "org.freedesktop.DBus.Properties", "PropertiesChanged"))
    return rules


def _session_rules(_: DBusConnection) -> list[MatchRule]:
    # By the interface alone: each desktop uses its own path, and some have a second name.
    savers = [MatchRule(type="signal", interface=saver, member="ActiveChanged") for saver in SAVERS]
    portal = _rule(PORTAL, PORTAL_SETTINGS.object_path, PORTAL_SETTINGS.interface, SCHEME_CHANGED.member)
    comes = _rule("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged")
    comes.add_arg_condition(0, PORTAL)
    comes.add_arg_condition(1, "")  # it had no owner before
    return [*savers, portal, comes]


def _rule(sender: str, path: str, interface: str, member: str) -> MatchRule:
    return MatchRule(type="signal", sender=sender, path=path, interface=interface, member=member)


def _session_path(line: DBusConnection) -> str:
    """This session's object; "auto" is the one logind finds for us. Empty if there is no logind."""
    for session in (os.environ.get("XDG_SESSION_ID", ""), "auto"):
        if session:
            call = new_method_call(MANAGER, "GetSession", "s", (session,))
            answer = line.send_and_get_reply(call, timeout=ANSWER_S)
            if answer.header.message_type is MessageType.method_return:
                return str(answer.body[0])
    return ""
