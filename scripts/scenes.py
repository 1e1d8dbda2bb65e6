"""What the screenshots show: conversations, tool calls and times as they could be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from PySide6.QtWidgets import QWidget

from desktop import configuration, presets, settings
from desktop.models.devices import DeviceRecord, DevicesModel
from desktop.models.events import EventsModel
from desktop.models.timing import TimingModel
from desktop.models.tool_calls import ToolCallsModel
from desktop.models.transcript import TranscriptModel
from desktop.protocol import catalog
from desktop.protocol.effects import Note, State
from desktop.protocol.timing import Moment, TurnTiming
from desktop.ui.main_window import MainWindow, Shown
from desktop.ui.settings_dialog import SettingsDialog
from desktop.ui.settings_pages.form import Form

QUIET = (-60.0, -60.0, False)
SPOKEN = (-19.0, -8.0, False)
HEARD = (-23.0, -11.0, False)
COUNTED: dict[str, float] = {
    "input_rate": 24_000,
    "output_rate": 24_000,
    "overruns": 0,
    "underruns": 0,
    "prebuffer_ms": 40,
    "round_trip_ms": 31,
}
VERSIONS = [("Presstalk", "1.0"), ("Python", "3.11"), ("Qt", "6.11"), ("System", "Linux (x86_64)")]


class Clock:
    """A wall clock that goes on by some seconds with each look."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 14, 16, 12, 5, tzinfo=timezone(timedelta(hours=1)))

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=3)
        return self._now


@dataclass
class Stage:
    """The models of one picture."""

    transcript: TranscriptModel = field(default_factory=lambda: TranscriptModel(clock=Clock()))
    tool_calls: ToolCallsModel = field(default_factory=ToolCallsModel)
    events: EventsModel = field(default_factory=EventsModel)
    timing: TimingModel = field(default_factory=TimingModel)
    inputs: DevicesModel = field(default_factory=lambda: DevicesModel("input"))
    outputs: DevicesModel = field(default_factory=lambda: DevicesModel("output"))


Setting = Callable[[MainWindow, Stage], object]


@dataclass(frozen=True)
class Scene:
    """One picture: the state, what was said before, and what else is to be done with the window."""

    name: str
    state: State = State.READY
    talked: bool = True
    setting: Setting = lambda window, stage: None
    model: str = "openai/gpt-realtime-2"


def window_of(scene: Scene, size: tuple[int, int]) -> tuple[MainWindow, Callable[[], object]]:
    """The window as the scene has it, and what is to be done when it is shown."""
    stage = Stage()
    microphone = SPOKEN if scene.state is State.LISTENING else QUIET
    speaker = HEARD if scene.state is State.SPEAKING else QUIET
    stage.inputs.show([DeviceRecord("usb", "USB Headset", True), DeviceRecord("in", "Built-in Microphone")])
    stage.outputs.show([DeviceRecord("usb", "USB Headset", True), DeviceRecord("out", "Built-in Speakers")])
    shown = Shown(stage.transcript, stage.tool_calls, stage.events, stage.timing, stage.inputs, stage.outputs)
    window = MainWindow(catalog.MODELS, shown, lambda: (microphone, speaker), lambda: COUNTED)
    model = catalog.find(scene.model)
    window.session_bar.show_choice(configuration.choice(model, settings.Settings()))
    window.show_state(scene.state)
    if scene.talked:
        talk(stage)
        call_tools(stage)
        exchange_frames(stage)
        time_turns(stage)
    window.resize(*size)
    window.move_meters()
    return window, lambda: scene.setting(window, stage)


def talk(stage: Stage) -> None:
    """A conversation of some turns, one of them interrupted."""
    lines = stage.transcript
    lines.add_note("Connected to OpenAI GPT Realtime 2.")
    ask(stage, 1, "What time is it in Stockholm?")
    lines.add_tool("c1", "get_time")
    lines.end_tool("c1", "done", 3.4)
    lines.begin_reply(1)
    lines.grow_reply(1, "It's a quarter past four in the afternoon in Stockholm.", 0)
    lines.end_reply(1, "complete")
    ask(stage, 2, "And how do I say “see you tomorrow” in Swedish?")
    lines.begin_reply(2)
    lines.grow_reply(
        2, "You say “vi ses imorgon”. It is what friends say to each other, and it works ", 3_000
    )
    lines.grow_reply(2, "in shops and offices too. Would you like to hear some other ways of parting?", 6_000)
    lines.end_reply(2, "interrupted")
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
    calls.begin("c3", "set_timer", {"minutes": 10, "label": "tea"})


