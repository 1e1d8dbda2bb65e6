"""Opening a session: connect, `session.start` first, then wait for `session.started`."""

from __future__ import annotations

import asyncio

import msgspec

from desktop.base.message import verbatim
from desktop.protocol import commands, endings, events
from desktop.protocol.catalog import Model
from desktop.realtime import messages
from desktop.realtime.connection import Connection, FrameObserver
from desktop.realtime.endpoint import Endpoint, EndpointProvider
from desktop.realtime.errors import DroppedError, EndedError, RealtimeError, RefusedError, UnreachableError

START_TIMEOUT_S = 15.0
"""How long the service may take from `session.start` to `session.started`."""
REFUSED_S = 1.0
"""How long after an `error` it may still start the session."""


class Opened(msgspec.Struct, frozen=True):
    """An open session. Rates are in Hz."""

    connection: Connection
    session_id: str
    input_rate: int
    output_rate: int


async def open_session(
    endpoint: Endpoint, config: commands.Config, model: Model, observe: FrameObserver | None = None
) -> Opened:
    """Open a session with this configuration; audio may flow when it returns.

    `model` gives the rates where the server names none.

    Raises:
        RealtimeError: it could not be opened. The connection is closed then.
    """
    connection = await Connection.open(endpoint, observe)
    try:
        connection.send(_start(endpoint, config))
        started = await _started(connection)
        if started.audio_format != "pcm16":
            raise RefusedError(
                messages.UNKNOWN_AUDIO_FORMAT(format=started.audio_format),
                code="audio_format",
                action="choose_model",
            )
    except BaseException:
        await connection.close()
        raise
    return Opened(
        connection,
        started.session_id,
        started.input_sample_rate or model.input_rate,
        started.output_sample_rate or model.output_rate,
    )


async def open_anew(
    endpoint_provider: EndpointProvider,
    config: commands.Config,
    model: Model,
    observe: FrameObserver | None = None,
) -> Opened:
    """Open a session at the endpoint that is provided. A ticket that is refused is replaced once.

    It may have been spent or grown old on its way here: a laptop that slept, a cache in between.

    Raises:
        RealtimeError: it could not be opened.
    """
    endpoint = await endpoint_provider(config)
    try:
        return await open_session(endpoint, config, model, observe)
    except RefusedError as exc:
        if not endpoint.ticket or exc.code != "401":
            raise
    return await open_session(await endpoint_provider(config), config, model, observe)


def _start(endpoint: Endpoint, config: commands.Config) -> commands.SessionStart:
    free = endpoint.free(config)
    if endpoint.agent and free == commands.Config():
        return commands.SessionStart()
    return commands.SessionStart(free)


async def _started(connection: Connection) -> events.SessionStarted:
    refusal: RefusedError | None = None
    try:
        async with asyncio.timeout(START_TIMEOUT_S) as limit:
            async for event in connection.receive():
                match event:
                    case events.SessionStarted():
                        return event
                    case events.SessionTerminating(message, code):
                        raise _refusal(message, code)
                    case events.Error(message, code) if refusal is None:
                        # Most errors are not fatal: it may still open the session.
                        refusal = _refusal(message, code)
                        limit.reschedule(asyncio.get_running_loop().time() + REFUSED_S)
                    case _:
                        continue
    except TimeoutError:
        raise refusal or UnreachableError(
            messages.NO_SESSION_IN_TIME(), code="start_timeout", retry=True
        ) from None
    except (DroppedError, EndedError) as exc:
        raise refusal or RefusedError(
            messages.WITHOUT_SESSION(message=exc.message),
            code=exc.code,
            retry=exc.retry,
            deliberate=exc.deliberate,
            action=exc.action or None,
        ) from exc
    raise RealtimeError(messages.CLOSED_BEFORE_SESSION())


def _refusal(message: str, code: str) -> RefusedError:
    known = endings.reason(code, message)
    usual = known.message if known else messages.SESSION_REFUSED()
    words = verbatim(message) if message else usual
    return RefusedError(words, code=code, action=known.action if known else None)
