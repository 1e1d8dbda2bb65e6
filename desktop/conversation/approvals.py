"""Calls that wait for the user's approval: asks in the window, and remembers what is to be remembered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import assert_never

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.task_set import TaskSet
from desktop.tools.approval import Answer, ApprovalQueue, ApprovalRequest, Denial, DeniedError
from desktop.tools.origin import Permission
from desktop.tools.permissions import Permissions
from desktop.tools.registry import Tool
from desktop.viewmodels.approval_question import ApprovalQuestion, shown_arguments

log = logging.getLogger(__name__)

CLOSE_S = 5.0
"""How long the program's end waits for the file of the permissions."""
BUILT_IN = Text("approval-built-in", "Built into Presstalk")
FUNCTION = Text("approval-function", "A function of {file}")
SERVER = Text("approval-server", "The MCP server {server}")
NOT_REMEMBERED = Text(
    "permission-not-remembered",
    "Your choice for {tool} holds until Presstalk ends: it could not be saved. Check the disk and the "
    "settings' folder, then choose again.",
)


class Approvals(QObject):
    """The `tools.approval.Approver` of the window. `close` it before the loop ends.

    `deny_all` when nobody can answer any more: the window is closed.
    """

    asked = Signal(ApprovalQuestion)
    """The call that waits first: to be answered with `answer`, once it can be seen (`seen`)."""
    counted = Signal(int)
    """How many calls wait behind it; emitted before `asked`, too."""
    settled = Signal()
    """No call waits."""
    waiting = Signal(str, bool)
    """A call's id, and whether it waits for the user."""
    permission_chosen = Signal()
    """A tool runs unasked, after a yes, or not at all from now on."""
    noted = Signal(Message)

    def __init__(
        self,
        permissions: Permissions | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.permissions = permissions or Permissions()
        self.now = clock
        self._queue = ApprovalQueue(self._on_decided)
        self._answers: dict[ApprovalRequest, asyncio.Future[Denial | None]] = {}
        self._shown: tuple[ApprovalRequest, ApprovalQuestion] | None = None
        self._tasks = TaskSet()
        self._writing = asyncio.Lock()
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._on_due)

    async def approve(self, request: ApprovalRequest) -> None:
        """Let the call run, or raise; see `tools.approval.Approver`."""
        match self.permissions.of(request.tool):
            case "always":
                return
            case "never":
                raise DeniedError(Denial.NEVER)
            case "ask":
                pass
            case unknown:
                assert_never(unknown)
        answer: asyncio.Future[Denial | None] = asyncio.get_running_loop().create_future()
        self._queue.add(request, self.now())
        self._answers[request] = answer
        self.waiting.emit(request.call_id, True)
        self._show()
        if request.asked:
            request.asked()
        try:
            why = await answer
        finally:
            self._answers.pop(request, None)
            self._queue.drop(request, self.now())
            self.waiting.emit(request.call_id, False)
            self._show()
        # It may have been forbidden in the settings since.
        if why is None and self.permissions.of(request.tool) == "never":
            why = Denial.NEVER
        if why is not None:
            raise DeniedError(why)

    def waits(self, call_id: str) -> bool:
        """Whether this call waits for the user's answer."""
        return self._queue.waits(call_id)

    def withdraw(self, call_id: str) -> None:
        """The connection that this call came on is gone."""
        self._queue.withdraw(call_id, Denial.DROPPED, self.now())
        self._show()

    def deny_all(self) -> None:
        """The window is closed: nobody answers."""
        self._queue.deny_all(Denial.CLOSED, self.now())
        self._show()

    def seen(self, question: ApprovalQuestion) -> None:
        """The question can be seen, from now on."""
        if self._shown and self._shown[1] is question:
            self._queue.seen(self._shown[0], self.now())

    def answer(self, question: ApprovalQuestion, answer: Answer, struck_at: float) -> None:
        """Take the user's answer, struck at this time of `time.monotonic`, if it counts."""
        if not self._shown or self._shown[1] is not question:
            return
        request = self._shown[0]
        if question.too_long and answer in ("once", "always"):
            return
        if not self._queue.answer(request, answer, struck_at, self.now()):
            return
        if answer in ("always", "never"):
            self.choose(request.tool, "always" if answer == "always" else "never")
        self._show()

    def choose(self, tool: Tool, permission: Permission) -> None:
        """Remember this permission; calls that wait are decided by it."""
        self.permissions.choose(tool, permission)
        self._tasks.spawn(self._write(tool), name="permissions of tools")
        self._queue.settle_tool(self.permissions.of, self.now())
        self._show()
        self.permission_chosen.emit()

    async def close(self) -> None:
        """Wait for the file."""
        await self._tasks.join(CLOSE_S)
        self._tasks.cancel()

    async def _write(self, tool: Tool) -> None:
        async with self._writing:
            try:
                await in_daemon(partial(self.permissions.write, self.permissions.content()))
            except OSError as exc:
                log.warning("the permissions of tools can't be written: %s", exc.strerror or exc)
                self.noted.emit(NOT_REMEMBERED(tool=tool.true_name))

    def _on_decided(self, request: ApprovalRequest, why: Denial | None) -> None:
        answer = self._answers.get(request)
        if answer and not answer.done():
            answer.set_result(why)

    def _on_due(self) -> None:
        self._queue.tick(self.now())
        self._show()

    def _show(self) -> None:
        request = self._queue.asked
        if request is None:
            self._due.stop()
            if self._shown:
                self._shown = None
                self.settled.emit()
            return
        self.counted.emit(self._queue.behind)
        if self._shown and self._shown[0] is request:
            return
        self._due.start(max(0, round((self._queue.due_at - self.now()) * 1_000)) + 1)
        self._shown = request, _question(request)
        self.asked.emit(self._shown[1])


def _question(request: ApprovalRequest) -> ApprovalQuestion:
    origin = request.tool.origin
    match origin.kind:
        case "built-in":
            where = BUILT_IN()
        case "function":
            where = FUNCTION(file=origin.source)
        case "mcp":
            where = SERVER(server=origin.source)
        case unknown:
            assert_never(unknown)
    arguments, too_long = shown_arguments(request.arguments)
    hints = request.tool.hints
    return ApprovalQuestion(request.tool.true_name, where, origin.address, arguments, too_long, hints)
