"""A conversation over a real socket, with a microphone and a speaker driven by hand."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone, FakeSpeaker
from desktop.audio.format import Samples
from desktop.audio.interfaces import NoDeviceError
from desktop.base.message import verbatim
from desktop.protocol import catalog, commands
from desktop.realtime import retry
from desktop.realtime.connection import Endpoint
from desktop.realtime.errors import DroppedError, EndedError, RealtimeError
from desktop.realtime.recent_sounds import RecentSounds
from desktop.realtime.session import NOBODY_LISTENS, Session
from desktop.realtime.session_events import DeviceLost, SessionOpened, Stalled, ToolEnded
from desktop.realtime.ticker import LATE_S
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry, Tool
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs
from desktop.turn.effects import DisplayState
from desktop.turn.response import ASKED_MS
from tests.audio.tones import tone
from tests.realtime.service import Line, Service, serving

WITHIN_S = 5.0
OPENAI = catalog.find("openai/gpt-realtime-2")
XAI = catalog.find("xai/grok-voice-latest")


async def no(question: str) -> bool:
    return False


class Talk:
    """A session under test, and all its notices."""

    def __init__(
        self,
        url: str,
        *,
        model: catalog.Model = OPENAI,
        policy: inputs.Policy | None = None,
        registry: Registry | None = None,
        **options: Any,
    ) -> None:
        self.url = url
        self.microphone = FakeMicrophone()
        self.speaker = FakeSpeaker()
        self.notices: list[effects.Notice] = []
        self._news = asyncio.Event()
        context = ToolContext(ring=lambda _: None, confirm=no, open_url=lambda _: False)
        self.session = Session(
            self._endpoint,
            model,
            lambda: commands.Config(model=model.id),
            policy or inputs.Policy(commits=model.commits),
            microphone=self.microphone,
            speaker=self.speaker,
            runner=ToolRunner(registry or Registry(), context),
            observer=self._observe,
            **options,
        )

    async def _endpoint(self, _: commands.Config) -> Endpoint:
        return Endpoint(self.url, "key")

    def _observe(self, notice: effects.Notice) -> None:
        self.notices.append(notice)
        self._news.set()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition; steps and frames go on meanwhile."""
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - sockets and streams have no event for it
                await asyncio.sleep(0.001)

    async def until_state(self, state: DisplayState) -> None:
        await self.until(lambda: self.session.state is state)

    def of(self, kind: type) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    async def speak(self, ms: float = 600) -> None:
        """A whole take: held for `ms` of sound, and its tail."""
        self.session.press()
        self.microphone.push_ms(ms)
        self.session.release()
        self.microphone.push_ms(220)
        await self.until(lambda: self.of(effects.TakeEnded))


@asynccontextmanager
async def talking(service: Service, **options: Any) -> AsyncIterator[Talk]:
    talk = Talk(service.url, **options)
    running = asyncio.create_task(talk.session.run())
    try:
        await talk.until(lambda: talk.session.state is DisplayState.READY or running.done())
        yield talk
    finally:
        await talk.session.close()
        await asyncio.wait({running})
    try:
        running.result()
    except RealtimeError:
        pass


async def idle(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()


async def test_a_spoken_turn():
    heard = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        # 300 ms of pre-roll, 600 held, 200 of tail, in whole packets
        assert 1_080 <= len(line.appended) / 48 <= 1_120
        await line.expect("response.create")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 240 + b"\2")
        await line.send("text.delta", delta="Hello.")
        await line.send("transcript.committed", transcript="Good morning")
        await line.send_audio(b"\0" + b"\3\0" * 240)
        await line.send("response.completed", usage={"total": 1})
        heard.set()
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.microphone.push_ms(400)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        await talk.speak()
        await heard.wait()
        await talk.until(lambda: talk.speaker.completed == [1])
        talk.speaker.play(10_000)
        await talk.until_state(DisplayState.READY)
    assert talk.of(effects.UserText) == [effects.UserText(1, "Good morning")]
    assert talk.of(effects.ResponseText) == [effects.ResponseText(1, "Hello.", 481)]
    assert all(len(pcm) % 2 == 0 for _, pcm in talk.speaker.writes), "whole samples only"
    assert b"".join(pcm for _, pcm in talk.speaker.writes) == b"\1\0" * 240 + b"\2\0" + b"\3\0" * 240
    states = [notice.state for notice in talk.of(effects.StateChanged)]
    assert states[:6] == [
        DisplayState.CONNECTING,
        DisplayState.READY,
        DisplayState.LISTENING,
        DisplayState.THINKING,
        DisplayState.SPEAKING,
        DisplayState.READY,
    ]


