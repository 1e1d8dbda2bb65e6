"""A session without a window that takes one turn after the other: what `ask-again` and `compare` run."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from desktop.access.endpoint_resolver import AccessOptions, endpoint_for
from desktop.access.key_hosts import Ask
from desktop.audio.files import CollectingSpeaker, FileMicrophone, SampleSource
from desktop.audio.format import pcm16_to_float
from desktop.base.message import Message, MessageError
from desktop.conversation import session_config
from desktop.conversation.turn_collector import CompletedTurn, TurnCollector, turn_over
from desktop.conversation.turn_costs import TurnCosts
from desktop.conversation.turn_recording import TurnRecording
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.offline.process import OfflineError, OfflineServer
from desktop.protocol import catalog, commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.errors import RealtimeError
from desktop.realtime.retry import PATIENCE_S
from desktop.realtime.session import Session
from desktop.realtime.session_events import SessionOpened
from desktop.settings.schema import Settings
from desktop.tools.approval import Unattended
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.turn import effects
from desktop.turn.inputs import Policy
from desktop.turn.timing import TurnTiming

POLL_S = 0.005
BLOCK_MS = 100
"""What a `FileMicrophone` hands out at once."""
AHEAD_MS = 2_000
"""Sound is read on while no more than this of it waits for the network."""
NO_CAP_MS = 24 * 3_600_000
"""A sound ends by itself."""
TIMEOUT_S = 120.0
STOPPED_S = 2.0
"""What a session has to fall silent in, after a turn that took too long."""
MOST_ARRIVALS = 20_000
"""Pieces of an answer's sound whose time is kept."""
BYTES_PER_MS = 2 / 1_000

NOT_IN_TIME = "There was no complete answer within {:g} seconds."
STILL_SPEAKING = "It was still speaking after {:g} seconds, and was stopped."
NO_SESSION = "The session has ended."


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """The session. `settings` decide its configuration.

    `realtime`: send sound at the speed of speech. `patience_s`: how long a lost connection is tried again.
    `open_page`: opens one in the browser; where many sessions run that isn't wanted.
    """

    model: catalog.Model
    settings: Settings
    access: AccessOptions = field(default_factory=AccessOptions)
    timeout_s: float = TIMEOUT_S
    tools: bool = True
    realtime: bool = False
    patience_s: float = PATIENCE_S
    ask: Ask | None = None
    folder: Path | None = None
    """Where the session is recorded; None: nowhere."""
    open_page: Callable[[str], bool] = lambda url: False
    packs: bool = True
    """Pack the recording's sound when it is over, which takes a processor for a while."""
    words: Callable[[Message], str] = str


class Arrival(NamedTuple):
    """A piece of an answer's sound: when it came, in ms of a clock that only goes on, and its length in ms.

    `reply` is the number of its response within the session: after a tool's call there is another one.
    """

    at: float
    ms: float
    reply: int = 0


@dataclass(slots=True)
class Answered:
    """What came of a turn."""

    turn: CompletedTurn
    timing: TurnTiming | None = None
    cost: Total = field(default_factory=Total)
    arrivals: list[Arrival] = field(default_factory=list)
    retries: int = 0
    """How often the connection was tried again."""
    sent_bytes: int = 0
    sent_sha256: str = ""
    """Of the take's sound as it was handed to the socket: PCM16 mono at `input_rate`."""
    received: tuple[int, int] = (0, 0)
    """Where the answer's sound lies among all that was received: its first byte, and the one behind it."""
    input_rate: int = 0
    output_rate: int = 0


Spoken = Callable[[int], bytes]
"""Gives a take's sound, PCM16 mono, at a rate in Hz."""


