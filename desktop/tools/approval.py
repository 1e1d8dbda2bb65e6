"""Asks the user before a tool runs: who decides, what counts as a yes, and what the model is told of a no.

A request is open until it is answered, withdrawn, or `ANSWER_S` have passed:

    WAITING ---- it is the first ----> ASKED ---- Once, Always ----> allowed
       |                                 |
       +------------ Never, no, nobody answers, the window closes, the connection goes ----> denied

Only a yes that was struck `READ_S` or more after the request could be seen counts: what was struck before was
meant for something else. A no counts at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Protocol

from desktop.tools.origin import Permission
from desktop.tools.registry import Tool, ToolError, TooManyQuestionsError

ANSWER_S = 60.0
"""Seconds in which the request that is shown must be answered. Source: the design's rules for approvals."""
READ_S = 0.5
"""Seconds for which a request must have been in sight before a yes counts. Source: as above."""
MOST = 3
"""Requests at once: who is asked more than that reads none of them any more."""

Answer = Literal["once", "always", "never", "no", "no to all"]


class Denial(Enum):
    """Why a tool was not run, as the model is told."""

    NO = "The user said no to this call, so the tool was not run. Don't call it again unless they ask you to."
    NEVER = "The user has forbidden this tool, so it was not run. Don't call it again."
    UNANSWERED = (
        "The user was asked and didn't answer within a minute, so the tool was not run. They may be away: "
        "don't call it again unless they ask you to."
    )
    CLOSED = "The window was closed before the user answered, so the tool was not run."
    DROPPED = (
        "The connection was lost before the user answered, so the tool was not run. Ask the user whether "
        "they still want it before you call it again."
    )
    NOBODY = "This tool needs the user's approval, and nobody can be asked here, so it was not run."


class DeniedError(ToolError):
    """The tool may not run."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.value)
        self.denial = denial


@dataclass(frozen=True, eq=False, slots=True)
class ApprovalRequest:
    """One call that waits for the user's word. Two with the same call are still two."""

    call_id: str
    tool: Tool
    arguments: Mapping[str, Any] = field(default_factory=dict)
    asked: Callable[[], None] | None = None
    """Called when the user is asked."""


class Approver(Protocol):
    """Decides whether a call may run."""

    async def approve(self, request: ApprovalRequest) -> None:
        """Returns if the tool may run. Cancel it to withdraw the request.

        Raises:
            DeniedError: it may not.
            TooManyQuestionsError: the user is asked too much already.
        """

    def withdraw(self, call_id: str) -> None:
        """The connection that this call came on is gone: if it waits for an answer, that is a no."""

    def waits(self, call_id: str) -> bool:
        """Whether this call waits for the user's answer."""


class Unattended:
    """Where nobody can be asked: what runs unasked by itself does, and what `allowed` names."""

    def __init__(self, allowed: frozenset[str] = frozenset()) -> None:
        self._allowed = allowed

    async def approve(self, request: ApprovalRequest) -> None:
        """Allow it by its name or its origin."""
        tool = request.tool
        if tool.name not in self._allowed and tool.origin.default_permission != "always":
            raise DeniedError(Denial.NOBODY)

    def withdraw(self, call_id: str) -> None:
        """Nothing waits here."""

    def waits(self, call_id: str) -> bool:
        """Nothing waits here."""
        return False


class ByHand(Unattended):
    """The user runs the tool by hand: that is their approval."""

    async def approve(self, request: ApprovalRequest) -> None:
        """Allow it."""


Decided = Callable[[ApprovalRequest, Denial | None], None]
"""Gets each request once, and why it is denied; None: it may run."""


class ApprovalQueue:
    """The open requests, of which the first is asked. Pure: times are seconds of one clock, and given."""

    def __init__(self, decided: Decided) -> None:
        self._decided = decided
        self._open: list[ApprovalRequest] = []
        self._asked_at = 0.0
        self._seen_at: float | None = None

    @property
    def asked(self) -> ApprovalRequest | None:
        """The request that is asked now."""
        return self._open[0] if self._open else None

    @property
    def behind(self) -> int:
        """How many wait behind it."""
        return max(0, len(self._open) - 1)

    @property
    def due_at(self) -> float:
        """When the one that is asked is denied because nobody answers."""
        return self._asked_at + ANSWER_S

    def waits(self, call_id: str) -> bool:
        """Whether a request of this call is open."""
        return any(request.call_id == call_id for request in self._open)

    def add(self, request: ApprovalRequest, now: float) -> None:
        """Ask this too.

        Raises:
            TooManyQuestionsError: `MOST` are open.
        """
        if len(self._open) >= MOST:
            raise TooManyQuestionsError
        self._open.append(request)
        if len(self._open) == 1:
            self._begin(now)

    def seen(self, request: ApprovalRequest, now: float) -> None:
        """The request that is asked can be seen, from now on."""
        if request is self.asked and self._seen_at is None:
            self._seen_at = now

    def answer(self, request: ApprovalRequest, answer: Answer, struck_at: float, now: float) -> bool:
        """Take the user's answer, which was struck then; False if it doesn't count."""
        if request is not self.asked:
            return False
        if answer in ("once", "always"):
            if self._seen_at is None or struck_at - self._seen_at < READ_S or now >= self.due_at:
                return False
        if answer == "no to all":
            self.deny_all(Denial.NO, now)
        else:
            self._settle(request, {"never": Denial.NEVER, "no": Denial.NO}.get(answer), now)
        return True

    def settle_tool(self, allowed: Callable[[Tool], Permission], now: float) -> None:
        """Permissions have changed: what need not be asked any more isn't."""
        for request in list(self._open):
            permission = allowed(request.tool)
            if permission != "ask":
                self._settle(request, Denial.NEVER if permission == "never" else None, now)

    def drop(self, request: ApprovalRequest, now: float) -> None:
        """Nobody waits for this one any more."""
        if request in self._open:
            was_asked = request is self.asked
            self._open.remove(request)
            if was_asked:
                self._begin(now)

    def withdraw(self, call_id: str, why: Denial, now: float) -> None:
        """Deny this call's requests."""
        for request in [request for request in self._open if request.call_id == call_id]:
            self._settle(request, why, now)

    def deny_all(self, why: Denial, now: float) -> None:
        """Deny every open request."""
        for request in list(self._open):
            self._settle(request, why, now)

    def tick(self, now: float) -> None:
        """Time has passed: nobody may have answered."""
        while self._open and now >= self.due_at:
            self._settle(self._open[0], Denial.UNANSWERED, now)

    def _settle(self, request: ApprovalRequest, why: Denial | None, now: float) -> None:
        was_asked = request is self.asked
        self._open.remove(request)
        if was_asked:
            self._begin(now)
        self._decided(request, why)

    def _begin(self, now: float) -> None:
        self._asked_at, self._seen_at = now, None
