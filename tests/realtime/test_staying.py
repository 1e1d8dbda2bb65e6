"""Staying connected: drops, dead sockets, and signs that a retry may succeed. Over real sockets."""

from __future__ import annotations

import asyncio

import pytest

from desktop.base.message import MessageError, verbatim
from desktop.protocol import commands
from desktop.realtime import keep_alive, retry, supervisor
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.session_events import SessionOpened
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, serving
from tests.realtime.test_session import Talk, idle, talking


async def cut_at_once(line: Line) -> None:
    await line.start()
    line.cut()


async def frozen(line: Line) -> None:
    """Open, and dead: nothing is read any more, so pings go unanswered."""
    await line.start()
    line.socket.transport.pause_reading()
    await line.socket.wait_closed()


def test_a_dead_socket_is_found_within_30_s():
    assert keep_alive.PING_S == 20
    assert keep_alive.PING_S + keep_alive.PONG_S + keep_alive.CLOSE_TIMEOUT_S <= 30


async def test_a_dead_socket_is_replaced(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    for name in ("PING_S", "PONG_S", "CLOSE_TIMEOUT_S"):
        monkeypatch.setattr(keep_alive, name, 0.05)
    async with serving(frozen, idle) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)


async def test_the_round_trip_is_known_from_the_beginning():
    async with serving(idle) as service, talking(service) as talk:
        await talk.until(lambda: talk.session.counters.round_trip_ms > 0)


async def test_a_socket_that_did_not_survive_a_sleep_is_found_by_the_wake(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    monkeypatch.setattr(supervisor, "PROBE_S", 0.05)
    async with serving(frozen, idle) as service, talking(service) as talk:
        talk.session.reconnect_now()
        talk.session.reconnect_now()
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)


async def test_a_socket_that_lives_is_kept():
    async with serving(idle) as service, talking(service) as talk:
        talk.session.reconnect_now()
        await talk.until(lambda: not [t for t in asyncio.all_tasks() if t.get_name() == "realtime probe"])
        assert talk.session.state is DisplayState.READY
    assert len(service.requests) == 1


async def test_a_wait_is_cut_short_when_the_network_is_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 3_600.0)
    monkeypatch.setattr(retry, "LONGEST_S", 3_600.0)
    async with serving(cut_at_once, idle) as service:
        talk = Talk(service.url, patience=lambda: 10_000.0)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.RECONNECTING)
        assert talk.of(effects.Retrying)[0].attempt == 1
        assert talk.of(effects.Retrying)[0].after_s > 2_000
        talk.session.reconnect_now()
        await talk.until_state(DisplayState.READY)
        await talk.session.close()
        await running


async def test_a_try_that_hangs_is_begun_again_when_the_network_is_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    waiting = asyncio.Event()

    async def silent(line: Line) -> None:
        await line.expect("session.start")
        waiting.set()
        await line.socket.wait_closed()

    async with serving(cut_at_once, silent, idle) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await waiting.wait()
        talk.session.reconnect_now()
        await talk.until_state(DisplayState.READY)
        assert len(service.requests) == 3
        await talk.session.close()
        await running


async def test_enough_is_enough(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)

    def refuse(server, request):
        return server.respond(503, "down\n") if service.requests[1:] else None

    async with serving(cut_at_once, refuse=refuse) as service:
        talk = Talk(service.url, patience=lambda: 0.05)
        with pytest.raises(supervisor.RealtimeError):
            await talk.session.run()
    assert talk.session.state is DisplayState.ERROR


