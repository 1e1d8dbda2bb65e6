"""The composition root of the window: builds the parts, connects them, runs the loop, closes in order."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import qasync
from msgspec import structs
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from desktop.access.endpoint_resolver import default_model
from desktop.access.model_list_controller import ModelListController
from desktop.app import translation
from desktop.app.connections import Parts, connect, show_crash
from desktop.app.crash_reporter import CrashReporter
from desktop.app.remote_control import ACTIVATION, RemoteControl
from desktop.app.single_instance import NotRunningError, SingleInstance, ask
from desktop.app.theming import Appearance
from desktop.base import bundle, paths
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_controller import SessionController
from desktop.devices.backend import Needles, SystemAudioBackend
from desktop.protocol import catalog
from desktop.realtime.connection import Frame
from desktop.recording import export_file
from desktop.recording.export_controller import ExportController
from desktop.recording.frame_log import FrameLog, record
from desktop.recording.session_recorder import SessionRecorder
from desktop.settings.schema import Settings
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore
from desktop.system.events import SystemEvents
from desktop.tools.builtin import default_registry
from desktop.ui.common import icons
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow, Shown
from desktop.viewmodels.events import EventsModel

log = logging.getLogger(__name__)

READY = "presstalk: window ready"
"""Printed when the window has been painted, for whoever started the program and waits for it."""


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit code. One that runs already is shown instead."""
    first = SingleInstance()
    if not first.claim():
        return _pass_on(options)
    try:
        return _run(options, first)
    finally:
        first.close()


def _pass_on(options: argparse.Namespace) -> int:
    """Let the program that runs do what this one was started for."""
    wishes = {name: getattr(options, name, "") for name in ("model", "voice")}
    try:
        said = ask({"do": "show", "token": os.environ.get(ACTIVATION, ""), **wishes}, starting=True)
    except NotRunningError:
        said = "Presstalk runs already, but doesn't answer. End it, then start it again."
    if said:
        print(said, file=sys.stderr)
    return 1 if said else 0


def _run(options: argparse.Namespace, first: SingleInstance) -> int:
    application = QApplication(sys.argv[:1])
    application.setApplicationName("presstalk")
    application.setApplicationDisplayName("Presstalk")
    application.setDesktopFileName("presstalk")
    application.setWindowIcon(icons.application())
    bundle.free_the_children()
    application.setStyle("Fusion")
    # The window's closing begins the end; the loop must go on until all is closed.
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="presstalk"))
        crashes = CrashReporter()
        crashes.install(loop, _logs_folder())
        try:
            loop.run_until_complete(_main(options, application, first, crashes))
        finally:
            crashes.remove()
    return 0


async def _main(
    options: argparse.Namespace, application: QApplication, first: SingleInstance, crashes: CrashReporter
) -> None:
    store = SettingsStore(_config_folder())
    _override(store.current, options)
    store.start()
    translation.speak(application, store.current.ui_language)
    frames = FrameLog(options.save / "events.jsonl") if options.save else None
    parts = _built(store, application, frames)
    window, controller = parts.window, parts.controller
    connect(parts)
    crashes.happened.connect(lambda report: show_crash(parts, report))
    closed = _closed(window, application)
    window.restore(store.current.geometry, store.current.layout)
    window.show_choice(controller.choices.shown)
    window.first_painted.connect(lambda: print(READY, flush=True))
    window.first_painted.connect(_begin_collecting)
    # Not before the first paint: what a session needs takes longer to import than the window.
    starting: list[asyncio.Task[None]] = []
    window.first_painted.connect(lambda: starting.append(asyncio.create_task(_start(parts))))
    window.first_painted.connect(lambda: starting.append(asyncio.create_task(parts.memory.start())))
    window.first_painted.connect(lambda: first.listen(RemoteControl(window, controller).handle))
    window.show()
    try:
        await closed
    finally:
        gc.unfreeze()
        store.current.geometry = window.geometry_text()
        store.current.layout = window.workspace.layout_texts()
        store.stop()
        parts.settings_controller.close()
        parts.model_list.close()
        for task in starting:
            task.cancel()
        await controller.close()
        await parts.documents.close()
        await parts.memory.close()
        await store.keep()
        if frames:
            _save_conversation(options.save, controller, frames)
        window.deleteLater()


