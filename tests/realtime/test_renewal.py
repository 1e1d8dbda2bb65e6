"""A session is renewed between turns before its time is up: when, and how, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from desktop.protocol import catalog
from desktop.realtime import renewal, retry
from desktop.realtime.renewal import RenewalPlan, begins_s
from desktop.realtime.session_events import NotRenewed, SessionOpened
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState, TurnActivity
from tests.realtime.service import Line, serving
from tests.realtime.test_session import Talk, idle, talking

HOUR = 3_600.0


def first_due(plan: RenewalPlan, activity: TurnActivity, until: float) -> float | None:
    """The first due moment, polled as a session does."""
    now = 0.0
    while now < until:
        now += plan.wait_s(now)
        if plan.due(now, activity):
            return now
    return None


@pytest.mark.parametrize(("cap_s", "begins"), [(HOUR, 3_300), (600, 480)])
def test_it_begins_well_before_the_cap(cap_s: float, begins: float):
    assert begins_s(cap_s) == begins
    due = first_due(RenewalPlan(cap_s, 0.0), "quiet", cap_s)
    assert begins <= due <= begins + 5


def test_a_pause_must_settle():
    plan = RenewalPlan(HOUR, 0.0)
    assert not plan.due(3_400.0, "quiet")
    assert not plan.due(3_401.0, "sounding")
    assert not plan.due(3_402.0, "quiet")
    assert not plan.due(3_403.9, "quiet")
    assert plan.due(3_404.0, "quiet")


def test_at_the_deadline_what_sounds_may_continue():
    due = first_due(RenewalPlan(HOUR, 0.0), "sounding", HOUR)
    assert due == pytest.approx(HOUR - 150, abs=1)


@pytest.mark.parametrize("activity", ["speaking", "busy"])
def test_never_in_mid_turn(activity: TurnActivity):
    assert first_due(RenewalPlan(HOUR, 0.0), activity, 2 * HOUR) is None


def test_every_provider_with_a_known_cap():
    assert {model.id: model.cap_s for model in catalog.MODELS if not model.offline} == {
        "openai/gpt-realtime-2": 3_600,
        "xai/grok-voice-latest": 7_200,
        "gemini/gemini-3.1-flash-live-preview": 600,
        "gemini/gemini-3.5-live-translate-preview": 600,
        "openai/gpt-realtime-translate": 3_600,
    }
    assert catalog.find(catalog.OFFLINE_MODEL).cap_s is None
    assert catalog.find("somebody/new").cap_s is None
    assert catalog.find("gemini/other").cap_s == 600


# Over real sockets


@pytest.fixture
def short_lives(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(catalog.CAPS, "openai", catalog.Cap(0.1, "", ""))
    monkeypatch.setattr(renewal, "SETTLED_S", 0.0)
    monkeypatch.setattr(renewal, "LOOK_S", 0.005)
    monkeypatch.setattr(renewal, "RETRY_S", 0.01)
    return


def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No further renewal."""
    monkeypatch.delitem(catalog.CAPS, "openai", raising=False)


