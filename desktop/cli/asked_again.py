"""Asks a recording's turns again, in one session with another model or prompt, and tells what differs."""

from __future__ import annotations

import asyncio
import difflib
import re
import webbrowser
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from desktop.access.endpoint_resolver import endpoint_for
from desktop.audio.files import CollectingSpeaker, FileMicrophone, SampleSource
from desktop.audio.format import pcm16_to_float
from desktop.base.message import Message
from desktop.cli.headless import POLL_S, HeadlessOptions, turn_over
from desktop.cli.turn_collector import CompletedTurn, TurnCollector
from desktop.cli.turn_costs import TurnCosts
from desktop.cli.turn_recording import TurnRecording
from desktop.cli.wording import error_worded
from desktop.conversation import session_config
from desktop.cost import turn_cost
from desktop.cost import usage as usages
from desktop.cost.prices import Prices
from desktop.cost.table import prices_of
from desktop.cost.total import Total
from desktop.cost.usage import Usage
from desktop.offline.process import OfflineError, OfflineServer
from desktop.protocol import catalog
from desktop.realtime.connection import Frame
from desktop.realtime.errors import RealtimeError
from desktop.realtime.session import Session
from desktop.recording.recorded_turns import RecordedTurn
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.runner import ToolRunner
from desktop.turn import effects
from desktop.turn.inputs import Policy
from desktop.turn.timing import TurnTiming
from desktop.turn.turn_parts import parts_of, wait_of

NO_SOUND = "Its take isn't in the recording."
NOT_ASKED = "It was not asked: the session had ended."
OPENED_S = 30.0


@dataclass(slots=True)
class Answer:
    """What came of a turn; unknown times and costs are None."""

    understood: str = ""
    words: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = False
    wait_ms: float | None = None
    parts_ms: dict[str, float] = field(default_factory=dict)
    cost: str | None = None
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Compared:
    """A turn, as it was recorded and as it was answered again."""

    turn: int
    kind: str
    recorded: Answer
    again: Answer

    @property
    def alike(self) -> float:
        """How much of the words is the same, from 0 to 1."""
        before, after = (_plain_words(one.words) for one in (self.recorded, self.again))
        return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio()

    @property
    def differs(self) -> list[str]:
        """What isn't the same: `words`, `understood`, `tools`, `arguments`, `completeness`."""
        one, other = self.recorded, self.again
        names = [[tool["name"] for tool in each.tools] for each in (one, other)]
        checks = {
            "words": _plain_words(one.words) != _plain_words(other.words),
            "understood": _plain_words(one.understood) != _plain_words(other.understood),
            "tools": names[0] != names[1],
            "arguments": names[0] == names[1] and one.tools != other.tools,
            "completeness": one.complete != other.complete,
        }
        return [name for name, different in checks.items() if different]

    @property
    def passes(self) -> bool:
        """Whether it was answered whole, with the same tools called with the same arguments."""
        return self.again.complete and not {"tools", "arguments"} & set(self.differs)

    def to_object(self) -> dict[str, Any]:
        """For the JSON report."""
        return {**asdict(self), "alike": round(self.alike, 3), "differs": self.differs, "passes": self.passes}


async def ask_again(
    options: HeadlessOptions, turns: Sequence[RecordedTurn], recorded_model: str
) -> list[Compared]:
    """Ask all of them in one session.

    Raises:
        RealtimeError, OfflineError: the session could not be opened.
    """
    found = [
        Compared(number, turn.kind, recorded_answer(turn, recorded_model), Answer(problems=[NOT_ASKED]))
        for number, turn in enumerate(turns, 1)
    ]
    asking = _Asking(options)
    try:
        await asking.run(turns, found)
    finally:
        await asking.close()
    return found


def recorded_answer(turn: RecordedTurn, model: str) -> Answer:
    """What is known of a recorded turn's answer."""
    tools = [{"name": tool.name, "arguments": tool.arguments} for tool in turn.tools]
    return _timed(
        Answer(
            turn.text,
            turn.answer.strip(),
            tools,
            turn.complete,
            cost=_cost(turn.usage, prices_of(catalog.find(model))),
        ),
        turn.timing,
    )