def exchange_frames(stage: Stage) -> None:
    """The frames of one turn."""
    at = 0.0

    def add(direction: str, kind: str, size: int, **content: object) -> None:
        nonlocal at
        at += 21.0
        stage.events.add({"at_ms": at, "direction": direction, "type": kind, "size": size, **content})

    config = {"model": "openai/gpt-realtime-2", "voice": "marin", "turn_detection": {"type": "none"}}
    add("out", "session.start", 1_894, config=config)
    add("in", "session.started", 143, session_id="s-51", input_sample_rate=24_000, audio_format="pcm16")
    for _ in range(61):
        add("out", "audio.append", 1_319, audio_bytes=960)
    add("out", "audio.commit", 23)
    add("out", "response.create", 26)
    add("in", "response.started", 29)
    add("in", "tool.call", 140, tool_call_id="c1", tool_name="get_time", tool_arguments="{}")
    add("out", "tool.result", 120, tool_call_id="c1", tool_result={"time": "16:12"})
    for word in ("It's ", "a quarter ", "past four."):
        add("in", "text.delta", 44, delta=word)
    for _ in range(38):
        add("in", "audio.delta", 6_444, audio_bytes=4_800)
    add("in", "transcript.committed", 78, transcript="What time is it in Stockholm?")
    add("in", "response.completed", 51)
    stage.events.flush()


def time_turns(stage: Stage) -> None:
    """The times of some turns, one of them interrupted."""
    waits = ((310, 120, 18), (420, 140, 20), (280, 110, 17), (610, 230, 19), (350, 130, 18))
    for number, (response, audio, heard) in enumerate(waits, 1):
        press = number * 8_000.0
        release = press + 1_400 + 90 * number
        commit = release + 206
        begun = commit + response
        turn = TurnTiming(number, press, press + 21, release, commit, begun, begun + audio)
        turn = turn.told("first_heard", begun + audio + heard)
        ended: Moment = "interrupted" if number == 4 else "done"
        stage.timing.show(turn.told(ended, begun + audio + 2_100))


def settings_dialog(parent: QWidget, **values: object) -> SettingsDialog:
    """The settings as they are at first."""
    form = Form(
        settings.defaults(),
        settings.BOUNDS,
        settings.problem,
        presets.PRESETS,
        configuration.INSTRUCTIONS,
        settings.LONGEST_INSTRUCTIONS,
        "https://api.opper.ai",
        "~/.local/share/presstalk",
    )
    dialog = SettingsDialog(form, {**settings.defaults(), **values}, parent)
    dialog.show_devices(
        [(name, name) for name in ("USB Headset", "Built-in Microphone")],
        [(name, name) for name in ("USB Headset", "Built-in Speakers")],
    )
    dialog.show_key("keychain", "c41f")
    return dialog


def _growing(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_reply(3)
    stage.transcript.grow_reply(3, "Ten minutes it is. I will ring when the tea is", 2_000)
    stage.transcript.begin_hearing(3)


def _speaking_up(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_take(4)


def _lost(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_take(4)
    stage.transcript.end_take(4, "kept")
    window.show_note(
        Note("warning", "The connection was lost. What you said is kept and sent with the next.", "")
    )


def _failed(window: MainWindow, stage: Stage) -> None:
    window.show_note(
        Note(
            "error",
            "The service did not accept the key. Check it in the settings, then connect again.",
            "401",
        )
    )


def _asked(window: MainWindow, stage: Stage) -> None:
    window.question.ask("Open https://www.smhi.se in the browser?")


def _finding(window: MainWindow, stage: Stage) -> None:
    window.transcript.open_find()
    window.transcript.find_bar.needle_changed.emit("you")


def _many_scripts(window: MainWindow, stage: Stage) -> None:
    ask(stage, 4, "مرحبا، كيف حالك اليوم؟ 👋")
    stage.transcript.begin_reply(4)
    stage.transcript.grow_reply(4, "أنا بخير، شكرا لك! 😊 And in Japanese: お元気ですか。", 0)
    stage.transcript.end_reply(4, "complete")


def _call_open(window: MainWindow, stage: Stage) -> None:
    calls = window.side.tools.calls
    if not window.workspace.narrow:
        window.side.setCurrentWidget(window.side.tools)
    calls.setCurrentIndex(calls.model().index(0, 0))


def _events(window: MainWindow, stage: Stage) -> None:
    window.side.setCurrentWidget(window.side.events)


def _timing(window: MainWindow, stage: Stage) -> None:
    window.side.setCurrentWidget(window.side.timing)
    window.side.timing.show_counted(COUNTED)


def _folded(window: MainWindow, stage: Stage) -> None:
    window.panes_button.setChecked(False)


def _welcomed(window: MainWindow, stage: Stage) -> None:
    stage.transcript.add_note("Connected to Offline demo.")
    window.welcome.show()


SCENES = (
    Scene("offline", State.OFFLINE, talked=False),
    Scene("first-run", State.READY, talked=False, setting=_welcomed, model="offline/demo"),
    Scene("connecting", State.CONNECTING, talked=False),
    Scene("ready", State.READY, setting=_call_open),
    Scene("listening", State.LISTENING, setting=_speaking_up),
    Scene("sending", State.SENDING),
    Scene("thinking", State.THINKING),
    Scene("tool", State.TOOL, setting=_asked),
    Scene("speaking", State.SPEAKING, setting=_growing),
    Scene("interrupted", State.INTERRUPTED),
    Scene("reconnecting", State.RECONNECTING, setting=_lost),
    Scene("resting", State.RESTING),
    Scene("error", State.ERROR, setting=_failed),
    Scene("events", State.READY, setting=_events),
    Scene("timing", State.READY, setting=_timing),
    Scene("find", State.READY, setting=_finding),
    Scene("scripts", State.READY, setting=_many_scripts),
    Scene("folded", State.READY, setting=_folded),
)
