"""What the buttons mean: connect, press, release, interrupt, choose.

The window speaks to it by slots and hears from it by signals and models; it speaks to the session by
calls and hears from it by notices. It runs on the GUI thread, which is also the event loop's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.audio.interfaces import AudioError
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text, joined
from desktop.conversation import session_config
from desktop.conversation.manual_tools import ManualTools
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_factory import SessionFactory
from desktop.conversation.session_options import SessionOptions
from desktop.conversation.tool_host import ToolHost
from desktop.devices.audio_controller import AudioController
from desktop.devices.backend import AudioBackend
from desktop.offline.process import OfflineError
from desktop.protocol import catalog
from desktop.realtime.connection import FrameObserver
from desktop.realtime.endpoint import DEFAULT_BASE_URL, Endpoint
from desktop.realtime.errors import RealtimeError
from desktop.realtime.handshake import open_session
from desktop.realtime.session import SOUND_NOT_KEPT, Session
from desktop.realtime.session_events import NotRenewed, SessionOpened, UpdateRefused
from desktop.settings.schema import Settings
from desktop.tools.registry import Registry
from desktop.tools.runner import Runner
from desktop.turn import effects
from desktop.turn.effects import State
from desktop.turn.inputs import Policy, ReleaseCause
from desktop.turn.link import NOT_CONNECTED, STILL_CONNECTING
from desktop.turn.turn import PICTURE_NOT_SENT
from desktop.viewmodels import shortcuts
from desktop.viewmodels.languages import language_name

log = logging.getLogger(__name__)


ACCESS_SETTINGS = frozenset({"base_url", "ticket_url", "mint_tickets"})
"""What decides where and how the next session is opened."""
END_S = 3.0
"""How long the program's end waits for that of a session: a device that hangs must not hold it up."""
CONNECTED = Text("connected", "Connected to {model}.")
RECONNECTED = Text("reconnected", "Reconnected to {model}.")
MUTED = Text("muted", "You are muted. Press {key} to be heard again.")
RENEWED = Text("session-renewed", "The session was renewed before its time was up. The conversation goes on.")
DEMO = Text(
    "demo",
    "It answers by simple rules on this computer and is no AI model: ask for the time, dice, sums, a timer "
    "or a story. With OPPER_API_KEY set you can choose a real one.",
)
"""Said plainly wherever the demo is chosen."""

TRANSLATES = Text(
    "translates",
    "Speak: you hear it in {language}. Hold the talk key while you speak; nothing is answered, and no tools "
    "run.",
)
"""Said when a translating model is connected."""

UPDATE_REFUSED = Text(
    "update-refused", "The service didn't take the change. It can be had with a new session."
)
TEXT_NOT_SENT = Text("text-not-sent", "Not connected. Connect first; your text stays in the line.")
NO_PICTURES = Text("no-pictures", "{model} sees no pictures. Nothing was sent.")
PROGRAM_FAILED = Text(
    "program-failed", "Something went wrong in Presstalk. Connect again; the log has the details."
)
TIMER_UP = Text("timer-up", "The timer is up.")
TIMER = Text("timer", "Timer: {label}")


