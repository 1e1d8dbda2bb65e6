"""Turns without a window and without a sound device: `check`, `talk`, `say`.

They run the same session as the window, against any server that speaks the protocol.
"""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from desktop.access.endpoint_resolver import AccessOptions, credential_in_words, endpoint_for
from desktop.access.key_hosts import Ask
from desktop.audio.files import CollectingSpeaker, FileMicrophone, SampleSource
from desktop.audio.interfaces import Microphone
from desktop.audio.sound_file import SoundFile
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.cli.tool_commands import problems, tool_sources
from desktop.cli.wording import error_worded, worded
from desktop.conversation import session_config, tool_pictures
from desktop.conversation.turn_collector import CompletedTurn, TurnCollector, turn_over
from desktop.conversation.turn_costs import TurnCosts
from desktop.conversation.turn_recording import TurnRecording
from desktop.cost.table import prices_of
from desktop.offline.process import OfflineError, OfflineServer
from desktop.protocol import catalog, codes, events
from desktop.realtime.connection import Connection, Frame
from desktop.realtime.errors import RealtimeError
from desktop.realtime.handshake import open_anew
from desktop.realtime.session import Session
from desktop.recording.frame_log import FrameLog
from desktop.settings.schema import Settings
from desktop.tools.approval import Unattended
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.permissions import Permissions
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.turn import effects
from desktop.turn.inputs import Policy

POLL_S = 0.02
SETTLED_S = 1.0
"""How long `check` listens for errors about the configuration."""
LOOK_S = 1.0
"""Between two looks whether the time counts."""
TIMEOUT_S = 120.0
"""How long a turn may take besides its speech. Models that reason first were seen to need half a minute."""
TOO_LATE = "There was no complete answer within {:g} seconds. Try again, or allow more time with --timeout."
AHEAD_MS = 2_000
"""A file is read on while no more than this of it waits for the network: it may be hours long."""
NO_CAP_MS = 24 * 3_600_000
"""A file ends by itself."""


@dataclass(frozen=True)
class HeadlessOptions:
    """The service to talk to, and how. Empty strings are the defaults."""

    model: catalog.Model
    voice: str = ""
    access: AccessOptions = field(default_factory=AccessOptions)
    timeout_s: float = TIMEOUT_S
    """How long a turn may take in addition to its speech."""
    allow: frozenset[str] = frozenset()
    """The tools from elsewhere that the model may use: nobody is there to be asked."""
    effort: str = ""
    instructions: str = ""
    ask: Ask | None = None
    """Asks whether a secret may go to another host than its own; None: nobody is there to be asked."""

    @property
    def settings(self) -> Settings:
        """The settings of this session."""
        voices = {self.model.id: self.voice} if self.voice else {}
        chosen = "" if self.model.by_agent else self.model.id
        efforts = {self.model.id: self.effort} if self.effort else {}
        return Settings(
            model=chosen,
            agent=self.access.agent,
            agent_model=chosen,
            voices=voices,
            efforts=efforts,
            instructions=self.instructions,
        )


@dataclass(frozen=True)
class CheckResult:
    """A session that could be opened: lines about it, and the problems that the service reported."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


async def check(
    options: HeadlessOptions, newest: Callable[[], Awaitable[catalog.Model]] | None = None
) -> CheckResult:
    """Open a session, wait for errors about its configuration, and close it.

    `newest` gives what is to be said of the model, where the service's list is fetched meanwhile.

    Raises:
        RealtimeError, OfflineError: it could not be opened.
    """
    offline = OfflineServer()
    try:
        config = session_config.session_config(options.model, options.settings, ())
        endpoint = partial(endpoint_for, options.model, options.access, offline, ask=options.ask)
        opened = await open_anew(endpoint, config, options.model)
        try:
            problems, model = await asyncio.gather(
                _config_problems(opened.connection), newest() if newest else _same(options.model)
            )
        finally:
            await opened.connection.close()
        used = await in_daemon(partial(credential_in_words, options.model, options.access))
        prices = prices_of(model)
        lines = (
            f"live: {opened.session_id} @ {opened.output_rate}Hz",
            f"model: {model.id} ({model.name})",
            f"price: {prices.worded() if prices.known else 'not known'}",
            f"with: {used}",
        )
        return CheckResult(lines, problems)
    finally:
        await offline.stop()


async def _same(model: catalog.Model) -> catalog.Model:
    return model


async def _config_problems(connection: Connection) -> tuple[str, ...]:
    """The service's complaints about the configuration, which it may check after opening the session."""
    problems: list[str] = []
    try:
        async with asyncio.timeout(SETTLED_S):
            async for event in connection.receive():
                if isinstance(event, events.Error) and codes.meaning(event) is codes.Meaning.SHOWN:
                    problems.append(event.message or event.code)
                elif isinstance(event, events.SessionTerminating):
                    problems.append(event.message or "The service ended the session at once.")
    except TimeoutError:
        pass  # it reported nothing, or has reported all
    except RealtimeError as exc:
        problems = problems or [str(exc)]
    return tuple(problems)


