"""The timer of a session's steps under Qt's loop."""

from __future__ import annotations

import asyncio
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

from desktop.app.qt_timer import QtTimer, step_timer
from desktop.realtime.ticker import LoopTimer


def test_it_calls_again_and_reports_what_fails(qapp):
    calls: list[float] = []
    reported: list[Any] = []

    async def drive() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))
        done = asyncio.Event()

        def step() -> None:
            calls.append(asyncio.get_running_loop().time())
            if len(calls) == 3:
                done.set()
            raise ValueError("a step")

        timer = step_timer()
        assert isinstance(timer, QtTimer)
        timer.start(0.002, step)
        async with asyncio.timeout(10):
            await done.wait()
        timer.stop()

    loop = qasync.QEventLoop(QApplication.instance())
    QApplication.setQuitOnLastWindowClosed(False)
    try:
        with loop:
            loop.run_until_complete(drive())
    finally:
        asyncio.set_event_loop(None)
        QApplication.setQuitOnLastWindowClosed(True)
    assert len(calls) >= 3
    assert [str(one) for one in reported] == ["a step"] * len(calls)


async def test_without_qts_events_it_is_the_loops_own():
    assert isinstance(step_timer(), LoopTimer)
