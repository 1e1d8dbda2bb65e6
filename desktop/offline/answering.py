"""The responses of one session: one at a time, sentence by sentence, words in step with their sound."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from desktop.offline import brain, frames, phrases
from desktop.offline.configuration import SessionSettings
from desktop.offline.ear import Words
from desktop.offline.outbox import Outbox
from desktop.offline.reports import Call, report
from desktop.offline.speech import VOICE_RATE, SpeechFailed, SpeechUnavailable, Studio
from desktop.protocol import events

DELTA_BYTES = VOICE_RATE * 2 // 10
"""One `audio.delta`: 100 ms."""

Trouble = Callable[[str, str], None]
"""Tells the client what went wrong: a plain sentence and a code."""


class ResponseRefused(Exception):
    """A request about responses that can't be met; `code` is for programs, the text for people."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Answering:
    """Collects what the user says and what tools give, and answers when asked.

    `run` must be running; responses become tasks of the group.
    """

    def __init__(self, outbox: Outbox, studio: Studio, group: asyncio.TaskGroup, trouble: Trouble) -> None:
        self.settings = SessionSettings()
        self._outbox = outbox
        self._studio = studio
        self._group = group
        self._trouble = trouble
        self._inputs: list[Words | str] = []
        self._tools = _Tools()
        self._past = _Past()
        self._current: _Response | None = None
        self._again = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether a response is being made, or is not sent to its end."""
        return (self._current is not None and not self._current.done) or self._outbox.holds_answer

    def take(self, words: Words | str) -> None:
        """Adds something the user said or typed; the next response answers it."""
        self._inputs.append(words)

    def create(self) -> None:
        """Begins a response.

        Raises:
            ResponseRefused: one is running.
        """
        if self.active:
            raise ResponseRefused(
                "There is a response already: wait for its end, or cancel it.",
                "conversation_already_has_active_response",
            )
        self._begin()

    def create_when_free(self) -> None:
        """Begins a response as soon as none is running."""
        self._again.set()

    def cancel(self) -> None:
        """Ends the running response; what was not sent of it never is.

        Raises:
            ResponseRefused: none is running.
        """
        if not self.active or self._current is None:
            raise ResponseRefused("Nothing to cancel: no active response.", "response_cancel_not_active")
        self._again.clear()
        self._current.stop()
        self._tools.forget(self._current.calls)
        self._outbox.recall_answer()
        self._outbox.put(frames.completed("cancelled", self._current.usage))
        self._current = None

    def tool_result(self, call_id: str, result: Any) -> None:
        """Takes a tool's result; the answer goes on when the last one of its response's calls is in.

        Raises:
            ResponseRefused: no such call is waiting.
        """
        if not self._tools.take(call_id, result):
            raise ResponseRefused(f"tool call id '{call_id[:100]}' not found.", "tool_call_id_not_found")
        if self._tools.has_all_beside(call_id):
            self.create_when_free()

    async def run(self) -> None:
        """Begins the responses that had to wait, until it is cancelled."""
        while True:
            await self._again.wait()
            while self.active:
                if self._current is not None:
                    await self._current.finished()
                await self._outbox.answer_gone()
            if self._again.is_set():
                self._begin()

    def _begin(self) -> None:
        self._again.clear()
        inputs, self._inputs = self._inputs, []
        response = _Response()
        self._current = response
        self._outbox.put(frames.write(events.ResponseStarted()))
        response.start(self._group.create_task(self._respond(response, inputs, self._tools.collect())))

    async def _respond(
        self, response: _Response, inputs: list[Words | str], results: list[tuple[Call, Any]]
    ) -> None:
        said = [report(call, result) for call, result in results]
        content = brain.DemoResponse()
        if inputs:
            content = await self._content(response, inputs)
        elif not results:
            content = brain.DemoResponse(brain.nudge(self._context()))
        text = " ".join([*said, *filter(None, [content.text])])
        if text:
            self._past.answer = text
            await self._speak(response, text)
        for call in content.calls:
            self._tools.open(call, response.calls)
            self._outbox.put(frames.write(_call_event(response.calls[-1], call)), answer=True)
        self._outbox.put(frames.completed("completed", response.usage), answer=True)

    async def _content(self, response: _Response, inputs: list[Words | str]) -> brain.DemoResponse:
        # Shielded: a cancelled response must not cancel the transcript with it.
        heard = [item if isinstance(item, str) else await asyncio.shield(item) for item in inputs]
        if all(words is None for words in heard):
            return brain.DemoResponse(phrases.DEAF)
        question = " ".join(words for words in heard if words)
        response.usage["input_characters"] = len(question)
        content = brain.answer(question, self._context())
        self._past.question = question
        return content

    def _context(self) -> brain.Context:
        return brain.Context(
            datetime.now().astimezone(), self.settings.tools, self._past.answer, self._past.question
        )

    async def _speak(self, response: _Response, text: str) -> None:
        for number, sentence in enumerate(sentences(text)):
            audio = await self._sound(sentence)
            response.usage["output_characters"] += len(sentence)
            response.usage["output_audio_ms"] += len(audio) * 500 // VOICE_RATE
            for event in in_step(f" {sentence}" if number else sentence, audio):
                if isinstance(event, events.TextDelta) and audio and not self.settings.output_transcription:
                    continue
                await self._outbox.room()
                self._outbox.put(frames.write(event), answer=True)

    async def _sound(self, sentence: str) -> bytes:
        if not self.settings.audio or self._past.voiceless:
            return b""
        try:
            return await self._studio.say(sentence)
        except SpeechUnavailable as exc:
            self._past.voiceless = True
            self._trouble(str(exc), exc.code)
        except SpeechFailed as exc:
            self._trouble(str(exc), "speech_failed")
        return b""


class _Past:
    """What the rules remember of a session."""

    def __init__(self) -> None:
        self.answer = ""
        self.question = ""
        self.voiceless = False


class _Response:
    """One response: its task, its tool calls and what it used."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.usage = {"input_characters": 0, "output_characters": 0, "output_audio_ms": 0}
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


class _Tools:
    """The tool calls that are out, and the results that came in."""

    def __init__(self) -> None:
        self._open: dict[str, Call] = {}
        # Of each call, those of the same response: results of others may never come.
        self._beside: dict[str, list[str]] = {}
        self._results: list[tuple[Call, Any]] = []

    def open(self, call: Call, beside: list[str]) -> None:
        call_id = f"call_{secrets.token_hex(6)}"
        self._open[call_id] = call
        beside.append(call_id)
        self._beside[call_id] = beside

    def take(self, call_id: str, result: Any) -> bool:
        call = self._open.pop(call_id, None)
        if call is not None:
            self._results.append((call, result))
        return call is not None

    def has_all_beside(self, call_id: str) -> bool:
        return not any(one in self._open for one in self._beside.pop(call_id, ()))

    def collect(self) -> list[tuple[Call, Any]]:
        results, self._results = self._results, []
        return results

    def forget(self, call_ids: list[str]) -> None:
        for call_id in call_ids:
            self._open.pop(call_id, None)
            self._beside.pop(call_id, None)


def _call_event(call_id: str, call: Call) -> events.ToolCall:
    return events.ToolCall(call_id, call.tool, msgspec.json.encode(call.arguments).decode())


def sentences(text: str) -> list[str]:
    """The text's sentences, in order; joined by blanks they are the text again."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def in_step(sentence: str, audio: bytes) -> list[events.Event]:
    """A sentence's words and its sound (PCM16 at `VOICE_RATE`), each word just before its sound."""
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
