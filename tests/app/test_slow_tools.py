"""A slow tool at the whole program: the user talks on, and the result is told later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.tools.context import ToolContext
from desktop.turn.effects import DisplayState
from desktop.viewmodels.bench_setting import BenchSetting
from tests.app.program import Running, running

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

SLOW = {"model": "offline/demo", "late_after_s": 0.05}


class Dice:
    """The program with dice that roll until the test says how they fell."""

    def __init__(self, program: Running) -> None:
        self.program = program
        self.fell: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        registry = program.parts.registry
        tool = registry.find("roll_dice")
        assert tool
        registry._tools["roll_dice"] = replace(tool, run=self._roll, timeout_s=600)

    async def _roll(self, arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
        return await self.fell

    @property
    def card(self) -> str:
        """The state of the last tool's card."""
        cards = [line.tool for line in self.program.parts.transcript.lines if line.tool]
        return cards[-1].state if cards else ""

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for it, while the speaker plays."""

        def plays_and_holds() -> Any:
            self.program.audio.speaker_now.play(500)
            return condition()

        await self.program.until(plays_and_holds, f"{what}: {self.program.words()}, {self.card!r}")

    async def until_said(self, *words: str) -> None:
        await self.until(lambda: any(one in said for one in words for said in self.program.words()), words[0])

    async def roll(self) -> None:
        """The model has called the tool, has said that it takes longer, and listens again."""
        await self.program.connect()
        self.program.parts.controller.say("Roll a die.")
        await self.until_said("That takes a moment.")
        await self.until(lambda: self.program.states[-1] is DisplayState.READY, "it listens")
        assert self.card == "running on"


async def test_the_user_talks_on_and_the_result_is_told_between_two_turns(qapp: QApplication, tmp_path: Path):
    async with running(qapp, tmp_path, **SLOW) as program:
        dice = Dice(program)
        program.parts.tools.bench.bend("roll_dice", BenchSetting(delay_s=0.001))
        await dice.roll()
        program.parts.controller.say("Say after me: one two three.")
        dice.fell.set_result({"rolls": [4], "total": 4})
        await program.until(lambda: dice.card == "waiting", "it waits for the answer's end")
        await dice.until_said("You rolled a 4.")
        said = program.words()
        assert said.index("One two three.") < said.index("You rolled a 4.")
        assert sum("You rolled" in words for words in said) == 1
        (line,) = [line.tool for line in program.parts.transcript.lines if line.tool]
        assert (line.state, line.bench) == ("done", "delay"), "and that the bench was at work"


async def test_a_lost_session_s_result_is_told_on_the_next_connection(qapp: QApplication, tmp_path: Path):
    async with running(qapp, tmp_path, **SLOW) as program:
        dice = Dice(program)
        await dice.roll()
        session = program.parts.controller._session
        assert session
        connection = session._supervisor._connection
        assert connection
        connection._socket.transport.abort()
        dice.fell.set_result({"rolls": [6], "total": 6})
        await dice.until_said("You rolled a 6.")
        assert DisplayState.RECONNECTING in program.states
        assert dice.card == "done"
