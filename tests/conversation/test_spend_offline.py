"""Usage, spend, rest and budget from end to end: the program's own server, in its own process."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from desktop.conversation import session_costs
from desktop.cost.table import prices_of
from desktop.protocol import catalog
from desktop.protocol.published import Published
from desktop.turn.effects import DisplayState
from tests.audio.tones import tone
from tests.conversation import test_session_controller
from tests.conversation.test_session_controller import Bench

OFFLINE = catalog.OFFLINE_MODEL
PRICING = {"input": [1_000], "output": [2_000], "cached_input": [100], "price_per_minute": 0.6}


@pytest.fixture(autouse=True)
def application(qapp, monkeypatch: pytest.MonkeyPatch):
    """The demo at a price, and room for its process to start."""
    model = structs.replace(catalog.find(OFFLINE), published=Published(pricing=PRICING))
    monkeypatch.setattr(session_costs, "prices_of", lambda _: prices_of(model))
    monkeypatch.setattr(test_session_controller, "WITHIN_S", 20.0)
    return qapp


async def test_the_demos_usage_is_priced_and_the_budget_holds_the_next_turn():
    bench = Bench("", model=OFFLINE, rest_after_s=0)
    controller = bench.controller
    controller.toggle_session()
    try:
        await bench.until_state(DisplayState.READY)
        controller.say("What is two plus two?")
        await bench.until(lambda: 1 in bench.spend.ledger.turns and bench.spend.forecast)
        total = bench.spend.ledger.turns[1]
        assert total.most.picos > 0
        assert not total.about, "the usage was reported, not estimated"
        bench.store.replace(session_budget=0.0001)
        bench.spend.limits_changed()
        controller.cancel()
        await bench.until(lambda: any(note.action == "go_on" for note in bench.notes))
        controller.say("And three plus three?")
        assert controller.state is DisplayState.RESTING
        before = set(bench.spend.ledger.turns)
        controller.go_on()
        await bench.until(lambda: set(bench.spend.ledger.turns) > before)
    finally:
        await controller.close()


async def test_a_model_billed_by_the_minute_rests_and_a_press_wakes_it_with_all_that_was_said():
    bench = Bench("", model=OFFLINE, rest_after_s=1)
    controller = bench.controller
    controller.toggle_session()
    try:
        await bench.until_state(DisplayState.RESTING)
        [note] = [note for note in bench.notes if note.subject == "resting"]
        assert str(note.message) == "Resting, which saves $0.60 a minute. Press to talk again."
        microphone = bench.audio.microphone_now
        microphone.push(tone(440, 24_000, 0.3))
        controller.press()
        microphone.push(tone(440, 24_000, 0.5))
        await bench.until_state(DisplayState.LISTENING)
        controller.release()
        microphone.push(np.zeros(24_000, np.float32))
        await bench.until(lambda: bench.spend.saved.picos > 0 and controller.spend.ledger.turns)
        await bench.until(lambda: DisplayState.THINKING in bench.states)
    finally:
        await controller.close()
