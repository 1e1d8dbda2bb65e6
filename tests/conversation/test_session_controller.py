"""What the buttons mean, with a real service on loopback and devices driven by hand."""

from __future__ import annotations

import ast
import asyncio
import inspect
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import structs

from desktop.audio.devices import Device
from desktop.audio.fakes import FakeAudioBackend
from desktop.base.message import verbatim
from desktop.conversation import settings_values
from desktop.conversation.key_check import check_key
from desktop.conversation.manual_tools import ManualTools
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_controller import SessionController
from desktop.conversation.session_options import SessionOptions
from desktop.conversation.spend_controller import SpendController
from desktop.conversation.tool_host import ToolHost
from desktop.devices.audio_controller import AudioController
from desktop.protocol import catalog
from desktop.realtime import retry
from desktop.realtime.connection import Frame
from desktop.realtime.errors import RealtimeError
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.turn.effects import DisplayState, Note, Notice, Retrying
from desktop.turn.timing import MOMENTS
from desktop.viewmodels.chosen_options import PendingRestart
from tests.realtime.service import Line, Service, serving

WITHIN_S = 5.0
OPENAI = "openai/gpt-realtime-2"


CARD = Device("Card", "ALSA", 2, 2, 48_000, is_default_input=True, is_default_output=True)