@pytest.mark.usefixtures("short_lives")
async def test_a_renewal_is_not_felt(monkeypatch: pytest.MonkeyPatch):
    closed = asyncio.Event()
    taken = asyncio.Event()

    async def first(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()
        assert line.socket.close_code == 1000
        assert taken.is_set(), "the next one was open before"
        closed.set()

    async def second(line: Line) -> None:
        once(monkeypatch)
        await line.start(session_id="s2")
        taken.set()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.socket.wait_closed()

    async with serving(first, second) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        talk.session.say("hello")
        await closed.wait()
        await talk.until_state(DisplayState.THINKING)
    assert [notice.renewed for notice in talk.of(SessionOpened)] == [False, True]
    assert [notice.again for notice in talk.of(SessionOpened)] == [False, False]
    states = [notice.state for notice in talk.of(effects.StateChanged)]
    assert states == [
        DisplayState.CONNECTING,
        DisplayState.READY,
        DisplayState.THINKING,
        DisplayState.OFFLINE,
    ]
    assert talk.of(effects.Note) == []


@pytest.mark.usefixtures("short_lives")
async def test_a_press_meets_no_closed_door(monkeypatch: pytest.MonkeyPatch):
    asked = asyncio.Event()
    go_on = asyncio.Event()
    whole = bytearray()

    async def second(line: Line) -> None:
        once(monkeypatch)
        await line.expect("session.start")
        asked.set()
        await go_on.wait()
        await line.send("session.started", session_id="s2")
        await line.expect("audio.commit")
        whole.extend(line.appended)
        await line.expect("response.create")
        await line.socket.wait_closed()

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        go_on.set()
        await line.socket.wait_closed()

    async with serving(first, second) as service, talking(service) as talk:
        await asked.wait()
        talk.session.press()
        talk.microphone.push_ms(400, amplitude=0.25)
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert talk.session.state is DisplayState.LISTENING
        talk.microphone.push_ms(200, amplitude=0.5)
        talk.session.release()
        talk.microphone.push_ms(220)
        await talk.until(lambda: whole)
        await talk.until_state(DisplayState.THINKING)
    assert 790 <= len(whole) / 48 <= 830, "once, from its first sample to its last"


@pytest.mark.usefixtures("short_lives")
async def test_an_answer_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    started = asyncio.Event()
    asked = asyncio.Event()
    order: list[str] = []

    async def first(line: Line) -> None:
        await line.start()
        await asked.wait()  # the next session is being opened
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await started.wait()
        await line.send("text.delta", delta="All of it.")
        await line.send("response.completed")
        await line.socket.wait_closed()
        order.append("closed")

    async def second(line: Line) -> None:
        once(monkeypatch)
        await line.expect("session.start")
        asked.set()
        await talk.until_state(DisplayState.THINKING)
        await line.send("session.started", session_id="s2")
        started.set()
        await line.socket.wait_closed()

    async with serving(first, second) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await asked.wait()
        talk.session.say("go on")
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        await talk.until(lambda: order)
        await talk.session.close()
        await running
    assert talk.of(effects.ResponseEnded) == [effects.ResponseEnded(1, "complete")]
    notices = talk.notices
    assert notices.index(talk.of(effects.ResponseEnded)[0]) < notices.index(talk.of(SessionOpened)[1])


@pytest.mark.usefixtures("short_lives")
async def test_without_another_the_open_session_continues(monkeypatch: pytest.MonkeyPatch):
    def refuse(server, request):
        return server.respond(503, "down\n") if 2 <= len(service.requests) <= 3 else None

    async def second(line: Line) -> None:
        once(monkeypatch)
        await idle(line)

    async with serving(idle, second, refuse=refuse) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert len(talk.of(NotRenewed)) == 2
        assert len(service.requests) == 4
        assert talk.session.state is DisplayState.READY
    assert talk.of(effects.Retrying) == []


@pytest.mark.usefixtures("short_lives")
async def test_where_only_one_may_be_open_it_goes_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    open_now = 0

    def refuse(server, request):
        return server.respond(429, "too many\n") if open_now else None

    async def script(line: Line) -> None:
        nonlocal open_now
        open_now += 1
        if len(service.requests) > 1:
            once(monkeypatch)
        await idle(line)
        open_now -= 1

    async with serving(script, refuse=refuse) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert talk.of(SessionOpened)[1].again
    assert talk.of(effects.Note) == []


@pytest.mark.usefixtures("short_lives")
async def test_closing_while_it_is_renewed_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    asked = asyncio.Event()

    async def second(line: Line) -> None:
        await line.expect("session.start")
        asked.set()
        await line.socket.wait_closed()

    async with serving(idle, second) as service:
        before = asyncio.all_tasks()
        talk = Talk(service.url, policy=inputs.Policy())
        running = asyncio.create_task(talk.session.run())
        await asked.wait()
        await talk.session.close()
        await running
        await talk.until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})
    assert talk.session.state is DisplayState.OFFLINE
    assert talk.microphone.closed
