"""What the screenshots show: a conversation, tool calls, frames and times as they could be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Literal

from desktop.conversation.opening_note import CONNECTED
from desktop.protocol import catalog
from desktop.turn.timing import Moment, TurnTiming
from desktop.turn.turn_detail import TurnDetail, WayOfSound
from desktop.viewmodels.devices_model import DevicesModel
from desktop.viewmodels.event_record import clean_record
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel

ASKED = '{"timezone": "Europe/Stockholm"}'
BEGAN = datetime(2026, 3, 14, 16, 12, 5, tzinfo=timezone(timedelta(hours=1)))


class Clock:
    """A wall clock that goes on by some seconds with each look."""

    def __init__(self) -> None:
        self._now = BEGAN

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=3)
        return self._now


@dataclass
class Stage:
    """The models of one picture."""

    transcript: TranscriptModel = field(default_factory=lambda: TranscriptModel(clock=Clock()))
    tool_calls: ToolCallsModel = field(default_factory=ToolCallsModel)
    events: EventsModel = field(default_factory=lambda: EventsModel(began=BEGAN))
    timing: TimingModel = field(default_factory=TimingModel)
    inputs: DevicesModel = field(default_factory=lambda: DevicesModel("input"))
    outputs: DevicesModel = field(default_factory=lambda: DevicesModel("output"))


def talk(stage: Stage) -> None:
    """A conversation of some turns, one of them interrupted."""
    lines = stage.transcript
    lines.add_note(CONNECTED(model=catalog.find(catalog.KEYED_MODEL).name))
    ask(stage, 1, "What time is it in Stockholm?")
    lines.add_tool("c1", "get_time")
    lines.end_tool("c1", "done", 3.4)
    lines.begin_response(1)
    lines.grow_response(1, "It's a quarter past four in the afternoon in Stockholm.", 0)
    lines.end_response(1, "complete")
    ask(stage, 2, "And how do I say “see you tomorrow” in Swedish?")
    lines.begin_response(2)
    lines.grow_response(
        2, "You say “vi ses imorgon”. It is what friends say to each other, and it works ", 3_000
    )
    lines.grow_response(
        2, "in shops and offices too. Would you like to hear some other ways of parting?", 6_000
    )
    lines.end_response(2, "interrupted")
    lines.mark_heard(2, 2_900, 6_400)
    ask(stage, 3, "That is enough, thank you. Set a timer for ten minutes.")


def ask(stage: Stage, take: int, words: str) -> None:
    """One take of the user's."""
    stage.transcript.begin_take(take)
    stage.transcript.end_take(take, "sent")
    stage.transcript.fill_take(take, words)


def call_tools(stage: Stage) -> None:
    """One call of each kind."""
    calls = stage.tool_calls
    calls.begin("c1", "get_time", {"timezone": "Europe/Stockholm"})
    calls.end("c1", "done", {"time": "16:12", "date": "2026-03-14", "weekday": "Saturday"}, 3.4)
    calls.begin("c2", "calculate", {"expression": "17 * (3 +"})
    calls.end("c2", "failed", {"error": "The expression ends too early."}, 0.4)
    calls.begin("c3", "set_timer", {"seconds": 600, "label": "tea"})
    for number, call in enumerate(calls.calls):
        call.at = BEGAN + timedelta(seconds=9 + 14 * number)


def exchange_frames(stage: Stage) -> None:
    """The frames of one turn."""
    at = 0.0

    def add(direction: Literal["in", "out"], kind: str, size: int, **content: object) -> None:
        nonlocal at
        at += 21.0
        stage.events.add(clean_record(at, direction, kind, size, content))

    config = {"model": "openai/gpt-realtime-2", "voice": "marin", "turn_detection": {"type": "none"}}
    add("out", "session.start", 1_894, config=config)
    add("in", "session.started", 143, session_id="s-51", input_sample_rate=24_000, audio_format="pcm16")
    for _ in range(61):
        add("out", "audio.append", 1_319, audio_bytes=960)
    add("out", "audio.commit", 23)
    add("out", "response.create", 26)
    add("in", "response.started", 29)
    add("in", "tool.call", 140, tool_call_id="c1", tool_name="get_time", tool_arguments=ASKED)
    add("out", "tool.result", 120, tool_call_id="c1", tool_result={"time": "16:12"})
    for word in ("It's ", "a quarter ", "past four."):
        add("in", "text.delta", 44, delta=word)
    for _ in range(38):
        add("in", "audio.delta", 6_444, audio_bytes=4_800)
    add("in", "transcript.committed", 78, transcript="What time is it in Stockholm?")
    add("in", "response.completed", 51)
    stage.events.flush()


def time_turns(stage: Stage) -> None:
    """The times of some turns, one of them interrupted, and a take that was discarded."""
    waits = ((310, 120, 18), (420, 140, 20), None, (280, 110, 17), (610, 230, 19), (350, 130, 18))
    for number, waited in enumerate(waits, 1):
        press = number * 8_000.0
        if waited is None:
            stage.timing.show(TurnTiming(number, press, press + 21, press + 120, done=press + 120))
            continue
        response, audio, heard = waited
        release = press + 1_400 + 90 * number
        commit = release + 206
        begun = commit + response
        turn = TurnTiming(number, press, press + 21, release, commit, begun, begun + audio)
        turn = turn.with_moment("first_heard", begun + audio + heard)
        handed, silent = begun + audio + heard - 11, (0, 40, 0, 160, 300, 20)[number - 1]
        way = WayOfSound(release + 184, release + 203, handed, begun + audio + heard + silent)
        turn = replace(turn, detail=TurnDetail(way, model=("openai/gpt-realtime-2", "xai/grok")[number % 2]))
        ended: Moment = "interrupted" if number == 5 else "done"
        stage.timing.show(turn.with_moment(ended, begun + audio + 2_100))
