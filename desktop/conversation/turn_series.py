"""A session without a window that takes one turn after the other: what `ask-again` and `compare` run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

from desktop.access.endpoint_resolver import endpoint_for
from desktop.audio.files import CollectingSpeaker, FileMicrophone, SampleSource
from desktop.audio.format import pcm16_to_float
from desktop.base.message import Message, MessageError
from desktop.conversation import session_config
from desktop.conversation.answered import Answered, FrameTally
from desktop.conversation.series_options import SeriesOptions, policy_for
from desktop.conversation.turn_collector import TurnCollector, turn_over
from desktop.conversation.turn_costs import TurnCosts
from desktop.conversation.turn_recording import TurnRecording
from desktop.cost.turn_cost import Cost
from desktop.offline.process import OfflineError, OfflineServer
from desktop.realtime.connection import Frame
from desktop.realtime.errors import RealtimeError
from desktop.realtime.session import Session
from desktop.realtime.session_events import SessionOpened
from desktop.tools.approval import Unattended
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry
from desktop.tools.runner import ToolRunner
from desktop.turn import effects

POLL_S = 0.005
BLOCK_MS = 100
"""What a `FileMicrophone` hands out at once."""
AHEAD_MS = 2_000
"""Sound is read on while no more than this of it waits for the network."""
STOPPED_S = 2.0
"""What a session has to fall silent in, after a turn that took too long."""
BYTES_PER_MS = 2 / 1_000

NOT_IN_TIME = "There was no complete answer within {:g} seconds."
STILL_SPEAKING = "It was still speaking after {:g} seconds, and was stopped."
NO_SESSION = "The session has ended."


Spoken = Callable[[int], bytes]
"""Gives a take's sound, PCM16 mono, at a rate in Hz."""


class TurnSeries:
    """One session: `open` it, ask, `close` it. One task's."""

    def __init__(self, options: SeriesOptions) -> None:
        self._options = options
        self._own_offline = None if options.offline else OfflineServer()
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
        self._tally = FrameTally()
        self._speaker = CollectingSpeaker()
        self._opened: SessionOpened | None = None
        self._running: asyncio.Task[None] | None = None
        offline = options.offline or self._own_offline or OfflineServer()
        self._session = Session(
            partial(endpoint_for, model, options.access, offline, ask=options.ask),
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
        return await self._ask(partial(self._speak, pcm), len(pcm), seconds, after)

    async def say(self, text: str, *, after: Callable[[], Awaitable[None]] | None = None) -> Answered:
        """One typed turn."""

        async def typed() -> None:
            self._session.say(text)

        answered = await self._ask(typed, 0, 0.0, after)
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
            if self._own_offline:
                await self._own_offline.stop()

    async def _ask(
        self,
        ask: Callable[[], Awaitable[None]],
        take_bytes: int,
        seconds: float,
        after: Callable[[], Awaitable[None]] | None,
    ) -> Answered:
        collector = self._begin(take_bytes)
        before = max(self.recording.timings, default=0)
        if self.ended:
            collector.fail(NO_SESSION)
        else:
            await self._until_answered(collector, ask, seconds, after)
        if error := self.error:
            collector.fail(self._worded(error))
            collector.turn.complete = False
        self._tally.end()
        answered = self._answered
        turn = collector.turn
        # An answer in sound alone is one; what it sounds like is in the recording.
        turn.pcm = b"\0\0" if answered.arrivals else b""
        answered.turn = turn = collector.finish()
        turn.pcm, turn.rate = b"", answered.output_rate
        timings = self.recording.timings
        # A key-up that was noticed late may still be the turn's before.
        newest = max(timings, default=0)
        answered.timing = timings[newest] if newest > before else None
        self.recording.add(turn)
        if after is None:  # else it may still be speaking
            self._speaker.forget()
        return answered

    @property
    def _answered(self) -> Answered:
        return self._tally.answered

    def _begin(self, take_bytes: int) -> TurnCollector:
        self._collector = TurnCollector(take_bytes > 0, self._policy.min_ms, self._options.words)
        self._tally.begin(self._collector.turn, take_bytes)
        return self._collector

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
        self._tally.frame(frame)


async def _deny(_: Message) -> bool:
    return False  # nobody is there to ask
