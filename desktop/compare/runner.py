"""Runs a comparison: a session for each job, all of a wave at once as far as the service allows it.

A window shows what `told` gets, as it comes; the command line prints it. A target that fails says so in its
run, and the others go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path

from msgspec.structs import replace

from desktop.access.endpoint_resolver import AccessOptions, uses_offline_server
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import MessageError, Text
from desktop.compare.measures import measured
from desktop.compare.plan import Job, Plan, PlannedTurn
from desktop.compare.results import RunResult, TurnResult
from desktop.compare.run_events import Noted, RunBegan, RunEnded, RunEvent, TurnMeasured
from desktop.compare.service_options import ServiceOptions
from desktop.compare.slots import Slots
from desktop.compare.spent import Spent
from desktop.compare.targets import Target
from desktop.conversation.series_options import SeriesOptions
from desktop.conversation.turn_series import TurnSeries
from desktop.offline.process import OfflineError, OfflineServer
from desktop.realtime.errors import RealtimeError

log = logging.getLogger(__name__)

TRIES = 4
"""Of a session that the service has no room for, while no other of ours is open."""
FIRST_WAIT_S, MOST_WAIT_S = 1.0, 30.0
PATIENCE_S = 15.0
"""How long a lost connection is tried again: what takes longer is the target's result."""
OPEN_S = 40.0
"""What a session may take to open. The handshake's own limits are shorter."""

ONE_BY_ONE = Text(
    "compare-one-by-one",
    "The service allowed no more sessions at once ({reason}). From then on one target was asked after "
    "the other.",
)
OVER_BUDGET = Text("compare-over-budget", "The budget of {budget} is used up: {count} runs were not begun.")
STOPPED = Text("compare-stopped", "It was stopped.")
NOT_OPENED = Text("compare-not-opened", "The session didn't open within {seconds} s.")
BROKE = Text(
    "compare-broke", "Something unexpected went wrong in this run ({reason}). The log has the details."
)