class Bench:
    """A controller, and the signals that the window would get."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.audio = FakeAudioBackend(CARD)
        self.opened: list[str] = []
        self.store = SettingsStore(Settings(**{"model": OPENAI, "base_url": url} | settings))
        presenter = Presenter()
        registry, timer = default_registry(), presenter.turn_timer
        self.spend = SpendController(
            lambda: timer.responding, lambda: settings_values.limits(self.store.current)
        )

        def frame(frame: Frame) -> None:
            timer.frame(frame)
            self.spend.frame(frame)

        options = SessionOptions(self.store)
        sound = AudioController(self.audio, settings_values.audio(self.store.current))
        tools = ToolHost(sound.ring, self._open_url)
        self.controller = SessionController(
            self.store, registry, options, sound, tools, presenter, frame, spend=self.spend
        )
        self.store.changed.connect(self.controller.on_setting_changed)
        self.manual_tools = ManualTools(registry, tools.context, presenter.tool_calls)
        self.manual_tools.result_described.connect(self.controller.say)
        self.states: list[DisplayState] = []
        self.notes: list[Note] = []
        self.emitted: list[Any] = []
        self.controller.state_changed.connect(self._on_state)
        self.controller.note_shown.connect(self.notes.append)
        self.controller.text_sent.connect(lambda _: self.emitted.append("sent"))
        self.waiting: PendingRestart | None = None
        self.controller.options.restart_offered.connect(lambda waiting: setattr(self, "waiting", waiting))
        self.controller.tools.question_asked.connect(
            lambda question: self.emitted.append(("asked", question))
        )
        self.answer = lambda allowed: self.controller.tools.answer(self.emitted[-1][1], allowed)

    def _on_state(self, state: DisplayState) -> None:
        self.states.append(state)
        ended = state in (DisplayState.OFFLINE, DisplayState.ERROR)
        assert self.controller.connected != ended, "what the button says is what it does"

    def _open_url(self, url: str) -> bool:
        self.opened.append(url)
        return True

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - sockets have no event for it
                await asyncio.sleep(0.001)

    async def until_state(self, state: DisplayState) -> None:
        await self.until(lambda: self.states[-1:] == [state])


@asynccontextmanager
async def sitting(service: Service, **settings: Any) -> AsyncIterator[Bench]:
    bench = Bench(service.url, **settings)
    bench.controller.toggle_session()
    await bench.until_state(DisplayState.READY)
    try:
        yield bench
    finally:
        await bench.controller.close()


async def idle(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


async def test_a_session_is_opened_with_what_was_chosen():
    got = {}

    async def script(line: Line) -> None:
        got.update(await line.start())
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service, voices={OPENAI: "cedar"}):
        pass
    assert got["model"] == OPENAI
    assert got["voice"] == "cedar"
    assert got["turn_detection"] == {"type": "none"}
    assert "reasoning_effort" not in got
    assert [tool["name"] for tool in got["tools"]] == [
        "get_time",
        "roll_dice",
        "calculate",
        "set_timer",
        "open_url",
    ]


async def test_a_turn_fills_the_transcript_in_the_order_of_speech():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="It is noon.")
        await line.send("transcript.committed", transcript="What time is it?")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        lines = bench.controller.presenter.transcript.lines
        await bench.until(lambda: len(lines) == 3 and lines[1].text and not lines[2].growing)
    assert [(line.speaker, line.text) for line in lines] == [
        ("system", "Connected to OpenAI GPT Realtime 2."),
        ("user", "What time is it?"),
        ("assistant", "It is noon."),
    ]


async def test_a_tool_call_is_listed():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send(
            "tool.call", tool_call_id="c1", tool_name="calculate", tool_arguments='{"expression": "6*7"}'
        )
        result = await line.expect("tool.result")
        assert result["tool_result"]["result"] == 42
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.say("six times seven")
        assert bench.emitted == ["sent"] or ("restart", False) in bench.emitted
        calls = bench.controller.presenter.tool_calls.calls
        await bench.until(lambda: calls and calls[0].state == "done")
        assert calls[0].arguments == {"expression": "6*7"}
        assert calls[0].result["result"] == 42


async def test_a_tool_run_by_hand_is_told_to_the_model_only_on_request():
    async def script(line: Line) -> None:
        await line.start()
        frame = await line.expect("text.input")
        assert "calculate" in frame["text"]
        assert "42" in frame["text"]
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        refused: list[str] = []
        bench.manual_tools.refused.connect(refused.append)
        bench.manual_tools.run("calculate", "[1]")
        bench.manual_tools.run("no_such_tool", "{}")
        assert len(refused) == 2
        calls = bench.controller.presenter.tool_calls.calls
        assert calls == []
        bench.manual_tools.run("calculate", '{"expression": "6*7"}')
        await bench.until(lambda: calls and calls[0].state == "done")
        assert calls[0].by_hand
        bench.manual_tools.describe_result(calls[0].call_id)
        await bench.until(lambda: "sent" in bench.emitted)


async def test_opening_a_page_asks_first():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        for number, url in enumerate(("https://example.org/a", "https://example.org/b")):
            await line.send(
                "tool.call", tool_call_id=f"c{number}", tool_name="open_url", tool_arguments={"url": url}
            )
            await line.expect("tool.result")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.say("open it")
        questions = lambda: [one for one in bench.emitted if one[0] == "asked"]  # noqa: E731
        await bench.until(lambda: len(questions()) == 1)
        assert bench.opened == []
        bench.answer(True)
        await bench.until(lambda: len(questions()) == 2)
        assert bench.opened == ["https://example.org/a"]
        bench.answer(False)
        calls = bench.controller.presenter.tool_calls.calls
        await bench.until(lambda: len(calls) == 2 and calls[1].state != "running")
        assert bench.opened == ["https://example.org/a"]
        assert calls[1].result["opened"] is False


async def slow_call(line: Line) -> dict[str, Any]:
    """Let the model call a tool that runs until the user answers; the config of the session."""
    config = await line.start()
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    await line.send(
        "tool.call", tool_call_id="c1", tool_name="open_url", tool_arguments={"url": "https://a.b"}
    )
    await line.send("response.completed")
    return config


def tool_state(bench: Bench) -> tuple[str, str]:
    """The state of the only call, in the inspector and on its card."""
    presenter = bench.controller.presenter
    (call,) = presenter.tool_calls.calls
    (card,) = [line.tool for line in presenter.transcript.lines if line.tool]
    return call.state, card.state


async def test_a_disconnect_during_a_tool_call_ends_it():
    async def script(line: Line) -> None:
        await slow_call(line)
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.say("open it")
        await bench.until_state(DisplayState.TOOL)
        await bench.until(lambda: bench.emitted[-1][0] == "asked")
        assert tool_state(bench) == ("running", "running")
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        assert tool_state(bench) == ("ended", "ended")
        assert bench.opened == []


async def test_a_result_after_a_drop_and_a_reconnect_is_late(monkeypatch):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    cut = asyncio.Event()
    frames: list[str] = []
    instructions: list[str] = []

    async def first(line: Line) -> None:
        await slow_call(line)
        await asyncio.wait_for(cut.wait(), WITHIN_S)
        line.cut()

    async def second(line: Line) -> None:
        instructions.append((await line.start())["instructions"])
        async for frame in line.socket:
            frames.append(str(frame))

    async with serving(first, second) as service, sitting(service) as bench:
        bench.controller.say("open it")
        await bench.until(lambda: bench.emitted[-1:] and bench.emitted[-1][0] == "asked")
        cut.set()
        await bench.until_state(DisplayState.RECONNECTING)
        assert tool_state(bench) == ("dropped", "dropped")
        await bench.until_state(DisplayState.READY)
        bench.answer(True)
        await bench.until(lambda: tool_state(bench) != ("dropped", "dropped"))
        assert tool_state(bench) == ("late", "late")
        assert bench.controller.presenter.tool_calls.calls[0].result["opened"] is True
        bench.controller.say("and now?")
        await bench.until(lambda: any("text.input" in frame for frame in frames))
    assert not any("tool.result" in frame for frame in frames)
    assert "no result (dropped)" in instructions[0]


async def test_a_timer_rings_with_and_without_a_session():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        arguments = {"seconds": 1, "label": "tea"}
        await line.send("tool.call", tool_call_id="c1", tool_name="set_timer", tool_arguments=arguments)
        await line.expect("tool.result")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.say("tea timer")
        await bench.until(lambda: bench.controller.presenter.tool_calls.calls)
        await bench.until(lambda: bench.controller.presenter.tool_calls.calls[0].state == "done")
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        await bench.until(lambda: bench.audio.rings == [CARD.key])
    assert "Timer: tea" in [str(note.message) for note in bench.notes]


async def test_a_timer_that_outlives_its_session_can_be_stopped():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        arguments = {"seconds": 3_600, "label": "tea"}
        await line.send("tool.call", tool_call_id="c1", tool_name="set_timer", tool_arguments=arguments)
        await line.expect("tool.result")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.say("tea timer")
        await bench.until(lambda: bench.controller.presenter.tool_calls.calls)
        await bench.until(lambda: bench.controller.presenter.tool_calls.calls[0].state == "done")
        bench.controller.cancel()
        assert bench.controller.tools.timers_run, "in the session Escape is for the take and the response"
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        assert "A timer is still running. Press Esc to stop it." in [
            str(note.message) for note in bench.notes
        ]
        bench.controller.cancel()
        assert not bench.controller.tools.timers_run
        bench.controller.cancel()
    assert [str(note.message) for note in bench.notes].count("The timers were stopped.") == 1


async def test_without_a_session_a_press_and_a_text_say_what_to_do():
    bench = Bench("http://127.0.0.1:9")
    bench.controller.press()
    bench.controller.say("hello")
    bench.controller.release()
    bench.controller.cancel()
    assert all("Connect" in str(note.message) for note in bench.notes)
    assert len(bench.notes) == 2
    assert "sent" not in bench.emitted, "the text stays in the line"
    await bench.controller.close()


async def test_a_failure_to_connect_is_one_sentence_and_an_error_state():
    bench = Bench("http://127.0.0.1:9")
    bench.controller.toggle_session()
    await bench.until(lambda: not bench.controller.connected)
    assert bench.states[-1] is DisplayState.ERROR
    assert [(str(note.message), note.code) for note in bench.notes] == [
        (
            "Nothing answers at 127.0.0.1:9. Check the service address and that the service is running.",
            "ConnectionRefusedError",
        )
    ]
    await bench.controller.close()


async def test_without_a_key_nothing_is_sent_over_a_network():
    bench = Bench("")
    bench.controller.toggle_session()
    await bench.until(lambda: not bench.controller.connected)
    assert "no key" in str(bench.notes[-1].message)
    await bench.controller.close()


async def test_connect_and_disconnect_are_one_button():
    async with serving(idle) as service, sitting(service) as bench:
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        assert bench.audio.microphone_now.closed
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)


async def test_disconnecting_while_it_connects():
    async def script(line: Line) -> None:
        await line.socket.wait_closed()

    async with serving(script) as service:
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until(lambda: service.requests)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        await bench.controller.close()
    assert bench.notes == []


async def test_a_choice_offers_a_restart_that_applies_it():
    configs = []

    async def script(line: Line) -> None:
        configs.append(await line.start())
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.choose("model", "gemini/gemini-3.1-flash-live-preview")
        assert bench.waiting.names == ("model",)
        bench.controller.choose("model", OPENAI)
        assert bench.waiting is None, "it is what holds"
        bench.store.change("transcription", False)
        assert bench.waiting.names == ("settings",)
        bench.controller.restart()
        await bench.until(lambda: len(configs) == 2)
        await bench.until_state(DisplayState.READY)
        bench.controller.choose("model", "xai/grok-voice-latest")
        bench.controller.restart()
        await bench.until(lambda: len(configs) == 3)
    assert [config["voice"] for config in configs] == ["marin", "marin", "ara"]
    assert [config["input_transcription"] for config in configs] == [True, False, False]
    assert configs[2]["turn_detection"]["type"] == "server_vad"


async def test_what_was_said_before_a_lasting_failure_is_sent_by_the_next_connect(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(retry, "TRIES", 0)

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 >= 490
        await line.socket.wait_closed()

    async with serving(first, second) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until_state(DisplayState.ERROR)
        lines = bench.controller.presenter.transcript.lines
        assert any("kept" in line.note for line in lines)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.THINKING)
        assert not any("kept" in line.note for line in lines)


async def test_what_was_kept_for_one_model_is_not_sent_to_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "TRIES", 0)

    async def first(line: Line) -> None:
        await line.start()
        await line.expect("audio.append")
        line.cut()

    async def second(line: Line) -> None:
        assert (await line.start())["model"] == "xai/grok-voice-latest"
        await line.expect("text.input")
        assert line.appended == b""
        await line.socket.wait_closed()

    async def third(line: Line) -> None:
        assert (await line.start())["model"] == OPENAI
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    async with serving(first, second, third) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until_state(DisplayState.ERROR)
        bench.controller.choose("model", "xai/grok-voice-latest")
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        bench.controller.say("hello")
        await bench.until_state(DisplayState.THINKING)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.choose("model", OPENAI)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.THINKING)


async def test_a_disconnect_while_reconnecting_keeps_the_take(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 30.0)
    monkeypatch.setattr(retry, "LONGEST_S", 30.0)

    async def first(line: Line) -> None:
        await line.start()
        line.cut()

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.socket.wait_closed()

    async with serving(first, second) as service:
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.RECONNECTING)
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until_state(DisplayState.RECONNECTING)
        await bench.until(
            lambda: any("kept" in line.note for line in bench.controller.presenter.transcript.lines)
        )
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.THINKING)
        await bench.controller.close()


async def test_nothing_begins_after_the_end():
    async with serving(idle) as service, sitting(service) as bench:
        bench.controller.restart()
        await bench.controller.close()
        assert not bench.controller.connected
        bench.controller.toggle_session()
        assert not bench.controller.connected


async def test_an_error_of_the_programs_own_is_reported_and_over(expect_log):
    expect_log("error of the program's own")
    async with serving(idle) as service:
        bench = Bench(service.url)

        def broken(*_: str) -> None:
            raise OSError("no such thing")

        bench.audio.microphone = broken
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.ERROR)
        assert "Something went wrong" in str(bench.notes[-1].message)
        await bench.controller.close()


async def test_a_press_while_it_connects_says_so():
    async def script(line: Line) -> None:
        await line.socket.wait_closed()

    async with serving(script) as service:
        bench = Bench(service.url)
        bench.controller.toggle_session()
        bench.controller.press()
        assert "Still connecting" in str(bench.notes[-1].message)
        await bench.controller.close()


async def test_a_device_that_is_not_there_is_told():
    async with serving(idle) as service, sitting(service, input_device="ALSA: USB Mic") as bench:
        assert [str(note.message) for note in bench.notes] == [
            "USB Mic was not found: using the system default."
        ]
        assert bench.controller.audio.options.input_device == "ALSA: USB Mic", "the choice is kept"


async def test_nothing_is_recorded_while_muted():
    async with serving(idle) as service, sitting(service) as bench:
        bench.controller.audio.mute(True)
        assert bench.states[-1] is bench.controller.state is DisplayState.MUTED
        bench.controller.press()
        assert str(bench.notes[-1].message) == "You are muted. Press Ctrl+M to be heard again."
        bench.controller.release()
        assert not any(line.speaker == "user" for line in bench.controller.presenter.transcript.lines)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.MUTED)
        bench.controller.audio.mute(False)
        assert bench.states[-1] is DisplayState.READY


class MuteWatch:
    """Whether all parts that know the mute agree."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._button = bench.controller.audio.muted
        bench.controller.audio.mute_changed.connect(self._on_mute_changed)

    def _on_mute_changed(self, muted: bool) -> None:
        assert muted != self._button, "each change is reported once"
        self._button = muted

    def agrees(self, muted: bool) -> bool:
        shown = self._bench.controller.state is DisplayState.MUTED
        return (self._button, self._bench.controller.audio.muted, shown) == (muted,) * 3


