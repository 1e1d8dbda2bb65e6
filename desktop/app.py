"""The composition root of the window: builds the parts, connects them, runs the loop, closes in order."""

from __future__ import annotations

import argparse
import asyncio
import copy
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

from desktop import log as program_log
from desktop import paths, settings
from desktop.controller import Controller
from desktop.endpoints import default_model
from desktop.models import export
from desktop.models.devices import DevicesModel
from desktop.models.events import EventsModel
from desktop.protocol import catalog
from desktop.realtime.connection import Frame
from desktop.realtime.frame_log import FrameLog, record
from desktop.scribe import Scribe
from desktop.sound import DeviceAudio, Needles
from desktop.tools.builtin import default_registry
from desktop.ui import theme
from desktop.ui.main_window import MainWindow, Shown

log = logging.getLogger(__name__)

READY = "presstalk: window ready"
"""Printed when the window has been painted, for whoever started the program and waits for it."""


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit code."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("presstalk")
    application.setApplicationDisplayName("Presstalk")
    application.setDesktopFileName("presstalk")
    application.setStyle("Fusion")
    # The window's closing begins the end; the loop must go on until all is closed.
    application.setQuitOnLastWindowClosed(False)
    _follow_theme(application)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="presstalk"))
        loop.run_until_complete(_main(options, application))
    return 0


async def _main(options: argparse.Namespace, application: QApplication) -> None:
    saved = _saved()
    chosen = _overridden(saved, options)
    before = copy.deepcopy(chosen)
    frames = FrameLog(options.save / "events.jsonl") if options.save else None
    events = EventsModel(redact=program_log.redact)
    began = time.monotonic()

    scribe = Scribe()

    def observe(frame: Frame) -> None:
        scribe.stopwatch.frame(frame)
        kept = events.add(record(frame, (time.monotonic() - began) * 1_000))
        if frames:
            frames.put(kept.record())

    registry = default_registry()
    controller = Controller(chosen, registry, DeviceAudio(), _open_url, scribe, observe)
    window = MainWindow(
        catalog.MODELS,
        Shown(
            scribe.transcript,
            scribe.tool_calls,
            events,
            scribe.timing,
            DevicesModel("input"),
            DevicesModel("output"),
        ),
        Needles(controller.levels, time.monotonic).both,
        controller.counted,
    )
    window.side.tools.show_definitions([structs.asdict(tool) for tool in registry.definitions()])
    _connect(window, controller)
    closed = _closed(window, application)
    window.restore(chosen.geometry, chosen.layout)
    window.session_bar.show_model(controller.model, controller.voice)
    window.first_painted.connect(lambda: print(READY, flush=True))
    # Not before the first paint: what a session needs takes longer to import than the window.
    starting: list[asyncio.Task[None]] = []
    window.first_painted.connect(
        lambda: starting.append(
            asyncio.create_task(controller.start(partial(default_model, chosen.ticket_url)))
        )
    )
    window.show()
    try:
        await closed
    finally:
        chosen.geometry, chosen.layout = window.geometry_text(), window.workspace.layout_texts()
        for task in starting:
            task.cancel()
        await controller.close()
        _save(settings.with_changes(saved, before, chosen))
        if frames:
            _save_conversation(options.save, controller, frames)
        window.deleteLater()


def _saved() -> settings.Settings:
    try:
        return settings.load(paths.config())
    except OSError as exc:
        log.warning("settings can't be read: %s", exc.strerror)
        return settings.Settings()


def _overridden(saved: settings.Settings, options: argparse.Namespace) -> settings.Settings:
    """What is remembered, with what the environment and the command line say over it, for this once."""
    chosen = copy.deepcopy(saved)
    chosen.base_url = os.environ.get("OPPER_BASE_URL", chosen.base_url)
    for name in ("model", "base_url", "ticket_url", "mint_tickets", "input_device", "output_device"):
        value = getattr(options, name, None)
        if value:
            setattr(chosen, name, value)
    if getattr(options, "voice", ""):
        model = catalog.find(chosen.model or default_model(chosen.ticket_url))
        chosen.voices = {**chosen.voices, model.id: options.voice}
    return chosen


def _save(chosen: settings.Settings) -> None:
    try:
        settings.save(paths.config(), chosen)
    except OSError as exc:
        log.warning("settings can't be written: %s", exc.strerror)


def _save_conversation(folder: Path, controller: Controller, frames: FrameLog) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        words = export.to_markdown(controller.scribe.transcript.lines)
        (folder / "transcript.md").write_text(words, encoding="utf-8")
        frames.close()
    except OSError as exc:
        print(f"The conversation can't be saved in {folder} ({exc.strerror}).", file=sys.stderr)


def _connect(window: MainWindow, controller: Controller) -> None:
    # window → controller
    window.talk_pressed.connect(controller.press)
    window.talk_released.connect(controller.release)
    window.talk_lost.connect(lambda: controller.release("focus"))
    window.escaped.connect(controller.cancel)
    window.connect_clicked.connect(controller.toggle_session)
    window.restart_clicked.connect(controller.restart)
    window.model_chosen.connect(controller.choose_model)
    window.voice_chosen.connect(controller.choose_voice)
    window.question_answered.connect(controller.tools.answer)
    window.text_entered.connect(controller.say)
    window.transcript.play_unheard_requested.connect(controller.replay)
    window.side.tools.run_again_requested.connect(controller.run_tool)
    window.side.tools.send_requested.connect(controller.send_result)
    # controller → window
    controller.hand_tools.refused.connect(window.side.tools.show_problem)
    controller.hand_tools.taken.connect(window.side.tools.close_editor)
    controller.state_changed.connect(window.show_state)
    controller.note_shown.connect(window.show_note)
    controller.model_chosen.connect(window.session_bar.show_model)
    controller.restart_offered.connect(window.session_bar.offer_restart)
    controller.text_sent.connect(window.text_line.clear)
    controller.tools.asked.connect(window.question.ask)
    controller.tools.settled.connect(window.question.hide)


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


def _follow_theme(application: QApplication) -> None:
    hints = application.styleHints()
    hints.colorSchemeChanged.connect(lambda: theme.dress(application, theme.of_the_system()))
    theme.dress(application, theme.of_the_system())


def _open_url(url: str) -> bool:
    return QDesktopServices.openUrl(QUrl(url))
