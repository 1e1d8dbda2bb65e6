"""Carries out the turn's effects: on the wire, at the microphone, at the speaker, and with the tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from desktop.base.task_set import TaskSet
from desktop.protocol import events
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.response_audio import HeardOf
from desktop.realtime.session_events import GateOpened, GateShut, ToolEnded, ToolReported
from desktop.realtime.speaker_downlink import SpeakerDownlink
from desktop.realtime.supervisor import Supervisor
from desktop.realtime.ticker import Ticker
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs
from desktop.turn.effects import Effect, Heard, Notice

Tell = Callable[[inputs.Input], None]


class LateRule(NamedTuple):
    """When the conversation goes on without a tool's result."""

    after_s: float = 0.0
    """How long a tool may run before; 0: it is always waited for."""
    tells_asking: bool = False
    """The model says at once that a call waits for the user's approval."""


class EffectExecutor:
    """Carries out one effect after the other. `tell` gets the ends of tools, `observer` the notices."""

    def __init__(
        self,
        supervisor: Supervisor,
        uplink: MicrophoneUplink,
        downlink: SpeakerDownlink,
        ticker: Ticker,
        runner: ToolRunner,
        observer: Callable[[Notice], None],
        tell: Tell,
        late: Callable[[], LateRule] = LateRule,
    ) -> None:
        self._supervisor = supervisor
        self._uplink = uplink
        self._downlink = downlink
        self._ticker = ticker
        self._runner = runner
        self._observer = observer
        self._tell = tell
        self._late = late
        self._tools = TaskSet()
        self._running: dict[str, asyncio.Task[None]] = {}
        """The tasks by the id of their call."""

    def do(self, effect: Effect) -> None:
        """Carry out this effect. Never waits."""
        _TABLE[type(effect)](self, effect)

    async def stop_tools(self) -> None:
        """Cancel the tools that run; when it returns they have ended. The next session may run others."""
        stopped, self._tools = self._tools, TaskSet()
        await stopped.close()

    def silence(self) -> None:
        """Silence the speaker, and report what was heard."""
        self._tell_heard(self._downlink.flush())

    def _tell_heard(self, cut: dict[int, HeardOf]) -> None:
        for response, (heard, received) in cut.items():
            self._observer(Heard(response, heard, received))

    def _open_gate(self, effect: effects.OpenGate) -> None:
        self._uplink.open_gate(effect.take, effect.pre_roll_ms)
        self._ticker.hurry()
        self._observer(GateOpened(effect.take))

    def _close_gate(self, effect: effects.CloseGate) -> None:
        self._uplink.close_gate(effect.take)
        self._observer(GateShut(effect.take, self._uplink.captured_to))

    def _open_line(self, _: effects.OpenLine) -> None:
        self._uplink.stream(True)
        self._ticker.hurry()

    def _push_audio(self, effect: effects.PushAudio) -> None:
        self._downlink.push_audio(effect.response, effect.audio)
        self._ticker.wake()

    def _run_tool(self, effect: effects.RunTool) -> None:
        call = effect.call
        if earlier := self._running.get(call.tool_call_id):
            earlier.cancel()
        task = self._tools.spawn(self._finish_tool(call), name=f"tool {call.tool_name}")
        if task:
            self._running[call.tool_call_id] = task

    async def _finish_tool(self, call: events.ToolCall) -> None:
        rule = self._late()
        runs_on = partial(self._run_on, call.tool_call_id)
        due = asyncio.get_running_loop().call_later(rule.after_s, runs_on) if rule.after_s else None
        asked = runs_on if rule.after_s and rule.tells_asking else None
        try:
            outcome = await self._runner.run(
                call.tool_call_id,
                call.tool_name,
                call.tool_arguments,
                asked,
                lambda *said: self._observer(ToolReported(call.tool_call_id, *said)),
            )
        finally:
            if due:
                due.cancel()
            if self._running.get(call.tool_call_id) is asyncio.current_task():
                del self._running[call.tool_call_id]
        self._observer(ToolEnded(outcome))
        self._tell(inputs.ToolDone(call.tool_call_id, outcome.result, outcome.pictures))

    def _run_on(self, call_id: str) -> None:
        self._tell(inputs.ToolRunsOn(call_id, self._runner.asks(call_id)))


_TABLE: dict[type[Effect], Callable[[EffectExecutor, Any], None]] = {
    effects.Send: lambda self, effect: self._supervisor.send(effect.command),
    effects.Connect: lambda self, _: self._supervisor.connect_now(),
    effects.OpenGate: EffectExecutor._open_gate,
    effects.CloseGate: EffectExecutor._close_gate,
    effects.OpenLine: EffectExecutor._open_line,
    effects.CloseLine: lambda self, _: self._uplink.stream(False),
    effects.BeginRecording: lambda self, effect: self._uplink.begin_recording(effect.take),
    effects.EndRecording: lambda self, effect: self._uplink.end_recording(effect.take),
    effects.AppendSilence: lambda self, effect: self._uplink.append_silence(effect.ms),
    effects.ResendTake: lambda self, effect: self._uplink.resend(effect.take),
    effects.ForgetTake: lambda self, effect: self._uplink.forget(effect.take),
    effects.PushAudio: EffectExecutor._push_audio,
    effects.CompleteAudio: lambda self, effect: self._tell_heard(self._downlink.complete(effect.response)),
    effects.StopPlayback: lambda self, _: self.silence(),
    effects.RunTool: EffectExecutor._run_tool,
    effects.WithdrawCall: lambda self, effect: self._runner.withdraw(effect.call_id),
    effects.InterruptTool: lambda self, effect: self._runner.interrupt(effect.call_id),
}
