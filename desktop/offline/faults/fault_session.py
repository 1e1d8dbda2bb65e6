"""A session that goes well, but for the fault that is played in it.

It opens the session, takes what is said, and answers each turn with words and a short tone: in manual turn
taking after `response.create`, else after half a second of digital silence.
"""

from __future__ import annotations

import array
import asyncio
import base64
import contextlib
import math
from typing import Any

from desktop.offline.faults.peer import RATE, Peer, Take, TrafficRecord
from desktop.offline.faults.scenario import Moment, Scenario

SILENCE_BYTES = RATE
"""Half a second of zeros ends a turn that the server has to detect."""
TONE_MS = 100


def tone(ms: int, hertz: float = 330.0) -> bytes:
    """A quiet sine: PCM16 at 24 kHz."""
    samples = (round(4_000 * math.sin(math.tau * hertz * n / RATE)) for n in range(RATE * ms // 1_000))
    return array.array("h", samples).tobytes()


_TONE = tone(TONE_MS)


class FaultSession:
    """One client's session. `run` returns when the connection has ended."""

    def __init__(self, peer: Peer, record: TrafficRecord, scenario: Scenario | None) -> None:
        self._peer = peer
        self._record = record
        self._scenario = scenario
        self._audio = bytearray()
        self._pending: list[Take] = []
        self._answering: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Take what comes until the connection has ended."""
        try:
            async for frame in self._peer.frames():
                await self._take_in(frame)
        finally:
            if self._answering:
                self._answering.cancel()
                await asyncio.wait({self._answering})

    async def _take_in(self, frame: dict[str, Any]) -> None:
        kind = str(frame.get("type"))
        self._record.add_frame(self._peer.number, kind)
        match kind:
            case "session.start":
                await self._start(frame.get("config") or {})
            case "audio.append":
                await self._append(base64.b64decode(frame.get("audio", "")))
            case "audio.clear":
                self._audio.clear()
            case "audio.commit":
                await self._commit()
            case "response.create":
                self._answer()
            case "response.cancel":
                await self._cancel()
            case "tool.result":
                call_id = str(frame.get("tool_call_id", ""))
                self._record.results.append(call_id)
                self._peer.open_calls.discard(call_id)
                if not self._peer.open_calls:  # one answer to all results, as a service gives it
                    self._answer()
            case _:
                pass

    async def _start(self, config: dict[str, Any]) -> None:
        detection = config.get("turn_detection") or {}
        self._peer.detects_turns = detection.get("type", "none") != "none"
        if not await self._goes_wrong(Moment.START):
            await self._peer.start()
        await self._goes_wrong(Moment.IDLE)

    async def _append(self, pcm: bytes) -> None:
        self._audio += pcm
        await self._goes_wrong(Moment.TAKE)
        silent = len(self._audio) > SILENCE_BYTES and not any(self._audio[-SILENCE_BYTES:])
        if self._peer.detects_turns and silent:
            if any(self._audio):
                await self._peer.send("speech.stopped")
                await self._commit()
                self._answer()
            self._audio.clear()

    async def _commit(self) -> None:
        middle = len(self._audio) // 4 * 2
        level = int.from_bytes(self._audio[middle : middle + 2], "little", signed=True)
        take = Take(self._peer.number, len(self._audio) * 500 / RATE, level)
        self._audio.clear()
        self._record.takes.append(take)
        self._pending.append(take)
        await self._goes_wrong(Moment.COMMIT)

    def _answer(self) -> None:
        """Answer when the answer before is over."""
        self._answering = asyncio.create_task(self._answers(self._answering))

    async def _answers(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait({before})
        takes, self._pending = self._pending, []
        try:
            if await self._goes_wrong(Moment.ANSWER):
                return
            await self._peer.send("response.started")
            self._record.answered.extend(takes)
            for take in takes:
                await self._peer.send("transcript.committed", transcript=f"A take of {take.ms:.0f} ms")
            if await self._calls_a_tool():
                return
            await self._peer.send("text.delta", delta="I heard you. ")
            for _ in range(3):
                await self._peer.send_audio(_TONE)
                await asyncio.sleep(0)
            await self._peer.send("text.delta", delta="Go on.")
        except asyncio.CancelledError:
            await self._peer.send("response.completed", status="cancelled")
            raise
        await self._peer.send("response.completed")

    async def _calls_a_tool(self) -> bool:
        if not self._due(Moment.TOOL):
            return False
        await self._goes_wrong(Moment.TOOL)
        return True

    async def _cancel(self) -> None:
        if self._answering and not self._answering.done():
            self._answering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._answering
        else:
            error = {"code": "response_cancel_not_active", "message": "There is nothing to cancel."}
            await self._peer.send("error", error=error)

    def _due(self, moment: Moment) -> bool:
        return self._scenario is not None and self._scenario.moment is moment

    async def _goes_wrong(self, moment: Moment) -> bool:
        """Play the fault if this is its moment; whether it was."""
        scenario = self._scenario
        if scenario is None or scenario.fault is None or scenario.moment is not moment:
            return False
        self._scenario = None  # the rest goes well
        await scenario.fault(self._peer)
        return True
