"""The responses of one session: one at a time, sentence by sentence, words in step with their sound."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from desktop.offline import dialogue_rules, phrases, server_codec
from desktop.offline.accepted_config import AcceptedConfig
from desktop.offline.input_audio_buffer import TranscriptFuture
from desktop.offline.outgoing_queue import OutgoingQueue
from desktop.offline.response_usage import ResponseUsage
from desktop.offline.speech_engines import SYNTHESIZER_RATE, SpeechEngines, SpeechFailed, SpeechUnavailable
from desktop.offline.tool_results import DemoCall, spoken_result
from desktop.protocol import events

DELTA_BYTES = SYNTHESIZER_RATE * 2 // 10
"""One `audio.delta`: 100 ms."""

ErrorReporter = Callable[[str, str], None]
"""Sends the client an error: a plain sentence and a code."""


class ResponseRefused(Exception):
    """A request about responses that is refused; `code` is for programs, the text for people."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Responder:
    """Collects what the user says and what tools return, and responds on request.

    `run` must be running; responses become tasks of the group.
    """

    def __init__(
        self,
        outgoing: OutgoingQueue,
        engines: SpeechEngines,
        group: asyncio.TaskGroup,
        report_error: ErrorReporter,
    ) -> None:
        self.accepted = AcceptedConfig()
        self._outgoing = outgoing
        self._engines = engines
        self._group = group
        self._report_error = report_error
        self._inputs: list[TranscriptFuture | str] = []
        self._tools = _PendingCalls()
        self._history = _History()
        self._current: _Response | None = None
        self._again = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether a response is being made, or is not fully sent."""
        return (self._current is not None and not self._current.done) or self._outgoing.holds_response

    def add_input(self, words: TranscriptFuture | str) -> None:
        """Adds the user's words; the next response answers them."""
        self._inputs.append(words)

    def create(self) -> None:
        """Begins a response.

        Raises:
            ResponseRefused: one is running.
        """
        if self.active:
            raise ResponseRefused(
                "A response is already in progress: wait for its end, or cancel it.",
                "conversation_already_has_active_response",
            )
        self._begin()

    def create_when_free(self) -> None:
        """Begins a response as soon as none is running."""
        self._again.set()

    def cancel(self) -> None:
        """Ends the running response and drops its unsent part.

        Raises:
            ResponseRefused: none is running.
        """
        if not self.active or self._current is None:
            raise ResponseRefused("Nothing to cancel: no active response.", "response_cancel_not_active")
        self._again.clear()
        self._current.stop()
        self._tools.forget(self._current.calls)
        self._outgoing.drop_response()
        self._end(self._current, "cancelled")
        self._current = None

    def tool_result(self, call_id: str, result: Any) -> None:
        """Takes a tool's result; once all results of its response are in, a new response begins.

        Raises:
            ResponseRefused: no such call is waiting.
        """
        if not self._tools.take(call_id, result):
            raise ResponseRefused(f"tool call id '{call_id[:100]}' not found.", "tool_call_id_not_found")
        if self._tools.has_all_of_response(call_id):
            self.create_when_free()

    async def run(self) -> None:
        """Begins the responses that had to wait, until it is cancelled."""
        while True:
            await self._again.wait()
            while self.active:
                if self._current is not None:
                    await self._current.finished()
                await self._outgoing.wait_until_response_sent()
            if self._again.is_set():
                self._begin()

    def _begin(self) -> None:
        self._again.clear()
        inputs, self._inputs = self._inputs, []
        response = _Response(self._history.tokens)
        self._current = response
        self._outgoing.put(server_codec.write(events.ResponseStarted()))
        response.start(self._group.create_task(self._respond(response, inputs, self._tools.collect())))

    async def _respond(
        self, response: _Response, inputs: list[TranscriptFuture | str], results: list[tuple[DemoCall, Any]]
    ) -> None:
        results_text = [spoken_result(call, result) for call, result in results]
        content = dialogue_rules.DemoResponse()
        if inputs:
            content = await self._content(response, inputs)
        elif not results:
            content = dialogue_rules.DemoResponse(dialogue_rules.nudge(self._context()))
        text = " ".join([*results_text, *filter(None, [content.text])])
        if text:
            self._history.answer = text
            await self._speak(response, text)
        for call in content.calls:
            self._tools.open(call, response.calls)
            self._outgoing.put(server_codec.write(_call_event(response.calls[-1], call)), response=True)
        self._end(response, "completed")

    def _end(self, response: _Response, status: str) -> None:
        self._history.tokens = response.usage.new_context
        completed = server_codec.completed(status, response.usage.to_wire())
        self._outgoing.put(completed, response=status == "completed")

    async def _content(
        self, response: _Response, inputs: list[TranscriptFuture | str]
    ) -> dialogue_rules.DemoResponse:
        # Shielded: a cancelled response must not cancel the transcript with it.
        texts = [item if isinstance(item, str) else await asyncio.shield(item) for item in inputs]
        if all(text is None for text in texts):
            return dialogue_rules.DemoResponse(phrases.DEAF)
        question = " ".join(text for text in texts if text)
        response.usage.input_characters = len(question)
        content = dialogue_rules.respond(question, self._context())
        self._history.question = question
        return content

    def _context(self) -> dialogue_rules.DialogueContext:
        return dialogue_rules.DialogueContext(
            datetime.now().astimezone(), self.accepted.tools, self._history.answer, self._history.question
        )

    async def _speak(self, response: _Response, text: str) -> None:
        for number, sentence in enumerate(sentences(text)):
            audio = await self._sound(sentence)
            response.usage.output_characters += len(sentence)
            response.usage.output_audio_ms += len(audio) * 500 // SYNTHESIZER_RATE
            for event in in_step(f" {sentence}" if number else sentence, audio):
                if isinstance(event, events.TextDelta) and audio and not self.accepted.output_transcription:
                    continue
                await self._outgoing.wait_for_room()
                self._outgoing.put(server_codec.write(event), response=True)

    async def _sound(self, sentence: str) -> bytes:
        if not self.accepted.audio or self._history.voiceless:
            return b""
        try:
            return await self._engines.synthesize(sentence)
        except SpeechUnavailable as exc:
            self._history.voiceless = True
            self._report_error(str(exc), exc.code)
        except SpeechFailed as exc:
            self._report_error(str(exc), "speech_failed")
        return b""


