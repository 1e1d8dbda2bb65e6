"""Turns without a window and without a sound device: `check`, `talk`, `say`.

They run the same session as the window does, against any server that speaks the protocol.
"""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from desktop.access.endpoint_resolver import Access, endpoint_for, in_use
from desktop.audio.files import CollectingSpeaker, FileMicrophone
from desktop.audio.format import Samples, write_wav
from desktop.audio.interfaces import Microphone
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.conversation import session_config
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog, codes, events
from desktop.realtime.connection import Connection
from desktop.realtime.errors import RealtimeError
from desktop.realtime.handshake import open_anew
from desktop.realtime.session import Session
from desktop.realtime.session_events import SessionOpened, ToolEnded
from desktop.recording.frame_log import FrameLog
from desktop.settings.schema import TRAIL_MARGIN_MS, Settings
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.runner import Outcome, Runner
from desktop.turn import effects
from desktop.turn.inputs import Policy

POLL_S = 0.02
SETTLED_S = 1.0
"""How long `check` listens for complaints about the configuration."""
WORDS_S = 3.0
"""How long the user's words are waited for after the answer is complete."""
WITHIN_S = 120.0
"""How long a turn may take besides its speech. Models that think first were seen to need half a minute."""
TOO_LATE = "There was no whole answer within {:.0f} seconds. Try again, or give it longer with --timeout."
TOO_SHORT = "There are less than 100 ms of sound in the file: too little to be sent."
NO_CAP_MS = 24 * 3_600_000
"""A file ends by itself."""


@dataclass
class CompletedTurn:
    """What was said in one turn, both sides. `problems` are sentences for the user; `whole`: in time."""

    user: str = ""
    assistant: str = ""
    calls: list[Outcome] = field(default_factory=list)
    pcm: bytes = b""
    rate: int = 24_000
    problems: list[str] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True)
class Target:
    """Whom to talk to. Empty strings are the defaults."""

    model: catalog.Model
    voice: str = ""
    access: Access = field(default_factory=Access)
    within_s: float = WITHIN_S
    """How long a turn may take besides its speech."""

    @property
    def settings(self) -> Settings:
        """The settings of such a session."""
        return Settings(model=self.model.id, voices={self.model.id: self.voice} if self.voice else {})