HANDS_FREE_MODE = {"turn_modes": {OPENAI: "server_vad"}}


@pytest.mark.parametrize("settings", [{}, HANDS_FREE_MODE], ids=["talk key", "hands-free"])
async def test_a_mute_by_button_holds_across_a_reconnect_and_a_new_session(monkeypatch, settings):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    appended: list[str] = []
    cut = asyncio.Event()

    async def first(line: Line) -> None:
        await line.start()
        await asyncio.wait_for(cut.wait(), WITHIN_S)
        line.cut()

    async def later(line: Line) -> None:
        await line.start()
        async for frame in line.socket:
            appended.extend(["audio"] if "audio.append" in str(frame) else [])

    async with serving(first, later, later) as service, sitting(service, **settings) as bench:
        mute = MuteWatch(bench)
        bench.controller.audio.mute(True)
        assert mute.agrees(True)
        cut.set()
        await bench.until_state(DisplayState.RECONNECTING)
        await bench.until_state(DisplayState.MUTED)
        assert mute.agrees(True)
        bench.audio.microphone_now.push_ms(200)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.MUTED)
        assert mute.agrees(True)
        bench.audio.microphone_now.push_ms(200)
        await bench.until(lambda: bench.controller.audio.levels()[0].peak_db > -60)
        assert not appended, "nothing is sent while muted"
        bench.controller.audio.mute(False)
        assert mute.agrees(False)
        assert bench.controller.state is DisplayState.READY
        bench.controller.press()
        bench.audio.microphone_now.push_ms(200)
        if settings:
            assert mute.agrees(True), "hands-free the key mutes again"
            bench.controller.audio.mute(False)
            bench.audio.microphone_now.push_ms(200)
        await bench.until(lambda: appended)


