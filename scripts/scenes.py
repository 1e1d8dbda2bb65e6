"""The window's states in the screenshots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import timeline_scenes
import tool_scenes
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from stage import BEGAN, Stage, ask, call_tools, exchange_frames, talk, time_turns

from desktop.access.key_hosts import KEY_ELSEWHERE
from desktop.access.key_need import NEEDS_KEY
from desktop.access.keychain import KEY
from desktop.app.note_connections import LAST_IN_HISTORY
from desktop.conversation import image_encoding, session_config
from desktop.conversation.opening_note import CONNECTED
from desktop.conversation.retired_model import MODEL_REPLACED
from desktop.conversation.spend_controller import (
    BUDGET_NEAR_SESSION,
    BUDGET_REACHED_SESSION,
    RESTS_SAVING,
)
from desktop.cost import prices, turn_cost
from desktop.cost.ledger import Ledger
from desktop.cost.money import CENT, PICOS, Money
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.cost.usage import Usage
from desktop.devices.device_messages import ALL_GONE
from desktop.protocol import catalog, endings
from desktop.protocol.catalog import TurnMode
from desktop.protocol.entries import merged
from desktop.realtime import messages
from desktop.settings import schema
from desktop.tools.builtin import OPEN_URL
from desktop.turn.effects import DisplayState, Note, Retrying
from desktop.ui.common import gathering
from desktop.ui.session.session_clock import SessionClock
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.window_models import WindowModels
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions, PendingRestart
from desktop.viewmodels.devices_model import DeviceRecord
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.spend_report import SpendReport

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
WITHOUT_SESSION = (
    DisplayState.OFFLINE,
    DisplayState.CONNECTING,
    DisplayState.RECONNECTING,
    DisplayState.RESTING,
    DisplayState.ERROR,
)
SESSION_S = 151
"Since the session opened."

TRANSLATING = "gemini/gemini-3.5-live-translate-preview"

Setting = Callable[[MainWindow, Stage], object]


@dataclass(frozen=True)
class Scene:
    """One picture: the state, what was said before, and what else is to be done with the window."""

    name: str
    state: DisplayState = DisplayState.READY
    talked: bool = True
    setting: Setting = lambda window, stage: None
    model: str = "openai/gpt-realtime-2"
    mode: TurnMode = "push_to_talk"


def window_of(scene: Scene, size: tuple[int, int]) -> tuple[MainWindow, Callable[[], object]]:
    """The window as the scene has it, and what is to be done when it is shown."""
    gathering.PAINT_MS = 0  # each change is in the next picture, however soon that is taken
    stage = Stage()
    microphone = SPOKEN if scene.state is DisplayState.LISTENING else QUIET
    speaker = HEARD if scene.state is DisplayState.SPEAKING else QUIET
    stage.inputs.show([DeviceRecord("usb", "USB Headset", True), DeviceRecord("in", "Built-in Microphone")])
    stage.outputs.show([DeviceRecord("usb", "USB Headset", True), DeviceRecord("out", "Built-in Speakers")])
    shown = WindowModels(
        stage.transcript,
        stage.tool_calls,
        stage.events,
        stage.timing,
        stage.inputs,
        stage.outputs,
        NoteBoard(),
    )
    window = MainWindow(catalog.MODELS, shown, lambda: (microphone, speaker), lambda: COUNTED)
    window.show_choice(_choice(scene))
    window.show_state(scene.state)
    if scene.talked:
        talk(stage)
        call_tools(stage)
        exchange_frames(stage)
        time_turns(stage)
    if scene.state not in WITHOUT_SESSION:
        _clock(window).show_seconds(SESSION_S)
        window.audio.show_in_session(True)
    window.resize(*size)
    window.meters.move()
    return window, lambda: scene.setting(window, stage)


def _choice(scene: Scene) -> ChosenOptions:
    chosen = schema.Settings(turn_modes={scene.model: scene.mode}, language="sv")
    return session_config.chosen_options(catalog.find(scene.model), chosen)


def _clock(window: QWidget) -> SessionClock:
    clock = window.findChild(SessionClock)
    assert isinstance(clock, SessionClock)
    return clock


def _growing(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_response(3)
    stage.transcript.grow_response(3, "Ten minutes it is. I will ring when the tea is", 2_000)
    stage.transcript.begin_hearing(3)


def _speaking_up(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_take(4)


def _lost(window: MainWindow, stage: Stage) -> None:
    stage.transcript.begin_take(4)
    stage.transcript.end_take(4, "kept")
    window.show_note(Note("warning", messages.CONNECTION_DROPPED(), "1006"))


def _failed(window: MainWindow, stage: Stage) -> None:
    window.show_note(
        Note(
            "error",
            messages.KEY_REFUSED(),
            "401",
            "change_key",
        )
    )


def _asked(window: MainWindow, stage: Stage) -> None:
    window.question.ask(OPEN_URL(host="www.smhi.se", url="https://www.smhi.se/vadret"))


def _another_host(window: MainWindow, stage: Stage) -> None:
    window.count_questions(1, once=False)
    window.show_question(KEY_ELSEWHERE(secret=KEY(), home="api.opper.ai", there="proxy.example.org:8443"))


def _finding(window: MainWindow, stage: Stage) -> None:
    window.transcript.open_find()
    window.transcript.find_bar.field.setText("you")


def _many_scripts(window: MainWindow, stage: Stage) -> None:
    ask(stage, 4, "مرحبا، كيف حالك اليوم؟ 👋")
    stage.transcript.begin_response(4)
    stage.transcript.grow_response(4, "أنا بخير، شكرا لك! 😊 And in Japanese: お元気ですか。", 0)
    stage.transcript.end_response(4, "complete")


def _call_open(window: MainWindow, stage: Stage) -> None:
    if not window.workspace.narrow:
        window.side.setCurrentWidget(window.side.tools)
    window.side.tools.open_call(0)


def _events(window: MainWindow, stage: Stage) -> None:
    window.side.setCurrentWidget(window.side.events)


def _frame_open(window: MainWindow, stage: Stage) -> None:
    _events(window, stage)
    window.side.events.open_frame(6)


def _spent(window: MainWindow, stage: Stage) -> None:
    """Prices as a list could have them; the last turn is still estimated."""
    listed = prices.read({"input": [4.0], "output": [16.0], "cached_input": [0.4]})
    spend = Ledger()
    spend.add(0, "xai/grok-voice-latest", BEGAN.date() - timedelta(1), Cost(4 * PICOS // 10))
    spend.begin_session()
    for number, used in enumerate((900, 2_100, 0, 3_600, 5_200, 7_400), 1):
        usage = Usage(used, used // 3, output=900, estimated=number == 6)
        cost = turn_cost.of_usage(usage, listed)
        if used:
            spend.add(number, catalog.KEYED_MODEL, BEGAN.date(), cost)
            stage.timing.show_cost(number, spend.turns[number].copy())
            ahead = turn_cost.forecast(usage, listed)
    window.show_spent(spend.session)
    days, budgets = spend.days, (Money(PICOS), Money(5 * PICOS))
    sums = (spend.session, days.on(BEGAN.date()), ahead, Money(PICOS // 5), *budgets)
    turns = tuple(spend.turns.items())
    window.show_spend_report(SpendReport(*sums, turns, tuple(days.by_day()), tuple(days.by_model())))
    _timing(window, stage)


def _nearly_spent(window: MainWindow, stage: Stage) -> None:
    _spent(window, stage)
    words = BUDGET_NEAR_SESSION(spent=Money(81 * CENT).worded(), limit=Money(PICOS).worded())
    window.show_note(Note("warning", words, subject="budget"))


def _all_spent(window: MainWindow, stage: Stage) -> None:
    _spent(window, stage)
    stage.transcript.begin_take(4)
    stage.transcript.end_take(4, "kept")
    words = BUDGET_REACHED_SESSION(limit=Money(PICOS).worded())
    window.show_note(Note("warning", words, action="go_on", subject="budget"))


def _resting_cheaply(window: MainWindow, stage: Stage) -> None:
    total = Total()
    total.add(Cost(32 * CENT))
    window.show_spent(total)
    words = RESTS_SAVING(price=Money(5 * CENT).worded())
    window.show_note(Note("hint", words, subject="resting"))


def _timing(window: MainWindow, stage: Stage) -> None:
    window.side.setCurrentWidget(window.side.timing)
    window.side.timing.show_counted(COUNTED)


def _parts(window: MainWindow, stage: Stage) -> None:
    _timing(window, stage)
    window.side.timing.show_parts.setChecked(True)


def _folded(window: MainWindow, stage: Stage) -> None:
    window.panes_button.setChecked(False)


def _half(window: MainWindow, stage: Stage) -> None:
    _frame_open(window, stage)
    window.places.half.setChecked(True)


def _welcomed(window: MainWindow, stage: Stage) -> None:
    stage.transcript.add_note(CONNECTED(model=catalog.find(catalog.OFFLINE_MODEL).name))
    window.welcome.show()


def _overview(window: MainWindow, stage: Stage) -> None:
    stage.tool_calls.end("c3", "done", {"rings_at": "16:22:44", "label": "tea"}, 1.2)
    stage.transcript.add_tool("c3", "set_timer")
    stage.transcript.end_tool("c3", "done", 1.2)
    _growing(window, stage)
    _call_open(window, stage)


def _counting(window: MainWindow, stage: Stage) -> None:
    _lost(window, stage)
    window.note_line.show_retrying(Retrying(3, 7, messages.CONNECTION_DROPPED(), "1006"))


def _rested(window: MainWindow, stage: Stage) -> None:
    window.show_note(Note("hint", endings.IDLE.message))


def _locked(window: MainWindow, stage: Stage) -> None:
    _speaking_up(window, stage)
    window.show_locked(True)


def _muted(window: MainWindow, stage: Stage) -> None:
    window.audio.show_muted(True)


def _recording(window: MainWindow, stage: Stage) -> None:
    window.show_recording(True)


def _restart(window: MainWindow, stage: Stage) -> None:
    window.restart.offer(
        PendingRestart(_choice(Scene("", model="gemini/gemini-3.1-flash-live-preview")), ("model",))
    )


def _cut_short(window: MainWindow, stage: Stage) -> None:
    window.recovery.show()


def _pictured(window: MainWindow, stage: Stage) -> None:
    stage.transcript.add_note(image_encoding.EncodedImage("", 1280, 720, 96_000).caption)
    ask(stage, 4, "What is on this picture?")
    stage.transcript.begin_response(4)
    stage.transcript.grow_response(
        4, "A lake in the early morning, with a red house on the far shore.", 3_000
    )
    stage.transcript.end_response(4, "complete")


def _translated(window: MainWindow, stage: Stage) -> None:
    stage.transcript.add_note(CONNECTED(model=catalog.find("gemini/gemini-3.5-live-translate-preview").name))
    ask(stage, 1, "Good morning. Is this seat taken?")
    stage.transcript.begin_response(1)
    stage.transcript.grow_response(1, "God morgon. Är den här platsen upptagen?", 2_000)
    stage.transcript.begin_hearing(1)


def _trying(window: MainWindow, stage: Stage) -> None:
    window.show_test("recording")


def _without_sound(window: MainWindow, stage: Stage) -> None:
    window.show_note(Note("error", ALL_GONE(), "device_lost", subject="microphone"))


def _without_key(window: MainWindow, stage: Stage) -> None:
    name = catalog.find(catalog.KEYED_MODEL).name
    window.show_note(Note("warning", NEEDS_KEY(model=name), action="add_key", subject="key"))


LISTED = (
    {
        "id": "openai/gpt-realtime-2",
        "name": "GPT Realtime 2",
        "description": "Speech to speech, with reasoning.",
        "region": "eu-north-1",
        "country": "Sweden",
        "retired_at": "2026-01-01",
        "successor": "openai/gpt-realtime-2.1",
        "pricing": {"input": [4.0], "output": [16.0]},
    },
    {"id": "openai/gpt-realtime-2.1", "name": "GPT Realtime 2.1", "capabilities": ["tools", "vision"]},
    {
        "id": "mistral/voxtral-live-2",
        "name": "Voxtral Live 2",
        "provider_display_name": "Mistral AI",
        "capabilities": ["tools"],
    },
)
"""What the service's list might say one day."""


