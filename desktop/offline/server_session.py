"""One client's session, from its first frame to its last: the protocol's server side.

Four tasks and no more: the reader, the sender, the ear, and the watch on the session's time; each response
is a task besides. What ends the session is raised as `SessionEnd`, wherever it is found.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any, Protocol

import msgspec

from desktop.offline import server_codec
from desktop.offline.accepted_config import (
    Bound,
    Problem,
    SessionSettings,
    apply,
    find_model,
    offline_models,
)
from desktop.offline.input_audio_buffer import AudioRefused, Ear, Words
from desktop.offline.outgoing_queue import NotReading, Outbox
from desktop.offline.responder import Answering, ResponseRefused
from desktop.offline.speech_engines import Studio
from desktop.offline.turn_recognizer import Heard, TurnStarted
from desktop.protocol import commands, events

log = logging.getLogger(__name__)

FAREWELL_S = 2.0
"""Longest wait for a client to read the last frames."""


class Socket(Protocol):
    """What a conversation needs of a WebSocket."""

    async def receive(self) -> str | bytes | None:
        """The next frame: text, binary, or None when the client is gone."""

    async def send(self, frame: str) -> None:
        """Sends a text frame; returns when there is room for more. May raise ConnectionError."""


class Limits(msgspec.Struct, frozen=True):
    """How long a session may be silent, and how long it may last, in seconds."""

    idle_s: float = 600.0
    max_s: float = 3_600.0


class SessionEnd(Exception):
    """The session is over; with a code the client is told why."""

    def __init__(self, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Conversation:
    """One session; `run` is its whole life."""

    def __init__(self, socket: Socket, studio: Studio, limits: Limits, bound: Bound) -> None:
        self._socket = socket
        self._studio = studio
        self._limits = limits
        self._bound = bound
        self._outbox = Outbox(socket.send)
        self._ear: Ear | None = None
        self._heard_at = 0.0
        self._ending: asyncio.Future[SessionEnd] = asyncio.get_running_loop().create_future()

    def end(self, message: str, code: str) -> None:
        """Ends the session from outside."""
        if not self._ending.done():
            self._ending.set_result(SessionEnd(message, code))

    async def run(self) -> None:
        """Holds the session; returns when it is over and the last frames are sent."""
        end = SessionEnd()
        try:
            async with asyncio.TaskGroup() as group:
                self._answering = Answering(self._outbox, self._studio, group, self._trouble)
                self._group = group
                group.create_task(self._outbox.run())
                group.create_task(self._answering.run())
                group.create_task(self._watch())
                group.create_task(self._read())
        except* SessionEnd as ends:
            end = _first(ends, SessionEnd)
        except* (NotReading, ConnectionError):
            log.info("a client stopped reading")
        except* Exception as crash:
            log.error("a session failed", exc_info=crash)
            end = SessionEnd("The offline demo made a mistake and ends this session.", "internal_error")
        if end.code:
            await self._say_goodbye(end)

    async def _say_goodbye(self, end: SessionEnd) -> None:
        # The answer in flight is dropped: the reason must not wait behind minutes of speech.
        self._outbox.recall_answer()
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._outbox.flush()
                await self._socket.send(server_codec.terminating(str(end), end.code))
        except (TimeoutError, ConnectionError):
            log.info("a client was gone before it could be told why: %s", end)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        began = self._heard_at = loop.time()
        while True:
            now = loop.time()
            if now - began >= self._limits.max_s:
                raise SessionEnd("The session has reached its maximum duration.", "max_duration")
            if self._answering.active or (self._ear is not None and self._ear.busy):
                self._heard_at = now
            if now - self._heard_at >= self._limits.idle_s:
                raise SessionEnd("The session was idle for too long.", "idle_timeout")
            wake = min(began + self._limits.max_s, self._heard_at + self._limits.idle_s) - now
            await asyncio.wait([self._ending], timeout=wake)
            if self._ending.done():
                raise self._ending.result()

    async def _read(self) -> None:
        while (frame := await self._socket.receive()) is not None:
            self._heard_at = asyncio.get_running_loop().time()
            try:
                if isinstance(frame, bytes):
                    raise server_codec.BadFrame(
                        "Binary frames are not read: send JSON as text.", "binary_frame"
                    )
                self._do(server_codec.read(frame))
            except (server_codec.BadFrame, AudioRefused, ResponseRefused) as exc:
                self._trouble(str(exc), exc.code)
        raise SessionEnd

    def _trouble(self, message: str, code: str) -> None:
        self._outbox.put(server_codec.error(message, code))

    def _tell(self, event: events.Event) -> None:
        self._outbox.put(server_codec.write(event))

    def _do(self, request: server_codec.Request) -> None:
        if isinstance(request, server_codec.Start):
            self._start(request.config)
            return
        ear, answering = self._ear, self._answering
        if ear is None:
            raise server_codec.BadFrame("The first frame must be session.start.", "session_not_started")
        match request:
            case server_codec.Update():
                self._update(ear, request.config)
            case commands.AudioAppend():
                ear.append(request.audio)
            case commands.AudioCommit():
                self._commit(ear)
            case commands.AudioClear():
                ear.clear()
            case commands.TextInput():
                answering.take(request.text)
            case commands.ImageInput():
                raise server_codec.BadFrame(
                    "This model doesn't see: no picture was taken.", "unsupported_input"
                )
            case commands.ResponseCreate():
                answering.create()
            case commands.ResponseCancel():
                answering.cancel()
            case commands.ToolResult():
                answering.tool_result(request.tool_call_id, request.tool_result)

    def _start(self, config: dict[str, Any]) -> None:
        if self._ear is not None:
            raise server_codec.BadFrame("The session is started already.", "session_already_started")
        default = SessionSettings(voice=offline_models()[0].voices[0])
        settings, problems = apply(default, self._bound.over(config))
        model = find_model(settings.model)
        if model is None:
            self._refuse_model(settings.model)
            return
        self._answering.settings = settings
        self._ear = Ear(self._studio, model.input_rate, settings.turns, self._on_heard, self._trouble)
        self._tell(
            events.SessionStarted(f"offline_{secrets.token_hex(8)}", model.input_rate, model.output_rate)
        )
        self._complain(problems)
        self._group.create_task(self._ear.run())

    def _refuse_model(self, name: str) -> None:
        ours = " or ".join(f"'{model.id}'" for model in offline_models())
        if not name:
            raise server_codec.BadFrame(f"config.model is missing: use {ours}.", "model_required")
        message = f"There is no model '{name[:100]}' here: use {ours}."
        self._trouble(message, "model_not_found")
        self.end(message, "model_not_found")

    def _update(self, ear: Ear, config: dict[str, Any]) -> None:
        before = self._answering.settings
        wanted = self._bound.over(config)
        model = wanted.pop("model", None)
        if model not in (None, before.model):
            self._trouble("The model can't change within a session: open a new one.", "model_change_refused")
        settings, problems = apply(before, wanted)
        self._answering.settings = settings
        if settings.turns != before.turns:
            ear.retune(settings.turns)
        self._complain(problems)

    def _complain(self, problems: list[Problem]) -> None:
        for problem in problems:
            self._trouble(problem.message, problem.code)

    def _commit(self, ear: Ear) -> None:
        words = ear.commit()
        # Before the response waits for the words: so the transcript is sent before the answer's first word.
        words.add_done_callback(self._on_words)
        self._answering.take(words)

    def _on_words(self, words: Words) -> None:
        if not words.cancelled():
            self._transcribed(words.result() or "")

    def _transcribed(self, text: str) -> None:
        if self._answering.settings.input_transcription:
            self._tell(events.TranscriptCommitted(text))

    def _on_heard(self, heard: Heard) -> None:
        if isinstance(heard, TurnStarted):
            self._tell(events.SpeechStarted())
            if self._answering.active:
                self._answering.cancel()
            return
        self._tell(events.SpeechStopped())
        self._transcribed(heard.text)
        self._answering.take(heard.text)
        self._answering.create_when_free()


def _first(group: BaseExceptionGroup[SessionEnd], kind: type[SessionEnd]) -> SessionEnd:
    for exc in group.exceptions:
        return exc if isinstance(exc, kind) else _first(exc, kind)  # type: ignore[arg-type]
    return SessionEnd()