async def test_a_mute_between_two_sessions_holds_in_the_next():
    async with serving(idle, idle) as service, sitting(service, **HANDS_FREE_MODE) as bench:
        mute = MuteWatch(bench)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.audio.mute(True)
        bench.controller.toggle_session()
        bench.controller.audio.mute(False)
        bench.controller.audio.mute(True)
        await bench.until_state(DisplayState.MUTED)
        assert mute.agrees(True)


@pytest.mark.parametrize("cause", ["lock", "sleep"])
async def test_hands_free_the_talk_key_and_a_locked_screen_mute_as_the_button_does(cause):
    async with serving(idle) as service, sitting(service, **HANDS_FREE_MODE) as bench:
        mute = MuteWatch(bench)
        bench.controller.press()
        assert mute.agrees(True)
        bench.controller.audio.mute(False)
        assert mute.agrees(False)
        bench.controller.release(cause)
        assert mute.agrees(True)
        bench.controller.press()
        assert mute.agrees(False)
        bench.controller.audio.mute(True)
        assert mute.agrees(True)
        bench.controller.press()
        assert mute.agrees(False)


async def test_the_policy_of_the_session_is_the_turns():
    async with serving(idle) as service, sitting(service) as bench:
        assert not bench.controller.policy.hands_free
        bench.controller.choose("turn_mode", "server_vad")
        assert bench.controller.policy.hands_free
        bench.controller.choose("turn_mode", "push_to_talk")
        assert not bench.controller.policy.hands_free