def voice(ms: float) -> Samples:
    noise = np.random.default_rng(0).normal(0, 1e-4, round(24 * ms))
    return (tone(300, 24_000, ms / 1_000, 0.1)[: len(noise)] + noise).astype(np.float32)


def room(ms: float) -> Samples:
    return np.random.default_rng(1).normal(0, 1e-4, round(24 * ms)).astype(np.float32)


@pytest.mark.parametrize(
    ("early", "after_ms", "kept_ms"),
    [(True, 300, 1_200), (True, 60, 1_020), (False, 300, 1_400)],
    ids=["stopped before", "stops after", "fixed tail"],
)
async def test_a_take_ends_with_its_speech(early: bool, after_ms: float, kept_ms: float):
    """300 ms of pre-roll, 600 of speech, silence until the key-up, and what the tail adds to it."""
    committed = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 == pytest.approx(kept_ms, abs=30)
        committed.set()
        await line.socket.wait_closed()

    policy = inputs.Policy(tail_ends_early=early)
    async with serving(script) as service, talking(service, policy=policy) as talk:
        talk.microphone.push(room(500))
        talk.session.press()
        talk.microphone.push(np.concatenate([voice(600), room(after_ms)]))
        talk.session.release()
        async with asyncio.timeout(WITHIN_S):
            while not committed.is_set():
                await asyncio.sleep(0.001)
                if not talk.microphone.unread:
                    talk.microphone.push(room(10))


async def test_no_audio_before_the_session_has_started_and_none_after_it():
    begin = asyncio.Event()

    async def script(line: Line) -> None:
        await line.expect("session.start")
        await begin.wait()
        await line.send("session.started", session_id="s")
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.CONNECTING)
        assert talk.microphone.session_rate == 0, "no session, no open microphone"
        talk.session.press()
        assert not talk.of(effects.TakeStarted)
        begin.set()
        await talk.until_state(DisplayState.READY)
        assert talk.microphone.session_rate == 24_000
        await talk.session.close()
        await running
    assert talk.microphone.closed
    assert talk.speaker.closed
    assert talk.session.state is DisplayState.OFFLINE


async def test_the_gate_is_shut_between_takes():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        assert line.appended == b""
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.microphone.push_ms(1_000)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        talk.session.say("hello")
        await talk.until_state(DisplayState.THINKING)


async def test_sixteen_kilohertz_take_sixteen_kilohertz_packets():
    async def script(line: Line) -> None:
        await line.start(input_sample_rate=16_000)
        await line.expect("audio.commit")
        assert 580 <= len(line.appended) / 32 <= 820
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        assert talk.microphone.session_rate == 16_000
        await talk.speak()


async def test_a_press_while_it_speaks_flushes_and_cancels():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="one two three four")
        await line.send_audio(bytes(48_000))
        await line.expect("response.cancel")
        await line.send_audio(bytes(48_000))
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.say("tell me")
        await talk.until_state(DisplayState.SPEAKING)
        await talk.until(lambda: talk.speaker.writes)
        talk.speaker.play(400)
        talk.session.press()
        assert talk.speaker.flushes == [{1: 400.0}], "at once, not when the server agrees"
        assert talk.of(effects.Heard) == [effects.Heard(1, 400.0, 1_000.0)]
        await talk.until_state(DisplayState.LISTENING)
        talk.session.cancel()
        await talk.until_state(DisplayState.READY)
        assert len(talk.speaker.writes) == 1, "what came after the press was dropped"


async def test_what_was_not_heard_can_be_played():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 12_000)
        await line.send_audio(b"\2\0" * 12_000)
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.say("tell me")
        await talk.until(lambda: talk.speaker.completed)
        talk.speaker.play(500)
        talk.session.cancel()
        unheard = talk.session.replays.unheard(1)
        assert unheard is not None
        assert talk.session.replays.play(unheard.pcm)
        number, rest = talk.speaker.writes[-1]
        assert rest == b"\2\0" * 12_000
        assert number in talk.speaker.completed
        talk.session.press()
        assert not talk.speaker.playing, "a press silences it"
        assert len(talk.of(effects.Heard)) == 1
        talk.session.cancel()
        assert talk.session.replays.unheard(7) is None, "its sound isn't kept"