class SessionController(QObject):
    """The program's behaviour, without its window. `close` it before the loop ends."""

    state_changed = Signal(State)
    note_shown = Signal(effects.Note)
    retrying = Signal(int, float)
    """The connection is lost: which try is the next, and in how many seconds it is."""
    session_opened = Signal(SessionOpened)
    session_ended = Signal()
    text_sent = Signal()

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        audio: AudioBackend,
        open_url: Callable[[str], bool],
        presenter: Presenter,
        frames: FrameObserver | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = presenter
        self.choices = SessionOptions(settings, self)
        self._settings = settings
        self.sound = AudioController(settings, audio, self)
        self.sound.noted.connect(self._on_notice)
        self.sound.mute_changed.connect(self._on_mute_changed)
        self.tools = ToolHost(self.sound.ring, open_url, self)
        self.tools.rang.connect(self._on_rang)
        self.manual_tools = ManualTools(registry, self.tools.context, presenter.tool_calls, self)
        self._factory = SessionFactory(
            self.choices,
            settings,
            registry,
            lambda: Runner(registry, self.tools.context),
            self.sound,
            presenter,
            self._on_notice,
            frames,
        )
        self._session: Session | None = None
        self._model = self.choices.model
        """The session's."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._over = True
        """The user has ended the conversation: the next connect begins another."""

    # What can be asked

    @property
    def state(self) -> State:
        """The one word."""
        if self._session:
            return self._shown(self._session.state)
        return State.CONNECTING if self.connected else State.OFFLINE

    @property
    def policy(self) -> Policy:
        """How turns are taken in the session, or would be in the next one."""
        return self._session.policy if self._session else self.choices.policy

    @property
    def listens(self) -> bool:
        """Whether a take is open, muted or not."""
        return self._session is not None and self._session.listens

    @property
    def connected(self) -> bool:
        """Whether a session is open or being opened."""
        return self._running is not None

    # What the user does

    async def start(self, default_model: Callable[[], str]) -> None:
        """Choose the model when the user has not, and connect. The keychain may have to be asked for it."""
        if not self._settings.model:
            self.choices.usual(await in_daemon(default_model))
        if not self.connected:
            self._begin_session()

    def choose(self, name: str, value: str) -> None:
        """Take this value for one of the fields of `models.choice.Choice`: at once where that can be."""
        self.choices.choose(name, value)
        self.apply()

    def apply(self) -> None:
        """Let the session have what was changed in choices and settings, or offer a new one for it."""
        changes = self.choices.update()
        if self._session:
            if changes:
                self._session.update(changes)
            self._session.take_turns(self.choices.policy)

    def settings_changed(self, name: str) -> None:
        """A setting was changed: what can hold at once does, for what can't a restart is offered."""
        if name in ACCESS_SETTINGS:
            self.choices.need_session()
        self.apply()

    async def check_key(self, key: str) -> None:
        """Open a session with this key and close it again. Raises RealtimeError."""
        model = self.choices.model
        model = model if not model.offline else catalog.find(catalog.KEYED_MODEL)
        endpoint = Endpoint(self._settings.base_url or DEFAULT_BASE_URL, key)
        config = session_config.session_config(model, self._settings, ())
        opened = await open_session(endpoint, config, model)
        await opened.connection.close()

    async def key_changed(self, default_model: Callable[[], str]) -> None:
        """There is another key: where the user has chosen no model, it decides which one it is."""
        if not self._settings.model:
            self.choices.usual(await in_daemon(default_model))
        self.choices.need_session()

    def toggle_session(self) -> None:
        """Connect, or disconnect."""
        if self.connected:
            self._over = True
            self._spawn(self._end_session())
        else:
            if self._over:
                self._factory.begin_anew()
            self._begin_session()

    def reconnect_now(self) -> None:
        """The network is back, the computer woke, or the user won't wait: connect at once.

        An open connection must show that it lives still. Without a session nothing is done.
        """
        if self._session:
            self._session.reconnect_now()

    def reconnect(self) -> None:
        """Connect; a session that is open, and helps no more, is ended first."""
        if self.connected:
            self.restart()
        else:
            self._begin_session()

    def restart(self) -> None:
        """End the session and open one with what was chosen meanwhile; the conversation is carried over."""
        self._over = False
        self._spawn(self._restart())

    def press(self) -> None:
        """The talk key went down. Without a session there is no open microphone, only a word."""
        if self._session and self.sound.muted and not self.policy.hands_free:
            self._note("hint", MUTED(key=shortcuts.MUTE))
        elif self._session:
            self._session.press()
            if self._session.state is State.LISTENING and not self.policy.hands_free:
                self.presenter.turn_timer.press()
        elif self.connected:
            self._note("hint", STILL_CONNECTING())
        else:
            self._note("hint", NOT_CONNECTED())

    def release(self, cause: ReleaseCause = "key", wait_ms: float = 0) -> None:
        """The talk key went up, or can't be trusted to come up; `wait_ms` waits for a second tap."""
        if self._session:
            self.presenter.turn_timer.release()
            self._session.release(cause, wait_ms)

    def cancel(self) -> None:
        """Escape."""
        if self._session:
            self._session.cancel()

    def run_tool(self, name: str, arguments: str) -> None:
        """Run a tool by hand; the model is told of it only by `send_result`."""
        self._spawn(self.manual_tools.run(name, arguments))

    def send_result(self, call_id: str) -> None:
        """Tell the model what a tool gave that was run by hand."""
        words = self.manual_tools.told(call_id)
        if words:
            self.say(words)

    def replay(self, response: int) -> None:
        """Play what was not heard of an answer."""
        if self._session:
            self._session.replay(response)
        else:
            self._note("hint", SOUND_NOT_KEPT())

    def say(self, text: str) -> None:
        """Send a typed message. With nobody to send it to it stays the user's, and a word says so."""
        if self._session:
            self._session.say(text)
        else:
            self._note("hint", TEXT_NOT_SENT())

    def show_picture(self, url: str, caption: Message) -> None:
        """Send a picture, as a data URL; the next turn may be about it."""
        if not self._session:
            self._note("hint", PICTURE_NOT_SENT())
        elif not self._model.images:
            self._note("hint", NO_PICTURES(model=self._model.name))
        else:
            self._session.show(url, caption)

    async def close(self) -> None:
        """End the session, the timers and the offline server. Nothing begins after it."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await self._end_session(END_S)
        await self.sound.close()
        await self.tools.close()
        await self._factory.close()

    # The session

    def _begin_session(self) -> None:
        if self._closed:
            return
        self._over = False
        self._running = asyncio.create_task(self._run(), name="session")
        self.state_changed.emit(State.CONNECTING)

    async def _end_session(self, within_s: float | None = None) -> None:
        running = self._running
        if running is None:
            return
        if self._session:
            await self._session.close()
        else:
            running.cancel()
        await asyncio.wait({running}, timeout=within_s)

    async def _restart(self) -> None:
        await self._end_session()
        if not self.connected and not self._over:  # the user may have disconnected meanwhile
            self._begin_session()

    async def _run(self) -> None:
        ended, model = State.OFFLINE, self.choices.model
        self._model = model
        try:
            self._session = await self._factory.make(model)
            self._factory.attach(self._session)
            self.sound.attach(self._session)
            await self._session.run()
        except (RealtimeError, OfflineError, AudioError) as exc:
            ended = State.ERROR
            # The turn has said it already when the session had begun.
            if not self._session:
                self._on_notice(
                    effects.Note(
                        "error", exc.message, getattr(exc, "code", ""), getattr(exc, "action", "reconnect")
                    )
                )
        except Exception:
            log.exception("the session ended with an error of the program's own")
            ended = State.ERROR
            self._note("error", PROGRAM_FAILED())
        finally:
            self._factory.put_away(model)
            self._session = None
            self._running = None
            self.choices.closed()
            self.sound.detach()
            self.session_ended.emit()
            self.state_changed.emit(ended)

    def _on_notice(self, notice: effects.Notice) -> None:
        self.presenter.observe(notice)
        self.sound.observe(notice)
        match notice:
            case effects.StateChanged(state) if state not in (State.OFFLINE, State.ERROR):
                # The end is told when the streams are closed too: only then can one connect again.
                self.state_changed.emit(self._shown(state))
            case effects.Note():
                self.note_shown.emit(notice)
            case effects.Retrying(attempt, after_s):
                self.retrying.emit(attempt, after_s)
            case effects.Typed():
                self.text_sent.emit()
            case effects.ResponseBegan():
                self.choices.spoke()
            case UpdateRefused():
                self._on_refused(notice)
            case SessionOpened():
                self._on_opened(notice)
            case NotRenewed():
                self.choices.opened()  # what was asked for a new session holds in the open one
            case _:
                pass

    def _on_opened(self, opened: SessionOpened) -> None:
        model = self._model
        self.choices.opened()
        if self._session and not model.instructions and not model.translates:
            self._session.brief(self._factory.context())
        message = (RECONNECTED if opened.again else CONNECTED)(model=model.name)
        if opened.renewed:
            message = RENEWED()
        elif model.translates:
            language = language_name(self.choices.shown.language)
            message = joined(message, TRANSLATES(language=language))
        elif model.offline and not opened.again:
            message = joined(message, DEMO())
        self.presenter.transcript.add_note(message)
        self.session_opened.emit(opened)
        self.apply()

    def _on_refused(self, refused: UpdateRefused) -> None:
        self.choices.refuse(refused.update)
        if self._session:
            self._session.take_turns(self.choices.policy)
        self._note("warning", UPDATE_REFUSED(), refused.code)

    def _shown(self, state: State) -> State:
        muted = self.sound.muted and state in (State.READY, State.LISTENING)
        return State.MUTED if muted else state

    def _on_mute_changed(self) -> None:
        if self._session:
            self.state_changed.emit(self.state)

    def _note(self, kind: effects.NoteKind, message: Message, code: str = "") -> None:
        self._on_notice(effects.Note(kind, message, code))

    def _on_rang(self, label: str) -> None:
        message = TIMER(label=label) if label else TIMER_UP()
        self.presenter.transcript.add_note(message)
        self.note_shown.emit(effects.Note("hint", message))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
