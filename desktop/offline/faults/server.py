"""The server that plays a scenario: on loopback, in the running event loop or as a process."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from desktop.base import terminal
from desktop.offline.faults.fault_session import FaultSession
from desktop.offline.faults.peer import Peer, TrafficRecord
from desktop.offline.faults.scenario import Scenario

CLOSE_S = 0.5
"""How long a client may take to answer a close frame."""
MAX_FRAME = 16 * 1024 * 1024


class FaultServer:
    """Plays one scenario for everybody who connects; `record` is what was received.

    Args:
        scenario: what goes wrong; None for a service with nothing wrong.
        pace: scales the waits in the scenarios.
    """

    def __init__(self, scenario: Scenario | None = None, pace: float = 1.0) -> None:
        self.scenario = scenario
        self.record = TrafficRecord()
        self.url = ""
        self._pace = pace
        self._peers: set[Peer] = set()
        self._upgrades = 0
        self._server: Server | None = None
        self._refusing_socket: socket.socket | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1; returns the base URL.

        Raises:
            OSError: the port can't be had.
        """
        if self.scenario and not self.scenario.listens:
            # Bound but not listening: the port is ours, and connections are refused.
            self._refusing_socket = socket.socket()
            self._refusing_socket.bind(("127.0.0.1", port))
            bound = self._refusing_socket.getsockname()
        else:
            self._server = await serve(
                self._play,
                "127.0.0.1",
                port,
                process_request=self._upgrade,
                compression=None,
                open_timeout=None,
                ping_interval=None,  # a frozen connection must not be found from this side
                close_timeout=CLOSE_S,
                max_size=MAX_FRAME,
                max_queue=None,
            )
            bound = next(iter(self._server.sockets)).getsockname()
        self.url = f"http://{bound[0]}:{bound[1]}"
        return self.url

    def cut_all(self) -> None:
        """Drop every connection, as a network does."""
        for peer in self._peers:
            peer.cut()

    async def stop(self) -> None:
        """End every connection, and stop listening."""
        if self._refusing_socket:
            self._refusing_socket.close()
        self.cut_all()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> FaultServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _upgrade(self, connection: ServerConnection, _: Request) -> Response | None:
        self._upgrades += 1
        if self.scenario is None or self.scenario.upgrade is None:
            return None
        return await self.scenario.upgrade(connection, self._upgrades, self._pace)

    async def _play(self, socket: ServerConnection) -> None:
        self.record.connections += 1
        number = self.record.connections
        peer = Peer(socket, number, self._pace)
        self._peers.add(peer)
        due = self.scenario is not None and number <= self.scenario.times
        try:
            await FaultSession(peer, self.record, self.scenario if due else None).run()
        finally:
            self._peers.discard(peer)


def run(scenario: Scenario, port: int = 0) -> None:
    """Play a scenario until SIGINT or SIGTERM; the base URL goes to standard output first.

    Raises:
        OSError: the port can't be had.
    """
    asyncio.run(_run(scenario, port))


async def _run(scenario: Scenario, port: int) -> None:
    stop = asyncio.Event()
    if sys.platform != "win32":  # there Ctrl+C ends the loop anyway
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = FaultServer(scenario)
    terminal.print_line(await server.start(port))
    terminal.print_error(f"{scenario.name}: {scenario.about}")
    await stop.wait()
    await server.stop()
