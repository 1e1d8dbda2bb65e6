"""Doing what the turn orders: on the wire, at the microphone, at the speaker, and with the tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from desktop.protocol import events
from desktop.realtime.microphone_uplink import VoiceOut
from desktop.realtime.session_events import Muted, ToolEnded, ToolStarted
from desktop.realtime.speaker_downlink import VoiceIn
from desktop.realtime.supervisor import Link
from desktop.realtime.ticker import Pace
from desktop.tools.runner import Runner
from desktop.turn import effects, inputs
from desktop.turn.effects import Heard, Notice, Order

Tell = Callable[[inputs.Input], None]


class Orders:
    """Carries out one order after the other; `tell` hears of tools' ends, `observer` of notices."""

    def __init__(
        self,
        link: Link,
        out: VoiceOut,
        into: VoiceIn,
        pace: Pace,
        runner: Runner,
        observer: Callable[[Notice], None],
        tell: Tell,
    ) -> None:
        self._link = link
        self._out = out
        self._in = into
        self._pace = pace
        self._runner = runner
        self._observer = observer
        self._tell = tell
        self._tools: set[asyncio.Task[None]] = set()

    def do(self, order: Order) -> None:
        """Carry out this order; none of them waits."""
        _TABLE[type(order)](self, order)

    async def stop_tools(self) -> None:
        """Cancel the tools that run; when it returns they have ended."""
        for task in self._tools:
            task.cancel()
        if self._tools:
            await asyncio.wait(self._tools)

    def silence(self) -> None:
        """Silence the speaker, and tell what was heard."""
        for reply, (heard, received) in self._in.flush().items():
            self._observer(Heard(reply, heard, received))

    def _open_gate(self, order: effects.OpenGate) -> None:
        self._out.open(order.take, order.pre_roll_ms)
        self._pace.hurry()

    def _open_line(self, _: effects.OpenLine) -> None:
        self._out.stream(True)
        self._pace.hurry()

    def _mute(self, order: effects.Mute) -> None:
        self._out.muted = order.muted
        self._observer(Muted(order.muted))

    def _run_tool(self, order: effects.RunTool) -> None:
        self._observer(ToolStarted(order.call, order.reply))
        task = asyncio.create_task(self._finish_tool(order.call), name=f"tool {order.call.tool_name}")
        self._tools.add(task)
        task.add_done_callback(self._tools.discard)

    async def _finish_tool(self, call: events.ToolCall) -> None:
        outcome = await self._runner.run(call.tool_call_id, call.tool_name, call.tool_arguments)
        self._observer(ToolEnded(outcome))
        self._tell(inputs.ToolDone(call.tool_call_id, outcome.result))


_TABLE: dict[type[Order], Callable[[Orders, Any], None]] = {
    effects.Send: lambda self, order: self._link.send(order.command),
    effects.Connect: lambda self, _: self._link.hurry(),
    effects.OpenGate: Orders._open_gate,
    effects.ShutGate: lambda self, order: self._out.shut(order.take),
    effects.OpenLine: Orders._open_line,
    effects.ShutLine: lambda self, _: self._out.stream(False),
    effects.KeepTake: lambda self, order: self._out.keep(order.take),
    effects.LeaveTake: lambda self, order: self._out.leave(order.take),
    effects.Mute: Orders._mute,
    effects.AppendSilence: lambda self, order: self._out.silence(order.ms),
    effects.ResendTake: lambda self, order: self._out.resend(order.take),
    effects.ForgetTake: lambda self, order: self._out.forget(order.take),
    effects.Play: lambda self, order: self._in.play(order.reply, order.audio),
    effects.EndPlay: lambda self, order: self._in.complete(order.reply),
    effects.Silence: lambda self, _: self.silence(),
    effects.RunTool: Orders._run_tool,
}
