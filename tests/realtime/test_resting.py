"""A session rests: because nobody speaks and each minute costs, or because a budget is used up."""

from __future__ import annotations

import asyncio

import numpy as np

from desktop.base.message import verbatim
from desktop.realtime.quiet_spell import QuietSpell, RestRule
from desktop.realtime.session_events import SessionOpened
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.audio.tones import tone
from tests.realtime.service import Line, Script, serving
from tests.realtime.test_session import WITHIN_S, idle, talking

WHY = verbatim("Why.")


def after(seconds: float) -> RestRule:
    return RestRule(lambda: seconds, lambda: WHY)


def answering(heard: list[bytes], *after_commit: str) -> Script:
    """A service that keeps what it hears until the commit, expects these frames, and responds."""

    async def answer(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        heard.append(bytes(line.appended))
        for kind in (*after_commit, "response.create"):
            await line.expect(kind)
        await line.send("response.started")
        await line.send("text.delta", delta="Yes.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    return answer


async def test_a_quiet_session_rests_and_a_press_opens_it_without_losing_a_syllable():
    heard: list[bytes] = []
    async with (
        serving(idle, answering(heard)) as service,
        talking(service, rest=after(0.05)) as talk,
    ):
        await talk.until_state(DisplayState.RESTING)
        [note] = [note for note in talk.of(effects.Note) if note.subject == "resting"]
        assert note.message == WHY
        # From before the press, and while the connection is being opened: all of it is in the take.
        said = tone(440, 24_000, 1.0)
        talk.microphone.push(said[:6_000])
        talk.session.press()
        for at in range(6_000, 24_000, 2_400):
            talk.microphone.push(said[at : at + 2_400])
            await asyncio.sleep(0)
        await talk.until_state(DisplayState.LISTENING)
        talk.session.release()
        talk.microphone.push(np.zeros(24_000, np.float32))
        await talk.until(lambda: heard)
        sent = np.frombuffer(heard[0], np.int16).astype(np.float32) / 32_768
        loud = np.flatnonzero(np.abs(sent) > 0.01)
        # 18,000 samples after the press, and the pre-roll before it.
        assert loud[-1] - loud[0] >= 18_000 + 5_000
        await talk.until(lambda: talk.of(effects.ResponseEnded))
    assert len(service.requests) == 2


async def test_not_one_sample_is_missing_from_a_take_that_begins_at_rest():
    heard: list[bytes] = []
    async with (
        serving(idle, answering(heard)) as service,
        talking(service, rest=after(0.05)) as talk,
    ):
        await talk.until_state(DisplayState.RESTING)
        # Each sample differs from the one before by one step, so that a gap of any length shows.
        steps = (np.arange(24_000) % 20_000 + 1_000).astype(np.float32) / 32_768
        talk.microphone.push(steps[:6_000])
        talk.session.press()
        for at in range(6_000, 24_000, 1_200):
            talk.microphone.push(steps[at : at + 1_200])
            await asyncio.sleep(0)
        await talk.until_state(DisplayState.LISTENING)
        talk.session.release()
        talk.microphone.push(np.zeros(24_000, np.float32))
        await talk.until(lambda: heard)
    sent = np.frombuffer(heard[0], np.int16).astype(int)
    said = np.flatnonzero(sent >= 1_000)
    assert said[-1] - said[0] + 1 == said.size, "no silence within"
    assert said.size >= 18_000 + 5_000, "from before the press on"
    assert set(np.diff(sent[said])) <= {1, 1 - 20_000}
    assert sent[said[-1]] == 1_000 + 23_999 % 20_000, "to the last one"


async def test_it_rests_again_after_each_answer_and_never_while_someone_speaks():
    heard: list[bytes] = []
    async with (
        serving(idle, answering(heard)) as service,
        talking(service, rest=after(0.2)) as talk,
    ):
        await talk.until_state(DisplayState.RESTING)
        talk.session.press()
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        for _ in range(10):
            talk.microphone.push(tone(440, 24_000, 0.1))
            await asyncio.sleep(0.05)
        assert talk.session.state is DisplayState.LISTENING
        talk.session.release()
        talk.microphone.push(np.zeros(24_000, np.float32))
        await talk.until(lambda: heard)
        await talk.until_state(DisplayState.RESTING)
    assert len(service.requests) == 2


async def test_typed_words_wake_it_too():
    async def typed(line: Line) -> None:
        await line.start()
        assert (await line.expect("text.input"))["text"] == "Hello?"
        await line.socket.wait_closed()

    async with serving(idle, typed) as service, talking(service, rest=after(0.05)) as talk:
        await talk.until_state(DisplayState.RESTING)
        talk.session.say("Hello?")
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)


async def test_it_can_be_closed_while_it_rests():
    async with serving(idle) as service, talking(service, rest=after(0.05)) as talk:
        await talk.until_state(DisplayState.RESTING)
        async with asyncio.timeout(WITHIN_S):
            await talk.session.close()
    assert talk.session.state is DisplayState.OFFLINE


async def test_what_is_said_beyond_a_budget_is_kept_until_the_user_goes_on():
    heard: list[bytes] = []
    async with serving(idle, answering(heard, "text.input")) as service, talking(service) as talk:
        assert talk.session.hold(WHY)
        [note] = [note for note in talk.of(effects.Note) if note.subject == "budget"]
        assert (note.message, note.action) == (WHY, "go_on")
        talk.session.press()
        talk.microphone.push(tone(440, 24_000, 1.0))
        await talk.until_state(DisplayState.LISTENING)
        await talk.until(lambda: not talk.microphone.unread)
        talk.session.release()
        talk.microphone.push(np.zeros(24_000, np.float32))
        await talk.until(lambda: talk.of(effects.TakeEnded))
        assert talk.of(effects.TakeEnded)[-1].outcome == "kept"
        talk.session.say("And this.")
        assert talk.session.state is DisplayState.RESTING
        assert len(service.requests) == 1
        assert not heard
        talk.session.reconnect_now()
        await talk.until(lambda: heard)
        assert len(heard[0]) > 24_000
    assert len(service.requests) == 2


async def test_a_take_under_way_is_not_cut_off_by_a_budget():
    async with serving(idle) as service, talking(service) as talk:
        talk.session.press()
        talk.microphone.push(tone(440, 24_000, 0.2))
        await talk.until_state(DisplayState.LISTENING)
        assert not talk.session.hold(WHY)
        assert talk.session.state is DisplayState.LISTENING
    assert len(service.requests) == 1


async def test_a_resting_session_can_be_held_too():
    async with serving(idle) as service, talking(service, rest=after(0.05)) as talk:
        await talk.until_state(DisplayState.RESTING)
        assert talk.session.hold(WHY)
        talk.session.press()
        talk.session.cancel()
        assert len(service.requests) == 1
        talk.session.reconnect_now()
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)


def test_quiet_is_counted_from_the_last_activity():
    spell = QuietSpell()
    assert not spell.due(0, "quiet", 60)
    assert not spell.due(59, "quiet", 60)
    assert not spell.due(60, "sounding", 60)
    assert not spell.due(61, "quiet", 60)
    assert spell.due(121, "quiet", 60)
    assert not spell.due(500, "quiet", 0)
    assert not spell.due(501, "quiet", 60)
