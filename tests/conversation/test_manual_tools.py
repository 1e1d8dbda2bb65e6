"""Tools that are run by hand."""

from __future__ import annotations

import asyncio

import pytest

from desktop.conversation.manual_tools import ManualTools
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.viewmodels.tool_calls_model import ToolCallsModel


@pytest.fixture
def calls(qapp) -> ToolCallsModel:
    return ToolCallsModel()


async def no(_: str) -> bool:
    return False


async def test_each_call_has_a_result_of_its_own(calls: ToolCallsModel):
    context = ToolContext(ring=lambda _: None, confirm=no, open_url=lambda _: False)
    tools = ManualTools(default_registry(), context, calls)
    described: list[str] = []
    tools.result_described.connect(described.append)
    for expression in ("6 * 7", "2 + 3"):
        tools.run("calculate", f'{{"expression": "{expression}"}}')
    assert len({call.call_id for call in calls.calls}) == 2
    async with asyncio.timeout(5):
        while any(call.result is None for call in calls.calls):  # noqa: ASYNC110 - a model has no event for it
            await asyncio.sleep(0.001)
    for call in calls.calls:
        tools.describe_result(call.call_id)
    assert [result in text for result, text in zip(("42", "5"), described, strict=True)] == [True, True]
    await tools.close()