class _Asking:
    """One session; `close` it."""

    def __init__(self, options: HeadlessOptions) -> None:
        self._options = options
        self._offline = OfflineServer()
        self._registry = default_registry()
        self._collector = TurnCollector(False, 0.0)
        self._kept = TurnRecording()
        self._usage: list[Usage] = []
        context = ToolContext(ring=lambda label: None, confirm=_deny, open_url=webbrowser.open)
        self._context, self._runner = context, ToolRunner(self._registry, context)
        model = options.model
        self._policy = Policy(
            commits=model.commits,
            pre_roll_ms=0,
            warn_ms=86_400_000,
            cap_ms=86_400_000,
            trail_ms=session_config.SILENCE_MS + session_config.TRAIL_MARGIN_MS,
        )
        config = session_config.session_config(model, options.settings, self._registry.definitions())
        self._costs = TurnCosts(model, self._observe, self._observe_frame)
        self._session = Session(
            partial(endpoint_for, model, options.access, self._offline, ask=options.ask),
            model,
            lambda: config,
            self._policy,
            microphone=FileMicrophone(SampleSource(), realtime=False, waiting=True),
            speaker=CollectingSpeaker(),
            runner=self._runner,
            observer=self._costs.observe,
            frames=self._costs.frame,
        )

    async def run(self, turns: Sequence[RecordedTurn], found: list[Compared]) -> None:
        opened = self._collector.opened
        running = asyncio.create_task(self._session.run(), name="session")
        waiting = asyncio.create_task(opened.wait(), name="opening")
        try:
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            for turn, compared in zip(turns, found, strict=True):
                if running.done():
                    break
                compared.again = await self._ask(turn)
            if not running.done():
                await self._session.close()
            await running
        except (RealtimeError, OfflineError) as exc:
            if not any(one.again.complete for one in found):
                raise
            for one in found:
                if one.again.problems == [NOT_ASKED]:
                    one.again.problems.append(error_worded(exc))
        finally:
            for task in (running, waiting):
                task.cancel()
            await asyncio.gather(running, waiting, return_exceptions=True)

    async def close(self) -> None:
        await self._runner.close()
        await self._costs.keep()
        self._context.timers.close()
        await self._offline.stop()

    async def _ask(self, turn: RecordedTurn) -> Answer:
        spoken = turn.kind == "spoken"
        if spoken and not turn.sound:
            return Answer(problems=[NO_SOUND])
        collector = self._collector = TurnCollector(spoken, self._policy.min_ms)
        kept, self._usage = TurnRecording(), []
        kept.use_model(self._options.model.id, self._options.voice)
        self._kept = kept
        seconds = len(turn.sound) / 2 / turn.rate
        try:
            async with asyncio.timeout(self._options.timeout_s + seconds):
                if spoken:
                    await self._speak(turn)
                else:
                    self._session.say(turn.text)
                await turn_over(collector)
        except TimeoutError:
            collector.fail("There was no complete answer in time.")
            collector.turn.complete = False
        return self._answer(collector.finish(), turn, kept.timing)

    async def _speak(self, turn: RecordedTurn) -> None:
        samples = pcm16_to_float(turn.sound[: len(turn.sound) // 2 * 2])
        microphone = FileMicrophone(
            SampleSource(np.asarray(samples, dtype=np.float32), turn.rate), realtime=False, waiting=True
        )
        await self._session.exchange(microphone=microphone)
        self._session.press()
        microphone.begin(lambda: self._session.unsent_ms > 2_000, pause_after=True)
        while not microphone.exhausted:  # noqa: ASYNC110 - it is polled and knows no loop
            await asyncio.sleep(POLL_S)
        microphone.go_on()
        self._kept.timer.release()
        self._session.release()

    def _answer(self, turn: CompletedTurn, asked: RecordedTurn, timing: TurnTiming | None) -> Answer:
        tools = [{"name": call.name, "arguments": call.arguments} for call in turn.calls]
        answer = Answer(
            turn.user or (asked.text if asked.kind == "typed" else ""),
            turn.assistant,
            tools,
            turn.complete,
            cost=_cost(self._usage, prices_of(self._options.model)),
            problems=list(turn.problems),
        )
        return _timed(answer, timing)

    def _observe(self, notice: effects.Notice) -> None:
        self._kept.observe(notice)
        self._collector.observe(notice)
        if isinstance(notice, effects.ResponseEnded) and (found := usages.read(notice.usage)):
            self._usage.append(found)

    def _observe_frame(self, frame: Frame) -> None:
        self._kept.frame(frame)


def _timed(answer: Answer, timing: TurnTiming | None) -> Answer:
    if timing is not None:
        answer.wait_ms = wait_of(timing)
        answer.parts_ms = {" + ".join(part.names): round(part.ms, 1) for part in parts_of(timing)}
    return answer


def _cost(usage: Sequence[Usage], prices: Prices) -> str | None:
    if not usage or not prices.known:
        return None
    total = Total()
    for one in usage:
        total.add(turn_cost.of_usage(one, prices))
    return ", ".join(str(money) for money in total.money) or None


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())


async def _deny(_: Message) -> bool:
    return False  # nobody is there to ask
