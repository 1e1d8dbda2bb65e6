"""Faults before there is a session: nobody listens, the upgrade is slow or refused, or isn't HTTP at all."""

from __future__ import annotations

import asyncio
import contextlib
import http
from functools import partial

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response

from desktop.offline.faults.scenario import FaultMoment, Scenario, Upgrade

STATUSES = (400, 401, 402, 403, 404, 408, 409, 421, 425, 429, 500, 502, 503, 511)
PASSING = (403, 404, 408, 421, 425, 511)
"""Statuses that a network in between gives, or a service that starts again."""
RETRY_AFTER_S = 2
SLOW_S = 3.0
RESTART_TRIES = 2
PORTAL = "http://portal.example/sign-in"
PAGE = "<!DOCTYPE html><html><title>Welcome</title><body>Please sign in.</body></html>"


async def _status(
    status: int, connection: ServerConnection, _: int, pace: float, retry_after: bool = False
) -> Response:
    response = connection.respond(http.HTTPStatus(status), "Refused on purpose.\n")
    if retry_after:
        response.headers["Retry-After"] = str(max(1, round(RETRY_AFTER_S * pace)))
    return response


async def _busy(connection: ServerConnection, number: int, pace: float) -> Response | None:
    return await _status(429, connection, number, pace, retry_after=True)


async def _busy_after_drop(connection: ServerConnection, number: int, pace: float) -> Response | None:
    return await _busy(connection, number, pace) if number == 2 else None


async def _slow(seconds: float, connection: ServerConnection, _: int, pace: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds * pace):
            await connection.wait_closed()


async def _never(connection: ServerConnection, _: int, __: float) -> None:
    await connection.wait_closed()


async def _cut(connection: ServerConnection, _: int, __: float) -> None:
    connection.transport.abort()


async def _no_http(connection: ServerConnection, _: int, __: float) -> None:
    connection.transport.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.transport.close()


async def _page(status: int, connection: ServerConnection, _: int, __: float) -> Response:
    response = connection.respond(http.HTTPStatus(status), PAGE)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


async def _redirect(location: str, connection: ServerConnection, _: int, __: float) -> Response | None:
    request = connection.request
    if request is None or request.path.endswith("/moved"):
        return None
    response = connection.respond(http.HTTPStatus.TEMPORARY_REDIRECT, "")
    # As a load balancer writes it: `http` for a WebSocket too.
    response.headers["Location"] = location or f"http://{request.headers['Host']}/v3/realtime/moved"
    return response


def _after_drop(upgrade: Upgrade, tries: int = RESTART_TRIES) -> Upgrade:
    """The same for the upgrades after the first, until there were so many."""

    async def answer(connection: ServerConnection, number: int, pace: float) -> Response | None:
        return await upgrade(connection, number, pace) if 1 < number <= 1 + tries else None

    return answer


async def _restart(connection: ServerConnection, number: int, pace: float) -> Response | None:
    if 1 < number <= 1 + RESTART_TRIES:
        return await _status(503, connection, number, pace)
    return None


def _passing(name: str, about: str, upgrade: Upgrade) -> Scenario:
    return Scenario(
        name=f"{name}-after-drop",
        about=f"drops in a take, {about}, then goes well",
        moment=FaultMoment.TAKE,
        fault=lambda peer: _cut(peer.socket, 0, 0),
        upgrade=_after_drop(upgrade),
    )


def _refusal(status: int) -> Scenario:
    name = http.HTTPStatus(status).phrase
    return Scenario(
        name=f"status-{status}",
        about=f"refuses the upgrade with {status} {name}",
        upgrade=partial(_status, status),
    )


UPGRADES: tuple[Scenario, ...] = (
    Scenario(name="refuse", about="listens nowhere: the connection is refused", listens=False),
    Scenario(
        name="slow-upgrade",
        about=f"takes {SLOW_S:g} s to upgrade, then goes well",
        upgrade=partial(_slow, SLOW_S),
    ),
    Scenario(name="no-upgrade", about="takes the connection and never answers the upgrade", upgrade=_never),
    Scenario(name="drop-in-upgrade", about="drops every connection instead of upgrading it", upgrade=_cut),
    Scenario(name="no-http", about="speaks another protocol than HTTP", upgrade=_no_http),
    *map(_refusal, STATUSES),
    Scenario(
        name="status-429-retry-after",
        about=f"refuses the upgrade with 429 and Retry-After: {RETRY_AFTER_S}",
        upgrade=_busy,
    ),
    Scenario(
        name="busy-after-drop",
        about=f"drops in a take, refuses one upgrade with 429, Retry-After: {RETRY_AFTER_S}, then goes well",
        moment=FaultMoment.TAKE,
        fault=lambda peer: _cut(peer.socket, 0, 0),
        upgrade=_busy_after_drop,
    ),
    Scenario(
        name="restart",
        about=f"drops in a take, refuses {RESTART_TRIES} upgrades with 503, then goes well",
        moment=FaultMoment.TAKE,
        fault=lambda peer: _cut(peer.socket, 0, 0),
        upgrade=_restart,
    ),
    Scenario(
        name="redirect",
        about="redirects the upgrade to http:// at its own address, where all goes well",
        upgrade=partial(_redirect, ""),
    ),
    Scenario(
        name="redirect-away",
        about="redirects the upgrade to another host, unencrypted",
        upgrade=partial(_redirect, PORTAL),
    ),
    Scenario(name="sign-in-page", about="answers the upgrade with a web page", upgrade=partial(_page, 200)),
    Scenario(
        name="block-page", about="refuses the upgrade with 403 and a web page", upgrade=partial(_page, 403)
    ),
    _passing("redirect-away", "redirects to a sign-in page twice", partial(_redirect, PORTAL)),
    _passing("sign-in-page", "answers with a sign-in page twice", partial(_page, 200)),
    _passing("block-page", "refuses with a web page twice", partial(_page, 403)),
    *(
        _passing(f"status-{status}", f"refuses with {status} twice", partial(_status, status))
        for status in PASSING
    ),
)