async def test_what_was_said_is_kept_and_played_without_counting_as_heard():
    sounds = RecentSounds()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.send("transcript.committed", transcript="Good morning")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 12_000)
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, sounds=sounds) as talk:
        await talk.speak()
        await talk.until(lambda: talk.speaker.completed == [1])
        talk.speaker.play(500)
        await talk.until(lambda: talk.session.quiet)
        take, answer = sounds.get("take", 1), sounds.get("response", 1)
        assert take is not None
        assert answer is not None
        assert 800 <= len(take.pcm) / 48 <= 1_200
        assert answer.pcm == b"\1\0" * 12_000
        before = len(talk.notices)
        assert talk.session.replays.play(take.pcm)
        assert talk.session.replays.play(answer.pcm), "another replay takes its place"
        assert talk.session.state is DisplayState.READY
        talk.speaker.play(100)
        talk.session.press()
        assert not talk.speaker.playing, "a press silences it"
        assert not talk.session.replays.play(take.pcm), "not while the user speaks"
        assert not talk.of(effects.Heard)
        assert before < len(talk.notices), "the press was a press"
        talk.session.cancel()


async def test_a_lent_microphone_sends_nothing_and_a_press_ends_the_loan():
    async def script(line: Line) -> None:
        await line.start()
        await line.socket.wait_closed()

    tapped: list[Any] = []
    async with serving(script) as service, talking(service, frames=None) as talk:
        talk.session.microphone_loan.begin(tapped.append)
        talk.microphone.push_ms(300)
        await talk.until(lambda: sum(map(len, tapped)) == 24 * 300)
        talk.session.press()
        talk.microphone.push_ms(300)
        await talk.until(lambda: talk.session.unsent_ms or talk.microphone.level)
        talk.session.cancel()
        assert sum(map(len, tapped)) == 24 * 300


async def test_a_server_that_detects_turns_gets_silence_in_the_end():
    async def script(line: Line) -> None:
        await line.start()
        while not line.appended.endswith(bytes(48 * 900)):
            frame = await line.expect("audio.append")
            line.appended += base64.b64decode(frame["audio"])
        await line.send("response.started")
        await line.send("text.delta", delta="Yes?")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, model=XAI) as talk:
        await talk.speak()
        await talk.until(lambda: talk.of(effects.ResponseEnded))


async def test_a_slow_tool_holds_nothing_up():
    go_on = asyncio.Event()

    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        await go_on.wait()
        return {"ok": True}

    tool = Tool(commands.ToolDefinition("slow", "", {"type": "object"}), run)

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("tool.call", tool_call_id="c1", tool_name="slow", tool_arguments="{}")
        await line.send("text.delta", delta="While you wait:")
        await line.send("response.completed")
        result = await line.expect("tool.result")
        assert result == {"type": "tool.result", "tool_call_id": "c1", "tool_result": {"ok": True}}
        await line.send("response.started")
        await line.send("text.delta", delta="Done.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service, registry=Registry(tool)) as talk:
        talk.session.say("do it")
        await talk.until(lambda: talk.of(effects.ResponseText))
        await talk.until_state(DisplayState.TOOL)
        assert talk.of(effects.ToolCalled)[0].call.tool_name == "slow"
        go_on.set()
        await talk.until(lambda: len(talk.of(effects.ResponseEnded)) == 2)
        assert talk.of(ToolEnded)[0].outcome.state == "done"


async def test_a_call_ends_with_a_session_that_is_cancelled_without_a_word_of_the_link():
    began = asyncio.Event()

    async def run(arguments: dict[str, Any], context: ToolContext) -> Any:
        began.set()
        await asyncio.Event().wait()

    tool = Tool(commands.ToolDefinition("slow", "", {"type": "object"}), run)

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("tool.call", tool_call_id="c1", tool_name="slow", tool_arguments="{}")
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url, registry=Registry(tool))
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.say("do it")
        await asyncio.wait_for(began.wait(), 5)
        running.cancel()
        await asyncio.wait({running})
        assert talk.of(effects.ToolResultDecided) == [effects.ToolResultDecided("c1", "ended")]
        assert talk.of(ToolEnded) == []


