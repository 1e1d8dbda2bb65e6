"""The runner: whatever the model asks and the tool does, the outcome is readable."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest

from desktop.base import redaction
from desktop.protocol.commands import ToolDefinition
from desktop.tools import runner as runner_module
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.registry import PicturesResult, Registry, Tool, define
from desktop.tools.runner import RESULT_LIMIT, ToolRunner
from tests.tools.conftest import World

DEADLINE_S = 5

Run = Callable[[dict[str, Any], ToolContext], Awaitable[Any]]
Make = Callable[..., ToolRunner]


class Nothing(msgspec.Struct, frozen=True):
    """No arguments."""


@pytest.fixture
async def make(context: ToolContext) -> AsyncIterator[Make]:
    """Makes a runner with one tool, `it`, and closes it."""
    made: list[ToolRunner] = []

    def build(run: Run, timeout_s: float = DEADLINE_S) -> ToolRunner:
        tool = Tool(ToolDefinition("it", "Does it.", {"type": "object", "properties": {}}), run, timeout_s)
        made.append(ToolRunner(Registry(tool), context))
        return made[-1]

    yield build
    for runner in made:
        await runner.close()


def returning(value: Any) -> Run:
    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        return value

    return run


def raising(exc: BaseException) -> Run:
    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        raise exc

    return run


@pytest.mark.parametrize(
    "arguments", ['{"expression": "6*7"}', {"expression": "6*7"}, ' {"expression":"6*7","mood":1} ']
)
async def test_a_call_is_run(context: ToolContext, arguments: Any) -> None:
    outcome = await ToolRunner(default_registry(), context).run("call-1", "calculate", arguments)
    assert (outcome.call_id, outcome.name, outcome.state) == ("call-1", "calculate", "done")
    assert outcome.result == {"result": 42, "expression": "6*7"}
    assert isinstance(outcome.arguments, dict)
    assert outcome.arguments["expression"] == "6*7"
    assert outcome.duration_ms >= 0


@pytest.mark.parametrize("arguments", ["", "  ", "{}", {}])
async def test_no_arguments_may_be_said_in_any_way(context: ToolContext, arguments: Any) -> None:
    outcome = await ToolRunner(default_registry(), context).run("c", "roll_dice", arguments)
    assert outcome.state == "done"
    assert outcome.arguments == {}


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("get_tiem", "{}", "There is no tool named 'get_tiem'; the tools are: get_time, roll_dice"),
        ("", "{}", "There is no tool named ''"),
        ("x" * 9000, "{}", "There is no tool named"),
        ("calculate", '{"expression": ', "The arguments are not a JSON object"),
        ("calculate", "[" * 100_000, "The arguments are not a JSON object"),
        ("calculate", "\ud800", "The arguments are not a JSON object"),
        ("calculate", "[1]", "The arguments are not a JSON object"),
        ("calculate", "null", "The arguments are not a JSON object"),
        ("calculate", "{}", "The arguments don't fit: .*expression"),
        ("calculate", {"expression": 5}, "The arguments don't fit: .*expression"),
        ("calculate", {"expression": "1/0"}, "divides by zero"),
    ],
)
async def test_what_a_model_gets_wrong_is_reported(
    context: ToolContext, name: str, arguments: Any, sentence: str
) -> None:
    outcome = await ToolRunner(default_registry(), context).run("c", name, arguments)
    assert outcome.state == "failed"
    assert list(outcome.result) == ["error"]
    assert len(outcome.result["error"]) < 300
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(outcome.result["error"])


async def test_arguments_that_are_no_json_are_kept_for_the_inspector(context: ToolContext) -> None:
    outcome = await ToolRunner(default_registry(), context).run("c", "calculate", "six times seven")
    assert outcome.arguments == "six times seven"


async def test_an_exception_is_reported_without_its_traceback(
    make: Make, expect_log: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("tool it raised")
    outcome = await make(raising(RuntimeError("the wheel came off\nat line 7"))).run("c", "it", {})
    assert outcome.state == "failed"
    assert outcome.result == {"error": "it failed: the wheel came off"}
    assert "Traceback" in caplog.text
    assert "at line 7" in caplog.text


async def test_an_exception_without_words_is_named(make: Make, expect_log: Callable[[str], None]) -> None:
    expect_log("tool it raised")
    outcome = await make(raising(ZeroDivisionError())).run("c", "it", {})
    assert outcome.result == {"error": "it failed: ZeroDivisionError"}


async def test_no_secret_and_no_novel_reaches_the_model(
    make: Make, expect_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())
    expect_log("tool it raised")
    redaction.protect("correct-horse")
    exc = OSError("401 for Bearer abcdef123456, key correct-horse, " + "x" * 5000)
    error = (await make(raising(exc)).run("c", "it", {})).result["error"]
    assert error.startswith("it failed: 401 for Bearer")
    assert "abcdef" not in error
    assert "correct-horse" not in error
    assert len(error) < 400


async def test_a_tool_that_is_no_coroutine_fails_like_any_other(
    make: Make, expect_log: Callable[[str], None]
) -> None:
    expect_log("tool it raised")

    def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        return 5

    assert (await make(run).run("c", "it", {})).state == "failed"


async def test_a_tool_that_takes_too_long_is_stopped(make: Make) -> None:
    stopped = asyncio.Event()

    async def slow(arguments: dict[str, Any], context: ToolContext) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    outcome = await make(slow, timeout_s=0.01).run("c", "it", {})
    assert outcome.state == "failed"
    assert outcome.result == {"error": "it took longer than 0.01 s and was stopped."}
    assert outcome.duration_ms >= 9
    assert stopped.is_set()


async def test_a_tool_that_will_not_stop_blocks_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("1 tools did not stop")
    monkeypatch.setattr(runner_module, "GRACE_S", 0.01)
    let_go = asyncio.Event()

    async def stubborn(arguments: dict[str, Any], context: ToolContext) -> Any:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    runner = make(stubborn, timeout_s=0.01)
    async with asyncio.timeout(DEADLINE_S):
        outcome = await runner.run("c", "it", {})
        assert "was stopped" in outcome.result["error"]
        await runner.close()
    let_go.set()


async def test_a_blocking_tool_blocks_neither_the_loop_nor_past_its_time(context: ToolContext) -> None:
    let_go = threading.Event()

    def block(arguments: Nothing, context: ToolContext) -> Any:
        let_go.wait(DEADLINE_S)

    runner = ToolRunner(Registry(define("block", "", Nothing, block, timeout_s=0.01)), context)
    outcome = await runner.run("c", "block", {})
    let_go.set()
    assert outcome.state == "failed"
    assert "took longer" in outcome.result["error"]


@pytest.mark.parametrize("value", [object(), {(1, 2): 3}, {"a": {1, object()}}, "\ud800"])
async def test_a_result_that_is_no_json_is_reported(
    make: Make, expect_log: Callable[[str], None], value: Any
) -> None:
    expect_log("no JSON")
    outcome = await make(returning(value)).run("c", "it", {})
    assert outcome.state == "failed"
    assert outcome.result == {"error": "The tool's result can't be written as JSON."}


async def test_a_result_that_contains_itself_is_reported(
    make: Make, expect_log: Callable[[str], None]
) -> None:
    expect_log("no JSON")
    loop: list[Any] = []
    loop.append(loop)
    assert (await make(returning(loop)).run("c", "it", {})).state == "failed"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({"a": (1, 2.5, None)}, {"a": [1, 2.5, None]}),
        ({"a": float("nan")}, {"a": None}),
        ([1, 2], {"result": [1, 2]}),
        ("text", {"result": "text"}),
        (None, {"result": None}),
    ],
)
async def test_a_result_is_an_object_of_plain_json(make: Make, value: Any, result: Any) -> None:
    outcome = await make(returning(value)).run("c", "it", {})
    assert outcome.state == "done"
    assert outcome.result == result


@pytest.mark.parametrize("text", ["x", '"', "\\", "é", "\U0001f600", "\n"])
async def test_a_result_that_is_too_big_is_cut(make: Make, text: str) -> None:
    outcome = await make(returning({"page": text * 200_000})).run("c", "it", {})
    assert outcome.state == "done"
    assert outcome.result["truncated"] is True
    assert "only its beginning" in outcome.result["note"]
    assert outcome.result["beginning"].startswith('{"page":"')
    assert RESULT_LIMIT / 4 < len(msgspec.json.encode(outcome.result)) <= RESULT_LIMIT


async def test_a_result_of_just_the_limit_is_whole(make: Make) -> None:
    page = "x" * (RESULT_LIMIT - len('{"page":""}'))
    assert (await make(returning({"page": page})).run("c", "it", {})).result == {"page": page}


async def test_calls_run_side_by_side(make: Make) -> None:
    # Each waits for the other two: one after the other, none would ever end.
    barrier = asyncio.Barrier(3)

    async def meet(arguments: dict[str, Any], context: ToolContext) -> Any:
        await barrier.wait()
        return arguments

    runner = make(meet)
    outcomes = await asyncio.gather(*(runner.run(f"c{n}", "it", {"n": n}) for n in range(3)))
    assert [outcome.result for outcome in outcomes] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [outcome.call_id for outcome in outcomes] == ["c0", "c1", "c2"]


class Gate:
    """A tool that waits, and says when it began and whether it was stopped."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.stopped = asyncio.Event()

    async def run(self, arguments: dict[str, Any], context: ToolContext) -> Any:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise


async def test_a_cancelled_call_has_an_outcome(make: Make) -> None:
    gate = Gate()
    runner = make(gate.run)
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        call = group.create_task(runner.run("c", "it", {"a": 1}))
        await gate.began.wait()
        assert not runner.cancel("another")
        assert runner.cancel("c")
    outcome = call.result()
    assert outcome.state == "cancelled"
    assert outcome.result == {"error": "The call was cancelled."}
    assert outcome.arguments == {"a": 1}
    assert gate.stopped.is_set()
    assert not runner.cancel("c")


async def test_an_interruption_stops_what_only_reads_and_nothing_else(context: ToolContext) -> None:
    gates = {"reads": Gate(), "writes": Gate()}
    definitions = {name: ToolDefinition(name, "", {"type": "object"}) for name in gates}
    reads = Tool(definitions["reads"], gates["reads"].run, hints=("read-only", "open-world"))
    writes = Tool(definitions["writes"], gates["writes"].run, hints=("idempotent",))
    runner = ToolRunner(Registry(reads, writes), context)
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        calls = {name: group.create_task(runner.run(name, name, {})) for name in gates}
        for name, gate in gates.items():
            await gate.began.wait()
            runner.interrupt(name)
        await calls["reads"]
        assert not gates["writes"].stopped.is_set()
        runner.cancel("writes")
        runner.interrupt("another")
    assert calls["reads"].result().state == "cancelled"


