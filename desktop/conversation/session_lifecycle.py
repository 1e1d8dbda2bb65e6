"""Opens sessions and ends them, one at a time: connect, reconnect, restart, close."""

from __future__ import annotations

import asyncio
import logging

from PySide6.QtCore import QObject, Signal

from desktop.audio.interfaces import AudioError
from desktop.base.message import Text
from desktop.base.task_set import TaskSet
from desktop.conversation.session_factory import SessionFactory
from desktop.conversation.session_options import SessionOptions
from desktop.devices.audio_controller import AudioController
from desktop.offline.process import OfflineError
from desktop.protocol import catalog
from desktop.protocol.endings import Action
from desktop.realtime.errors import RealtimeError
from desktop.realtime.session import Session
from desktop.turn.effects import DisplayState, Note

log = logging.getLogger(__name__)

END_S = 3.0
"""How long the program waits at its exit for the session's end: a device that hangs must not hold it up."""

WORDS_S = 1.5
"""How long the end of a conversation waits for the words of what was said last; they come within one."""

PROGRAM_FAILED = Text(
    "program-failed", "Something went wrong in Presstalk. Connect again; the log has the details."
)


class SessionLifecycle(QObject):
    """Owns the session. `close` it before the loop ends."""

    began = Signal()
    """A session is about to be opened."""
    failed = Signal(Note)
    """The session could not be opened, or ended with an error."""
    conversation_ended = Signal()
    """The user begins another conversation: what was said before is over. A session may follow."""
    begins_anew = Signal()
    """What follows knows nothing of what was said before."""
    ended = Signal(DisplayState)
    """The session and its devices are closed: `OFFLINE`, or `ERROR` if something went wrong."""

    def __init__(
        self,
        factory: SessionFactory,
        options: SessionOptions,
        audio: AudioController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._factory = factory
        self._options = options
        self._audio = audio
        self._session: Session | None = None
        self._model = options.model
        self._running: asyncio.Task[None] | None = None
        self._tasks = TaskSet()
        self._beginning: asyncio.Task[None] | None = None
        self._closed = False
        self._over = True
        """The user has ended the conversation: the next connect begins another."""

    @property
    def session(self) -> Session | None:
        """The session; None without one, or while its devices are not open yet."""
        return self._session

    @property
    def model(self) -> catalog.Model:
        """The model of the session, or of the last one."""
        return self._model

    @property
    def over(self) -> bool:
        """Whether the user has ended the conversation."""
        return self._over

    @property
    def connected(self) -> bool:
        """Whether a session is open or being opened."""
        return self._running is not None

    def toggle(self) -> None:
        """Connect, or disconnect."""
        if self.connected:
            self._over = True
            self._tasks.spawn(self._end(), name="end of the session")
        else:
            if self._over:
                self._factory.begin_anew()
                self.begins_anew.emit()
            self.begin()

    def begin(self) -> None:
        """Connect, if there is no session yet."""
        if self._closed or self.connected:
            return
        self._over = False
        self._running = asyncio.create_task(self._run(), name="session")
        self.began.emit()

    def reconnect(self) -> None:
        """Connect; an open but useless session is ended first."""
        if self.connected:
            self.restart()
        else:
            self.begin()

    def restart(self) -> None:
        """End the session and open one with the options chosen since; the conversation is carried over."""
        self._over = False
        self._tasks.spawn(self._restart(), name="restart of the session")

    def begin_conversation(self, *, with_take: bool = False) -> None:
        """End the conversation; if there is a session, another one follows, which knows nothing of it.

        What the user says just now belongs to the new one; `with_take`: the take that was sent just now too.
        """
        if self._beginning is None or self._beginning.done():
            self._over = False
            self._beginning = self._tasks.spawn(self._begin_conversation(with_take), name="new conversation")

    async def _begin_conversation(self, with_take: bool) -> None:
        connected = self.connected
        if self._session and not (with_take or self._session.listens):
            self._session.cancel()
            await self._factory.words_come(WORDS_S)
        await self._end(keep=True)
        self._factory.begin_anew()
        self.conversation_ended.emit()
        self.begins_anew.emit()
        if connected and not self._over:
            self.begin()
        else:
            self._over = True

    async def close(self) -> None:
        """End the session, or the opening of one. Nothing starts after it."""
        self._closed = True
        self._tasks.cancel()
        await self._end(END_S)

    async def _end(self, within_s: float | None = None, *, keep: bool = False) -> None:
        running = self._running
        if running is None:
            return
        if self._session:
            await self._session.close(keep=keep)
        else:
            running.cancel()
        await asyncio.wait({running}, timeout=within_s)
        if running is self._running and running.cancelled():
            self._finish(DisplayState.OFFLINE)  # a task that is cancelled before it began does nothing itself

    async def _restart(self) -> None:
        await self._end()
        if not self._over:  # the user may have disconnected meanwhile
            self.begin()

    async def _run(self) -> None:
        state, model = DisplayState.OFFLINE, self._options.model
        self._model = model
        try:
            self._session = await self._factory.make(model)
            self._factory.attach(self._session)
            self._audio.attach(self._session)
            await self._session.run()
        except (RealtimeError, OfflineError, AudioError) as exc:
            state = DisplayState.ERROR
            # If the session had begun, the turn has reported it already.
            if not self._session:
                action: Action = getattr(exc, "action", "reconnect")
                self.failed.emit(
                    Note("error", exc.message, getattr(exc, "code", ""), action, subject="session")
                )
        except Exception:
            log.exception("the session ended with an error of the program's own")
            state = DisplayState.ERROR
            self.failed.emit(Note("error", PROGRAM_FAILED(), subject="session"))
        finally:
            self._finish(state)

    def _finish(self, state: DisplayState) -> None:
        self._factory.put_away(self._model)
        self._session = None
        self._running = None
        self._options.on_session_closed()
        self._audio.detach()
        self.ended.emit(state)
