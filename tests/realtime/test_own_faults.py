"""A fault of the program's own costs the frame where it shows, and neither the session nor the talk key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from desktop.audio.fakes import FakeSpeaker
from desktop.protocol import codec, events
from desktop.realtime import _receiving
from desktop.realtime.connection import Frame
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from desktop.turn.turn import Turn
from tests.realtime.service import Line, serving
from tests.realtime.test_session import Talk, talking

MARK = "the frame that we can't read"


async def answers(line: Line) -> None:
    """A service that sends such a frame in each answer, and ends the answer all the same."""
    await line.start()
    for _ in range(2):
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta=MARK)
        await line.send("text.delta", delta="Hello.")
        await line.send_audio(bytes(480))
        await line.send("response.completed")
    await line.socket.wait_closed()


async def two_turns(talk: Talk) -> None:
    for turn in (1, 2):
        await talk.speak()
        await talk.until(lambda turn=turn: len(talk.speaker.completed) == turn)
        talk.speaker.play(10_000)
        await talk.until_state(DisplayState.READY)
        talk.notices = [one for one in talk.notices if not isinstance(one, effects.TakeEnded)]


def failing(whole: Callable[..., Any], at: Callable[..., bool], error: Exception) -> Callable[..., Any]:
    def fail(*args: Any) -> Any:
        if at(*args):
            raise error
        return whole(*args)

    return fail


@pytest.mark.parametrize("error", [KeyError("size"), MemoryError(), RecursionError(), AttributeError("x")])
async def test_a_frame_that_our_decoding_fails_at_is_dropped(
    error: Exception, monkeypatch: pytest.MonkeyPatch, expect_log
):
    expect_log("could not be decoded")
    seen: list[Frame] = []
    unreadable = failing(codec.decode, lambda frame: MARK.encode() in frame, error)
    monkeypatch.setattr(codec, "decode", unreadable)
    async with serving(answers) as service, talking(service, frames=seen.append) as talk:
        await two_turns(talk)
    lost = [one.message for one in seen if isinstance(one.message, events.Unknown)]
    assert [MARK in str(one.raw) for one in lost] == [True, True], "the log of frames shows them"
    assert not talk.of(effects.Note)
    assert len(talk.of(effects.ResponseText)) == 2


async def test_an_event_that_our_turn_fails_at_is_dropped(monkeypatch: pytest.MonkeyPatch, expect_log):
    expect_log("TextDelta could not be handled")
    monkeypatch.setattr(
        Turn,
        "handle",
        failing(Turn.handle, lambda _, one, now: getattr(one, "delta", "") == MARK, KeyError("region")),
    )
    async with serving(answers) as service, talking(service) as talk:
        await two_turns(talk)


async def test_a_press_does_all_the_rest_where_one_part_fails(monkeypatch: pytest.MonkeyPatch):
    """The speaker can't be silenced: the microphone opens all the same, and the fault is reported."""
    monkeypatch.setattr(FakeSpeaker, "flush", failing(FakeSpeaker.flush, lambda *_: True, OSError("gone")))

    heard = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await line.send("response.started")
        await line.send_audio(bytes(48_000))
        await line.expect("response.cancel")
        await line.expect("audio.append")
        heard.set()
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.SPEAKING)
        with pytest.raises(OSError, match="gone"):
            talk.session.press()
        talk.microphone.push_ms(100)
        await talk.until_state(DisplayState.LISTENING)
        await heard.wait()
        monkeypatch.undo()
        await talk.session.close()
        await running


async def test_a_session_in_which_everything_fails_ends(monkeypatch: pytest.MonkeyPatch, expect_log):
    expect_log("could not be handled")

    async def script(line: Line) -> None:
        await line.start()
        for _ in range(2 * _receiving.FAULTS):
            await line.send("text.delta", delta=MARK)
        await line.socket.wait_closed()

    error = KeyError("region")
    monkeypatch.setattr(
        Turn, "handle", failing(Turn.handle, lambda _, one, now: isinstance(one, events.TextDelta), error)
    )
    async with serving(script) as service:
        talk = Talk(service.url)
        with pytest.raises(KeyError):
            async with asyncio.timeout(5):
                await talk.session.run()
    assert talk.session.state is DisplayState.ERROR


async def test_half_an_emoji_is_sent_with_the_rest_and_holds_nothing_up():
    """As a clipboard cuts one, or a file of instructions."""

    async def script(line: Line) -> None:
        await line.start()
        said = [(await line.expect("text.input"))["text"]]
        await line.expect("response.create")
        await line.send("response.completed")
        said.append((await line.expect("text.input"))["text"])
        texts.append(said)
        await line.socket.wait_closed()

    texts: list[list[str]] = []
    async with serving(script) as service, talking(service) as talk:
        talk.session.say("half \ud83d and whole \ud83d\ude00")
        await talk.until_state(DisplayState.READY)
        talk.session.send_context("\udc00")
        await talk.until(lambda: texts)
    assert texts == [["half \ufffd and whole \U0001f600", "\ufffd"]]


async def test_what_our_encoding_fails_at_holds_nothing_up(monkeypatch: pytest.MonkeyPatch, expect_log):
    expect_log("a TextInput could not be encoded")
    monkeypatch.setattr(
        codec, "encode", failing(codec.encode, lambda one: getattr(one, "text", "") == MARK, TypeError("x"))
    )

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("response.create")
        await line.expect("audio.commit")
        heard.set()
        await line.socket.wait_closed()

    heard = asyncio.Event()
    async with serving(script) as service, talking(service) as talk:
        talk.session.say(MARK)
        await talk.speak()
        await talk.until(heard.is_set)
