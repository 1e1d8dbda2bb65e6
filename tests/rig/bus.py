"""Private message buses, and a login manager under a test's control."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rig.process import Program

START_SECONDS = 10.0
LOGIN = "org.freedesktop.login1"
SESSION = "/org/freedesktop/login1/session/_32"
_CONFIG = """<busconfig><type>session</type><listen>unix:path={0}</listen>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy>
</busconfig>"""


class PrivateBus:
    """A message bus that only this test knows."""

    def __init__(self) -> None:
        self.address = ""
        self._cleanup = ExitStack()

    def __enter__(self) -> PrivateBus:
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-bus-")))
            path, config = folder / "bus", folder / "bus.conf"
            config.write_text(_CONFIG.format(path), encoding="utf-8")
            command = ["dbus-daemon", "--nofork", f"--config-file={config}"]
            daemon = started.enter_context(Program(command, env={}, log=folder / "bus.log"))
            daemon.until(lambda: _listens(path), within=START_SECONDS, what="the message bus")
            self.address = f"unix:path={path}"
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def signal(self, path: str, interface: str, member: str, signature: str = "", *body: object) -> None:
        """Send a signal as anybody on this bus."""
        with open_dbus_connection(bus=self.address) as line:
            line.send(new_signal(_at(path, interface), member, signature or None, body))


class FakeService:
    """Owns a name on a bus, answers every call with the same words, and sends signals."""

    def __init__(
        self, bus: PrivateBus, name: str, signature: str = "o", answer: tuple[Any, ...] | None = (SESSION,)
    ) -> None:
        """`answer` is the body of each answer, of this signature; None: it never answers."""
        self._answer_with = (signature, answer)
        self._line: DBusConnection = open_dbus_connection(bus=bus.address)
        self._line.send_and_get_reply(message_bus.RequestName(name))
        self.asked: list[Any] = []
        self._thread = Thread(target=self._answer, daemon=True)

    def __enter__(self) -> FakeService:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._line.sock.shutdown(2)
        self._thread.join(START_SECONDS)
        self._line.close()

    def signal(self, path: str, interface: str, member: str, signature: str = "", *body: object) -> None:
        """Send a signal under the name."""
        self._line.send(new_signal(_at(path, interface), member, signature or None, body))

    def _answer(self) -> None:
        try:
            while True:
                call = self._line.receive()
                if call.header.message_type is MessageType.method_call:
                    self.asked.append((call.header.fields[HeaderFields.member], *call.body))
                    signature, answer = self._answer_with
                    if answer is not None:
                        self._line.send(new_method_return(call, signature, answer))
        except (OSError, EOFError):
            return  # the test is over


def _listens(path: Path) -> bool:
    # The file is there a moment before anybody listens.
    with socket.socket(socket.AF_UNIX) as line:
        return path.exists() and line.connect_ex(str(path)) == 0


def _at(path: str, interface: str) -> DBusAddress:
    return DBusAddress(path, interface=interface)
