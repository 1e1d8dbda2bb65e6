"""What would cut off somebody who holds the talk key waits, and nothing they say is lost."""

from __future__ import annotations

import pytest

from desktop.conversation.after_take import ANSWERING, AfterTake
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import sitting
from tests.realtime.service import Line, serving


class Hand:
    """Somebody who holds the talk key, or doesn't, and what was done."""

    def __init__(self) -> None:
        self.held = True
        self.done: list[str] = []
        self.after = AfterTake(lambda: self.held)

    def ask(self, what: str, *, answered: bool = False) -> bool:
        return self.after.do(lambda: self.done.append(what), answered=answered)


def test_without_a_take_it_is_done_at_once():
    hand = Hand()
    hand.held = False
    assert hand.ask("one")
    assert hand.done == ["one"]


def test_it_waits_for_the_end_of_the_take():
    hand = Hand()
    assert not hand.ask("one")
    hand.after.follow(DisplayState.LISTENING)
    assert hand.done == []
    hand.held = False
    hand.after.follow(DisplayState.THINKING)
    hand.after.follow(DisplayState.READY)
    assert hand.done == ["one"], "once"


def test_what_belongs_to_the_answer_waits_for_that_too():
    hand = Hand()
    hand.ask("one", answered=True)
    hand.held = False
    for state in ANSWERING:
        hand.after.follow(state)
    assert hand.done == []
    hand.after.follow(DisplayState.READY)
    assert hand.done == ["one"]


def test_the_last_wish_counts_and_one_that_is_done_at_once_replaces_the_others():
    hand = Hand()
    hand.ask("one")
    hand.ask("two", answered=True)
    hand.held = False
    hand.ask("three")
    hand.after.follow(DisplayState.READY)
    assert hand.done == ["three"]


def test_the_end_of_the_session_is_the_end_of_the_wait():
    hand = Hand()
    hand.ask("one")
    hand.after.forget()
    hand.after.end()
    assert hand.done == []
    hand.ask("two")
    hand.after.end()
    assert hand.done == ["two"]


@pytest.fixture
def application(qapp):
    return qapp


async def test_a_restart_in_mid_take_comes_after_the_answer(application):
    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 >= 1_080, "to the end of its tail"
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async def second(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    async with serving(first, second) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        bench.controller.restart()
        bench.audio.microphone_now.push_ms(400)
        assert bench.controller.listens
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until(lambda: len(service.requests) == 2)
        await bench.until_state(DisplayState.READY)
        said = [line for line in bench.controller.presenter.transcript.lines if line.speaker == "assistant"]
        assert [line.text for line in said] == ["Hello."]


async def test_who_disconnects_instead_is_disconnected(application):
    async def script(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.press()
        bench.controller.restart()
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        assert len(service.requests) == 1