async def talk(
    options: HeadlessOptions,
    recording: SoundFile,
    *,
    realtime: bool,
    frames: FrameLog,
    gain_db: float = 0.0,
    kept: TurnRecording | None = None,
) -> CompletedTurn:
    """One push-to-talk turn with this file as the user's speech, amplified. It is read as it is sent.

    `kept` times it, and may record it.

    Raises:
        RealtimeError, OfflineError: the session could not be opened or kept.
    """
    known, kept = len(recording.notes), kept or TurnRecording()
    microphone = FileMicrophone(recording, realtime, waiting=True)
    microphone.gain_db = gain_db

    async def speak(session: Session) -> None:
        session.press()
        if (
            recording.seconds * 1_000 >= session.policy.min_ms
        ):  # else the silence after it would make it longer
            # Only now: opening the gate reads the microphone, for what was said before the press.
            microphone.begin(lambda: session.unsent_ms > AHEAD_MS, pause_after=True)
            while not microphone.exhausted:  # noqa: ASYNC110 - it is polled and knows no loop
                await asyncio.sleep(POLL_S)
            microphone.go_on()
        kept.timer.release()
        session.release()

    turn = await _one_turn(
        options, microphone, speak, frames, kept, expects_transcript=True, speech_s=recording.seconds
    )
    turn.problems += map(str, recording.notes[known:])  # what showed while it was read
    return turn


async def say(
    options: HeadlessOptions, text: str, *, frames: FrameLog, kept: TurnRecording | None = None
) -> CompletedTurn:
    """One turn with a typed message.

    Raises:
        RealtimeError, OfflineError: the session could not be opened or kept.
    """

    async def speak(session: Session) -> None:
        session.say(text)

    microphone = FileMicrophone(SampleSource(), realtime=False, waiting=True)
    kept = kept or TurnRecording()
    return await _one_turn(options, microphone, speak, frames, kept, expects_transcript=False, text=text)


async def _one_turn(
    options: HeadlessOptions,
    microphone: Microphone,
    speak: Callable[[Session], Any],
    frames: FrameLog,
    kept: TurnRecording,
    *,
    expects_transcript: bool,
    speech_s: float = 0.0,
    text: str = "",
) -> CompletedTurn:
    registry = default_registry()
    async with tool_sources(registry) as sources:
        forbids = Permissions(sources.folder).forbids
        registry.forbid(lambda tool: tool.name not in options.allow and forbids(tool))
        turn = await _turn_with(
            registry, options, microphone, speak, frames, kept, expects_transcript, speech_s, text
        )
        turn.problems += problems(sources)
    return turn


async def _turn_with(
    registry: Registry,
    options: HeadlessOptions,
    microphone: Microphone,
    speak: Callable[[Session], Any],
    frames: FrameLog,
    kept: TurnRecording,
    expects_transcript: bool,
    speech_s: float,
    text: str,
) -> CompletedTurn:
    model = options.model
    policy = Policy(
        commits=model.commits,
        pre_roll_ms=0,
        warn_ms=NO_CAP_MS,
        cap_ms=NO_CAP_MS,
        trail_ms=session_config.SILENCE_MS + session_config.TRAIL_MARGIN_MS,
    )
    offline, speaker = OfflineServer(), CollectingSpeaker()
    collector = TurnCollector(expects_transcript, policy.min_ms, worded)
    context = ToolContext(ring=collector.ring, confirm=_deny, open_url=webbrowser.open)
    runner = ToolRunner(registry, context, Unattended(options.allow), encode=tool_pictures.encoded)
    config = session_config.session_config(model, options.settings, registry.definitions(model.provider))
    kept.use_model(model.id, options.voice)

    def observe(notice: effects.Notice) -> None:
        kept.observe(notice)
        collector.observe(notice)

    def observe_frame(frame: Frame) -> None:
        kept.frame(frame)
        frames.add(frame)

    costs = TurnCosts(model, observe, observe_frame)
    try:
        session = Session(
            partial(endpoint_for, model, options.access, offline, ask=options.ask),
            model,
            lambda: config,
            policy,
            microphone=microphone,
            speaker=speaker,
            runner=runner,
            observer=costs.observe,
            frames=costs.frame,
        )
        await _run(session, collector, speak, options.timeout_s + speech_s)
    except (RealtimeError, OfflineError) as exc:
        if not (collector.turn.assistant or speaker.pcm_all):
            raise
        collector.fail(error_worded(exc))  # what has come of the answer is paid for
    finally:
        await runner.close()
        await costs.keep()
        context.timers.close()
        await offline.stop()
    collector.turn.pcm, collector.turn.rate = speaker.pcm_all, speaker.rate
    turn = collector.finish()
    turn.user = turn.user or text
    turn.timing = kept.timing
    kept.finish(turn)
    return turn


async def _run(
    session: Session, collector: TurnCollector, speak: Callable[[Session], Any], timeout_s: float
) -> None:
    running = asyncio.create_task(session.run(), name="session")
    acting = asyncio.create_task(_act(session, collector, speak), name="turn")
    tasks = (running, acting)
    try:
        if not await _done_within(tasks, timeout_s, session):
            collector.turn.complete = False
            collector.turn.problems.append(TOO_LATE.format(timeout_s))
        if not running.done():
            await session.close()
        await running
    finally:
        # Also after Ctrl+C: no task is left that could log an error later.
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.exception()


async def _done_within(
    tasks: Collection[asyncio.Task[None]], timeout_s: float, session: Session
) -> set[asyncio.Task[None]]:
    """The tasks that are done, as soon as one is. The time in which speech is being sent does not count."""
    left_s = timeout_s
    while left_s > 0:
        step_s = min(left_s, LOOK_S)
        done, _ = await asyncio.wait(tasks, timeout=step_s, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return done
        left_s -= 0.0 if session.unsent_ms else step_s
    return set()


async def _act(session: Session, collector: TurnCollector, speak: Callable[[Session], Any]) -> None:
    await collector.opened.wait()
    await speak(session)
    await turn_over(collector)


async def _deny(question: Message) -> bool:
    return False  # nobody is there to ask