async def _start(parts: Parts) -> None:
    # What the chosen model takes must be known before it is talked to; what is newer can wait.
    await parts.model_list.load()
    await parts.controller.start(partial(default_model, parts.store.current.ticket_url))
    parts.model_list.renew()


def _built(store: SettingsStore, application: QApplication, frames: FrameLog | None) -> Parts:
    chosen = store.current
    appearance = Appearance(application, chosen.theme)
    events = EventsModel()
    presenter = Presenter()
    began = time.monotonic()

    def observe(frame: Frame) -> None:
        presenter.turn_timer.frame(frame)
        kept = record(frame, (time.monotonic() - began) * 1_000)
        events.add(kept)
        memory.frames.put(kept)
        if frames:
            frames.put(kept)

    registry = default_registry()
    controller = SessionController(chosen, registry, SystemAudioBackend(), _open_url, presenter, observe)
    sound = controller.sound
    window = MainWindow(
        catalog.MODELS,
        Shown(
            presenter.transcript, presenter.tool_calls, events, presenter.timing, sound.inputs, sound.outputs
        ),
        Needles(sound.levels, time.monotonic).both,
        sound.counted,
    )
    memory = SessionRecorder(presenter.transcript, presenter.tool_calls, chosen, window)
    window.side.tools.show_definitions([structs.asdict(tool) for tool in registry.definitions()])
    return Parts(
        store,
        appearance,
        window,
        TalkLatch(chosen.tap_lock, window),
        controller,
        SystemEvents(window),
        SettingsController(chosen, window, controller.check_key),
        ModelListController(chosen, window),
        ExportController(presenter.transcript, presenter.timing, window),
        memory,
    )


def _begin_collecting() -> None:
    """From now on there is garbage; what was made so far stays for good and isn't looked at again."""
    gc.freeze()
    gc.enable()


def _config_folder() -> Path | None:
    try:
        return paths.config()
    except OSError as exc:
        log.warning("the settings' folder can't be made: %s", exc.strerror)
        return None


def _logs_folder() -> Path | None:
    try:
        return paths.logs()
    except OSError:
        return None


def _override(chosen: Settings, options: argparse.Namespace) -> None:
    """What the environment and the command line say over what is remembered, for this once."""
    chosen.base_url = os.environ.get("OPPER_BASE_URL", chosen.base_url)
    for name in ("model", "base_url", "ticket_url", "mint_tickets", "input_device", "output_device"):
        value = getattr(options, name, None)
        if value:
            setattr(chosen, name, value)
    if getattr(options, "voice", ""):
        model = catalog.find(chosen.model or default_model(chosen.ticket_url))
        chosen.voices = {**chosen.voices, model.id: options.voice}


def _save_conversation(folder: Path, controller: SessionController, frames: FrameLog) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        export_file.write_conversation(folder / "transcript.md", controller.presenter.transcript.lines)
        frames.close()
    except OSError as exc:
        print(f"The conversation can't be saved in {folder} ({exc.strerror}).", file=sys.stderr)


def _closed(window: MainWindow, application: QApplication) -> asyncio.Future[None]:
    """Done when the window is closed, or the program is asked to end by a signal."""
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not closed.done():
            closed.set_result(None)

    window.closed.connect(end)
    application.commitDataRequest.connect(end)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: loop.call_soon_threadsafe(end))
    # Python runs a signal's handler only between two of its own steps: give it some.
    waker = QTimer(window, interval=200)
    waker.timeout.connect(lambda: None)
    waker.start()
    return closed


def _open_url(url: str) -> bool:
    return QDesktopServices.openUrl(QUrl(url))
