"""Makes sessions with the chosen options; each gets the conversation that it continues."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from desktop.access.endpoint_resolver import endpoint_for
from desktop.access.key_hosts import Ask
from desktop.conversation import context_prompt, settings_values
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_options import SessionOptions
from desktop.devices.audio_controller import AudioController
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.protocol.commands import Config
from desktop.realtime.connection import FrameObserver
from desktop.realtime.quiet_spell import NEVER, RestRule
from desktop.realtime.recent_sounds import RecentSounds
from desktop.realtime.session import Observer, Session
from desktop.realtime.ticker import LoopTimer, Timer
from desktop.settings.store import SettingsStore
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.turn.numbering import Numbering
from desktop.viewmodels.transcript_line import now


class SessionFactory:
    """Makes sessions, or reuses one that holds takes without a response.

    Args:
        runner: makes what runs the tools of a new session.
        observer: gets the notices of every session.
        frames: sees every frame, both ways.
        ask: asks the user whether a secret may go to another host.
        rest: when a session rests because nobody speaks.
        timer: makes what drives a session's steps.
    """

    def __init__(
        self,
        options: SessionOptions,
        store: SettingsStore,
        registry: Registry,
        runner: Callable[[], ToolRunner],
        audio: AudioController,
        presenter: Presenter,
        observer: Observer,
        frames: FrameObserver | None,
        ask: Ask | None = None,
        rest: RestRule = NEVER,
        timer: Callable[[], Timer] = LoopTimer,
    ) -> None:
        self._ask = ask
        self._rest = rest
        self._timer = timer
        self._options = options
        self._store = store
        self._registry = registry
        self._runner = runner
        self._audio = audio
        self._presenter = presenter
        self._watchers = (observer, frames)
        self.sounds = RecentSounds(presenter.transcript.show_playable)
        """What was said lately, in all sessions."""
        self._numbering = Numbering()
        self._offline = OfflineServer()
        # By model: the session that its next one is.
        self._kept: dict[str, Session] = {}
        self._began = now()
        self._session: Session | None = None

    def begin_anew(self) -> None:
        """The conversation is over: the next session starts without it."""
        self._began = now()

    async def words_come(self, within_s: float) -> None:
        """Wait until what the user said is written, if it will be; `within_s` seconds at most."""
        transcript = self._presenter.transcript
        changed = asyncio.Event()
        transcript.dataChanged.connect(changed.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while transcript.awaits_words:
                    changed.clear()
                    await changed.wait()
        transcript.dataChanged.disconnect(changed.set)

    async def make(self, model: catalog.Model) -> Session:
        """A session with this model. Raises AudioError."""
        access = settings_values.access(self._store.current)
        endpoint = partial(endpoint_for, model, access, self._offline, ask=self._ask)
        microphone, speaker = await self._audio.open()
        kept = self._kept.pop(model.id, None)
        if kept:
            kept.retarget(endpoint)
            try:
                await kept.exchange(microphone, speaker)
            except BaseException:
                self._kept[model.id] = kept  # what it holds was said, whatever becomes of this session
                raise
            return kept
        observer, frames = self._watchers
        return Session(
            endpoint,
            model,
            lambda: self._config(model),
            self._options.policy,
            microphone=microphone,
            speaker=speaker,
            runner=self._runner(),
            observer=observer,
            frames=frames,
            mute_switch=self._audio.mute_switch,
            numbering=self._numbering,
            sounds=self.sounds,
            patience=lambda: self._store.current.patience_s,
            rest=self._rest,
            timer=self._timer(),
            late=lambda: settings_values.late_rule(self._store.current),
        )

    def attach(self, session: Session) -> None:
        """This session is the running one."""
        self._session = session

    def put_away(self, model: catalog.Model) -> None:
        """The session has ended: keep it if it holds takes that must still be sent."""
        if self._session and self._session.keeps_takes:
            self._kept[model.id] = self._session
        self._session = None

    def context(self) -> str:
        """The text that tells a new connection about the conversation; empty at its beginning."""
        lines = [line for line in self._presenter.transcript.lines if line.at >= self._began]
        # Kept takes are about to be sent again.
        again = self._session is not None and self._session.keeps_takes
        return context_prompt.context_text(lines, self._presenter.tool_calls.find, unanswered=not again)

    async def close(self) -> None:
        """Stop the offline server, if it runs."""
        await self._offline.stop()

    def _config(self, model: catalog.Model) -> Config:
        """The configuration of the next connection, with the current options."""
        config = self._options.begin_session(
            model, self._registry.definitions(model.provider), self.context()
        )
        self._presenter.transcript.words_come = config.input_transcription is not False
        if self._session:
            self._session.set_policy(self._options.policy)
        return config
