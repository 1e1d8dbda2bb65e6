"""What tools need from the program: a bell, the user's permission, a browser."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.audio.interfaces import AudioError
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.base.task_set import TaskSet
from desktop.conversation.approvals import Approvals
from desktop.conversation.bench_controller import BenchController
from desktop.conversation.questions import Questions
from desktop.tools.context import ToolContext
from desktop.tools.permissions import Permissions

log = logging.getLogger(__name__)

BELL_S = 2.0
"""How long the exit waits for a bell, which rings for 1.35 s: a device that hangs must not hold it up."""


class ToolHost(QObject):
    """Makes the `ToolContext`, and passes the tools' questions on to the window. `sound_bell` may block.

    `close` it before the loop ends.
    """

    question_asked = Signal(Message)
    """A question for the user, to be answered with `answer`; it replaces any earlier one."""
    questions_counted = Signal(int, bool)
    """Emitted before `question_asked`: how many questions come after it, and whether a yes holds only
    once."""
    questions_settled = Signal()
    """No question is open any more."""
    timer_rang = Signal(str)
    """A timer is up; its label, or an empty string."""

    def __init__(
        self,
        sound_bell: Callable[[], None],
        open_url: Callable[[str], bool],
        permissions: Permissions | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.approvals = Approvals(permissions, parent=self)
        self.bench = BenchController(self)
        self._questions = Questions(self)
        self._questions.asked.connect(self.question_asked)
        self._questions.counted.connect(self.questions_counted)
        self._questions.settled.connect(self.questions_settled)
        self.context = ToolContext(ring=self._ring, confirm=self._questions.ask, open_url=open_url)
        self._sound_bell = sound_bell
        self._bells = TaskSet()

    def open_url(self, url: str) -> bool:
        """Open a page in the browser; False if there is none."""
        return self.context.open_url(url)

    @property
    def timers_run(self) -> bool:
        """Whether a timer will ring."""
        return bool(self.context.timers.running)

    def stop_timers(self) -> bool:
        """Stop all timers; False if none ran."""
        ran = self.timers_run
        self.context.timers.close()
        return ran

    async def agree(self, question: Message) -> bool:
        """Ask the user something whose yes is remembered."""
        return await self._questions.ask(question, once=False)

    def answer(self, question: Message, allowed: bool) -> None:
        """Take the user's answer, if this question is still open."""
        self._questions.answer(question, allowed)

    def deny_all(self) -> None:
        """Answer every open question with no."""
        self._questions.deny_all()

    def lose_user(self) -> None:
        """The window is closed: nobody can answer any more, and that is a no."""
        self._questions.deny_all()
        self.approvals.deny_all()

    async def close(self) -> None:
        """Stop the timers, and let a ringing bell finish."""
        await self.approvals.close()
        self.context.timers.close()
        await self._bells.join(BELL_S)
        self._bells.cancel()

    def _ring(self, label: str) -> None:
        self.timer_rang.emit(label)
        if not len(self._bells):  # fifty timers at once ring one bell
            self._bells.spawn(self._sound(), name="bell")

    async def _sound(self) -> None:
        try:
            await in_daemon(self._sound_bell)
        except AudioError as exc:
            log.info("the bell can't be heard: %s", exc)