def _retired(window: MainWindow, stage: Stage) -> None:
    models = merged(LISTED)
    window.show_models(models)
    old, new = catalog.find("openai/gpt-realtime-2", models), catalog.find("openai/gpt-realtime-2.1", models)
    window.show_choice(ChosenOptions(old, "marin"))
    message = MODEL_REPLACED(model=old.name, successor=new.name)
    window.show_note(Note("warning", message, action="use_successor", subject="retired"))


def _agent(window: MainWindow, stage: Stage) -> None:
    """A named agent decides, and the user has chosen nothing in its place."""
    agent = catalog.agent("front-desk")
    window.show_models((agent, *catalog.MODELS))
    window.show_choice(session_config.chosen_options(agent, schema.Settings(agent="front-desk")))


def _agent_overridden(window: MainWindow, stage: Stage) -> None:
    """The user has chosen another model, and a voice."""
    _agent(window, stage)
    chosen = schema.Settings(
        agent="front-desk",
        agent_model=catalog.KEYED_MODEL,
        voices={catalog.KEYED_MODEL: "cedar"},
        efforts={catalog.KEYED_MODEL: "low"},
    )
    window.show_choice(session_config.chosen_options(catalog.find(catalog.KEYED_MODEL), chosen))


def _left(window: MainWindow, stage: Stage) -> None:
    window.show_note(Note("hint", LAST_IN_HISTORY(key=shortcuts.HISTORY), action="show_last"))


