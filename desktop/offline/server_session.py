"""One client's session, from its first frame to its last: the protocol's server side.

Four tasks: the reader, the sender, the input audio buffer, and the watchdog of the session's time. Each
response is one more. Whatever ends the session is raised as `SessionEnd`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any, Protocol, assert_never

import msgspec

from desktop.offline import server_codec
from desktop.offline.accepted_config import (
    AcceptedConfig,
    ConfigProblem,
    TicketConfig,
    apply,
    find_model,
    offline_models,
)
from desktop.offline.input_audio_buffer import AudioRefused, InputAudioBuffer, TranscriptFuture
from desktop.offline.outgoing_queue import ClientNotReading, OutgoingQueue
from desktop.offline.responder import Responder, ResponseRefused
from desktop.offline.speech_engines import SpeechEngines
from desktop.offline.turn_recognizer import TurnEvent, TurnStarted
from desktop.protocol import commands, events

log = logging.getLogger(__name__)

TERMINATION_S = 2.0
"""How long to wait for a client to read the last frames."""


class Socket(Protocol):
    """What a session needs of a WebSocket."""

    async def receive(self) -> str | bytes | None:
        """The next frame: text, binary, or None when the client is gone."""

    async def send(self, frame: str) -> None:
        """Sends a text frame; returns when there is room for more. May raise ConnectionError."""


class SessionLimits(msgspec.Struct, frozen=True):
    """How long a session may be silent, last, and take to start, in seconds; and how many may be open."""

    idle_s: float = 600.0
    max_s: float = 3_600.0
    start_s: float = 10.0
    sessions: int = 8


class SessionEnd(Exception):
    """The session is over; with a code, the client is sent the reason."""

    def __init__(self, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ServerSession:
    """One session; `run` returns when it is over."""

    def __init__(
        self, socket: Socket, engines: SpeechEngines, limits: SessionLimits, ticket_config: TicketConfig
    ) -> None:
        self._socket = socket
        self._engines = engines
        self._limits = limits
        self._ticket_config = ticket_config
        self._outgoing = OutgoingQueue(socket.send)
        self._input_audio: InputAudioBuffer | None = None
        self._active_at = 0.0
        self._ending: asyncio.Future[SessionEnd] = asyncio.get_running_loop().create_future()
        self.over = False
        """Whether it is at its end, and no longer counts; its client may still be reading why."""

    def end(self, message: str, code: str) -> None:
        """Ends the session from outside."""
        if not self._ending.done():
            self._ending.set_result(SessionEnd(message, code))

    async def run(self) -> None:
        """Runs the session; returns when it is over and the last frames are sent."""
        end = SessionEnd()
        try:
            async with asyncio.TaskGroup() as group:
                self._responder = Responder(self._outgoing, self._engines, group, self._report_error)
                self._group = group
                group.create_task(self._outgoing.run())
                group.create_task(self._responder.run())
                group.create_task(self._watch())
                group.create_task(self._read())
        except* SessionEnd as ends:
            end = _first(ends, SessionEnd)
        except* (ClientNotReading, ConnectionError):
            log.info("a client stopped reading")
        except* Exception as crash:
            log.error("a session failed", exc_info=crash)
            end = SessionEnd("The offline demo made a mistake and ends this session.", "internal_error")
        self.over = True
        if end.code:
            await self._send_termination(end)

    async def _send_termination(self, end: SessionEnd) -> None:
        # The rest of a response is dropped: the reason must not wait behind minutes of speech.
        self._outgoing.drop_response()
        try:
            async with asyncio.timeout(TERMINATION_S):
                await self._outgoing.flush()
                await self._socket.send(server_codec.terminating(str(end), end.code))
        except (TimeoutError, ConnectionError):
            log.info("a client was gone before it could read why: %s", end)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        began = self._active_at = loop.time()
        while True:
            now = loop.time()
            if now - began >= self._limits.max_s:
                raise SessionEnd("The session has reached its maximum duration.", "max_duration")
            if self._input_audio is None and now - began >= self._limits.start_s:
                within = f"{self._limits.start_s:g}"
                raise SessionEnd(f"No session.start came within {within} seconds.", "start_timeout")
            if self._responder.active or (self._input_audio is not None and self._input_audio.busy):
                self._active_at = now
            if now - self._active_at >= self._limits.idle_s:
                raise SessionEnd("The session was idle for too long.", "idle_timeout")
            ends = [began + self._limits.max_s, self._active_at + self._limits.idle_s]
            if self._input_audio is None:
                ends.append(began + self._limits.start_s)
            wake = min(ends) - now
            await asyncio.wait([self._ending], timeout=wake)
            if self._ending.done():
                raise self._ending.result()

    async def _read(self) -> None:
        while (frame := await self._socket.receive()) is not None:
            self._active_at = asyncio.get_running_loop().time()
            try:
                if isinstance(frame, bytes):
                    raise server_codec.BadFrame(
                        "Binary frames are not read: send JSON as text.", "binary_frame"
                    )
                self._handle(server_codec.read(frame))
            except (server_codec.BadFrame, AudioRefused, ResponseRefused) as exc:
                self._report_error(str(exc), exc.code)
        raise SessionEnd

    def _report_error(self, message: str, code: str) -> None:
        self._outgoing.put(server_codec.error(message, code))

    def _send_event(self, event: events.Event) -> None:
        self._outgoing.put(server_codec.write(event))

    def _handle(self, request: server_codec.ClientRequest) -> None:
        if isinstance(request, server_codec.StartRequest):
            self._start(request.config)
            return
        input_audio, responder = self._input_audio, self._responder
        if input_audio is None:
            raise server_codec.BadFrame("The first frame must be session.start.", "session_not_started")
        match request:
            case server_codec.UpdateRequest():
                self._update(input_audio, request.config)
            case commands.AudioAppend():
                input_audio.append(request.audio)
            case commands.AudioCommit():
                self._commit(input_audio)
            case commands.AudioClear():
                input_audio.clear()
            case commands.TextInput():
                responder.add_input(request.text)
            case commands.ImageInput():
                raise server_codec.BadFrame(
                    "This model doesn't see: no picture was taken.", "unsupported_input"
                )
            case commands.ResponseCreate():
                responder.create()
            case commands.ResponseCancel():
                responder.cancel()
            case commands.ToolResult():
                responder.tool_result(request.tool_call_id, request.tool_result)
            case _:
                assert_never(request)

    def _start(self, config: dict[str, Any]) -> None:
        if self._input_audio is not None:
            raise server_codec.BadFrame("The session is started already.", "session_already_started")
        default = AcceptedConfig(voice=offline_models()[0].voices[0])
        accepted, problems = apply(default, self._ticket_config.usual | self._ticket_config.over(config))
        model = find_model(accepted.model)
        if model is None:
            self._refuse_model(accepted.model)
            return
        self._responder.accepted = accepted
        self._input_audio = InputAudioBuffer(
            self._engines, model.input_rate, accepted.vad, self._on_turn_event, self._report_error
        )
        self._send_event(
            events.SessionStarted(f"offline_{secrets.token_hex(8)}", model.input_rate, model.output_rate)
        )
        self._report_problems(problems)
        self._group.create_task(self._input_audio.run())

    def _refuse_model(self, name: str) -> None:
        ours = " or ".join(f"'{model.id}'" for model in offline_models())
        if not name:
            raise server_codec.BadFrame(f"config.model is missing: use {ours}.", "model_required")
        message = f"There is no model '{name[:100]}' here: use {ours}."
        self._report_error(message, "model_not_found")
        self.end(message, "model_not_found")

    def _update(self, input_audio: InputAudioBuffer, config: dict[str, Any]) -> None:
        before = self._responder.accepted
        wanted = self._ticket_config.over(config)
        model = wanted.pop("model", None)
        if model not in (None, before.model):
            self._report_error(
                "The model can't change within a session: open a new one.", "model_change_refused"
            )
        accepted, problems = apply(before, wanted)
        self._responder.accepted = accepted
        if accepted.vad != before.vad:
            input_audio.retune(accepted.vad)
        self._report_problems(problems)

    def _report_problems(self, problems: list[ConfigProblem]) -> None:
        for problem in problems:
            self._report_error(problem.message, problem.code)

    def _commit(self, input_audio: InputAudioBuffer) -> None:
        transcript = input_audio.commit()
        # Before the response waits for it, so that the transcript is sent before the response's first word.
        transcript.add_done_callback(self._on_transcript)
        self._responder.add_input(transcript)

    def _on_transcript(self, transcript: TranscriptFuture) -> None:
        if not transcript.cancelled():
            self._transcribed(transcript.result() or "")

    def _transcribed(self, text: str) -> None:
        if self._responder.accepted.input_transcription:
            self._send_event(events.TranscriptCommitted(text))

    def _on_turn_event(self, event: TurnEvent) -> None:
        if isinstance(event, TurnStarted):
            self._send_event(events.SpeechStarted())
            if self._responder.active:
                self._responder.cancel()
            return
        self._send_event(events.SpeechStopped())
        self._transcribed(event.text)
        self._responder.add_input(event.text)
        self._responder.create_when_free()


def _first(group: BaseExceptionGroup[SessionEnd], kind: type[SessionEnd]) -> SessionEnd:
    for exc in group.exceptions:
        return exc if isinstance(exc, kind) else _first(exc, kind)  # type: ignore[arg-type]
    return SessionEnd()
