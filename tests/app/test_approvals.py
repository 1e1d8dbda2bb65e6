"""Approvals at the real window: what runs a tool, and all that doesn't."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.protocol.commands import ToolDefinition
from desktop.tools.approval import ANSWER_S, Denial
from desktop.tools.context import ToolContext
from desktop.tools.origin import ToolOrigin
from desktop.tools.permissions import FILE
from desktop.tools.registry import Registry, Tool
from desktop.tools.runner import ToolOutcome, ToolRunner
from tests.app.program import Running, running

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise|grabbing)")

SERVER = ToolOrigin("mcp", "disk", '["disk-server", "--root=/"]', "wipe")
CTRL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@dataclass
class Desk:
    """The program, a destructive tool, and a clock that stands still."""

    program: Running
    now: float = 1_000.0
    ran: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card, self.approvals = self.program.window.approval, self.program.parts.tools.approvals
        self.card.now = self.approvals.now = lambda: self.now
        definition = ToolDefinition("disk__wipe", "Wipes it.", {"type": "object"})
        self.tool = Tool(definition, self._wipe, origin=SERVER, hints=("read-only",))
        self.runner = ToolRunner(Registry(self.tool), self.program.parts.tools.context, self.approvals)

    async def _wipe(self, arguments: dict[str, Any], context: ToolContext) -> str:
        self.ran.append(arguments)
        return "wiped"

    async def call(self, call_id: str = "t1", **arguments: Any) -> asyncio.Task[ToolOutcome]:
        """The model calls the tool, and its card is painted."""
        task = asyncio.ensure_future(self.runner.run(call_id, "disk__wipe", arguments))
        await settle()
        self.card.grab()
        return task

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, *, repeats: bool = False) -> None:
        """A key goes down, as the window system tells it."""
        handle = self.program.window.windowHandle()
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, key, modifiers, "", repeats))

    def key_up(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        handle = self.program.window.windowHandle()
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyRelease, key, modifiers))

    def click(self, answer: str) -> None:
        QTest.mouseClick(self.card.buttons[answer], Qt.MouseButton.LeftButton)

    def read(self) -> None:
        """The user reads the card."""
        self.now += 0.6
        self.card.read_at_once()


async def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()
        await asyncio.sleep(0)


@asynccontextmanager
async def opened(qapp, tmp_path: Path) -> AsyncIterator[Desk]:
    async with running(qapp, tmp_path) as program:
        await program.until(program.window.isActiveWindow)
        yield Desk(program)


async def test_the_card_shows_what_will_be_sent_and_where_it_goes(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        call = await desk.call(path="/home\u202etxt.exe", count=3)
        assert desk.card.title.text() == "May the tool wipe run with these arguments?"
        origin, claim = desk.card.origin.text().split("\n")
        assert origin == 'The MCP server disk · ["disk-server", "--root=/"]'
        assert claim == "The server says of it, unchecked: changes nothing."
        assert desk.card.arguments.toPlainText() == '{\n  "path": "/home[U+202E]txt.exe",\n  "count": 3\n}'
        desk.key(Qt.Key.Key_Backspace, CTRL)
        assert (await call).result == {"error": Denial.NO.value}
        assert not desk.card.isVisible()


async def test_once_runs_it_once(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        ways = (
            lambda: desk.key(Qt.Key.Key_Return, CTRL),
            lambda: desk.click("once"),
            desk.card.buttons["once"].click,  # as a screen reader does
        )
        for number, say_once in enumerate(ways):
            call = await desk.call(f"t{number}", path="/")
            desk.read()
            say_once()
            assert (await call).result == {"result": "wiped"}
            assert len(desk.ran) == number + 1
        again = await desk.call("t9", path="/")
        assert desk.card.isVisible(), "the next call asks anew"
        desk.approvals.withdraw("t9")
        assert (await again).result == {"error": Denial.DROPPED.value}


async def test_always_and_never_are_remembered_on_the_disk(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        call = await desk.call()
        desk.read()
        desk.click("always")
        assert (await call).state == "done"
        assert (await desk.runner.run("t2", "disk__wipe", {})).state == "done", "it isn't asked again"
        desk.approvals.choose(desk.tool, "ask")
        call = await desk.call("t3")
        desk.read()
        desk.click("never")
        assert (await call).result == {"error": Denial.NEVER.value}
        assert (await desk.runner.run("t4", "disk__wipe", {})).state == "denied"
        await desk.approvals.close()
        assert '"never"' in (tmp_path / "settings" / FILE).read_text()
        assert len(desk.ran) == 2


async def test_all_that_wait_can_be_denied_at_once(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        calls = [await desk.call("t1")]
        button = desk.card.buttons["no to all"]
        assert not button.isVisible()
        calls += [await desk.call("t2"), await desk.call("t3")]
        assert (await desk.call("t4")).done(), "three at most"
        desk.read()
        assert (button.isVisible(), button.text()) == (True, "Deny all 3")
        desk.click("no to all")
        assert [(await call).result for call in calls] == 3 * [{"error": Denial.NO.value}]
        assert not desk.card.isVisible()
        assert desk.ran == []
        await desk.call("t5")
        assert desk.card.isVisible(), "what comes later is asked"
        desk.approvals.withdraw("t5")


async def test_nobody_answers_for_a_minute(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        call = await desk.call()
        desk.now += ANSWER_S
        (due,) = desk.approvals.findChildren(QTimer)
        due.timeout.emit()
        outcome = await call
        assert (outcome.state, outcome.result) == ("denied", {"error": Denial.UNANSWERED.value})


async def test_closing_the_window_is_a_no(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        call = await desk.call()
        desk.program.window.close()
        assert (await call).result == {"error": Denial.CLOSED.value}


async def test_a_talk_key_of_all_programs_that_is_the_card_s_never_approves(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        desk.program.store.replace(talk_key="Ctrl+Return")
        call = await desk.call()
        desk.read()
        desk.key(Qt.Key.Key_Return, CTRL)
        await settle()
        assert not call.done()
        desk.program.store.replace(talk_key="")
        desk.key_up(Qt.Key.Key_Return, CTRL)
        desk.now += 1
        desk.key(Qt.Key.Key_Return, CTRL)
        assert (await call).state == "done"


async def test_arguments_that_can_not_be_read_can_only_be_denied(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        call = await desk.call(text="x" * 100_001)
        desk.read()
        assert not desk.card.buttons["once"].isEnabled()
        desk.key(Qt.Key.Key_Return, CTRL)
        await settle()
        assert not call.done()
        desk.click("no")
        assert (await call).state == "denied"


class Strokes:
    """Strokes that approve nothing: any within half a second, later those meant for something else."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self._desk, self._chance = desk, chance

    def soon(self) -> None:
        """Anything, while nobody can have read the card."""
        desk = self._desk
        desk.now += self._chance.random() * 0.05
        match self._chance.randrange(6):
            case 0:
                desk.key(Qt.Key.Key_Return, CTRL)
            case 1:
                desk.click(self._chance.choice(["once", "always"]))
            case 2:
                desk.card.buttons["once"].setFocus()
                desk.key(Qt.Key.Key_Return)
            case 3:
                desk.key_up(Qt.Key.Key_Return, CTRL)
            case 4:
                desk.card.buttons["once"].click()
            case _:
                self.other()

    def late(self) -> None:
        """The talk key, a held key, the focus, a drop."""
        desk = self._desk
        desk.now += self._chance.random() * 2
        match self._chance.randrange(5):
            case 0:  # held from before, its repeats told as such or as pairs of up and down
                desk.key(Qt.Key.Key_Return, CTRL, repeats=True)
                desk.key_up(Qt.Key.Key_Return, CTRL)
                desk.now += 0.005
                desk.key(Qt.Key.Key_Return, CTRL)
            case 1:
                desk.card.buttons[self._chance.choice(["once", "always"])].setFocus()
                desk.key(Qt.Key.Key_Space)
            case 2:  # pressed on the card before this one
                QTest.mouseRelease(desk.card.buttons["once"], Qt.MouseButton.LeftButton)
            case 3:
                desk.key(self._chance.choice([Qt.Key.Key_A, Qt.Key.Key_Tab, Qt.Key.Key_Escape]))
            case _:
                self.other()

    def other(self) -> None:
        """Nothing of the card's."""
        desk, window = self._desk, self._desk.program.window
        match self._chance.randrange(5):
            case 0:
                desk.key(Qt.Key.Key_Space)
            case 1:
                desk.key_up(Qt.Key.Key_Space)
            case 2:
                window.text_line.setFocus()
            case 3:
                window.talk_button.setFocus()
            case _:
                QTest.mouseClick(window.transcript, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))


async def test_two_hundred_sequences_of_strokes_that_approve_nothing_run_nothing(qapp, tmp_path: Path):
    async with opened(qapp, tmp_path) as desk:
        chance = random.Random(5)
        for number in range(200):
            strokes = Strokes(desk, chance)
            desk.key(Qt.Key.Key_Return, CTRL)  # held from before
            desk.now += 1
            call = await desk.call(f"t{number}", path="/")
            for _ in range(chance.randrange(6)):
                strokes.soon()
            if chance.random() < 0.7:
                desk.read()
                for _ in range(chance.randrange(6)):
                    strokes.late()
            await settle()
            assert desk.ran == [], f"sequence {number}"
            assert not call.done()
            desk.approvals.withdraw(f"t{number}")
            assert (await call).state == "denied"
            desk.key_up(Qt.Key.Key_Return, CTRL)
            desk.key_up(Qt.Key.Key_Space)
        desk.now += 1
        call = await desk.call("yes")
        desk.read()
        desk.key(Qt.Key.Key_Return, CTRL)
        assert (await call).state == "done", "the strokes are those that could"
