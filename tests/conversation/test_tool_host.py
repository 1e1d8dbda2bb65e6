"""The bell, the questions and the browser of tools."""

from __future__ import annotations

import asyncio
import threading

import pytest

from desktop.conversation import tool_host
from desktop.conversation.tool_host import ToolHost


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def test_a_bell_that_sounds_is_let_to_end():
    goes_on, rung = threading.Event(), []

    def sound() -> None:
        goes_on.wait(5)
        rung.append(True)

    host = ToolHost(sound, lambda url: True)
    host.context.ring("tea")
    closing = asyncio.create_task(host.close())
    await asyncio.sleep(0)
    goes_on.set()
    await closing
    assert rung == [True]


async def test_a_device_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tool_host, "BELL_S", 0.01)
    hangs = threading.Event()
    host = ToolHost(lambda: hangs.wait(30) and None, lambda url: True)
    host.context.ring("tea")
    bells = {task for task in asyncio.all_tasks() if task.get_name() == "bell"}
    assert bells
    try:
        async with asyncio.timeout(5):
            await host.close()
            await asyncio.wait(bells)
    finally:
        hangs.set()