async def test_a_failing_tool_is_a_result_the_model_can_read():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("tool.call", tool_call_id="c1", tool_name="nothing_like_it", tool_arguments={})
        result = await line.expect("tool.result")
        assert "nothing_like_it" in result["tool_result"]["error"]
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.say("do it")
        await talk.until(lambda: talk.of(ToolEnded))


async def test_a_drop_in_the_take_loses_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    whole = bytearray()

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        whole.extend(line.appended)
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="I heard it all.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(first, second) as service, talking(service) as talk:
        talk.session.press()
        talk.microphone.push_ms(500, amplitude=0.25)
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert talk.session.state is DisplayState.LISTENING
        senders = [task for task in asyncio.all_tasks() if task.get_name() == "realtime sender"]
        assert len(senders) == 1, "the lost connection's is gone"
        talk.microphone.push_ms(500, amplitude=0.5)
        talk.session.release()
        talk.microphone.push_ms(220)
        await talk.until(lambda: talk.of(effects.ResponseEnded))
    assert talk.of(SessionOpened)[1].again
    assert len(whole) / 48 >= 1_190
    assert whole[:2] == (8192).to_bytes(2, "little"), "from its first sample on"


async def test_a_final_drop_keeps_the_take_for_the_next_run(monkeypatch: pytest.MonkeyPatch):
    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        await line.send("session.terminating", error={"code": "402", "message": "No money."})
        await line.socket.close(1000)

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 >= 490
        await line.socket.wait_closed()

    async with serving(first, second) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        talk.microphone.push_ms(500)
        with pytest.raises(EndedError, match="balance is used up"):
            await running
        assert talk.session.state is DisplayState.ERROR
        assert talk.session.keeps_takes
        assert talk.microphone.closed
        again = asyncio.create_task(talk.session.run())
        await talk.until(lambda: effects.TakeEnded(1, "sent") in talk.notices)
        await talk.session.close()
        await again


