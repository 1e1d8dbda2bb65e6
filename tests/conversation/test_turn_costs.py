"""What `say` and `talk` cost is part of the day that the window shows and has a budget for."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from desktop.conversation.turn_costs import TurnCosts
from desktop.cost.money import PICOS
from desktop.protocol import catalog, commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import spend_file
from desktop.turn import effects
from tests.cli.commands import answering, run
from tests.realtime.service import serving

DAY = date(2026, 11, 30)
XAI = "xai/grok-voice-latest"


def files(folder: Path) -> list[Path]:
    return list(folder.rglob(spend_file.FILE))


async def test_two_commands_at_once_are_both_counted():
    async with serving(answering(), answering()) as service:
        command = ("say", "hi", "--model", XAI, "--base-url", service.url)
        ended = await asyncio.gather(run(*command), run(*command))
    assert [code for code, _, _ in ended] == [0, 0]
    days = spend_file.load()
    spent = days.models(date.today())[XAI].most.picos
    # a message each, and some open time
    assert 2 * 4 * PICOS // 1_000 < spent < 10 * PICOS // 1_000


async def test_the_open_time_and_the_message_are_priced_and_all_is_passed_on():
    now, notices, frames = 0.0, [], []
    costs = TurnCosts(catalog.find(XAI), notices.append, frames.append, lambda: now, lambda: DAY)
    opened = SessionOpened("s", 24_000, 24_000)
    costs.observe(opened)
    sent = Frame("out", commands.TextInput("Hello"), 1)
    costs.frame(sent)
    now = 60.0
    ended = effects.ResponseEnded(1, "complete")
    costs.observe(ended)
    await costs.keep()
    assert spend_file.load().on(DAY).most.picos == (50 + 4) * PICOS // 1_000
    assert notices == [opened, ended]
    assert frames == [sent]


async def test_what_is_free_leaves_no_file(own_home: Path):
    costs = TurnCosts(catalog.find(catalog.OFFLINE_MODEL), lambda _: None, lambda _: None)
    costs.observe(SessionOpened("s", 24_000, 24_000))
    costs.frame(Frame("in", events.ResponseCompleted({"input_tokens": 10}), 1))
    await costs.keep()
    assert not files(own_home)