async def test_close_cancels_every_call(make: Make) -> None:
    begun = asyncio.Barrier(4)

    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        await begun.wait()
        await asyncio.Event().wait()

    runner = make(run)
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        calls = [group.create_task(runner.run(f"c{n}", "it", {})) for n in range(3)]
        await begun.wait()
        await runner.close()
    assert [call.result().state for call in calls] == ["cancelled"] * 3


async def test_cancelling_who_waits_stops_the_tool_too(make: Make) -> None:
    gate = Gate()
    waiting = asyncio.create_task(make(gate.run).run("c", "it", {}))
    async with asyncio.timeout(DEADLINE_S):
        await gate.began.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await gate.stopped.wait()


async def test_a_question_ends_with_its_call(context: ToolContext, world: World) -> None:
    asked, withdrawn = asyncio.Event(), asyncio.Event()

    async def confirm(question: str) -> bool:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            withdrawn.set()
        return True

    asking = ToolContext(ring=context.ring, confirm=confirm, open_url=context.open_url)
    runner = ToolRunner(default_registry(), asking)
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        call = group.create_task(runner.run("c", "open_url", {"url": "https://example.com"}))
        await asked.wait()
        runner.cancel("c")
    assert call.result().state == "cancelled"
    assert withdrawn.is_set()
    assert world.opened == []


async def test_the_pictures_of_a_result_are_encoded_and_how_far_it_is_is_told(context: ToolContext) -> None:
    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        context.report(1.0, 2.0, "half")
        return PicturesResult({"pictures": ["image/png, 3 bytes"]}, ("cGlj",))

    async def encode(pictures: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"data:{one}" for one in pictures)

    it = Tool(ToolDefinition("it", "Does it.", {"type": "object", "properties": {}}), run)
    told: list[tuple[float, float, str]] = []
    outcome = await ToolRunner(Registry(it), context, encode=encode).run(
        "c", "it", {}, reported=lambda *said: told.append(said)
    )
    assert outcome.pictures == ("data:cGlj",)
    assert outcome.result == {"pictures": ["image/png, 3 bytes"]}
    assert told == [(1.0, 2.0, "half")]
