"""No new turn begins beyond a budget, what is said is kept, and one button goes on. On a real service."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import structs

from desktop.conversation import session_costs
from desktop.conversation.session_controller import SessionController
from desktop.cost.table import prices_of
from desktop.protocol import catalog
from desktop.protocol.published import Published
from desktop.realtime.quiet_spell import QuietSpell
from desktop.turn.effects import DisplayState, Note
from tests.conversation.test_session_controller import OPENAI, WITHIN_S, Bench, idle, sitting
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
            async with asyncio.timeout(WITHIN_S):
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


async def test_a_days_budget_is_told_at_eighty_percent_and_holds_at_a_hundred_with_the_take_kept():
    heard: list[int] = []

    async def script(line: Line) -> None:
        await line.start()
        for tokens in (800_000, 200_000):
            await line.expect("text.input")
            await line.expect("response.create")
            await line.send("response.started")
            await line.send("text.delta", delta="Yes.")
            await line.send("response.completed", usage={"input_tokens": tokens})
        await line.socket.wait_closed()

    async def spoken(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        heard.append(len(line.appended))
        await line.socket.wait_closed()

    async with serving(script, spoken) as service, sitting(service, day_budget=10.0) as bench:
        bench.spend.noted.connect(bench.notes.append)  # as the window's connections have it
        bench.controller.say("First.")
        await bench.until(lambda: budget_notes(bench))
        await bench.until_state(DisplayState.READY)
        bench.controller.say("Second.")
        await bench.until_state(DisplayState.RESTING)
        near, reached = budget_notes(bench)
        assert (str(near.message), near.action) == ("$8.00 of today's budget of $10.00 is spent.", "")
        assert "Today's budget of $10.00 is used up." in str(reached.message)
        assert reached.action == "go_on"
        bench.controller.press()
        bench.audio.microphone_now.push_ms(600)
        await bench.until(lambda: not bench.audio.microphone_now.unread)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until_state(DisplayState.RESTING)
        assert len(service.requests) == 1
        bench.controller.go_on()
        await bench.until(lambda: heard)
    assert heard[0] >= 48 * 600, "all of the take"


@pytest.mark.parametrize("budget", ["session_budget", "day_budget"])
async def test_hands_free_ends_between_two_turns_and_goes_on_with_the_same_button(budget: str):
    speaks, hold, asked = asyncio.Event(), asyncio.Event(), []

    async def script(line: Line) -> None:
        asked.append((await line.start())["turn_detection"]["type"])
        if len(asked) > 1:
            await line.socket.wait_closed()
            return
        async with asyncio.timeout(WITHIN_S):
            await speaks.wait()
        await line.send("speech.started")
        await line.send("speech.stopped")
        await line.send("response.started")
        await line.send("text.delta", delta="Yes.")
        # Told in the middle of the answer, as some providers do.
        await line.send("session.usage", usage={"input_tokens": 1_000_000})
        async with asyncio.timeout(WITHIN_S):
            await hold.wait()
        await line.send("text.delta", delta=" It is.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    settings = {budget: 10.0, "turn_modes": {OPENAI: "server_vad"}}
    async with serving(script) as service, sitting(service, **settings) as bench:
        speaks.set()
        await bench.until(lambda: bench.spend.holds)
        assert not budget_notes(bench), "never in the middle of a sentence"
        hold.set()
        await bench.until_state(DisplayState.RESTING)
        assert bench.controller.presenter.transcript.lines[-1].text == "Yes. It is."
        [note] = budget_notes(bench)
        assert note.action == "go_on"
        assert len(service.requests) == 1
        bench.controller.go_on()
        await bench.until_state(DisplayState.READY)
        assert asked == ["server_vad", "server_vad"]


@pytest.mark.parametrize(
    ("pricing", "settings", "after_s"),
    [
        ({"price_per_minute": 0.05}, {}, 60.0),
        ({"price_per_second": 0.001}, {"rest_after_s": 90}, 90.0),
        ({"price_per_minute": 0.05}, {"rest_after_s": 0}, 0.0),
        ({"price_per_minute": 0}, {}, 0.0),
        ({"input": [10], "output": [20]}, {}, 0.0),
        ({}, {}, 0.0),
    ],
)
async def test_only_a_model_billed_by_the_open_minute_rests(
    monkeypatch: pytest.MonkeyPatch, pricing: dict[str, Any], settings: dict[str, Any], after_s: float
):
    model = structs.replace(catalog.find(OPENAI), published=Published(pricing=pricing))
    monkeypatch.setattr(session_costs, "prices_of", lambda _: prices_of(model))
    asked: list[float] = []
    due = QuietSpell.due

    def looked(spell: QuietSpell, now: float, activity: Any, after: float) -> bool:
        asked.append(after)
        return due(spell, now, activity, after)

    monkeypatch.setattr(QuietSpell, "due", looked)
    async with serving(idle) as service, sitting(service, **settings) as bench:
        asked.clear()
        await bench.until(lambda: asked)
    assert set(asked) == {after_s}


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
