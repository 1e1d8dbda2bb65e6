"""Wayland: keys by the desktop's portal of global shortcuts, which tells of their going down and up.

The desktop decides: it asks the user, and may give another key than the one that is proposed. Sources: the
portal's interfaces `org.freedesktop.portal.GlobalShortcuts` and `org.freedesktop.host.portal.Registry`.
Nothing of it can be asked whether a key is still down, and Escape can't be had. The times that it gives have
no agreed unit, and aren't used.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from jeepney import DBusErrorResponse, HeaderFields, Message, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from desktop.base.hotkey import Hotkey, HotkeyAction
from desktop.base.message import Shortcut
from desktop.base.terminal import one_line
from desktop.system.hotkeys import portal_bus
from desktop.system.hotkeys.interface import Active, Answered, Keys, Named, Tell, Told
from desktop.system.hotkeys.late_strokes import LastSeen, LateStrokes
from desktop.system.hotkeys.portal_bus import APP_ID, PATH, PEER, PORTAL, REGISTRY, SHORTCUTS
from desktop.system.hotkeys.portal_words import NO_PORTAL, NOT_BY_PORTAL, REFUSED, WORDS, trigger

log = logging.getLogger(__name__)

ANSWER_S = 30.0
"""How long the portal may take to start, with its desktop's part."""
CHOICE_S = 300.0
"""How long the user may take to agree."""
LONGEST_WORDS = 60
"""Characters of what the desktop calls a key."""
END_S = 0.5
AWAKE_S = 0.1
"""While a key is held, the thread wakes so often, to know when it was stopped."""
MOST_AT_ONCE = 100
"""Messages: somebody on the bus may send them without end."""
AGAIN_S = 1.0
"""After the portal has ended: when it is asked for the keys again."""

_GONE = (OSError, ValueError, LookupError, RuntimeError, EOFError, DBusErrorResponse)
"""What the bus raises where there is none, or when it ends."""


class _RefusedError(Exception):
    """The user, or the desktop, said no."""


class PortalHotkeys:
    """Hears keys by one session of the portal at a time.

    Args:
        tell: gets what is heard, on a thread of the session's.
        bus: the bus's address, as `jeepney` takes it.
        describe: what each key does, in the user's language.
    """

    def __init__(
        self, tell: Tell, bus: str = "SESSION", describe: Callable[[HotkeyAction], str] = WORDS.__getitem__
    ) -> None:
        self._tell = tell
        self._bus = bus
        self._describe = describe
        self._session: PortalSession | None = None
        self._keys: Keys = {}

    asks_user = True

    def use(self, keys: Keys) -> None:
        # A session binds once: other keys need another one.
        self.close()
        self._keys = keys
        able: dict[HotkeyAction, Hotkey] = {}
        for action, key in keys.items():
            if key.is_button or key.is_lone_modifier:
                self._tell(Told(action, NOT_BY_PORTAL(keys=Shortcut(str(key)))))
            else:
                able[action] = key
        if able:
            self._session = PortalSession(self._tell, self._bus, self._describe, able)
        else:
            first = next(iter(keys.values()), None)
            self._tell(Active("", NOT_BY_PORTAL(keys=Shortcut(str(first))) if first else None))

    def hear_escape(self, wanted: bool) -> None:
        pass  # the portal gives no key for a while

    def ask(self) -> bool:
        return self._session is not None and self._session.ask()

    @property
    def is_over(self) -> bool:
        """Whether nothing can be heard: there was no portal, or the user said no."""
        return self._session is not None and self._session.is_over

    def refresh(self) -> None:
        # The portal's session lives through sleep, unless the portal had gone for good.
        if self.is_over:
            self.use(self._keys)

    def close(self) -> None:
        if self._session:
            self._session.end()
            self._session = None


