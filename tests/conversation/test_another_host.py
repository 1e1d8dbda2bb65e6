"""A saved key, and settings that lead somewhere else: what the window asks, and what is sent."""

from __future__ import annotations

import pytest

from desktop.access import credentials, keychain
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import Bench, idle
from tests.realtime.service import serving

KEY = "op-4b1c9d2e7f60aa31"


@pytest.fixture(autouse=True)
def kept_key(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "read", lambda account: KEY if account == credentials.ACCOUNT else "")


async def test_nothing_is_sent_before_the_user_says_yes_and_then_it_is_never_asked_again():
    async with serving(idle, agreed=False) as service:
        host = service.url.removeprefix("http://")
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until(lambda: bench.emitted)
        question = str(bench.emitted[-1][1])
        assert "api.opper.ai" in question
        assert host in question
        assert service.requests == []
        bench.answer(False)
        await bench.until_state(DisplayState.ERROR)
        assert service.requests == []
        assert host in str(bench.notes[-1].message)
        assert bench.notes[-1].action == "check_address"

        bench.controller.toggle_session()
        await bench.until(lambda: len(bench.emitted) == 2)
        bench.answer(True)
        await bench.until_state(DisplayState.READY)
        assert service.requests[0].headers["Authorization"] == f"Bearer {KEY}"
        await bench.controller.close()

        another = Bench(service.url)
        another.controller.toggle_session()
        await another.until_state(DisplayState.READY)
        assert another.emitted == []
        await another.controller.close()


async def test_disconnecting_withdraws_the_question():
    async with serving(idle, agreed=False) as service:
        bench = Bench(service.url)
        settled: list[bool] = []
        bench.controller.tools.questions_settled.connect(lambda: settled.append(True))
        bench.controller.toggle_session()
        await bench.until(lambda: bench.emitted)
        bench.controller.toggle_session()
        await bench.until(lambda: settled)
        await bench.until(lambda: not bench.controller.connected)
        assert service.requests == []
        await bench.controller.close()
