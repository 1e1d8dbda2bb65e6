"""Tools run by hand: tried out beside the conversation, told to the model only on request."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message, Text
from desktop.protocol.events import ArgumentsError, parse_arguments
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry
from desktop.tools.runner import Runner
from desktop.viewmodels.tool_calls import ToolCallsModel

NO_TOOL = Text("no-tool", "There is no tool named {name}.")


class ManualTools(QObject):
    """Runs a tool with arguments the user wrote, and lists the call with those of the model."""

    refused = Signal(Message)
    """Why a tool can't be run with these arguments."""
    taken = Signal()
    """It runs."""

    def __init__(
        self, registry: Registry, context: ToolContext, calls: ToolCallsModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._context = context
        self._calls = calls
        self._run = 0

    async def run(self, name: str, arguments: str) -> None:
        """Run a tool; `arguments` is the text of a JSON object."""
        try:
            values = parse_arguments(arguments)
        except ArgumentsError as exc:
            self.refused.emit(exc.message)
            return
        if self._registry.find(name) is None:
            self.refused.emit(NO_TOOL(name=name))
            return
        self._run += 1
        call_id = f"by-hand-{self._run}"
        self._calls.begin(call_id, name, values, by_hand=True)
        self.taken.emit()
        out = await Runner(self._registry, self._context).run(call_id, name, values)
        self._calls.end(call_id, out.state, out.result, out.duration_ms)

    def told(self, call_id: str) -> str:
        """What to tell the model of a call that was run by hand; empty if there is no such call."""
        call = next((call for call in self._calls.calls if call.call_id == call_id), None)
        if call is None:
            return ""
        result = msgspec.json.encode(call.result).decode()
        return f"The tool {call.name} was run again and gave: {result}"
