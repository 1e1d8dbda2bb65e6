"""Makes the parts of the program, each after those that it needs. It connects none of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from msgspec import structs
from PySide6.QtWidgets import QApplication

from desktop.access.key_need import KeyNeed
from desktop.access.model_list_controller import ModelListController
from desktop.app.browser import open_page
from desktop.app.dialogs import Dialogs
from desktop.app.frame_observer import FrameObserver
from desktop.app.hotkey_controller import HotkeyController
from desktop.app.login_start import LoginStart
from desktop.app.lowering import Lowering
from desktop.app.mcp_control import McpControl
from desktop.app.notifier import Notifier
from desktop.app.qt_timer import step_timer
from desktop.app.recording_dialogs import RecordingDialogs
from desktop.app.settings_dialog_controller import SettingsDialogController
from desktop.app.strip_controller import StripController
from desktop.app.theming import ThemeController
from desktop.app.tray_controller import TrayController
from desktop.base.shielded import shielded
from desktop.base.task_set import TaskSet
from desktop.conversation import settings_values
from desktop.conversation.image_input import ImageInputController
from desktop.conversation.key_check import check_key
from desktop.conversation.manual_tools import ManualTools
from desktop.conversation.presenter import Presenter
from desktop.conversation.retired_model import RetiredModel
from desktop.conversation.service_requests import post_for_tool, post_span
from desktop.conversation.session_controller import SessionController
from desktop.conversation.session_options import SessionOptions
from desktop.conversation.spend_controller import SpendController
from desktop.conversation.tool_host import ToolHost
from desktop.conversation.tool_settings import ToolSettings
from desktop.conversation.tool_sources_controller import ToolSourcesController
from desktop.devices.audio_controller import AudioController
from desktop.devices.backend import AudioBackend, MeterNeedles
from desktop.protocol import catalog
from desktop.recording.export_controller import ExportController
from desktop.recording.folder_recorder import FolderRecorder
from desktop.recording.frame_log import FrameLog
from desktop.recording.history_controller import HistoryController
from desktop.recording.live_timeline import LiveTimeline
from desktop.recording.reading.live_replay import LiveReplay
from desktop.recording.reading.reading_controller import ReadingController
from desktop.recording.session_recorder import SessionRecorder
from desktop.recording.span_queue import SpanQueue
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.recording.turn_spans import TurnSpans
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.system.hotkeys.global_hotkeys import GlobalHotkeys
from desktop.system.input_state import input_state
from desktop.system.system_events import SystemEvents
from desktop.tools import opper_web
from desktop.tools.permissions import Permissions
from desktop.tools.registry import Registry
from desktop.turn.marks import Mark
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.window_models import WindowModels
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.note_board import NoteBoard
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.transcript_model import TranscriptModel


@dataclass(frozen=True, slots=True)
class Parts:
    """What the program is made of. They live as long as the window."""

    # application
    store: SettingsStore
    theme: ThemeController
    system: SystemEvents
    tasks: TaskSet
    """What a signal begins and no part owns; cancelled at the end."""
    # conversation
    transcript: TranscriptModel
    timing: TimingModel
    options: SessionOptions
    audio: AudioController
    registry: Registry
    tools: ToolHost
    manual_tools: ManualTools
    tool_sources: ToolSourcesController
    tool_settings: ToolSettings
    images: ImageInputController
    controller: SessionController
    spend: SpendController
    notes: NoteBoard
    # window
    window: MainWindow
    latch: TalkLatch
    hotkeys: HotkeyController
    dialogs: Dialogs
    recording_dialogs: RecordingDialogs
    # background
    tray: TrayController
    strip: StripController
    notifier: Notifier
    login_start: LoginStart
    lowering: Lowering
    mcp: McpControl
    # access and settings
    settings_dialog: SettingsDialogController
    model_list: ModelListController
    key_need: KeyNeed
    retired_model: RetiredModel
    # recording
    recorder: SessionRecorder
    transcripts: TranscriptRecorder
    folders: FolderRecorder
    history: HistoryController
    exports: ExportController
    spans: TurnSpans
    timeline: LiveTimeline
    reading: ReadingController
    replay: LiveReplay
    """Plays the conversation that goes on, as far as it is recorded."""


def offer_web_tools(registry: Registry, settings: Settings) -> None:
    """Offer the web tools from the next session on, or no longer."""
    registry.withhold(*(opper_web.NAMES if settings.web_tools == "off" else ()))


def build(
    application: QApplication,
    store: SettingsStore,
    registry: Registry,
    backend: AudioBackend,
    frame_log: FrameLog | None,
    record: Path | None = None,
) -> Parts:
    """Make the parts.

    Args:
        store: the settings, already read; each part gets the values that it needs.
        registry: the tools that the model may call.
        backend: the devices.
        frame_log: gets every frame too, for `--save`.
        record: where this run is recorded, with its sound, for `--record`.
    """
    settings = store.current
    # what is shown
    presenter = Presenter()
    events = EventsModel()
    notes = NoteBoard()
    # recording
    recorder = SessionRecorder(
        presenter.transcript, presenter.tool_calls, settings_values.recording(settings, record)
    )
    exports = ExportController(presenter.transcript, presenter.timing, events, presenter.tool_calls)
    # conversation
    options = SessionOptions(store)
    audio = AudioController(backend, settings_values.audio(settings))
    tools = ToolHost(audio.ring, open_page, Permissions(store.folder))
    registry.forbid(tools.approvals.permissions.forbids)
    spend = SpendController(
        lambda: presenter.turn_timer.responding, lambda: settings_values.limits(store.current)
    )
    timeline = LiveTimeline()
    record_mark = shielded(recorder.folders.recorder.mark, "the recorder of marks")
    place_mark = shielded(timeline.mark, "the timeline")

    def on_marked(mark: Mark) -> None:
        record_mark(mark)
        place_mark(mark)

    presenter.turn_timer.marked = on_marked
    observer = FrameObserver(
        presenter.turn_timer, spend, events, recorder.folders.recorder, frame_log, timeline
    )
    controller = SessionController(
        store, registry, options, audio, tools, presenter, observer, spend=spend, timer=step_timer
    )
    for tool in opper_web.tools(
        lambda path, body: post_for_tool(settings_values.access(store.current), path, body),
        lambda: store.current.web_tools != "always",
    ):
        registry.register(tool)
    offer_web_tools(registry, settings)
    manual_tools = ManualTools(registry, tools.context, presenter.tool_calls)
    # window
    theme = ThemeController(application, settings.theme, settings.seen_scheme)
    models = WindowModels(
        presenter.transcript,
        presenter.tool_calls,
        events,
        presenter.timing,
        audio.inputs,
        audio.outputs,
        notes,
    )
    needles = MeterNeedles(audio.levels, time.monotonic)
    window = MainWindow(catalog.MODELS, models, needles.both, audio.counted, input_state)
    window.show_tool_definitions([structs.asdict(tool) for tool in registry.definitions()])
    tool_sources = ToolSourcesController(registry, store.folder, window, open_page=open_page)
    latch = TalkLatch(settings.tap_lock, window)
    hotkeys = HotkeyController(store, GlobalHotkeys(parent=window), latch, controller, audio, window)
    tray = TrayController(store, window)
    strip = StripController(presenter.transcript, input_state, window)

    def unseen() -> bool:
        return (not window.isVisible() or window.isMinimized()) and not strip.shown

    notifier = Notifier(
        lambda: store.current.notify and unseen(),
        lambda title, text: tray.icon.notify(title, text) if tray.icon else None,
        window,
    )
    theme.dress()
    window.side.measure_panes()
    return Parts(
        store=store,
        theme=theme,
        system=SystemEvents(window),
        tasks=TaskSet(),
        transcript=presenter.transcript,
        timing=presenter.timing,
        options=options,
        audio=audio,
        registry=registry,
        tools=tools,
        manual_tools=manual_tools,
        tool_sources=tool_sources,
        tool_settings=ToolSettings(
            tool_sources, registry, tools.approvals, lambda: options.model.provider, window
        ),
        images=ImageInputController(),
        controller=controller,
        spend=spend,
        notes=notes,
        window=window,
        latch=latch,
        hotkeys=hotkeys,
        dialogs=(dialogs := Dialogs(store, window)),
        recording_dialogs=RecordingDialogs(dialogs, options, lambda: store.current),
        tray=tray,
        strip=strip,
        notifier=notifier,
        login_start=LoginStart(store, window),
        lowering=Lowering(store, window),
        mcp=McpControl(controller, tools.agree),
        settings_dialog=SettingsDialogController(
            store, partial(check_key, store, options), open_page, window
        ),
        model_list=ModelListController(settings_values.access(settings), window),
        key_need=KeyNeed(lambda: settings_values.access(store.current), lambda: options.model, window),
        retired_model=RetiredModel(options, parent=window),
        recorder=recorder,
        transcripts=recorder.conversations,
        folders=recorder.folders,
        history=recorder.history,
        exports=exports,
        spans=TurnSpans(
            presenter.transcript,
            presenter.tool_calls,
            SpanQueue(lambda span: post_span(settings_values.access(store.current), span)),
            lambda: store.current.spans,
            lambda: options.model.id,
        ),
        timeline=timeline,
        reading=ReadingController(window),
        replay=LiveReplay(timeline, lambda: recorder.folders.recorder.path, window),
    )
