"""What the user can do with a session: connect, press, release, interrupt, choose, type, show a picture.

The window calls its slots and listens to its signals. It calls the session and listens to its notices. It
runs on the GUI thread, which is also the event loop's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message, Text
from desktop.base.shielded import shielded
from desktop.conversation import session_config, settings_values, tool_pictures
from desktop.conversation.after_take import AfterTake
from desktop.conversation.budget_gate import BudgetGate
from desktop.conversation.displayed_state import DisplayedState
from desktop.conversation.opening_note import opening_note
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_factory import SessionFactory
from desktop.conversation.session_lifecycle import SessionLifecycle
from desktop.conversation.session_options import SessionOptions
from desktop.conversation.spend_controller import SpendController
from desktop.conversation.tool_host import ToolHost
from desktop.cost.budget import Limits
from desktop.devices.audio_controller import AudioController
from desktop.realtime.connection import FrameObserver
from desktop.realtime.quiet_spell import RestRule
from desktop.realtime.recent_sounds import Said, Sound
from desktop.realtime.replay import SOUND_NOT_KEPT
from desktop.realtime.session import Session
from desktop.realtime.session_events import (
    DeviceLost,
    GateOpened,
    GateShut,
    NotRenewed,
    PlaybackEnded,
    PlaybackStarted,
    SessionOpened,
    Stalled,
    ToolEnded,
    ToolReported,
    Underrun,
    UpdateRefused,
)
from desktop.realtime.ticker import LoopTimer, Timer
from desktop.settings.store import SettingsStore
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from desktop.turn.inputs import Policy, ReleaseCause
from desktop.turn.link import NOT_CONNECTED, STILL_CONNECTING
from desktop.turn.note_subject import NoteSubject
from desktop.turn.turn import PICTURE_NOT_SENT
from desktop.viewmodels import shortcuts
from desktop.viewmodels.note_board import FAILURES

log = logging.getLogger(__name__)

AFTER_TAKE = Text("after-take", "You are still speaking: that follows when you have finished.")
MUTED = Text("muted", "You are muted. Press {key} to be heard again.")
UPDATE_REFUSED = Text(
    "update-refused", "The service didn't accept the change. It is possible with a new session."
)
TEXT_NOT_SENT = Text("text-not-sent", "Not connected. Connect first; your text stays in the line.")
NO_PICTURES = Text("no-pictures", "{model} can't see pictures. Nothing was sent.")
TIMER_UP = Text("timer-up", "Time's up.")
TIMER = Text("timer", "Timer: {label}")
TIMERS_GO_ON = Text("timers-go-on", "A timer is still running. Press {key} to stop it.")
TIMERS_STOPPED = Text("timers-stopped", "The timers were stopped.")


class SessionController(QObject):
    """What the user can do, without the window. `close` it before the loop ends."""

    state_changed = Signal(DisplayState)
    note_shown = Signal(effects.Note)
    retrying = Signal(effects.Retrying)
    """The connection is lost: the number of the next try, the seconds until it, and why."""
    sending = Signal(int)
    """So many seconds of what was said are still to be sent; 0: none any more."""
    stalled = Signal(float)
    """In an open take nothing was done since this time of `time.monotonic`: `hold_sound` where it matters."""
    session_opened = Signal(SessionOpened)
    session_ended = Signal()
    conversation_ended = Signal()
    """The user has begun another one: what was said before is about to go from the view."""
    text_sent = Signal(str)

    def __init__(
        self,
        store: SettingsStore,
        registry: Registry,
        options: SessionOptions,
        audio: AudioController,
        tools: ToolHost,
        presenter: Presenter,
        frames: FrameObserver | None = None,
        parent: QObject | None = None,
        *,
        spend: SpendController | None = None,
        timer: Callable[[], Timer] = LoopTimer,
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self.options, self.audio, self.tools, self.presenter = options, audio, tools, presenter
        spend = spend or SpendController(lambda: presenter.turn_timer.responding, lambda: Limits())
        self.spend = spend
        self._store = store
        self.struck_at: float | None = None
        """When the key was struck for which `press` or `release` is called next, unless they are told."""
        self.may_talk: Callable[[], bool] = lambda: True
        """Asked at each press: whoever says no has told the user why."""
        self._factory = SessionFactory(
            options,
            store,
            registry,
            lambda: ToolRunner(
                registry, tools.context, tools.approvals, tools.bench.bench, tool_pictures.encoded
            ),
            audio,
            presenter,
            self._on_notice,
            frames,
            tools.agree,
            RestRule(self._rest_after_s, spend.words_for_rest),
            timer,
        )
        self._gate = BudgetGate(spend, lambda: self._session)
        spend.reached.connect(self._gate.look)
        spend.settled.connect(self._gate.release)
        # What one of them can't do, the others still do.
        self._present = shielded(presenter.observe, "the presenter")
        self._follow = shielded(audio.observe, "the audio controller")
        self._price = shielded(spend.observe, "the spend controller")
        self._lifecycle = SessionLifecycle(self._factory, options, audio, self)
        self._waiting = AfterTake(self._held)
        self._displayed = DisplayedState(audio, self)
        self._displayed.changed.connect(self.state_changed)
        self._displayed.failure_told.connect(self.note_shown)
        self._lifecycle.began.connect(self._displayed.begin)
        self._lifecycle.failed.connect(self._on_notice)
        self._lifecycle.ended.connect(self._on_ended)
        self._lifecycle.begins_anew.connect(spend.begin_session)
        self._lifecycle.conversation_ended.connect(self._on_conversation_ended)
        audio.noted.connect(self._on_notice)
        tools.timer_rang.connect(self._on_timer_rang)

    # State

    @property
    def state(self) -> DisplayState:
        """The state to display: the session's, or what keeps the user from talking in it."""
        return self._displayed.current

    @property
    def policy(self) -> Policy:
        """How turns are taken in the session, or would be in the next one."""
        return self._session.policy if self._session else self.options.policy

    @property
    def listens(self) -> bool:
        """Whether a take is open, muted or not."""
        return self._session is not None and self._session.listens

    @property
    def connected(self) -> bool:
        """Whether a session is open or being opened."""
        return self._lifecycle.connected

    # What the user does

    async def start(self, default_model: Callable[[], str]) -> None:
        """Connect, with the default model if the user has chosen none; finding it may ask the keychain."""
        if not self.options.model_chosen:
            self.options.set_default_model(await in_daemon(default_model))
        self._lifecycle.begin()

    def choose(self, name: str, value: str) -> None:
        """Set one of the fields of `ChosenOptions`, in the open session too where that is possible."""
        self.options.choose(name, value)
        self.apply()

    def apply(self) -> None:
        """Update the session to the options and settings, or offer a new one for those that need it."""
        changes = self.options.update()
        if self._session:
            if changes:
                self._session.update(changes)
            self._session.set_policy(self.options.policy)

    def tools_changed(self) -> None:
        """There are other tools: the open session is told, where that is possible."""
        tools = self._registry.definitions(self.options.model.provider)
        if self.options.use_tools(tools):
            self.apply()

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed: apply it to the open session, or offer a restart if that isn't possible."""
        if name in settings_values.ACCESS:
            self.options.require_new_session()
        if name in session_config.SETTINGS:
            self.apply()

    async def key_changed(self, default_model: Callable[[], str]) -> None:
        """There is another key: it decides the model if the user has chosen none."""
        if not self.options.model_chosen:
            self.options.set_default_model(await in_daemon(default_model))
        self.options.require_new_session()

    def toggle_session(self) -> None:
        """Connect, or disconnect."""
        self._lifecycle.toggle()

    def reconnect_now(self) -> None:
        """The network is back, the computer woke, or the user won't wait: connect at once.

        An open connection is probed. Without a session this does nothing, nor while it rests: only the user's
        next word, or their going on past a budget, opens it then.
        """
        if self._session and self._session.state is not DisplayState.RESTING:
            self._session.reconnect_now()

    def go_on(self) -> None:
        """Go on past the budget that is used up: what was said since is sent."""
        self._gate.go_on()

    def reconnect(self) -> None:
        """Connect; an open but useless session is ended first."""
        self._lifecycle.reconnect()

    def restart(self) -> None:
        """End the session and open one with the options chosen since; the conversation is carried over."""
        # The open take is this session's, and so is its answer.
        self._after_take(self._lifecycle.restart, answered=True)

    def begin_conversation(self) -> None:
        """Begin another conversation, in another session if there is one now; an open take is its first."""
        self.audio.silence()
        begin = partial(self._lifecycle.begin_conversation, with_take=self._held())
        self._after_take(begin, answered=False)

    def _after_take(self, do: Callable[[], None], *, answered: bool) -> None:
        if not self._waiting.do(do, answered=answered):
            self._note("listening", AFTER_TAKE())

    def _held(self) -> bool:
        return self.listens and not self.policy.hands_free

    def press(self, made_at: float | None = None) -> None:
        """The talk key went down, at this time of `time.monotonic`, by default now.

        Without a session a note says why the microphone stays closed.
        """
        made_at = self._struck(made_at)
        if not self.may_talk():
            return
        self.audio.silence()
        self._gate.before_turn()
        if self._session and self.audio.muted and not self.policy.hands_free:
            self._note("mute", MUTED(key=shortcuts.MUTE))
        elif self._session:
            self._session.press(made_at)
            if self._session.state is DisplayState.LISTENING and not self.policy.hands_free:
                self.presenter.turn_timer.press(made_at)
        elif self.connected:
            self._note("connecting", STILL_CONNECTING())
        else:
            self._note("no session", NOT_CONNECTED())

    def release(self, cause: ReleaseCause = "key", wait_ms: float = 0, made_at: float | None = None) -> None:
        """The talk key went up, at this time of `time.monotonic`, or its release may never come.

        `wait_ms` waits for a second tap. What was said after the release is not sent, but for the tail.
        """
        made_at = self._struck(made_at)
        if self._session:
            self.presenter.turn_timer.release(made_at)
            self._session.release(cause, wait_ms, made_at)

    def _struck(self, made_at: float | None) -> float | None:
        noted, self.struck_at = self.struck_at, None
        return noted if made_at is None else made_at

    def hold_sound(self, made_at: float) -> None:
        """The talk key may have gone up then: send nothing that was said later until that is known."""
        if self._session:
            self._session.hold_sound(made_at)

    def release_sound(self) -> None:
        """Whether the talk key went up is known, and told."""
        if self._session:
            self._session.hold_sound(None)

    def cancel(self) -> None:
        """Escape: discard the take, or silence the response; without a session, stop the timers."""
        self.audio.silence()
        if self._session:
            self._session.cancel()
        elif self.tools.stop_timers():
            self._note("news", TIMERS_STOPPED())

    def replay(self, response: int) -> None:
        """Play the part of a response that was not heard, or stop it. It still doesn't count as heard."""
        self._play(self._session.replays.unheard(response) if self._session else None)

    def play(self, said: Said, number: int) -> None:
        """Play a take or a response again, if its sound is kept. Nothing of it counts as heard."""
        self._play(self._factory.sounds.get(said, number))

    def _play(self, sound: Sound | None) -> None:
        if sound:
            self.audio.play(sound)
        else:
            self._note("news", SOUND_NOT_KEPT())

    def say(self, text: str) -> None:
        """Send a typed message. Without a session it stays in the text line, and a note says why."""
        self._gate.before_turn()
        if self._session:
            self._session.say(text)
        else:
            self._note("no session", TEXT_NOT_SENT())

    def show_picture(self, url: str, caption: Message) -> None:
        """Send a picture as a data URL; the next turn can be about it."""
        if not self._session:
            self._note("no session", PICTURE_NOT_SENT())
        elif not self._lifecycle.model.images:
            self._note("news", NO_PICTURES(model=self._lifecycle.model.name))
        else:
            self._session.show(url, caption)

    def forget_failure(self) -> None:
        """Why the last session ended is true no longer."""
        self._displayed.forget_failure()

    async def close(self) -> None:
        """End the session, the timers and the offline server. Nothing starts after it."""
        await self._lifecycle.close()
        await self.audio.close()
        await self.tools.close()
        await self._factory.close()

    # Notices of the session

    @property
    def _session(self) -> Session | None:
        return self._lifecycle.session

    def _on_notice(self, notice: effects.Notice) -> None:
        self._present(notice)
        self._follow(notice)
        self._price(notice)
        match notice:
            case effects.StateChanged(state) if state not in (DisplayState.OFFLINE, DisplayState.ERROR):
                # `_on_ended` emits the end: only when the streams are closed can the user connect again.
                self._displayed.follow(state)
                self._waiting.follow(state)
                self._gate.look()
            case effects.Note(subject=subject) if subject in FAILURES:
                self._displayed.fail(notice)
            case effects.Note():
                self.note_shown.emit(notice)
            case effects.Retrying():
                self.retrying.emit(notice)
            case effects.SendingProgress(left_s):
                self.sending.emit(left_s)
            case effects.Typed(text):
                self.text_sent.emit(text)
            case effects.ResponseBegan():
                self.options.on_response_began()
            case UpdateRefused():
                self._on_refused(notice)
            case SessionOpened():
                self._on_opened(notice)
            case NotRenewed():
                # The open session stays the one that the options describe.
                self.options.on_session_opened()
            case effects.StateChanged():
                pass  # an end: see `_on_ended`
            case effects.TakeEnded(take, "short" | "thrown away"):
                self._factory.sounds.drop("take", take)
            case effects.TakeStarted() | effects.TakeEnded() | effects.UserText():
                pass  # the presenter has written it down
            case effects.ResponseText() | effects.ResponseEnded() | effects.Heard() | effects.Pictured():
                pass  # likewise
            case (
                effects.ToolCalled()
                | ToolReported()
                | ToolEnded()
                | effects.ToolProgress()
                | effects.ToolResultDecided()
                | PlaybackStarted()
                | PlaybackEnded()
                | GateOpened()
                | GateShut()
                | Underrun()
            ):
                pass  # likewise
            case Stalled(since):
                self.stalled.emit(since)
            case DeviceLost() | effects.Muted():
                pass  # the audio controller sees to it
            case _:
                log.warning("no rule for the notice %s", type(notice).__name__)

    def _rest_after_s(self) -> float:
        """Only a model that is billed by the open minute rests."""
        return float(self._store.current.rest_after_s) if self.spend.prices.by_the_minute else 0.0

    def _on_ended(self, state: DisplayState) -> None:
        self._gate.on_opened()
        if self._lifecycle.over and self.tools.timers_run:
            note = effects.Note("warning", TIMERS_GO_ON(key=shortcuts.CANCEL), subject="news")
            self._on_notice(note)
        self.session_ended.emit()
        self._displayed.end(state)
        if self._lifecycle.over:
            self._waiting.forget()
        self._waiting.end()

    def _on_conversation_ended(self) -> None:
        self.conversation_ended.emit()
        self._factory.sounds.keep_only(self.presenter.begin_conversation())

    def _on_opened(self, opened: SessionOpened) -> None:
        model = self._lifecycle.model
        self._gate.on_opened()
        self.spend.open(opened, model)
        self.options.on_session_opened()
        if self._session and not model.instructions and not model.translates:
            self._session.send_context(self._factory.context())
        message = opening_note(opened, model, self.options.displayed.language)
        self.presenter.transcript.add_note(message)
        self.session_opened.emit(opened)
        self.apply()

    def _on_refused(self, refused: UpdateRefused) -> None:
        self.options.refuse(refused.update)
        if self._session:
            self._session.set_policy(self.options.policy)
        self._on_notice(effects.Note("warning", UPDATE_REFUSED(), refused.code, subject="change"))

    def _note(self, subject: NoteSubject, message: Message) -> None:
        self._on_notice(effects.Note("hint", message, subject=subject))

    def _on_timer_rang(self, label: str) -> None:
        message = TIMER(label=label) if label else TIMER_UP()
        self.presenter.transcript.add_note(message)
        self.note_shown.emit(effects.Note("hint", message))