async def test_a_take_continues_across_several_drops(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    drops = 4
    whole = bytearray()

    async def drop(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async def last(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        whole.extend(line.appended)
        await line.expect("response.create")
        await line.socket.wait_closed()

    async with serving(*[drop] * drops, last) as service, talking(service) as talk:
        talk.session.press()
        for dropped in range(drops):
            talk.microphone.push_ms(200, amplitude=0.25)
            await talk.until(lambda: len(talk.of(SessionOpened)) == dropped + 2)  # noqa: B023 - awaited here
            assert talk.session.state is DisplayState.LISTENING
        talk.microphone.push_ms(200, amplitude=0.5)
        talk.session.release()
        talk.microphone.push_ms(220)
        await talk.until(lambda: whole)
    assert len(whole) / 48 >= 200 * drops + 390
    assert whole[:2] == (8192).to_bytes(2, "little"), "from its first sample on"
    assert talk.of(effects.TakeStarted) == [effects.TakeStarted(1)]
    assert [end for end in talk.of(effects.TakeEnded) if end.outcome != "kept"] == [
        effects.TakeEnded(1, "sent")
    ]


# Rest: the service closes an unused session


async def idled(line: Line) -> None:
    await line.start()
    await line.send("session.terminating", error={"code": "idle_timeout", "message": "Idle."})
    await line.socket.close(1000)


async def test_an_idle_end_opens_no_other_session_until_the_user_speaks():
    whole = bytearray()

    async def woken(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        whole.extend(line.appended)
        await line.expect("response.create")
        await line.socket.wait_closed()

    async with serving(idled, woken) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.RESTING)
        assert [note.kind for note in talk.of(effects.Note)] == ["hint"]
        assert len(service.requests) == 1
        talk.microphone.push_ms(400, amplitude=0.25)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        talk.session.press()
        assert talk.session.state is DisplayState.LISTENING
        talk.microphone.push_ms(600, amplitude=0.5)
        talk.session.release()
        talk.microphone.push_ms(220)
        await talk.until(lambda: whole)
        assert len(whole) / 48 >= 1_090, "from the pre-roll on"
        await talk.session.close()
        await running


async def test_a_typed_message_wakes_too():
    async def woken(line: Line) -> None:
        await line.start()
        assert (await line.expect("text.input"))["text"] == "good morning"
        await line.expect("response.create")
        await line.socket.wait_closed()

    async with serving(idled, woken) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.RESTING)
        talk.session.say("good morning")
        await talk.until_state(DisplayState.THINKING)
        await talk.session.close()
        await running


async def test_a_long_rest_ends_with_the_microphone_closed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "REST_S", 0.05)
    async with serving(idled) as service:
        talk = Talk(service.url)
        await talk.session.run()
    assert talk.session.state is DisplayState.OFFLINE
    assert talk.microphone.closed
    assert len(service.requests) == 1


async def test_a_rest_can_be_ended():
    async with serving(idled) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.RESTING)
        await talk.session.close()
        await running
    assert talk.session.state is DisplayState.OFFLINE


async def test_a_take_that_every_session_idles_out_on_calls_for_no_storm(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    monkeypatch.setattr(retry, "LONGEST_S", 0.001)
    async with serving(idled) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.RESTING)
        talk.session.press()
        talk.microphone.push_ms(600)
        talk.session.release()
        talk.microphone.push_ms(220)
        with pytest.raises(supervisor.RealtimeError):
            await running
        assert talk.session.keeps_takes
    assert len(service.requests) <= retry.TRIES + 2


async def test_a_session_that_lived_its_longest_is_followed_by_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)

    async def expired(line: Line) -> None:
        await line.start()
        await line.send("error", error={"code": "session_expired", "message": "60 minutes."})
        await line.socket.close(1000)

    async with serving(expired, idle) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
    assert talk.of(effects.Note) == []


# What provides the endpoint fails, as the offline demo that doesn't start again


class Endpoints:
    """Gives the endpoint, and fails like this at the second time."""

    def __init__(self, url: str, failure: Exception) -> None:
        self._url = url
        self._failure = failure
        self._asked = 0

    async def __call__(self, _: commands.Config) -> Endpoint:
        self._asked += 1
        if self._asked == 2:
            raise self._failure
        return Endpoint(self._url, "key")


async def cut_in_a_take(line: Line) -> None:
    await line.start()
    await line.expect("audio.append")
    line.cut()


async def test_no_endpoint_is_waited_out_and_the_take_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    whole = bytearray()

    async def last(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        whole.extend(line.appended)
        await line.socket.wait_closed()

    async with serving(cut_in_a_take, last) as service:
        talk = Talk(service.url)
        talk.session.retarget(Endpoints(service.url, MessageError(verbatim("The demo did not start."))))
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        talk.microphone.push_ms(600)
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert talk.session.state is DisplayState.LISTENING
        talk.session.release()
        talk.microphone.push_ms(220)
        await talk.until(lambda: whole)
        await talk.session.close()
        await running
    assert [str(retrying.message) for retrying in talk.of(effects.Retrying)][1] == "The demo did not start."


async def test_a_fault_of_our_own_ends_the_take_and_keeps_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    async with serving(cut_in_a_take) as service:
        talk = Talk(service.url)
        talk.session.retarget(Endpoints(service.url, KeyError("a fault")))
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        talk.microphone.push_ms(600)
        with pytest.raises(KeyError):
            await running
    assert talk.session.state is DisplayState.ERROR
    assert not talk.session.listens
    assert talk.session.keeps_takes