class _History:
    """What the dialogue rules remember of a session."""

    def __init__(self) -> None:
        self.answer = ""
        self.question = ""
        self.voiceless = False
        self.tokens = 0


class _Response:
    """One response: its task, its tool calls and its usage."""

    def __init__(self, context: int) -> None:
        self.calls: list[str] = []
        self.usage = ResponseUsage(context)
        self._task: asyncio.Task[None] | None = None

    def start(self, task: asyncio.Task[None]) -> None:
        self._task = task

    @property
    def done(self) -> bool:
        return self._task is not None and self._task.done()

    async def finished(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


class _PendingCalls:
    """The tool calls without a result, and the results that were not used yet."""

    def __init__(self) -> None:
        self._open: dict[str, DemoCall] = {}
        # The calls of the same response, for each call: results of other responses may never come.
        self._beside: dict[str, list[str]] = {}
        self._results: list[tuple[DemoCall, Any]] = []

    def open(self, call: DemoCall, beside: list[str]) -> None:
        call_id = f"call_{secrets.token_hex(6)}"
        self._open[call_id] = call
        beside.append(call_id)
        self._beside[call_id] = beside

    def take(self, call_id: str, result: Any) -> bool:
        call = self._open.pop(call_id, None)
        if call is not None:
            self._results.append((call, result))
        return call is not None

    def has_all_of_response(self, call_id: str) -> bool:
        return not any(one in self._open for one in self._beside.pop(call_id, ()))

    def collect(self) -> list[tuple[DemoCall, Any]]:
        results, self._results = self._results, []
        return results

    def forget(self, call_ids: list[str]) -> None:
        for call_id in call_ids:
            self._open.pop(call_id, None)
            self._beside.pop(call_id, None)


def _call_event(call_id: str, call: DemoCall) -> events.ToolCall:
    return events.ToolCall(call_id, call.tool, msgspec.json.encode(call.arguments).decode())


def sentences(text: str) -> list[str]:
    """The text's sentences, in order; joined by spaces they are the text again."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def in_step(sentence: str, audio: bytes) -> list[events.Event]:
    """A sentence's text and audio deltas (PCM16 at `SYNTHESIZER_RATE`), each word just before its sound."""
    words = re.findall(r"\s*\S+", sentence)
    chunks = [audio[at : at + DELTA_BYTES] for at in range(0, len(audio), DELTA_BYTES)]
    out: list[events.Event] = []
    done = 0
    for number, chunk in enumerate(chunks):
        due = min(len(words), 1 + number * len(words) // len(chunks))
        out += [events.TextDelta(word) for word in words[done:due]]
        done = max(done, due)
        out.append(events.AudioDelta(chunk))
    return out + [events.TextDelta(word) for word in words[done:]]
