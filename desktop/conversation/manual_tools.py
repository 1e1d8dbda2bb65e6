"""Tools run by hand, outside the conversation; the model learns the result only on request."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.conversation import tool_pictures
from desktop.protocol.events import MalformedArgumentsError, parse_arguments
from desktop.tools.approval import ByHand
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.viewmodels.tool_calls_model import ToolCallsModel

NO_TOOL = Text("no-tool", "There is no tool named {name}.")


class ManualTools(QObject):
    """Runs tools with arguments the user wrote, and lists these calls with those of the model.

    `close` it before the loop ends.
    """

    refused = Signal(Message)
    """Why a tool can't be run with these arguments."""
    started = Signal()
    """The tool runs."""
    result_described = Signal(str)
    """The sentence that tells the model the result of a call."""

    def __init__(
        self,
        registry: Registry,
        context: ToolContext,
        calls: ToolCallsModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._context = context
        self._calls = calls
        self._count = 0
        self._running = TaskSet()

    def run(self, name: str, arguments: str) -> None:
        """Run a tool; `arguments` is the text of a JSON object."""
        try:
            values = parse_arguments(arguments)
        except MalformedArgumentsError as exc:
            self.refused.emit(exc.message)
            return
        if self._registry.find(name) is None:
            self.refused.emit(NO_TOOL(name=name))
            return
        self._count += 1
        call_id = f"by-hand-{self._count}"
        self._calls.begin(call_id, name, values, by_hand=True)
        self.started.emit()
        self._running.spawn(self._run(call_id, name, values), name=f"the tool {name}, run by hand")

    def describe_result(self, call_id: str) -> None:
        """Ask for the result of a call that was run by hand: answered by `result_described`."""
        call = next((call for call in self._calls.calls if call.call_id == call_id), None)
        if call is not None:
            result = msgspec.json.encode(call.result).decode()
            self.result_described.emit(f"The tool {call.name} was run again and gave: {result}")

    async def close(self) -> None:
        """Cancel the tools that run."""
        await self._running.close()

    async def _run(self, call_id: str, name: str, values: dict[str, Any]) -> None:
        # Who writes the arguments and presses Run has approved the call.
        runner = ToolRunner(self._registry, self._context, ByHand(), encode=tool_pictures.encoded)
        report = partial(self._calls.report, call_id)
        outcome = await runner.run(call_id, name, values, reported=report)
        self._calls.end(
            call_id, outcome.state, outcome.result, outcome.duration_ms, pictures=outcome.pictures
        )