class TurnSeries:
    """One session: `open` it, ask, `close` it. One task's."""

    def __init__(self, options: SeriesOptions) -> None:
        self._options = options
        self._offline = OfflineServer()
        registry = default_registry() if options.tools else Registry()
        context = ToolContext(ring=lambda label: None, confirm=_deny, open_url=options.open_page)
        self._context, self._runner = context, ToolRunner(registry, context, Unattended())
        model, settings = options.model, options.settings
        definitions = registry.definitions(model.provider) if options.tools else ()
        config = session_config.session_config(model, settings, definitions)
        self._policy = policy_for(model, settings)
        self.recording = TurnRecording(options.folder, packs=options.packs)
        voice = config.voice or ""
        self.recording.use_model(model.id, voice)
        self._costs = TurnCosts(model, self._observe, self._observe_frame, charged=self._charge)
        self._collector = TurnCollector(False, 0.0)
        self._answered = Answered(CompletedTurn())
        self._speaker = CollectingSpeaker()
        self._sent = hashlib.sha256()
        self._received = self._replies = 0
        self._taking = False
        self._opened: SessionOpened | None = None
        self._running: asyncio.Task[None] | None = None
        self._session = Session(
            partial(endpoint_for, model, options.access, self._offline, ask=options.ask),
            model,
            lambda: config,
            self._policy,
            microphone=FileMicrophone(SampleSource(), realtime=False, waiting=True),
            speaker=self._speaker,
            runner=self._runner,
            observer=self._costs.observe,
            frames=self._costs.frame,
            patience=lambda: options.patience_s,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._running is None or self._running.done()

    @property
    def error(self) -> RealtimeError | OfflineError | None:
        """Why the session has ended, if not by `close`."""
        if self._running is None or not self._running.done() or self._running.cancelled():
            return None
        found = self._running.exception()
        return found if isinstance(found, RealtimeError | OfflineError) else None

    @property
    def round_trip_ms(self) -> float | None:
        """Of the last ping; None before the first has come back."""
        return self._session.counters.round_trip_ms or None

    async def open(self) -> SessionOpened:
        """Open the session.

        Raises:
            RealtimeError, OfflineError: it could not be opened.
        """
        collector = self._collector
        self._running = running = asyncio.create_task(self._session.run(), name="session")
        waiting = asyncio.create_task(collector.opened.wait(), name="opening")
        try:
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            await asyncio.wait({waiting})
        if self._opened is None:
            await running
            raise RuntimeError(NO_SESSION)  # it ended without a reason before it was open: `close` was called
        return self._opened

    async def speak(self, sound: Spoken, *, after: Callable[[], Awaitable[None]] | None = None) -> Answered:
        """One spoken turn, from the first sample to the last. `after` runs from the key-up on beside the
        answer, and ends the turn when it returns: the next take may interrupt this one.
        """
        opened = self._opened
        pcm = sound(opened.input_rate if opened else self._options.model.input_rate)
        seconds = len(pcm) / 2 / (opened.input_rate if opened else 1)
        return await self._ask(partial(self._speak, pcm), True, seconds, after)

    async def say(self, text: str, *, after: Callable[[], Awaitable[None]] | None = None) -> Answered:
        """One typed turn."""

        async def typed() -> None:
            self._session.say(text)

        answered = await self._ask(typed, False, 0.0, after)
        answered.turn.user = answered.turn.user or text
        return answered

    async def until_audible(self) -> None:
        """Wait for the first sound of this turn's answer; or for the end of the session."""
        while not self._answered.arrivals and not self.ended:  # noqa: ASYNC110 - frames are no task's
            await asyncio.sleep(POLL_S)

    async def close(self) -> None:
        """End the session, and what it has open; the recording is whole after `recording.close`."""
        running = self._running
        try:
            if running and not running.done():
                await self._session.close()
                await asyncio.wait({running}, timeout=STOPPED_S)
        finally:
            if running:
                running.cancel()
                await asyncio.wait({running})
                if not running.cancelled():
                    running.exception()
            await self._runner.close()
            await self._costs.keep()
            self._context.timers.close()
            await self._offline.stop()

    async def _ask(
        self,
        ask: Callable[[], Awaitable[None]],
        spoken: bool,
        seconds: float,
        after: Callable[[], Awaitable[None]] | None,
    ) -> Answered:
        collector = self._begin(spoken)
        before = max(self.recording.timings, default=0)
        if self.ended:
            collector.fail(NO_SESSION)
        else:
            await self._until_answered(collector, ask, seconds, after)
        if error := self.error:
            collector.fail(self._worded(error))
            collector.turn.complete = False
        self._taking = False
        answered = self._answered
        collector.turn.rate = answered.output_rate
        collector.turn.pcm = b""  # what a series hears is in its recording
        turn = answered.turn = self._finish(collector)
        timings = self.recording.timings
        # A key-up that was noticed late may still be the turn's before.
        newest = max(timings, default=0)
        answered.timing = timings[newest] if newest > before else None
        answered.received = (answered.received[0], self._received)
        self.recording.add(turn)
        if after is None:  # else it may still be speaking
            self._speaker.forget()
        return answered

    def _begin(self, spoken: bool) -> TurnCollector:
        opened = self._opened
        self._collector = TurnCollector(spoken, self._policy.min_ms, self._options.words)
        self._answered = Answered(self._collector.turn)
        if opened:
            self._answered.input_rate, self._answered.output_rate = opened.input_rate, opened.output_rate
        self._answered.received = (self._received, self._received)
        self._sent = hashlib.sha256()
        self._taking = spoken
        return self._collector

    def _finish(self, collector: TurnCollector) -> CompletedTurn:
        had_sound = bool(self._answered.arrivals)
        if had_sound:
            collector.turn.pcm = b"\0\0"  # an answer in sound alone is one
        turn = collector.finish()
        turn.pcm = b""
        return turn

    async def _until_answered(
        self,
        collector: TurnCollector,
        ask: Callable[[], Awaitable[None]],
        seconds: float,
        after: Callable[[], Awaitable[None]] | None,
    ) -> None:
        running = self._running
        assert running is not None, "open comes before a turn"

        async def act() -> None:
            await ask()
            if after is None:
                await turn_over(collector)
            else:
                await after()

        acting = asyncio.create_task(act(), name="turn")
        try:
            limit = self._options.timeout_s + seconds
            done, _ = await asyncio.wait(
                {acting, running}, timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                await self._stop(collector)
            elif acting in done:
                acting.result()
        finally:
            acting.cancel()
            await asyncio.wait({acting})

    async def _stop(self, collector: TurnCollector) -> None:
        """The turn took too long: silence it, so that the next one can begin."""
        arrivals = self._answered.arrivals
        speaks = bool(arrivals) and arrivals[-1].at > (time.monotonic() - STOPPED_S) * 1_000
        text = STILL_SPEAKING if speaks else NOT_IN_TIME
        collector.fail(text.format(self._options.timeout_s))
        self._session.cancel()
        try:
            async with asyncio.timeout(STOPPED_S):
                await collector.answered.wait()
        except TimeoutError:
            pass  # the next turn interrupts it
        collector.turn.complete = False

    async def _speak(self, pcm: bytes) -> None:
        rate = self._answered.input_rate
        samples = pcm16_to_float(pcm[: len(pcm) // 2 * 2])
        microphone = FileMicrophone(SampleSource(samples, rate), realtime=False, waiting=True)
        await self._session.exchange(microphone=microphone)
        self._session.press()
        total_ms = 1_000 * len(samples) / rate
        if total_ms >= self._policy.min_ms:  # else the silence after it would make it longer
            began = time.monotonic()
            microphone.begin(lambda: self._holds_back(began, total_ms), pause_after=True)
            while not microphone.exhausted:  # noqa: ASYNC110 - it is polled and knows no loop
                await asyncio.sleep(POLL_S)
        self.recording.timer.release()
        self._session.release()
        microphone.go_on()  # where the server is to find the end, silence follows

    def _holds_back(self, began: float, total_ms: float) -> bool:
        if self._options.realtime:
            # What was not spoken yet can't be sent: a block of 100 ms is there when its last sample is.
            sent_ms = self._answered.sent_bytes / BYTES_PER_MS / self._answered.input_rate
            waiting_ms = self._session.unsent_ms
            said_ms = (time.monotonic() - began) * 1_000
            if said_ms < min(total_ms, sent_ms + waiting_ms + BLOCK_MS):
                return True
        return self._session.unsent_ms > AHEAD_MS

    def _worded(self, error: Exception) -> str:
        return self._options.words(error.message) if isinstance(error, MessageError) else str(error)

    def _charge(self, cost: Cost) -> None:
        self._answered.cost.add(cost)

    def _observe(self, notice: effects.Notice) -> None:
        self.recording.observe(notice)
        if isinstance(notice, SessionOpened):
            self._opened = notice
            self._answered.input_rate, self._answered.output_rate = notice.input_rate, notice.output_rate
        elif isinstance(notice, effects.Retrying):
            self._answered.retries += 1
        self._collector.observe(notice)

    def _observe_frame(self, frame: Frame) -> None:
        self.recording.frame(frame)
        match frame.message:
            case commands.AudioAppend(audio) if self._taking:
                self._sent.update(audio)
                self._answered.sent_bytes += len(audio)
                self._answered.sent_sha256 = self._sent.hexdigest()
            case commands.AudioCommit():
                self._taking = False
            case events.ResponseStarted():
                self._replies += 1
            case events.AudioDelta(audio):
                self._received += len(audio)
                self._note_arrival(frame.at or time.monotonic(), len(audio))

    def _note_arrival(self, at: float, size: int) -> None:
        if len(self._answered.arrivals) < MOST_ARRIVALS:
            rate = max(1, self._answered.output_rate)
            self._answered.arrivals.append(Arrival(at * 1_000, size / 2 * 1_000 / rate, self._replies))


def policy_for(model: catalog.Model, settings: Settings) -> Policy:
    """How turns are taken without a microphone: the sound's first sample is the take's, and its last too.

    Where the server is to find their end, silence follows.
    """
    chosen = session_config.chosen_options(model, settings)
    by_server = chosen.turn_mode != "push_to_talk"
    silence_ms = settings.vad_silence_ms if by_server else session_config.SILENCE_MS
    return Policy(
        commits=model.commits and not by_server,
        pre_roll_ms=0,
        tail_ms=0,
        warn_ms=NO_CAP_MS,
        cap_ms=NO_CAP_MS,
        trail_ms=silence_ms + session_config.TRAIL_MARGIN_MS,
        continuous=model.translates,
        late_results=model.late_results,
    )


async def _deny(_: Message) -> bool:
    return False  # nobody is there to ask