async def test_what_the_streams_lost_is_counted():
    async with serving(idle) as service, sitting(service) as bench:
        bench.audio.speaker_now.underruns = 2
        counted = bench.controller.audio.counted()
        assert (counted["input_rate"], counted["overruns"], counted["underruns"]) == (24_000, 0, 2)
        assert counted["prebuffer_ms"] == 40
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        assert bench.controller.audio.counted() == {}


async def test_nothing_is_left_behind():
    async with serving(idle) as service:
        before = asyncio.all_tasks()
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()
        await bench.until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})
    assert bench.audio.microphone_now.closed
    assert bench.audio.speaker_now.closed


async def test_a_turn_is_timed_from_the_press_to_its_last_sound():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("audio.delta", audio="AAAA" * 200)
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until(lambda: bench.audio.speaker_now.playing and bench.audio.speaker_now.completed)
        bench.audio.speaker_now.play(5)
        turns = bench.controller.presenter.timing.turns
        await bench.until(lambda: turns[0].first_heard)
        bench.audio.speaker_now.play(1_000)
        ended = turns[0].done
        await bench.until(lambda: turns[0].done != ended)
    known = [moment for moment in MOMENTS if turns[0].at(moment) is not None]
    assert known == [moment for moment in MOMENTS if moment != "interrupted"]
    assert turns[0].first_heard < turns[0].done