async def test_a_server_that_ends_every_session_at_once_is_not_called_for_ever(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    monkeypatch.setattr(retry, "LONGEST_S", 0.001)

    async def script(line: Line) -> None:
        await line.start()
        await line.socket.close(1011)

    async with serving(script) as service:
        talk = Talk(service.url)
        with pytest.raises(DroppedError):
            await talk.session.run()
        assert len(service.requests) == retry.TRIES + 1


async def test_too_many_sessions_on_a_reconnect_are_waited_for_as_long_as_asked(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    tried: list[float] = []

    def refuse(connection: Any, _: Any) -> Any:
        tried.append(asyncio.get_running_loop().time())
        if len(tried) == 2:
            response = connection.respond(429, "too many\n")
            response.headers["Retry-After"] = "1"
            return response
        return None

    async def first(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(first, idle, refuse=refuse) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
    assert tried[2] - tried[1] >= 1.0


async def test_a_service_that_starts_again_may_answer_oddly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.001)
    tried = 0

    def refuse(connection: Any, _: Any) -> Any:
        nonlocal tried
        tried += 1
        if tried == 2:
            connection.transport.abort()

    async def first(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(first, idle, refuse=refuse) as service, talking(service) as talk:
        await talk.until(lambda: len(talk.of(SessionOpened)) == 2)
        assert tried == 3


async def test_a_termination_without_a_close_is_an_end_anyway(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime._receiving.TERMINATING_S", 0.02)

    async def script(line: Line) -> None:
        await line.start()
        await line.send("session.terminating", error={"code": "402", "message": "No money."})
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        with pytest.raises(EndedError, match="balance is used up"):
            await talk.session.run()
    assert talk.microphone.closed
    assert [(note.code, note.action) for note in talk.of(effects.Note)] == [("402", "top_up")]


async def test_a_microphone_that_dies_ends_the_take_and_is_reported_once():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.press()
        talk.microphone.push_ms(500)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        talk.microphone.lost = True
        await talk.until(lambda: effects.TakeEnded(1, "sent") in talk.notices)
        assert talk.of(DeviceLost) == [DeviceLost("microphone")]


async def test_a_microphone_that_fails_ends_the_take_once(expect_log):
    expect_log("the microphone failed")

    def read() -> None:
        raise OSError("broken")

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    async with serving(script) as service, talking(service) as talk:
        talk.session.press()
        talk.microphone.push_ms(500)
        await talk.until(lambda: talk.microphone.level.peak_db > -60)
        talk.microphone.read = read
        await talk.until(lambda: effects.TakeEnded(1, "sent") in talk.notices)
        assert talk.of(DeviceLost) == [DeviceLost("microphone")]
        talk.session.press()
        assert talk.of(effects.Note)[-1].message == NOBODY_LISTENS()


async def test_without_a_microphone_a_press_opens_nothing():
    async with serving(idle) as service:
        talk = Talk(service.url)
        talk.microphone.error = NoDeviceError(verbatim("There is no microphone."))
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        assert talk.session.state is DisplayState.READY
        assert talk.of(effects.Note)[-1].message == NOBODY_LISTENS()
        await talk.session.close()
        await running


async def test_a_first_failure_is_reported_at_once():
    async def script(line: Line) -> None:
        await line.expect("session.start")
        await line.send("error", message="No such model", code="model_not_found")
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        with pytest.raises(RealtimeError, match="No such model"):
            await talk.session.run()
    assert talk.session.state is DisplayState.ERROR
    assert [str(note.message) for note in talk.of(effects.Note)] == ["No such model"]


async def test_closing_while_it_connects():
    async def script(line: Line) -> None:
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.CONNECTING)
        await talk.session.close()
        await running
    assert talk.session.state is DisplayState.OFFLINE


async def test_without_devices_it_is_text_in_and_transcript_out():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send_audio(bytes(4_800))
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        talk = Talk(service.url)
        talk.microphone.error = NoDeviceError(verbatim("There is no microphone."))
        talk.speaker.error = NoDeviceError(verbatim("There is no speaker."))
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.say("hi")
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        await talk.until_state(DisplayState.READY)
        await talk.session.close()
        await running
    assert [(lost.side, str(lost.problem)) for lost in talk.of(DeviceLost)] == [
        ("microphone", "There is no microphone."),
        ("speaker", "There is no speaker."),
    ]


async def test_nothing_is_left_behind():
    async with serving(idle) as service:
        before = asyncio.all_tasks()
        talk = Talk(service.url)
        running = asyncio.create_task(talk.session.run())
        await talk.until_state(DisplayState.READY)
        talk.session.press()
        await talk.session.close()
        await running
        await talk.until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})
    assert talk.microphone.closed


async def test_what_was_captured_while_a_step_was_stopped_waits_for_the_key():
    """Stopped in its middle, the program goes on there, and reads what was captured long after the key-up."""
    committed, loudest = asyncio.Event(), []

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        loudest.append(np.abs(np.frombuffer(line.appended, "<i2")).max() / 32_768)
        committed.set()
        await line.socket.wait_closed()

    policy = inputs.Policy(tail_ms=0)
    async with serving(script) as service, talking(service, policy=policy) as talk:
        microphone = talk.microphone
        talk.session.press()
        microphone.push_ms(600, 0.1)
        await talk.until(lambda: not microphone.unread)
        read = microphone.read

        def stopped() -> Samples:
            microphone.read = read
            time.sleep(4 * LATE_S)  # it is the stop
            microphone.push_ms(40, 0.8)
            return read()

        microphone.read = stopped
        await talk.until(lambda: talk.of(Stalled))
        since = talk.of(Stalled)[0].since
        talk.session.hold_sound(since)
        await asyncio.sleep(2 * LATE_S)  # in which the key-up is read
        talk.session.release(made_at=since)
        await talk.until(committed.is_set)
    assert 0 < loudest[0] < 0.2


async def test_what_came_during_a_stall_is_read_before_a_deadline_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
):
    """As after a sleep, or under a window that hung: the answer is there, and wasn't late."""
    asked, stalled = asyncio.Event(), asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        asked.set()
        await stalled.wait()
        await line.send("response.started")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    loop = asyncio.get_running_loop()
    clock = loop.time
    async with serving(script) as service, talking(service) as talk:
        await talk.speak()
        await asked.wait()
        monkeypatch.setattr(loop, "time", lambda: clock() + ASKED_MS / 1_000 + 1)
        stalled.set()
        await talk.until(lambda: talk.of(effects.ResponseEnded))
        assert talk.of(effects.Note) == []
