"""Which error refuses which update, and how a session takes it, over a real socket."""

from __future__ import annotations

import asyncio

from desktop.protocol import events
from desktop.protocol.commands import Config
from desktop.realtime.session_events import UpdateRefused
from desktop.realtime.session_updates import JUDGED_MS, SessionUpdates
from desktop.turn import effects
from tests.realtime.service import Line, serving
from tests.realtime.test_session import talking

VOICE = Config(voice="cedar")
EFFORT = Config(reasoning_effort="high")
REFUSAL = events.Error("Cannot update a conversation's voice if assistant audio is present.", "x")


def sent(*updates: Config) -> SessionUpdates:
    made = SessionUpdates()
    for update in updates:
        made.add(update, 0)
    return made


def test_a_known_code_refuses_the_oldest():
    updates = sent(VOICE, EFFORT)
    error = events.Error("No.", "cannot_update_voice")
    assert updates.refused_by(error, 10) is VOICE
    assert updates.refused_by(error, 10) is EFFORT
    assert updates.refused_by(error, 10) is None


def test_a_text_that_names_the_field_refuses_its_update():
    assert sent(EFFORT, VOICE).refused_by(REFUSAL, 10) is VOICE
    assert sent(VOICE, EFFORT).refused_by(events.Error("bad 'reasoning_effort'"), 10) is EFFORT


def test_another_error_refuses_nothing():
    assert sent(VOICE).refused_by(events.Error("The server is busy.", "busy"), 10) is None
    assert sent(VOICE).refused_by(events.Error("tool call id: voice"), 10) is None, "a late tool result"


def test_a_late_error_refuses_nothing():
    assert sent(VOICE).refused_by(REFUSAL, JUDGED_MS + 1) is None


async def test_an_update_goes_out_and_its_refusal_is_no_error_of_the_conversation():
    got = []

    async def script(line: Line) -> None:
        await line.start()
        got.append(await line.expect("session.update"))
        await line.send("error", error={"message": REFUSAL.message, "code": "x"})
        await line.socket.wait_closed()

    async with serving(script) as service, asyncio.timeout(5), talking(service) as talk:
        talk.session.update(VOICE)
        await talk.until(lambda: talk.of(UpdateRefused))
    assert got == [{"type": "session.update", "config": {"voice": "cedar"}}]
    assert talk.of(UpdateRefused) == [UpdateRefused(VOICE, REFUSAL.message, "x")]
    assert talk.of(effects.Note) == []