async def test_a_changed_time_holds_for_the_take_in_progress():
    async with serving(idle) as service, sitting(service) as bench:
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        await bench.until_state(DisplayState.LISTENING)
        bench.store.change("tail_ms", 0)
        bench.controller.release()
        assert bench.states[-1] is not DisplayState.LISTENING, "there is no tail to wait for"


async def test_what_changes_at_once_is_an_update_and_what_does_not_a_restart():
    updates = []

    async def script(line: Line) -> None:
        await line.start()
        updates.append((await line.expect("session.update"))["config"])
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.store.change("instructions", "Be brief.")
        bench.store.change("theme", "dark")
        await bench.until(lambda: updates)
        assert bench.waiting is None
        bench.store.change("ticket_url", "https://tickets.example")
        assert bench.waiting.names == ("settings",)
    assert updates == [{"instructions": "Be brief."}]


async def answer(line: Line, words: str) -> None:
    """Accept the typed message, and answer it without audio."""
    await line.expect("text.input")
    await line.expect("response.create")
    await line.send("response.started")
    await line.send("text.delta", delta=words)
    await line.send("response.completed")


async def test_a_restart_and_a_drop_carry_the_conversation_over_and_a_new_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(retry, "FIRST_S", 0.01)
    instructions = []

    async def script(line: Line) -> None:
        instructions.append((await line.start())["instructions"].splitlines())
        if len(instructions) == 1:
            await answer(line, "It is four.")
        elif len(instructions) == 2:
            await line.expect("text.input")
            line.cut()
        elif len(instructions) == 3:
            await answer(line, "Five.")
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        lines = bench.controller.presenter.transcript.lines
        bench.controller.say("What time is it?")
        await bench.until(lambda: lines[-1].speaker == "assistant" and not lines[-1].growing)
        bench.controller.restart()
        await bench.until(lambda: len(instructions) == 2)
        await bench.until_state(DisplayState.READY)
        bench.controller.say("And now?")
        await bench.until(lambda: lines[-1].text == "Five." and not lines[-1].growing)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        bench.controller.toggle_session()
        await bench.until(lambda: len(instructions) == 4)
    lines = ["User: What time is it?", "Assistant: It is four."]
    assert instructions[1][-2:] == lines
    assert instructions[2][-2:] == lines, "what will be sent again is not told"
    assert len(instructions[0]) == len(instructions[3]) == 1