class PortalSession:
    """These keys, heard on a thread of its own, which waits for the bus until `end`."""

    def __init__(self, tell: Tell, bus: str, describe: Callable[[HotkeyAction], str], keys: Keys) -> None:
        self._tell = tell
        self._bus = bus
        self._describe = describe
        self._keys = keys
        self._over = threading.Event()
        self._line: DBusConnection | None = None
        self._handle = ""
        self._seen = LastSeen(AWAKE_S)
        self._strokes = LateStrokes(tell, self._seen)
        self._asked = -1
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether its thread has ended."""
        return not self._thread.is_alive()

    def end(self) -> None:
        """Give the keys back: a session ends with its connection."""
        self._over.set()
        if line := self._line:
            with contextlib.suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(END_S)

    def ask(self) -> bool:
        """Have `Answered` told behind all that the portal has told so far; False if it can't be asked."""
        line = self._line
        if line is None or not self._handle:
            return False
        # Signals and answers of one sender come in their order.
        self._asked = next(line.outgoing_serial)
        try:
            line.send(new_method_call(PEER, "Ping"), serial=self._asked)
        except OSError:
            return False
        return True

    # On the thread

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                with open_dbus_connection(bus=self._bus) as line:
                    self._line = line
                    self._bind(line, self._keys)
                    while not self._over.is_set() and self._take_all(line):
                        pass
                self._strokes.lose_all()
                # A portal that ends is started again by the next call, but not in a tight circle.
                self._over.wait(AGAIN_S)
        except _RefusedError:
            self._tell(Active("", REFUSED()))
        except _GONE as exc:
            if not self._over.is_set():
                log.info("the portal gives no keys: %s", exc)
                self._tell(Active("", NO_PORTAL()))
        finally:
            self._line = None
            self._strokes.lose_all()

    def _bind(self, line: DBusConnection, keys: Keys) -> None:
        for rule in portal_bus.rules():
            line.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
        # Older portals don't know it, and sandboxed programs need not say who they are.
        line.send_and_get_reply(
            new_method_call(REGISTRY, "Register", "sa{sv}", (APP_ID, {})), timeout=ANSWER_S
        )
        token = portal_bus.token()
        options = {"handle_token": ("s", portal_bus.token()), "session_handle_token": ("s", token)}
        made = self._request(line, "CreateSession", "a{sv}", (options,), options["handle_token"][1], ANSWER_S)
        self._handle = str(made.get("session_handle", ("s", ""))[1])
        wanted = [
            (
                action.value,
                {
                    "description": ("s", self._describe(action)),
                    "preferred_trigger": ("s", trigger(key)),
                },
            )
            for action, key in keys.items()
        ]
        handle = portal_bus.token()
        body = (self._handle, wanted, "", {"handle_token": ("s", handle)})
        bound = self._request(line, "BindShortcuts", "oa(sa{sv})sa{sv}", body, handle, CHOICE_S)
        self._name(bound.get("shortcuts", ("", []))[1])
        for action in keys:
            self._tell(Told(action, None))
        self._tell(Active("portal"))

    def _name(self, shortcuts: object) -> None:
        """What the desktop calls the keys it has given."""
        for shortcut in shortcuts if isinstance(shortcuts, list) else ():
            match shortcut:
                case (str(id_), {"trigger_description": ("s", str(words))}):
                    if (action := _action(id_)) is not None:
                        self._tell(Named(action, one_line(words, LONGEST_WORDS)))
                case _:
                    pass

    def _request(
        self,
        line: DBusConnection,
        method: str,
        signature: str,
        body: tuple[Any, ...],
        token: str,
        within_s: float,
    ) -> dict[str, Any]:
        """Call a method that answers by a signal. Raises `_RefusedError` if it says no."""
        sender = line.unique_name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        reply = line.send_and_get_reply(new_method_call(SHORTCUTS, method, signature, body), timeout=ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise DBusErrorResponse(reply)
        deadline = time.monotonic() + within_s
        while True:
            message = line.receive(timeout=max(0.0, deadline - time.monotonic()))
            fields = message.header.fields
            if fields.get(HeaderFields.member) == "Response" and fields.get(HeaderFields.path) == path:
                match message.body:
                    case (0, dict(results)):
                        return results
                    case _:
                        raise _RefusedError
            self._take(message)

    def _take_all(self, line: DBusConnection) -> bool:
        """Wait, and handle all that has come; False: the session has ended."""
        messages = _come(line)
        if not messages:
            self._seen.seen()
            # A wait that a stop has broken off tells of nothing, though something has come.
            line.selector.select(AWAKE_S if self._strokes.any_held else None)
            messages = _come(line)
        for message in messages:
            if not self._take(message):
                return False
        self._strokes.tell()
        if any(one.header.fields.get(HeaderFields.reply_serial) == self._asked for one in messages):
            self._tell(Answered())
        return True

    def _take(self, message: Message) -> bool:
        """Handle a signal; False: the session has ended."""
        fields, body = message.header.fields, message.body
        if message.header.message_type is not MessageType.signal:
            return True
        match fields.get(HeaderFields.member), body:
            case ("Activated" | "Deactivated") as member, (session, str(id_), *_) if session == self._handle:
                if (action := _action(id_)) is not None:
                    self._strokes.strike(action, member == "Activated")
            case "ShortcutsChanged", (session, list(shortcuts)) if session == self._handle:
                self._name(shortcuts)
            case "Closed", _ if fields.get(HeaderFields.path) == self._handle:
                return False
            case "NameOwnerChanged", (str(name), str(), _) if name == PORTAL:
                return bool(body[1] == "")  # it has come, or another one has taken its place
            case _:
                pass
        return True


def _come(line: DBusConnection) -> list[Message]:
    """The messages that have come, without waiting."""
    messages: list[Message] = []
    with contextlib.suppress(TimeoutError):
        while len(messages) < MOST_AT_ONCE:
            messages.append(line.receive(timeout=0.0))
    return messages


def _action(id_: str) -> HotkeyAction | None:
    return next((action for action in HotkeyAction if action.value == id_), None)
