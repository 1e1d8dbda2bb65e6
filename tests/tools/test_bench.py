"""The bench: what becomes of a bent call, which calls are, and that each is marked."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.protocol.commands import ToolDefinition
from desktop.tools.bench import BENDS, HUGE, Bench, BenchRule, wrong_types
from desktop.tools.context import ToolContext
from desktop.tools.origin import ToolOrigin
from desktop.tools.registry import Registry, Tool
from desktop.tools.runner import RESULT_LIMIT, ToolOutcome, ToolRunner
from desktop.viewmodels.bench_setting import MARKS


class Desk:
    """A runner with a bench, and a tool that counts its calls."""

    def __init__(self, context: ToolContext, origin: ToolOrigin | None = None) -> None:
        self.bench, self.ran = Bench(), 0
        tool = Tool(ToolDefinition("it", "", {"type": "object"}), self._run, 5.0)
        if origin:
            tool = Tool(tool.definition, self._run, 5.0, origin)
        self.runner = ToolRunner(Registry(tool), context, bench=self.bench)

    async def _run(self, arguments: dict[str, Any], context: ToolContext) -> Any:
        self.ran += 1
        return {"n": 1, "text": "a", "list": [True, None]}

    async def call(self) -> ToolOutcome:
        return await self.runner.run("c", "it", {})


REAL = {"n": 1, "text": "a", "list": [True, None]}


@pytest.mark.parametrize(
    ("rule", "state", "result", "runs"),
    [
        (BenchRule(bend="error"), "failed", None, 0),
        (BenchRule(bend="timeout"), "failed", {"error": "it took longer than 5 s and was stopped."}, 0),
        (BenchRule(bend="empty"), "done", {}, 0),
        (BenchRule(bend="fixed", answer=[7]), "done", {"result": [7]}, 0),
        (BenchRule(delay_s=0.001), "done", REAL, 1),
        (
            BenchRule(bend="wrong types"),
            "done",
            {"n": "1", "text": ["a"], "list": {"0": "yes", "1": 0}},
            1,
        ),
    ],
)
async def test_a_bent_call(context: ToolContext, rule: BenchRule, state: str, result: Any, runs: int):
    desk = Desk(context)
    desk.bench.bend("it", rule)
    outcome = await desk.call()
    assert (outcome.state, outcome.bench, desk.ran) == (state, rule.bend or "delay", runs)
    assert result is None or outcome.result == result
    again = await desk.call()
    assert (again.result, again.bench) == (REAL, ""), "only the next call was bent"


async def test_ten_megabytes_become_what_the_model_gets_of_any_tool(context: ToolContext):
    desk = Desk(context)
    desk.bench.bend("it", BenchRule(bend="huge"))
    outcome = await desk.call()
    assert outcome.result["truncated"]
    assert str(HUGE)[:3] in outcome.result["note"]
    assert len(msgspec.json.encode(outcome.result)) <= RESULT_LIMIT


async def test_garbage_is_the_same_for_the_same_seed_and_can_be_sent(context: ToolContext):
    desk = Desk(context)
    found = []
    for seed in (1, 1, 2):
        desk.bench.bend("it", BenchRule(bend="garbage", seed=seed))
        found.append(msgspec.json.encode((await desk.call()).result))
    assert found[0] == found[1] != found[2]


async def test_by_chance_with_a_seed_the_same_calls_are_bent(context: ToolContext):
    desk = Desk(context)

    async def sequence() -> list[str]:
        desk.bench.bend("it", BenchRule(bend="empty", chance=0.5, seed=3, once=False))
        return [(await desk.call()).bench for _ in range(20)]

    first = await sequence()
    assert first == await sequence()
    assert {"", "empty"} == set(first)
    desk.bench.straighten("it")
    assert (await desk.call()).bench == ""


async def test_a_call_that_is_not_approved_is_not_bent(context: ToolContext):
    desk = Desk(context, ToolOrigin("mcp", "s", "[]"))
    desk.bench.bend("it", BenchRule(bend="fixed", answer=1))
    outcome = await desk.call()
    assert (outcome.state, outcome.bench) == ("denied", "")
    assert "it" in desk.bench.rules, "the rule waits for a call that runs"


@pytest.mark.parametrize("value", [1, 1.5, "a", True, None, [1], {"a": 1}])
def test_a_wrong_type_is_another_one(value: Any):
    wrong = wrong_types(value)
    inner = (wrong["a"], 1) if isinstance(value, dict) else (wrong, value)
    assert type(inner[0]) is not type(inner[1])


def test_every_bend_has_a_name():
    assert {bend or "delay" for bend in BENDS} == set(MARKS)
