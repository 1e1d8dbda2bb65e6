"""Sessions that the service ends with a close frame: why is said, and the same turn isn't sent for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop.realtime import retry
from desktop.realtime.errors import RealtimeError
from desktop.realtime.session_events import SessionOpened
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from tests.realtime.service import Line, serving
from tests.realtime.test_session import Talk, idle

Script = Callable[[Line], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_S", 0.002)
    monkeypatch.setattr(retry, "LONGEST_S", 0.01)


def closes(code: int, reason: str = "", after: str = "audio.commit") -> Script:
    """A session that is closed as soon as this frame has come."""

    async def script(line: Line) -> None:
        await line.start()
        await line.expect(after)
        await line.socket.close(code, reason)

    return script


async def answers(line: Line) -> None:
    await line.start()
    await line.expect("audio.commit")
    await line.expect("response.create")
    await line.send("response.started")
    await line.send("response.completed")
    await line.socket.wait_closed()


async def hears(line: Line) -> None:
    await line.start()
    await line.expect("audio.commit")
    await line.socket.wait_closed()


async def spoken(talk: Talk) -> asyncio.Task[None]:
    """The user has connected and said something."""
    running = asyncio.create_task(talk.session.run())
    await talk.until_state(DisplayState.READY)
    talk.session.press()
    talk.microphone.push_ms(600)
    talk.session.release()
    talk.microphone.push_ms(220)
    return running


async def ended(talk: Talk, running: asyncio.Task[None]) -> effects.Note:
    with pytest.raises(RealtimeError) as caught:
        async with asyncio.timeout(5):
            await running
    note = talk.of(effects.Note)[-1]
    assert (note.kind, note.message) == ("error", caught.value.message)
    assert talk.session.state is DisplayState.ERROR
    return note


@pytest.mark.parametrize(
    ("code", "reason", "words", "action"),
    [
        (
            1011,
            "You exceeded your current quota, please check your plan and billing details.",
            "quota",
            "top_up",
        ),
        (1011, "insufficient_quota", "balance is used up", "top_up"),
        (1013, "RESOURCE_EXHAUSTED", "too many requests", "wait"),
        (1007, "User location is not supported for the API use.", "at your location", "choose_model"),
        (1007, "Request contains an invalid argument.", "didn't accept what was sent", "choose_model"),
        (1008, "Your API key was reported as leaked.", "key is no longer accepted", "change_key"),
        (1008, "models/x is not found: unknown model", "doesn't offer this model", "choose_model"),
        (1000, "Insufficient balance", "balance is used up", "top_up"),
        (1001, "Too many sessions for this project", "too many sessions", "wait"),
        (3000, "", "key is no longer accepted", "change_key"),
        (3003, "", "isn't allowed to use this model", "change_key"),
        (4001, "unauthorized", "key is no longer accepted", "change_key"),
        (4402, "", "balance is used up", "top_up"),
        (4429, "", "too many sessions", "wait"),
        (4429, "rate_limit_reached", "too many requests", "wait"),
        (4999, "Blocked by content policy", "rules on content", "reconnect"),
    ],
)
async def test_a_known_reason_ends_it_whatever_the_close_code(
    code: int, reason: str, words: str, action: str
):
    async with serving(closes(code, reason)) as service:
        talk = Talk(service.url)
        note = await ended(talk, await spoken(talk))
    assert words in str(note.message)
    assert (note.code, note.action) == (str(code), action)
    assert len(service.requests) == 1, "nothing is sent again"
    assert talk.session.keeps_takes


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1000, ""),
        (1002, "no"),
        (1003, ""),
        (1007, "bad data"),
        (1011, "boom"),
        (1013, ""),
        (4000, "x"),
        (4001, ""),
    ],
)
async def test_the_same_end_twice_after_the_same_turn_is_enough(code: int, reason: str):
    async with serving(closes(code, reason)) as service:
        talk = Talk(service.url)
        note = await ended(talk, await spoken(talk))
    assert len(service.requests) == 2
    assert reason in str(note.message)
    assert "twice after the same words. They are kept: connect again" in str(note.message)
    assert (note.code, note.action) == (str(code), "reconnect")
    assert talk.session.keeps_takes
    (retrying,) = talk.of(effects.Retrying)
    assert reason in str(retrying.message)
    assert retrying.code == str(code)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "insufficient_quota", "message": "No."}, "balance is used up"),
        ({"code": "", "message": "You exceeded your current quota."}, "quota at the provider"),
    ],
)
async def test_an_error_before_the_close_is_the_reason(error: dict[str, str], words: str):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.send("error", error=error)
        await line.socket.close(1011)

    async with serving(script) as service:
        talk = Talk(service.url)
        note = await ended(talk, await spoken(talk))
    assert words in str(note.message)
    assert len(service.requests) == 1


async def test_what_a_reason_is_made_of_is_plain_text():
    async with serving(closes(1008, "\x1b[31mno\u202e\r\nmore")) as service:
        talk = Talk(service.url)
        note = await ended(talk, await spoken(talk))
    assert "(\N{REPLACEMENT CHARACTER}[31mno more)" in str(note.message)


async def test_a_reason_that_differs_each_time_is_still_the_same_end():
    async with serving(*(closes(1011, f"error {number}, trace {number}f") for number in range(9))) as service:
        talk = Talk(service.url)
        await ended(talk, await spoken(talk))
    assert len(service.requests) == 2


async def test_it_is_the_same_turn_while_it_is_being_spoken():
    async with serving(closes(4001, "no", after="audio.append")) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        talk.microphone.push_ms(600)
        await ended(talk, running)
    assert len(service.requests) == 2
    assert talk.session.keeps_takes


async def test_a_typed_message_is_a_turn_too():
    async def typed(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.socket.close(4001)

    async with serving(typed) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.say("good morning")
        await ended(talk, running)
    assert len(service.requests) == 2


async def test_hands_free_it_is_the_same_turn_too():
    async def heard(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        await line.send("speech.started")
        await line.expect("audio.append")
        await line.send("speech.stopped")
        await line.socket.close(4001)

    async with serving(heard) as service:
        talk = Talk(service.url, policy=inputs.Policy(commits=False, hands_free=True))
        running = asyncio.create_task(talk.session.run())
        async with asyncio.timeout(5):
            while not running.done():
                talk.microphone.push_ms(100)
                await asyncio.sleep(0.005)
        with pytest.raises(RealtimeError):
            running.result()
    assert len(service.requests) <= 3


async def test_when_the_user_connects_again_it_is_tried_anew():
    async with serving(closes(4001), closes(4001), answers) as service:
        talk = Talk(service.url)
        await ended(talk, await spoken(talk))
        running = asyncio.create_task(talk.session.run())
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        await talk.session.close()
        await running
    assert len(service.requests) == 3
    assert not talk.session.keeps_takes


async def test_when_the_user_speaks_again_it_is_tried_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 3_600.0)
    monkeypatch.setattr(retry, "LONGEST_S", 3_600.0)
    async with serving(closes(4001), closes(4001), hears) as service:
        talk = Talk(service.url, patience=lambda: 10_000.0)
        running = await spoken(talk)
        for tried in (1, 2):
            await talk.until(lambda: len(talk.of(effects.Retrying)) == tried)  # noqa: B023 - awaited here
            talk.session.press()
            talk.microphone.push_ms(600)
            talk.session.release()
            talk.microphone.push_ms(220)
            talk.session.reconnect_now()
        await talk.until(lambda: len(talk.of(SessionOpened)) == 3)
        await talk.session.close()
        await running


@pytest.mark.parametrize("code", [1001, 1012])
async def test_a_server_that_goes_away_is_followed_by_another(code: int):
    """These say nothing about the turn."""
    async with serving(*[closes(code, "restarting")] * 4, answers) as service:
        talk = Talk(service.url)
        running = await spoken(talk)
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        await talk.session.close()
        await running
    assert len(service.requests) == 5


async def test_the_network_may_drop_as_often_as_it_likes():
    async def cut(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        line.cut()

    async with serving(*[cut] * 6, answers) as service:
        talk = Talk(service.url)
        running = await spoken(talk)
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        await talk.session.close()
        await running


async def test_an_end_that_nobody_waits_on_is_not_counted():
    async def closed(line: Line) -> None:
        await line.start()
        await line.socket.close(1011, "boom")

    async with serving(*[closed] * 4, idle) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until(lambda: len(service.requests) == 5)
        await talk.until_state(DisplayState.READY)
        await talk.session.close()
        await running
    assert [str(retrying.message) for retrying in talk.of(effects.Retrying)] == [
        "The service aborted the session (boom)."
    ] * 4


async def test_when_it_is_given_up_the_last_sentence_says_what_helps():
    async def closed(line: Line) -> None:
        await line.start()
        await line.socket.close(1011, "boom")

    async with serving(closed) as service:
        talk = Talk(service.url, patience=lambda: 0.03)
        with pytest.raises(RealtimeError, match=r"\(boom\)\. Connect again to continue\."):
            await talk.session.run()


async def test_a_close_before_the_session_counts_as_the_same_end():
    async def unopened(line: Line) -> None:
        await line.expect("session.start")
        await line.socket.close(1011, "boom")

    async with serving(closes(1011, "boom"), unopened) as service:
        talk = Talk(service.url)
        note = await ended(talk, await spoken(talk))
    assert len(service.requests) == 2
    assert "boom" in str(note.message)
    assert talk.session.keeps_takes


@pytest.mark.parametrize("code", ["insufficient_quota", "rate_limit_exceeded", "invalid_api_key"])
async def test_an_error_that_is_the_end_keeps_the_take(code: str) -> None:
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("error", error={"code": code, "message": "No."})
        await line.socket.close(1011)

    async with serving(script) as service:
        talk = Talk(service.url)
        await ended(talk, await spoken(talk))
        assert talk.session.keeps_takes


async def test_an_error_about_one_answer_keeps_nothing() -> None:
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("error", error={"code": "strange", "message": "It went wrong."})
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        running = await spoken(talk)
        await talk.until(lambda: talk.of(effects.Note))
        assert not talk.session.keeps_takes
        await talk.session.close()
        await running
        assert not talk.session.keeps_takes