async def test_a_model_without_instructions_is_told_by_a_message(monkeypatch: pytest.MonkeyPatch):
    model = structs.replace(catalog.find("new/model"), instructions=False)
    monkeypatch.setattr(catalog, "find", lambda *_: model)
    got = []

    async def script(line: Line) -> None:
        assert "instructions" not in await line.start()
        got.append("")
        if len(got) == 1:
            await answer(line, "Hello.")
        else:
            got.append((await line.expect("text.input"))["text"])
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        lines = bench.controller.presenter.transcript.lines
        bench.controller.say("Hi")
        await bench.until(lambda: lines[-1].speaker == "assistant" and not lines[-1].growing)
        bench.controller.restart()
        await bench.until(lambda: len(got) == 3)
        await bench.until_state(DisplayState.READY)
    assert got[2].splitlines()[1:] == ["User: Hi", "Assistant: Hello."]


async def test_a_picture_is_sent_to_a_model_that_sees_and_stands_in_the_transcript():
    got = []

    async def script(line: Line) -> None:
        await line.start()
        got.append(await line.expect("image.input"))
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.show_picture("data:image/jpeg;base64,AA==", verbatim("Picture sent (1, 2)."))
        await bench.until(lambda: got)
        assert bench.controller.presenter.transcript.lines[-1].text == "Picture sent (1, 2)."
    assert got == [
        {"type": "image.input", "image_url": "data:image/jpeg;base64,AA==", "image_detail": "auto"}
    ]


async def test_a_picture_without_a_session_is_noted():
    async with serving(idle) as service:
        bench = Bench(service.url)
        bench.controller.show_picture("data:", "x")
        bench.store.replace(model="xai/grok-voice-latest")
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.READY)
        bench.controller.show_picture("data:", "x")
        await bench.controller.close()
    assert [
        "connected" in str(bench.notes[0].message),
        "can't see pictures" in str(bench.notes[1].message),
    ] == [
        True,
        True,
    ]


async def test_who_disconnects_during_a_restart_is_disconnected():
    async with serving(idle) as service, sitting(service) as bench:
        bench.controller.restart()
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.OFFLINE)
        await bench.until(lambda: not bench.controller._lifecycle._tasks)
        assert not bench.controller.connected


async def test_a_translating_model_says_what_it_does():
    async with (
        serving(idle) as service,
        sitting(service, language="de") as bench,
    ):
        bench.controller.choose("model", "gemini/gemini-3.5-live-translate-preview")
        bench.controller.restart()
        lines = bench.controller.presenter.transcript.lines
        await bench.until(lambda: len(lines) == 2)
        assert "hear it in German" in lines[1].text
        assert "The model gives no answers" in lines[1].text


async def test_a_refused_change_is_reported_and_offered_as_a_restart():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("session.update")
        await line.send("error", error={"message": "No such voice.", "code": "voice_not_found"})
        await line.socket.wait_closed()

    async with serving(script) as service, sitting(service) as bench:
        bench.controller.choose("voice", "ash")
        await bench.until(lambda: bench.notes)
        assert bench.waiting.names == ("voice",)
        assert bench.controller.options.displayed.voice == "marin"
    assert [(note.kind, note.code) for note in bench.notes] == [("warning", "voice_not_found")]


async def test_a_key_is_checked_with_a_session():
    refused = []

    async def script(line: Line) -> None:
        config = await line.start()
        assert config["model"] == OPENAI
        refused.append(line.socket.request.headers["Authorization"])
        await line.socket.wait_closed()

    async with serving(script) as service:
        bench = Bench(service.url)
        await check_key(bench.store, bench.controller.options, "op-1234567890abcdef")
        assert refused == ["Bearer op-1234567890abcdef"]
        with pytest.raises(RealtimeError, match="management"):
            await check_key(bench.store, bench.controller.options, "opmak-1234567890abcdef")
        await bench.controller.close()


async def test_a_reconnect_opens_a_session_or_another():
    async with serving(idle) as service:
        bench = Bench(service.url)
        bench.controller.reconnect()
        await bench.until_state(DisplayState.READY)
        bench.controller.reconnect()
        await bench.until(lambda: len(service.requests) == 2)
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()


