"""Sessions of what was chosen, each told of the conversation that it goes on with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop.access.endpoint_resolver import Access, endpoint_for
from desktop.conversation import context_prompt
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_options import SessionOptions
from desktop.devices.audio_controller import AudioController
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.protocol.commands import Config
from desktop.realtime.connection import FrameObserver
from desktop.realtime.session import Observer, Session
from desktop.settings.schema import Settings
from desktop.tools.registry import Registry
from desktop.tools.runner import Runner
from desktop.viewmodels.transcript import now


class SessionFactory:
    """Makes sessions, or takes one up again that holds takes which nobody has answered.

    Args:
        runner: makes what runs the tools of a new session.
        observer: gets the notices of every session.
        frames: sees every frame, both ways.
    """

    def __init__(
        self,
        choices: SessionOptions,
        settings: Settings,
        registry: Registry,
        runner: Callable[[], Runner],
        sound: AudioController,
        presenter: Presenter,
        observer: Observer,
        frames: FrameObserver | None,
    ) -> None:
        self._choices = choices
        self._settings = settings
        self._registry = registry
        self._runner = runner
        self._sound = sound
        self._presenter = presenter
        self._watchers = (observer, frames)
        self._offline = OfflineServer()
        # By their model: its next session is theirs.
        self._kept: dict[str, Session] = {}
        self._began = now()
        self._session: Session | None = None

    def begin_anew(self) -> None:
        """What was said until now is over: the next session is told nothing of it."""
        self._began = now()

    async def make(self, model: catalog.Model) -> Session:
        """A session with this model. Raises AudioError."""
        endpoint = partial(endpoint_for, model, Access.of(self._settings), self._offline)
        microphone, speaker = await self._sound.open()
        kept = self._kept.pop(model.id, None)
        if kept:
            kept.retarget(endpoint)
            await kept.exchange(microphone, speaker)
            return kept
        observer, frames = self._watchers
        return Session(
            endpoint,
            model,
            lambda: self._config(model),
            self._choices.policy,
            microphone=microphone,
            speaker=speaker,
            runner=self._runner(),
            observer=observer,
            frames=frames,
            mute_switch=self._sound.mute_switch,
            patience=lambda: self._settings.patience_s,
        )

    def attach(self, session: Session) -> None:
        """This session is the one that runs."""
        self._session = session

    def put_away(self, model: catalog.Model) -> None:
        """It has ended: keep it if it holds what must be sent yet."""
        if self._session and self._session.keeps_takes:
            self._kept[model.id] = self._session
        self._session = None

    def context(self) -> str:
        """What a connection that is opened now has to be told; empty at a conversation's beginning."""
        lines = [line for line in self._presenter.transcript.lines if line.at >= self._began]
        # What is kept is about to be said again.
        again = self._session is not None and self._session.keeps_takes
        return context_prompt.told(lines, self._presenter.tool_calls.find, unanswered=not again)

    async def close(self) -> None:
        """Stop the offline server, if it runs."""
        await self._offline.stop()

    def _config(self, model: catalog.Model) -> Config:
        """For the next connection, with what was chosen until now."""
        config = self._choices.config(model, self._registry.definitions(), self.context())
        self._presenter.transcript.words_come = config.input_transcription is not False
        if self._session:
            self._session.take_turns(self._choices.policy)
        return config