class Runner:
    """Runs a plan once. `runs` has what has come so far, also after it was cancelled.

    Args:
        plan: what to run.
        service: where.
        folder: gets a recording for each run.
        spent: counts what is spent, and holds the next run when the budget is used up.
        told: called with each `RunEvent`, on the loop's thread.
    """

    def __init__(
        self,
        plan: Plan,
        service: ServiceOptions,
        folder: Path,
        spent: Spent | None = None,
        told: Callable[[RunEvent], object] = lambda event: None,
    ) -> None:
        self._plan, self._service, self._folder = plan, service, folder
        self._spent = spent or Spent()
        self.told = told
        self._slots = Slots(plan.sessions)
        self._offline = OfflineServer()
        self._begun = self._not_begun = 0
        self.runs: list[RunResult] = []

    async def run(self, done: tuple[int, ...] = ()) -> None:
        """Run all jobs but those that are `done`, by their numbers. Cancel it to stop: what came stays."""
        try:
            await in_daemon(self._resample)  # a long take's second would be in everybody's times
            await self._wake_offline()
            for wave in self._plan.waves(done):
                async with asyncio.TaskGroup() as tasks:
                    for job in wave:
                        tasks.create_task(self._do(job), name=f"run {job.number}")
        finally:
            await self._offline.stop()
        if self._not_begun:
            self.told(Noted(OVER_BUDGET(budget=self._spent.budget_worded or "", count=self._not_begun)))

    def _resample(self) -> None:
        rates = {self._service.model_of(target.model).input_rate for target in self._plan.targets}
        takes = [turn.take for one in self._plan.conversations for turn in one.turns if turn.take]
        for take, rate in product(takes, rates):
            take.at_rate(rate)

    async def _wake_offline(self) -> None:
        """Start the offline provider, if it is to answer, and let it load its speech."""
        plan = self._plan
        asked = [one for one in plan.targets if self._is_offline(one)]
        takes = [turn.take for one in plan.conversations for turn in one.turns if turn.take]
        if not asked:
            return
        model = self._service.model_of(asked[0].model)
        series = TurnSeries(
            SeriesOptions(model, self._service.usual, timeout_s=OPEN_S, offline=self._offline)
        )
        try:
            await series.open()
            await (series.speak(takes[0].at_rate) if takes else series.say("Hello"))
        except (RealtimeError, OfflineError):
            log.info("the offline provider can't be woken")  # each of its runs says why
        finally:
            await series.close()

    def _is_offline(self, target: Target) -> bool:
        return not target.url and uses_offline_server(
            self._service.model_of(target.model), self._service.access
        )

    async def _do(self, job: Job) -> None:
        run = RunResult(
            target=job.target,
            repeat=job.repeat,
            job=job.number,
            conversation=self._plan.conversations[job.conversation].name,
        )
        wait_s = FIRST_WAIT_S
        for tried in range(1, TRIES + 1):
            async with self._slots.slot():
                if self._spent.used_up:
                    self._not_begun += 1
                    return
                alone = self._slots.alone
                refusal = await self._session(job, run, tried)
            if refusal is None or tried == TRIES:
                break
            run.retries += 1
            if self._slots.one_by_one():
                self.told(Noted(ONE_BY_ONE(reason=refusal.message)))
            if alone:  # nothing of ours is open: the service wants time
                await asyncio.sleep(min(max(refusal.after_s, wait_s), MOST_WAIT_S))
                wait_s *= 2
        self._end(job, run, whole=True)

    async def _session(self, job: Job, run: RunResult, tried: int) -> RealtimeError | None:
        """One try; why it is to be tried again, or None if it is over."""
        run.error, run.code, run.turns = None, "", []
        run.recording = self._recording(job)
        if tried == 1:
            self._begun += 1
            run.place = self._begun
            self.told(RunBegan(job))
        run.began = datetime.now(UTC).isoformat(timespec="milliseconds")
        run.alone = self._slots.alone
        series = self._series(job, run)
        try:
            async with asyncio.timeout(OPEN_S):
                await series.open()
            await self._converse(job, run, series)
            return self._no_room(run, series.error)
        except (RealtimeError, OfflineError) as exc:
            self._fail(run, exc)
            return self._no_room(run, exc)
        except TimeoutError:
            run.error = str(NOT_OPENED(seconds=f"{OPEN_S:g}"))
        except Exception as exc:  # a mistake of ours: the other targets go on
            log.exception("run %d failed", job.number)
            run.error = str(BROKE(reason=type(exc).__name__))
        except asyncio.CancelledError:
            run.error = run.error or str(STOPPED())
            if run.turns:
                self._end(job, run, whole=False)
            raise
        finally:
            run.round_trip_ms = series.round_trip_ms
            await self._close(series)
        return None

    async def _close(self, series: TurnSeries) -> None:
        await series.close()
        await in_daemon(partial(series.recording.close))

    async def _converse(self, job: Job, run: RunResult, series: TurnSeries) -> None:
        conversation = self._plan.conversations[job.conversation]
        for number, turn in enumerate(conversation.turns, 1):
            if turn.pause_s:
                await asyncio.sleep(turn.pause_s)
            result = await self._turn(series, number, turn)
            run.turns.append(result)
            run.retries += result.retries
            self._spent.add(result.cost)
            self.told(TurnMeasured(job, result))
            if series.ended and number < len(conversation.turns):
                break
        if series.error:
            self._fail(run, series.error)

    async def _turn(self, series: TurnSeries, number: int, turn: PlannedTurn) -> TurnResult:
        after_s = turn.interrupt_after_s

        async def after() -> None:
            await series.until_audible()
            await asyncio.sleep(after_s or 0.0)

        then = after if after_s is not None else None
        if turn.take is None:
            result = TurnResult(turn=number, kind="typed", asked=turn.text)
            answered, sent = await series.say(turn.text, after=then), ""
        else:
            result = TurnResult(turn=number, kind="spoken", asked=turn.name)
            answered = await series.speak(turn.take.at_rate, after=then)
            sent = turn.take.sha256.get(answered.input_rate, "")
        result = measured(answered, result, sent=sent, interrupted=after_s is not None)
        result.checks = turn.check(result)
        return result

    def _series(self, job: Job, run: RunResult) -> TurnSeries:
        target, service = self._plan.targets[job.target], self._service
        usual = service.access
        access = AccessOptions(target.url, "", usual.mint) if target.url else replace(usual, agent="")
        return TurnSeries(
            SeriesOptions(
                service.model_of(target.model),
                target.settings(service.usual),
                access,
                self._plan.timeout_s,
                tools=target.tools,
                realtime=self._plan.realtime,
                patience_s=PATIENCE_S,
                ask=service.ask,
                folder=self._folder / run.recording,
                packs=False,  # it would take a processor from the other runs
                words=service.words,
                offline=self._offline,  # one process: the time that it takes to wake is nobody's answer
            )
        )

    def _recording(self, job: Job) -> str:
        """A folder's name that isn't there yet: there may be one of a try that failed, or was stopped."""
        name, number = f"run-{job.number:04}", 1
        while (self._folder / name).exists():
            number += 1
            name = f"run-{job.number:04}-{number}"
        return name

    def _fail(self, run: RunResult, error: RealtimeError | OfflineError) -> None:
        worded = self._service.words(error.message) if isinstance(error, MessageError) else str(error)
        run.error = worded
        run.code = error.code if isinstance(error, RealtimeError) else ""

    def _no_room(self, run: RunResult, error: Exception | None) -> RealtimeError | None:
        """The error, if the service has no room for another session, and nothing was answered in this one."""
        answered = any(turn.error is None for turn in run.turns)
        return error if isinstance(error, RealtimeError) and error.action == "wait" and not answered else None

    def _end(self, job: Job, run: RunResult, *, whole: bool) -> None:
        run.whole = whole
        self.runs.append(run)
        self.told(RunEnded(job, run, whole))