def _pointed_at(window: MainWindow, stage: Stage) -> None:
    """The keyboard is on a bubble that can be played."""
    for row, line in enumerate(stage.transcript.lines):
        if line.number and line.ended_at:
            said: Literal["take", "response"] = "take" if line.speaker == "user" else "response"
            stage.transcript.show_playable(said, line.number, True)
            if line.speaker == "user":
                window.transcript.view.setCurrentIndex(stage.transcript.index(row))
    window.activateWindow()
    window.transcript.view.setFocus(Qt.FocusReason.TabFocusReason)


def _typing(window: MainWindow, stage: Stage) -> None:
    window.text_line.field.set_text("Three things:\n1. the weather\n2. the time there\n3. and a timer")


def _large(window: MainWindow, stage: Stage) -> None:
    window.show_text_size(200)
    _typing(window, stage)


def _small(window: MainWindow, stage: Stage) -> None:
    window.show_text_size(80)


SCENES = (
    Scene("offline", DisplayState.OFFLINE, talked=False),
    Scene("first-run", DisplayState.READY, talked=False, setting=_welcomed, model="offline/demo"),
    Scene("connecting", DisplayState.CONNECTING, talked=False),
    Scene("ready", DisplayState.READY, setting=_call_open),
    Scene("listening", DisplayState.LISTENING, setting=_speaking_up),
    Scene("sending", DisplayState.SENDING),
    Scene("thinking", DisplayState.THINKING),
    Scene("tool", DisplayState.TOOL, setting=_asked),
    Scene("approval", DisplayState.TOOL, setting=tool_scenes.waits_for_approval),
    Scene("slow-tool", DisplayState.READY, setting=tool_scenes.runs_on),
    Scene("tool-pictures", DisplayState.READY, setting=tool_scenes.pictures),
    Scene("bench", DisplayState.READY, setting=tool_scenes.bench),
    Scene("compared-calls", DisplayState.READY, setting=tool_scenes.compared),
    Scene("another-host", DisplayState.CONNECTING, setting=_another_host),
    Scene("speaking", DisplayState.SPEAKING, setting=_growing),
    Scene("interrupted", DisplayState.INTERRUPTED),
    Scene("reconnecting", DisplayState.RECONNECTING, setting=_lost),
    Scene("error", DisplayState.ERROR, setting=_failed),
    Scene("events", DisplayState.READY, setting=_events),
    Scene("frame", DisplayState.READY, setting=_frame_open),
    Scene("timing", DisplayState.READY, setting=_timing),
    Scene("parts", DisplayState.READY, setting=_parts),
    Scene("spend", DisplayState.READY, setting=_spent),
    Scene("budget-near", DisplayState.READY, setting=_nearly_spent),
    Scene("budget", DisplayState.RESTING, setting=_all_spent),
    Scene("resting-saves", DisplayState.RESTING, setting=_resting_cheaply, model="xai/grok-voice-latest"),
    Scene("find", DisplayState.READY, setting=_finding),
    Scene("scripts", DisplayState.READY, setting=_many_scripts),
    Scene("folded", DisplayState.READY, setting=_folded),
    Scene("half", DisplayState.READY, setting=_half),
    Scene("overview", DisplayState.SPEAKING, setting=_overview),
    Scene("retrying", DisplayState.RECONNECTING, setting=_counting),
    Scene("resting", DisplayState.RESTING, setting=_rested),
    Scene("locked", DisplayState.LISTENING, setting=_locked),
    Scene("muted", DisplayState.MUTED, setting=_muted),
    Scene("no-microphone", DisplayState.NO_MICROPHONE, setting=_without_sound),
    Scene("key-needed", DisplayState.OFFLINE, talked=False, setting=_without_key),
    Scene("retired", DisplayState.OFFLINE, talked=False, setting=_retired),
    Scene("agent", DisplayState.OFFLINE, talked=False, setting=_agent),
    Scene("agent-overridden", DisplayState.READY, setting=_agent_overridden),
    Scene("new-conversation", DisplayState.READY, talked=False, setting=_left),
    Scene("hands-free", DisplayState.READY, mode="server_vad"),
    Scene("hands-free-listening", DisplayState.LISTENING, setting=_speaking_up, mode="server_vad"),
    Scene("hands-free-speaking", DisplayState.SPEAKING, setting=_growing, mode="semantic_vad"),
    Scene("hands-free-muted", DisplayState.MUTED, setting=_muted, mode="server_vad"),
    Scene("restart", DisplayState.READY, setting=_restart),
    Scene("recording", DisplayState.READY, setting=_recording),
    Scene("timeline", DisplayState.READY, setting=timeline_scenes.live),
    Scene("reading", DisplayState.READY, setting=timeline_scenes.read),
    Scene("cut-short", DisplayState.READY, talked=False, setting=_cut_short),
    Scene("picture", DisplayState.READY, setting=_pictured),
    Scene("translate", DisplayState.SPEAKING, talked=False, setting=_translated, model=TRANSLATING),
    Scene("bubble", DisplayState.READY, setting=_pointed_at),
    Scene("typing", DisplayState.READY, setting=_typing),
    Scene("large-text", DisplayState.READY, setting=_large),
    Scene("small-text", DisplayState.READY, setting=_small),
    Scene("microphone-test", DisplayState.OFFLINE, talked=False, setting=_trying),
)
