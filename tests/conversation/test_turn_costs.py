"""What `say` and `talk` cost is part of the day that the window shows and has a budget for."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from desktop.base import paths
from desktop.cli import day_budget
from desktop.cli.output import CommandError
from desktop.conversation.turn_costs import TurnCosts
from desktop.cost.days import Days
from desktop.cost.money import PICOS
from desktop.cost.turn_cost import Cost
from desktop.protocol import catalog, commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import spend_file
from desktop.settings import files as settings_files
from desktop.settings.schema import Settings
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


def spent_today(model: str, picos: int, budget: float = 5.0) -> None:
    """The window's settings and its spend, as a command finds them."""
    days = Days()
    days.add(model, date.today(), Cost(picos))
    assert spend_file.add(days) is not None
    settings_files.save(paths.config(), Settings(day_budget=budget))


@pytest.mark.parametrize(
    ("dollars", "words", "code", "said"),
    [
        (3, (), 0, ""),
        (4, (), 0, "$4.00 of today's budget of $5.00 is spent.\n"),
        (5, ("--beyond-budget",), 0, "$5.00 of today's budget of $5.00 is spent.\n"),
        (
            5,
            (),
            1,
            "Today's budget of $5.00 is used up, so nothing was sent. "
            "Go on with --beyond-budget, or raise it in the settings.\n",
        ),
    ],
)
async def test_the_days_budget_holds_commands_too(
    own_home: Path, dollars: int, words: tuple[str, ...], code: int, said: str
):
    spent_today(XAI, dollars * PICOS)
    async with serving(answering()) as service:
        ended = await run("say", "hi", "--model", XAI, "--base-url", service.url, *words)
    assert ended == (code, "you: Hello?\nassistant: Hi.\n" if code == 0 else "", said)
    assert len(service.requests) == (1 if code == 0 else 0)


def test_the_free_demo_answers_beyond_every_budget(own_home: Path):
    spent_today(XAI, 9 * PICOS)
    day_budget.look(catalog.find(catalog.OFFLINE_MODEL))
    with pytest.raises(CommandError):
        day_budget.look(catalog.find(XAI))
    settings_files.save(paths.config(), Settings(session_budget=1.0))
    day_budget.look(catalog.find(XAI))


def test_settings_that_cant_be_read_have_no_budget_and_stay_as_they_are(own_home: Path):
    spent_today(XAI, 9 * PICOS)
    (paths.config() / settings_files.FILE).write_text("{")
    day_budget.look(catalog.find(XAI))
    assert (paths.config() / settings_files.FILE).read_text() == "{"


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
