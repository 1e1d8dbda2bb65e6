"""No new turn begins beyond a budget, what is said is kept, and one button goes on. On a real service."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from desktop.conversation import session_costs
from desktop.conversation.session_controller import SessionController
from desktop.cost.table import prices_of
from desktop.protocol import catalog
from desktop.protocol.published import Published
from desktop.turn.effects import DisplayState, Note
from tests.conversation.test_session_controller import OPENAI, Bench, sitting
from tests.realtime.service import Line, serving

PRICED = Published(pricing={"input": [10], "output": [20]})


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


@pytest.fixture(autouse=True)
def priced(monkeypatch: pytest.MonkeyPatch):
    """The model's price, as the list would have it."""
    model = structs.replace(catalog.find(OPENAI), published=PRICED)
    monkeypatch.setattr(session_costs, "prices_of", lambda _: prices_of(model))


def spending(*, hold: asyncio.Event | None = None):
    """A service whose response to typed words uses a million tokens, 10 dollars."""

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Yes.")
        if hold:
            await hold.wait()
        await line.send("response.completed", usage={"input_tokens": 1_000_000})
        await line.socket.wait_closed()

    return script


def budget_notes(bench: Bench) -> list[Note]:
    return [note for note in bench.notes if note.subject == "budget"]


async def test_beyond_the_budget_a_message_is_kept_until_the_user_goes_on():
    async with (
        serving(spending(), spending()) as service,
        sitting(service, session_budget=10.0) as bench,
    ):
        controller: SessionController = bench.controller
        controller.say("First.")
        await bench.until(lambda: budget_notes(bench))
        [note] = budget_notes(bench)
        assert note.action == "go_on"
        assert "$10.00" in str(note.message)
        await bench.until_state(DisplayState.RESTING)
        controller.say("Second.")
        # The network, or waking up, is no reason to go on.
        controller.reconnect_now()
        assert bench.controller.state is DisplayState.RESTING
        assert len(service.requests) == 1
        assert bench.spend.ledger.session.most.picos == 10 * 10**12
        controller.go_on()
        await bench.until(lambda: bench.spend.ledger.session.most.picos == 20 * 10**12)
        assert len(service.requests) == 2
        # Whoever goes on isn't asked again in this session.
        assert len(budget_notes(bench)) == 1


async def test_nothing_is_cut_off_in_the_middle_of_an_answer():
    hold = asyncio.Event()
    async with (
        serving(spending(hold=hold)) as service,
        sitting(service, session_budget=0.01) as bench,
    ):
        bench.controller.say("First.")
        await bench.until_state(DisplayState.THINKING)
        bench.spend.limits_changed()
        assert not budget_notes(bench)
        hold.set()
        await bench.until_state(DisplayState.RESTING)


async def test_a_tool_that_runs_when_the_budget_is_used_up_is_answered_first():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        url = {"url": "https://example.org"}
        await line.send("tool.call", tool_call_id="c1", tool_name="open_url", tool_arguments=url)
        await line.send("response.completed", usage={"input_tokens": 1_000_000})
        await line.expect("tool.result")
        await line.send("response.started")
        await line.send("text.delta", delta="It is open.")
        await line.send("response.completed", usage={"input_tokens": 1_000_000})
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service, session_budget=5.0) as bench:
        bench.controller.say("Open the page.")
        await bench.until(lambda: bench.spend.holds and bench.emitted[-1:] and bench.emitted[-1] != "sent")
        await bench.until_state(DisplayState.TOOL)
        assert not budget_notes(bench)
        bench.answer(True)
        await bench.until_state(DisplayState.RESTING)
        assert bench.opened == ["https://example.org"]
        assert bench.controller.presenter.transcript.lines[-1].text == "It is open."
        assert len(budget_notes(bench)) == 1


async def test_a_higher_budget_goes_on_by_itself():
    async with (
        serving(spending(), spending()) as service,
        sitting(service, session_budget=10.0) as bench,
    ):
        bench.controller.say("First.")
        await bench.until_state(DisplayState.RESTING)
        bench.controller.say("Second.")
        bench.store.replace(session_budget=100.0)
        bench.spend.limits_changed()
        await bench.until(lambda: bench.spend.ledger.session.most.picos == 20 * 10**12)
        assert len(service.requests) == 2


async def test_without_a_budget_nothing_is_held():
    async with serving(spending()) as service, sitting(service) as bench:
        bench.controller.say("First.")
        await bench.until(lambda: bench.spend.ledger.session.known)
        await bench.until_state(DisplayState.READY)
        assert not budget_notes(bench)
