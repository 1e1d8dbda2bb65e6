"""Questions to the user: one at a time, three at most, and no click answers two."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from desktop.base.message import Message, verbatim
from desktop.conversation.questions import MOST
from desktop.conversation.tool_host import ToolHost
from desktop.tools.registry import ToolError
from desktop.ui.tools.question_bar import QuestionBar

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

SAME = verbatim("Open good.example in the browser?")


class Bench:
    """The tools' host with the window's bar."""

    def __init__(self, qtbot) -> None:
        self.host, self.bar = ToolHost(lambda: None, lambda url: True), QuestionBar()
        self.window = window = QWidget()
        QVBoxLayout(window).addWidget(self.bar)
        qtbot.addWidget(window)
        window.show()
        self.qtbot = qtbot
        self.host.questions_counted.connect(self.bar.count)
        self.host.question_asked.connect(self.bar.ask)
        self.host.questions_settled.connect(self.bar.hide)
        self.bar.answered.connect(self.host.answer)
        self.bar.all_denied.connect(self.host.deny_all)

    def ask(self, message: Message = SAME) -> asyncio.Task[bool]:
        return asyncio.ensure_future(self.host.context.confirm(message))  # type: ignore[arg-type]

    @property
    def buttons(self):
        found = self.bar.findChildren(QPushButton)
        deny_all = next(button for button in found if button.text().startswith("Deny all"))
        return [deny_all, *(button for button in found if button is not deny_all)]

    async def until_enabled(self) -> None:
        async with asyncio.timeout(5):
            while not self.buttons[-1].isEnabled():
                self.qtbot.wait(5)
                await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_each_question_can_be_read_before_it_is_answered(qtbot):
    bench = Bench(qtbot)
    bar = bench.bar
    (pause,) = bar.findChildren(QTimer)
    buttons = bar.findChildren(QPushButton)
    for question in (verbatim("One?"), verbatim("Another?"), verbatim("Another?")):
        pause.timeout.emit()
        assert all(button.isEnabled() for button in buttons)
        bar.ask(question)
        assert not any(button.isEnabled() for button in buttons)
        assert pause.isActive()
        assert pause.interval() >= 400


def test_who_clicks_slowly_has_longer(qtbot):
    bench = Bench(qtbot)
    bar = bench.bar
    usual = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(900)
    try:
        bar.ask(SAME)
        assert bar.findChildren(QTimer)[0].interval() == 900
    finally:
        QApplication.setDoubleClickInterval(usual)


async def test_a_double_click_answers_one_of_two_equal_questions(qtbot):
    bench = Bench(qtbot)
    first, second = bench.ask(), bench.ask()
    await settle()
    assert not any(button.isEnabled() for button in bench.buttons)
    await bench.until_enabled()
    allow = bench.buttons[-1]
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    await settle()
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(allow, Qt.MouseButton.LeftButton)
    await settle()
    assert await first is True
    assert not second.done()
    assert bench.bar.isVisible()
    await bench.until_enabled()
    qtbot.mouseClick(bench.buttons[1], Qt.MouseButton.LeftButton)
    assert await second is False
    assert bench.bar.isHidden()


async def test_an_answer_to_one_question_is_none_to_its_equal(qtbot):
    bench = Bench(qtbot)
    shown: list[Message] = []
    bench.host.question_asked.connect(shown.append)
    first, second = bench.ask(), bench.ask()
    await settle()
    bench.host.answer(shown[0], True)
    bench.host.answer(shown[0], True)
    await settle()
    bench.host.answer(shown[0], True)
    await settle()
    assert first.done()
    assert not second.done()
    second.cancel()


async def test_three_are_open_at_most_and_all_can_be_denied(qtbot):
    bench = Bench(qtbot)
    asked = [bench.ask() for _ in range(62)]
    await settle()
    refused = [task for task in asked if task.done()]
    assert len(refused) == 62 - MOST
    for task in refused:
        with pytest.raises(ToolError, match="too many questions"):
            task.result()
    await bench.until_enabled()
    assert "3" in bench.buttons[0].text()
    qtbot.mouseClick(bench.buttons[0], Qt.MouseButton.LeftButton)
    assert [await task for task in asked if task not in refused] == [False] * MOST
    assert bench.bar.isHidden()


async def test_what_is_remembered_is_not_allowed_once(qtbot):
    bench = Bench(qtbot)
    asking = asyncio.ensure_future(bench.host.agree(SAME))
    await settle()
    assert bench.buttons[-1].text() == "Allow"
    assert bench.buttons[0].isHidden()
    asking.cancel()
