"""A desktop's tray on a private bus: it takes icons, reads them, and chooses in their menus."""

from __future__ import annotations

from threading import Thread
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rig.bus import PrivateBus
from tests.rig.process import until

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
WITHIN_S = 30.0


class MockTray:
    """`StatusNotifierWatcher` and host in one. `items` are the services that have an icon in it."""

    def __init__(self, bus: PrivateBus) -> None:
        self._bus = bus
        self.items: list[str] = []
        self._line: DBusConnection = open_dbus_connection(bus=bus.address)
        self._line.send_and_get_reply(message_bus.RequestName(WATCHER))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._asking: DBusConnection = open_dbus_connection(bus=bus.address)

    def __enter__(self) -> MockTray:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus, as a panel that ends does."""
        if not self._thread.is_alive():
            return
        self._line.sock.shutdown(2)
        self._thread.join(10)
        self._line.close()
        self._asking.close()

    def tooltip(self) -> str:
        """What the icon says when it is pointed at."""
        return str(self._get("ToolTip")[2])

    def pixmaps(self) -> list[tuple[int, int, bytes]]:
        """The icon: width, height and ARGB32 in network order, for each size."""
        return [(width, height, bytes(pixels)) for width, height, pixels in self._get("IconPixmap")]

    def menu(self) -> dict[str, dict[str, Any]]:
        """The properties of the entries in the icon's menu by label, `id` among them."""
        at = DBusAddress(self._get("Menu"), self._service(), MENU)
        self._call(at, "AboutToShow", "i", 0)
        _, (_, _, children) = self._call(at, "GetLayout", "iias", 0, -1, [])
        entries = {}
        for _, (number, properties, _) in children:
            plain = {name: value for name, (_, value) in properties.items()}
            entries[plain.get("label", "").replace("_", "")] = {**plain, "id": number}
        return entries

    def choose(self, label: str) -> None:
        """Click the entry with this label, once there is one."""
        entry = until(lambda: self.menu().get(label), within=WITHIN_S, what=f"the entry {label}")
        at = DBusAddress(self._get("Menu"), self._service(), MENU)
        self._call(at, "Event", "isvu", entry["id"], "clicked", ("s", ""), 0)

    def click(self) -> None:
        """Click the icon."""
        self._call(self._item(), "Activate", "ii", 0, 0)

    def until_icon(self) -> None:
        """Wait until there is one."""
        until(lambda: self.items, within=WITHIN_S, what="an icon in the tray")

    def _service(self) -> str:
        return self.items[-1]

    def _item(self) -> DBusAddress:
        return DBusAddress("/StatusNotifierItem", self._service(), ITEM)

    def _get(self, name: str) -> Any:
        at = DBusAddress("/StatusNotifierItem", self._service(), "org.freedesktop.DBus.Properties")
        return self._call(at, "Get", "ss", ITEM, name)[0][1]

    def _call(self, at: DBusAddress, member: str, signature: str, *body: Any) -> Any:
        call = new_method_call(at, member, signature, body)
        answer = self._asking.send_and_get_reply(call, timeout=WITHIN_S)
        assert answer.header.message_type is MessageType.method_return, answer.body
        return answer.body

    def _serve(self) -> None:
        try:
            while True:
                call = self._line.receive()
                if call.header.message_type is MessageType.method_call:
                    self._answer(call)
        except (OSError, EOFError):
            return  # it is over

    def _answer(self, call: Any) -> None:
        sender = call.header.fields[HeaderFields.sender]
        match call.header.fields[HeaderFields.member], call.body:
            case "RegisterStatusNotifierItem", (str() as named,):
                service = sender if named.startswith("/") else named
                self._line.send(new_method_return(call))
                self.items.append(service)
                at = DBusAddress(WATCHER_PATH, interface=WATCHER)
                self._line.send(new_signal(at, "StatusNotifierItemRegistered", "s", (service,)))
            case "Get", (_, "IsStatusNotifierHostRegistered"):
                self._line.send(new_method_return(call, "v", (("b", True),)))
            case "Get", (_, "ProtocolVersion"):
                self._line.send(new_method_return(call, "v", (("i", 0),)))
            case "Get", (_, "RegisteredStatusNotifierItems"):
                self._line.send(new_method_return(call, "v", (("as", self.items),)))
            case _:
                self._line.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))