async def test_the_next_try_is_reported_and_can_be_had_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retry, "FIRST_S", 30.0)
    monkeypatch.setattr(retry, "LONGEST_S", 30.0)
    tries: list[Retrying] = []

    async def cut(line: Line) -> None:
        await line.start()
        line.cut()

    async with serving(cut, idle) as service:
        bench = Bench(service.url)
        bench.controller.retrying.connect(tries.append)
        bench.controller.reconnect_now()  # no session, nothing to be done
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.RECONNECTING)
        assert tries[0].attempt == 1
        assert tries[0].after_s > 20
        assert "The connection dropped" in str(tries[0].message)
        bench.controller.reconnect_now()
        await bench.until_state(DisplayState.READY)
        await bench.controller.close()


async def test_a_renewal_is_one_quiet_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.renewal.SETTLED_S", 0.0)
    monkeypatch.setattr("desktop.realtime.renewal.LOOK_S", 0.005)
    monkeypatch.setitem(catalog.CAPS, "openai", catalog.Cap(0.1, "", ""))

    async def second(line: Line) -> None:
        monkeypatch.delitem(catalog.CAPS, "openai")
        await idle(line)

    async with serving(idle, second) as service, sitting(service) as bench:
        await bench.until(lambda: len(service.requests) == 2)
        lines = bench.controller.presenter.transcript.lines
        await bench.until(lambda: "renewed" in lines[-1].text)
        assert len(lines) == 2
        bench.controller.say("go on")
        await bench.until_state(DisplayState.THINKING)
    assert bench.notes == []
    assert DisplayState.RECONNECTING not in bench.states


async def test_after_an_idle_end_a_press_opens_the_next_session():
    async def first(line: Line) -> None:
        await line.start()
        await line.send("session.terminating", error={"code": "idle_timeout", "message": "Idle."})
        await line.socket.close(1000)

    async def second(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) / 48 >= 690
        await line.socket.wait_closed()

    async with serving(first, second) as service:
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.RESTING)
        assert bench.controller.connected
        bench.controller.press()
        bench.audio.microphone_now.push_ms(500)
        bench.controller.release()
        bench.audio.microphone_now.push_ms(220)
        await bench.until_state(DisplayState.THINKING)
        await bench.controller.close()


async def test_what_helps_is_reported_with_the_reason():
    async def script(line: Line) -> None:
        await line.start()
        await line.send("session.terminating", error={"code": "402", "message": "No money."})
        await line.socket.close(1000)

    async with serving(script) as service:
        bench = Bench(service.url)
        bench.controller.toggle_session()
        await bench.until_state(DisplayState.ERROR)
        assert [(note.code, note.action) for note in bench.notes] == [("402", "top_up")]
        await bench.controller.close()


async def test_a_session_that_could_not_be_renewed_takes_changes_still(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.realtime.renewal.SETTLED_S", 0.0)
    monkeypatch.setattr("desktop.realtime.renewal.LOOK_S", 0.005)
    monkeypatch.setitem(catalog.CAPS, "openai", catalog.Cap(0.1, "", ""))
    updates = []

    async def script(line: Line) -> None:
        await line.start()
        updates.append((await line.expect("session.update"))["config"])
        await line.socket.wait_closed()

    def refuse(server, request):
        return server.respond(503, "down\n") if len(service.requests) > 1 else None

    async with serving(script, refuse=refuse) as service, sitting(service) as bench:
        await bench.until(lambda: len(service.requests) == 2)
        await bench.until(lambda: bench.controller.options._open)
        bench.store.change("instructions", "Be brief.")
        await bench.until(lambda: updates)
    assert "Be brief." in updates[0]["instructions"]


def test_every_notice_has_a_rule():
    source = textwrap.dedent(inspect.getsource(SessionController._on_notice))
    patterns = [node.cls for node in ast.walk(ast.parse(source)) if isinstance(node, ast.MatchClass)]
    with_rule = {one.attr if isinstance(one, ast.Attribute) else one.id for one in patterns}
    notices = {kind.__name__ for kind in Notice.__subclasses__() if kind.__module__.startswith("desktop.")}
    assert notices <= with_rule