@dataclass(frozen=True)
class Checked:
    """A session that could be opened: the lines that say so, and what the service complained of."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


async def check(target: Target) -> Checked:
    """Open a session, listen whether the service takes the configuration, and close it.

    Raises:
        RealtimeError, OfflineError: it could not be opened.
    """
    offline = OfflineServer()
    try:
        config = session_config.session_config(target.model, target.settings, ())
        ask = partial(endpoint_for, target.model, target.access, offline)
        opened = await open_anew(ask, config, target.model)
        try:
            problems = await _complaints(opened.connection)
        finally:
            await opened.connection.close()
        used = await in_daemon(partial(in_use, target.model, target.access))
        return Checked((f"live: {opened.session_id} @ {opened.output_rate}Hz", f"with: {used}"), problems)
    finally:
        await offline.stop()


async def _complaints(connection: Connection) -> tuple[str, ...]:
    """What the service says against the configuration: it may open a session before it has read all of it."""
    said: list[str] = []
    try:
        async with asyncio.timeout(SETTLED_S):
            async for event in connection.receive():
                if isinstance(event, events.Error) and codes.meaning(event) is codes.Meaning.SHOWN:
                    said.append(event.message or event.code)
                elif isinstance(event, events.SessionTerminating):
                    said.append(event.message or "The service ended the session at once.")
    except TimeoutError:
        pass  # it was quiet, or has said all
    except RealtimeError as exc:
        said = said or [str(exc)]
    return tuple(said)


async def talk(
    target: Target, samples: Samples, rate: int, *, realtime: bool, log: FrameLog
) -> CompletedTurn:
    """One push-to-talk turn with this sound (mono float32 at `rate` Hz) as what is said.

    Raises:
        RealtimeError, OfflineError: the session could not be opened or kept.
    """
    microphone = FileMicrophone(samples, rate, realtime, waiting=True)

    async def speak(session: Session) -> None:
        microphone.begin()
        session.press()
        while not microphone.exhausted:  # noqa: ASYNC110 - it is polled and knows no loop
            await asyncio.sleep(POLL_S)
        session.release()

    return await _one_turn(target, microphone, speak, log, words_due=True, speech_s=len(samples) / rate)


async def say(target: Target, text: str, *, log: FrameLog) -> CompletedTurn:
    """One turn with a typed message.

    Raises:
        RealtimeError, OfflineError: the session could not be opened or kept.
    """

    async def speak(session: Session) -> None:
        session.say(text)

    microphone = FileMicrophone(np.zeros(0, np.float32), 24_000, False, waiting=True)
    turn = await _one_turn(target, microphone, speak, log, words_due=False)
    turn.user = turn.user or text
    return turn


def save_answer(path: Path, turn: CompletedTurn) -> None:
    """Write what was heard as WAV. Raises WavError."""
    write_wav(path, turn.pcm, turn.rate)


async def _one_turn(
    target: Target,
    microphone: Microphone,
    speak: Callable[[Session], Any],
    log: FrameLog,
    *,
    words_due: bool,
    speech_s: float = 0.0,
) -> CompletedTurn:
    offline, speaker, watcher = OfflineServer(), CollectingSpeaker(), _Watcher(words_due)
    model, registry = target.model, default_registry()
    context = ToolContext(ring=watcher.ring, confirm=_deny, open_url=webbrowser.open)
    runner = Runner(registry, context)
    config = session_config.session_config(model, target.settings, registry.definitions())
    try:
        session = Session(
            partial(endpoint_for, model, target.access, offline),
            model,
            lambda: config,
            Policy(
                commits=model.commits,
                pre_roll_ms=0,
                warn_ms=NO_CAP_MS,
                cap_ms=NO_CAP_MS,
                trail_ms=session_config.SILENCE_MS + TRAIL_MARGIN_MS,
            ),
            microphone=microphone,
            speaker=speaker,
            runner=runner,
            observer=watcher.observe,
            frames=log.add,
        )
        await _run(session, watcher, speak, target.within_s + speech_s)
    finally:
        await runner.close()
        context.timers.close()
        await offline.stop()
    watcher.turn.pcm, watcher.turn.rate = speaker.pcm_all, speaker.rate
    return watcher.turn


async def _run(session: Session, watcher: _Watcher, speak: Callable[[Session], Any], within_s: float) -> None:
    running = asyncio.create_task(session.run(), name="session")
    acting = asyncio.create_task(_act(session, watcher, speak), name="turn")
    tasks = (running, acting)
    try:
        done, _ = await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            watcher.turn.whole = False
            watcher.turn.problems.append(TOO_LATE.format(within_s))
        if not running.done():
            await session.close()
        await running
    finally:
        # Also when the user has had enough (Ctrl+C): nothing is left that could complain later.
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.exception()


async def _act(session: Session, watcher: _Watcher, speak: Callable[[Session], Any]) -> None:
    await watcher.opened.wait()
    await speak(session)
    await watcher.answered.wait()
    try:
        async with asyncio.timeout(WORDS_S):
            await watcher.understood.wait()
    except TimeoutError:
        watcher.turn.problems.append("The service sent no transcript of what was said.")


async def _deny(question: Message) -> bool:
    return False  # nobody is there to ask


class _Watcher:
    """Collects a turn from its notices, and knows when it is over."""

    def __init__(self, words_due: bool) -> None:
        self.turn = CompletedTurn()
        self.opened = asyncio.Event()
        self.answered = asyncio.Event()
        self.understood = asyncio.Event()
        self._began = False
        if not words_due:
            self.understood.set()

    def observe(self, notice: effects.Notice) -> None:
        """One notice of the session."""
        turn = self.turn
        match notice:
            case SessionOpened():
                self.opened.set()
            case effects.UserText(_, text):
                turn.user = f"{turn.user} {text}".strip()
                self.understood.set()
            case effects.ResponseText(_, delta):
                turn.assistant += delta
            case effects.ResponseEnded():
                turn.assistant = turn.assistant.rstrip() + " "
            case effects.StateChanged(state):
                self._on_state(state)
            case effects.TakeEnded(_, "short"):
                turn.problems.append(TOO_SHORT)
                self.answered.set()
                self.understood.set()
            case effects.Note(kind, message) if kind != "hint":  # hints are for people with a key to hold
                turn.problems.append(str(message))
            case ToolEnded(outcome):
                turn.calls.append(outcome)
            case _:
                pass

    def ring(self, label: str) -> None:
        """A timer rings; the turn is over by then, most times."""
        self.turn.problems.append(f"Timer: {label}")

    def _on_state(self, state: effects.State) -> None:
        busy = (
            effects.State.LISTENING,
            effects.State.THINKING,
            effects.State.SENDING,
            effects.State.SPEAKING,
        )
        if state in busy:
            self._began = True
        elif self._began and state is effects.State.READY:
            self.turn.assistant = self.turn.assistant.strip()
            self.answered.set()
        elif state in (effects.State.LISTENING, effects.State.THINKING):
            self._began = True


__all__ = ["CompletedTurn", "FrameLog", "RealtimeError", "Target", "check", "save_answer", "say", "talk"]
