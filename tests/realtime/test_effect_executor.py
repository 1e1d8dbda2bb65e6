"""The executor carries out the turn's effects."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from desktop.protocol import commands, events
from desktop.realtime import effect_executor
from desktop.realtime.effect_executor import EffectExecutor, LateRule
from desktop.realtime.session_events import ToolEnded, ToolReported
from desktop.tools.approval import ApprovalRequest
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry, Tool
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs

WITHIN_S = 5.0


async def _no(_: object) -> bool:
    return False


CONTEXT = ToolContext(ring=lambda _: None, confirm=_no, open_url=lambda _: False)


class Bench:
    """An executor with a single tool, which ends when the test says so."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.notices: list[effects.Notice] = []
        self.began: list[asyncio.Future[Any]] = []
        tool = Tool(commands.ToolDefinition("slow", "", {"type": "object"}), self._run)
        runner = ToolRunner(Registry(tool), CONTEXT)
        none = cast(Any, None)
        self.executor = EffectExecutor(none, none, none, none, runner, self.notices.append, self._tell)

    async def _run(self, arguments: dict[str, Any], context: ToolContext) -> Any:
        context.report(1.0, 4.0, "step one")
        self.began.append(asyncio.get_running_loop().create_future())
        return await self.began[-1]

    def _tell(self, happened: inputs.Input) -> None:
        assert isinstance(happened, inputs.ToolDone)
        self.ended.append(happened.result["result"])

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - tasks of the executor's own
                await asyncio.sleep(0)


def test_every_effect_is_carried_out():
    assert set(effect_executor._TABLE) == set(effects.Effect.__subclasses__())


async def test_an_id_that_comes_again_stops_the_tool_that_ran_for_it():
    bench, call = Bench(), effects.RunTool(events.ToolCall("t1", "slow", {}))
    bench.executor.do(call)
    await bench.until(lambda: len(bench.began) == 1)
    bench.executor.do(call)
    await bench.until(lambda: len(bench.began) == 2)
    await bench.until(bench.began[0].cancelled)
    bench.began[1].set_result("second")
    await bench.until(lambda: bench.ended)
    assert bench.ended == ["second"]
    assert len([notice for notice in bench.notices if isinstance(notice, ToolEnded)]) == 1


async def test_the_next_session_may_run_tools_again():
    bench, call = Bench(), effects.RunTool(events.ToolCall("t1", "slow", {}))
    bench.executor.do(call)
    await bench.until(lambda: bench.began)
    await bench.executor.stop_tools()
    assert bench.began[0].cancelled()
    assert bench.ended == []
    bench.executor.do(call)
    await bench.until(lambda: len(bench.began) == 2)
    bench.began[1].set_result("again")
    await bench.until(lambda: bench.ended)
    assert bench.ended == ["again"]


class Slow(Bench):
    """The same with a rule for slow tools, and a user who is asked."""

    def __init__(self, rule: LateRule, *, asks: bool = False) -> None:
        super().__init__()
        self.told: list[inputs.Input] = []
        self.withdrawn: list[str] = []
        self.asks = asks
        none, tool = cast(Any, None), Tool(commands.ToolDefinition("slow", "", {"type": "object"}), self._run)
        runner = ToolRunner(Registry(tool), CONTEXT, self)
        self.executor = EffectExecutor(
            none, none, none, none, runner, self.notices.append, self.told.append, lambda: rule
        )
        self.executor.do(effects.RunTool(events.ToolCall("t1", "slow", {})))

    async def approve(self, request: ApprovalRequest) -> None:
        if self.asks and request.asked:
            request.asked()

    def waits(self, call_id: str) -> bool:
        return self.asks

    def withdraw(self, call_id: str) -> None:
        self.withdrawn.append(call_id)


async def test_a_tool_that_runs_for_long_is_reported_once_and_its_end_after_it():
    slow = Slow(LateRule(0.005))
    await slow.until(lambda: slow.told)
    assert slow.told == [inputs.ToolRunsOn("t1", asks=False)]
    slow.began[0].set_result(1)
    await slow.until(lambda: len(slow.told) == 2)
    assert slow.told[1] == inputs.ToolDone("t1", {"result": 1})


async def test_a_tool_that_ends_in_time_is_not():
    slow = Slow(LateRule(60.0))
    await slow.until(lambda: slow.began)
    slow.began[0].set_result(1)
    await slow.until(lambda: slow.told)
    assert slow.told == [inputs.ToolDone("t1", {"result": 1})]


async def test_that_a_call_waits_for_approval_is_said_at_once_where_it_is_wanted():
    slow = Slow(LateRule(60.0, tells_asking=True), asks=True)
    await slow.until(lambda: slow.told)
    assert slow.told == [inputs.ToolRunsOn("t1", asks=True)]
    await slow.executor.stop_tools()


async def test_a_call_is_withdrawn_with_its_connection():
    slow = Slow(LateRule())
    slow.executor.do(effects.WithdrawCall("t1"))
    assert slow.withdrawn == ["t1"]
    await slow.executor.stop_tools()


async def test_how_far_a_call_is_comes_before_its_end():
    bench = Bench()
    bench.executor.do(effects.RunTool(events.ToolCall("t1", "slow", {})))
    await bench.until(lambda: bench.began)
    assert bench.notices == [ToolReported("t1", 1.0, 4.0, "step one")]
    bench.began[0].set_result("done")
    await bench.until(lambda: bench.ended)
