"""Questions to the user, one after the other: a tool's, and whether a secret may go to another host."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop.base.message import Message
from desktop.tools.registry import TooManyQuestionsError

MOST = 3
"""Questions of tools that are open at once. Who is asked more than that reads none of them any more."""


@dataclass(eq=False)
class _Open:
    message: Message
    once: bool
    answer: asyncio.Future[bool]


class Questions(QObject):
    """Shows the first open question, and the next when that one is answered or withdrawn."""

    asked = Signal(Message)
    """The question that is to be answered now; it replaces any earlier one. An answer is for this very
    object: two questions with the same words are still two."""
    counted = Signal(int, bool)
    """Emitted first: how many questions come after it, and whether a yes holds this one time only."""
    settled = Signal()
    """No question is open any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open: list[_Open] = []

    async def ask(self, message: Message, *, once: bool = True) -> bool:
        """The user's answer. Cancel it to withdraw the question. With `once` it is a tool's.

        Raises:
            TooManyQuestionsError: so many are open.
        """
        if once and len(self._open) >= MOST:
            raise TooManyQuestionsError
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        this = _Open(replace(message), once, answer)  # a copy: the same question may be open already
        self._open.append(this)
        self._show()
        try:
            return await answer
        finally:
            self._open.remove(this)
            self._show()

    def answer(self, question: Message, allowed: bool) -> None:
        """Take the user's answer, if this question is the one that is shown."""
        if not self._open:
            return
        first = self._open[0]
        if first.message is question and not first.answer.done():
            first.answer.set_result(allowed)

    def deny_all(self) -> None:
        """Answer every open question with no."""
        for one in self._open:
            if not one.answer.done():
                one.answer.set_result(False)

    def _show(self) -> None:
        waiting = [one for one in self._open if not one.answer.done()]
        if waiting:
            self.counted.emit(len(waiting) - 1, waiting[0].once)
            self.asked.emit(waiting[0].message)
        else:
            self.settled.emit()
