"""Runs the window: one instance, the application, its loop, the steps of the start, an orderly end."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import default_model
from desktop.app import application, second_start, shared_recording, translation
from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.app.crash_reporter import CrashReporter
from desktop.app.ending import attempt
from desktop.app.remote_control import ACTIVATION, RemoteControl
from desktop.app.second_start import Obstacle, Outcome, Step
from desktop.app.signal_waker import SignalWaker
from desktop.app.single_instance import SingleInstance
from desktop.base import atomic_file, memory, paths, terminal
from desktop.devices.backend import SystemAudioBackend
from desktop.protocol import catalog
from desktop.recording import export_file
from desktop.recording.frame_log import FrameLog
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.turn.effects import Note
from desktop.ui.window.main_window import MainWindow

log = logging.getLogger(__name__)

READY = "presstalk: window ready"
"""Printed when the window has been painted, for whoever started the program and waits for it."""
TOOLS_S = 2.0
"""How long the first session waits for tools from elsewhere, where it can't be told of them later."""
TASKS_S = 3.0
"""How long the end waits for tasks that were cancelled: one that doesn't listen must not hold it up."""


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit code. If it is open already, that one is shown instead."""
    instance = SingleInstance()
    chosen = {name: getattr(options, name, "") for name in ("agent", "model", "voice")}
    request = {"do": "show", "token": os.environ.get(ACTIVATION, ""), **chosen}
    if getattr(options, "hidden", False):  # by the login: it needn't come to the front
        request["hidden"] = "yes"
    if opened := getattr(options, "opened", None):
        request["open"] = str(opened)
    try:
        match second_start.begin(instance, request, partial(_ask, instance)):
            case Outcome.FIRST:
                return _run(options, instance)
            case Outcome.SHOWN:
                return 0
            case Outcome.REFUSED:
                return 1
    finally:
        instance.close()


def _ask(instance: SingleInstance, obstacle: Obstacle) -> Step:
    from desktop.app import obstacle_window  # hardly ever needed

    return obstacle_window.ask(
        obstacle, application.make(), SettingsStore.load(_config_folder()).current, instance
    )


def _run(options: argparse.Namespace, instance: SingleInstance) -> int:
    memory.return_large_blocks()
    qt = application.make()
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    with loop:
        loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="presstalk"))
        crashes = CrashReporter()
        crashes.install(loop, _logs_folder())
        try:
            loop.run_until_complete(_main(options, qt, instance, crashes))
        finally:
            crashes.remove()
    return 0


async def _main(
    options: argparse.Namespace, qt: QApplication, instance: SingleInstance, crashes: CrashReporter
) -> None:
    # settings
    store = SettingsStore.load(_config_folder())
    store.override(**_overrides(store.current, options))
    key_hosts.trust_for_this_run(*_named_hosts(options))
    translation.install(qt, store.current.ui_language)
    # parts
    frame_log = FrameLog(options.save / "events.jsonl") if options.save else None
    parts = build(
        qt, store, default_registry(), SystemAudioBackend(), frame_log, getattr(options, "record", None)
    )
    connect(parts)
    # Later: a window that opens in the middle of painting is painted from within it, and dies of that.
    crashes.reported.connect(parts.dialogs.open_crash, Qt.ConnectionType.QueuedConnection)
    # window
    closed = _closed(parts.window, qt)
    _begin_after_first_paint(parts, instance)
    if opened := getattr(options, "opened", None):
        parts.window.first_painted.connect(lambda: shared_recording.show(parts, str(opened)))
    parts.window.restore(store.current.geometry, store.current.layout)
    parts.window.show_models(parts.options.offered)
    parts.window.show_choice(parts.options.displayed)
    if getattr(options, "hidden", False) and parts.tray.wanted:
        parts.window.begin_hidden()
    else:
        parts.window.show()
    if store.problem:
        parts.notes.add(Note("warning", store.problem, subject="settings read"))
    try:
        await closed
    finally:
        instance.stop_listening()
        await _end(parts)
        if frame_log:
            _save_conversation(options.save, parts, frame_log)
        parts.window.deleteLater()


def _begin_after_first_paint(parts: Parts, instance: SingleInstance) -> None:
    """What a session needs takes longer to import than the window: it begins when the window can be seen."""
    painted, tasks = parts.window.first_painted, parts.tasks
    painted.connect(lambda: terminal.print_line(READY))
    painted.connect(_begin_collecting)
    painted.connect(memory.forget_sources)
    painted.connect(lambda: tasks.spawn(_start_session(parts), name="first session"))
    painted.connect(lambda: tasks.spawn(parts.recorder.start(), name="start of the recorder"))
    painted.connect(lambda: tasks.spawn(parts.spend.start(), name="what was spent before"))
    painted.connect(lambda: instance.listen(_remote_control(parts).handle))


def _remote_control(parts: Parts) -> RemoteControl:
    remote = RemoteControl(parts.window, parts.controller, parts.latch, parts.mcp.open)
    remote.opens = partial(shared_recording.show, parts)
    parts.controller.stalled.connect(remote.doubt)
    return remote


async def _start_session(parts: Parts) -> None:
    # What the chosen model accepts has to be known before the session; a newer list can wait.
    await parts.model_list.load()
    tools = parts.tasks.spawn(parts.tool_sources.start(), name="tools from elsewhere")
    if tools and not parts.options.model.updates:
        # The tools of its session can't be changed once it is open.
        await asyncio.wait({tools}, timeout=TOOLS_S)
        await parts.tool_sources.settle(TOOLS_S)
    await parts.controller.start(partial(default_model, parts.store.current.ticket_url))
    memory.forget_sources()
    parts.model_list.renew()


async def _end(parts: Parts) -> None:
    """End what runs, and write what is to be kept. Each wait has a bound of its own.

    A logout may kill the program at any time: the settings are written first, then all else at once.
    """
    gc.unfreeze()
    store, window = parts.store, parts.window
    await attempt(
        "layout",
        lambda: store.replace(
            geometry=window.geometry_text(), layout=window.layout_texts() | parts.strip.layout_texts()
        ),
    )
    await asyncio.gather(
        attempt("settings", store.flush_within),
        attempt("start at login", parts.login_start.close),
        attempt("other programs' sound", parts.lowering.close),
        attempt("settings dialog", parts.settings_dialog.close),
        attempt("exports", parts.exports.close),
        attempt("history", parts.recorder.history.close),
        attempt("dialogs of recordings", parts.recording_dialogs.close),
        attempt("reading", parts.reading.close),
        attempt("replay", parts.replay.close),
        _end_session(parts),
    )
    await attempt("settings", store.close)


async def _end_session(parts: Parts) -> None:
    await attempt("model list", parts.model_list.close)
    await attempt("key", parts.key_need.close)
    await attempt("spans", parts.spans.close)
    await attempt("tasks", partial(parts.tasks.close, TASKS_S))
    await attempt("presstalk mcp", parts.mcp.close)
    await attempt("pictures", parts.images.close)
    await attempt("tools from elsewhere", parts.tool_sources.close)
    await attempt("tools run by hand", parts.manual_tools.close)
    await attempt("session", parts.controller.close)
    await attempt("recorder", parts.recorder.close)
    await attempt("spend", parts.spend.close)


def _begin_collecting() -> None:
    """Collect garbage from now on, but never look again at what exists already: it stays to the end."""
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


def _overrides(settings: Settings, options: argparse.Namespace) -> dict[str, Any]:
    """What the environment and the command line decide, for this run, over what is remembered."""
    values: dict[str, Any] = {"base_url": os.environ.get("OPPER_BASE_URL", settings.base_url)}
    for name in ("agent", "model", "base_url", "ticket_url", "mint_tickets", "input_device", "output_device"):
        if value := getattr(options, name, None):
            values[name] = value
    if agent := values.get("agent", settings.agent):
        # A model that is named together with an agent is used in place of the agent's.
        values["agent_model"] = values.pop("model", "" if "agent" in values else settings.agent_model)
    if voice := getattr(options, "voice", ""):
        model = values.get("model", settings.model)
        if agent:
            model = values["agent_model"] or catalog.agent(agent).id
        model = model or default_model(values.get("ticket_url", settings.ticket_url))
        values["voices"] = {**settings.voices, catalog.find(model).id: voice}
    return values


def _named_hosts(options: argparse.Namespace) -> list[str]:
    """The hosts that the command line names: whoever typed them has agreed."""
    named = [getattr(options, name, "") for name in ("base_url", "ticket_url")]
    return [address for address in [*named, *(getattr(options, "trust", None) or ())] if address]


def _save_conversation(folder: Path, parts: Parts, frame_log: FrameLog) -> None:
    try:
        atomic_file.make_folder(folder)
        lines, background = parts.transcript.lines, parts.exports.background()
        export_file.write_conversation(folder / "transcript.md", lines, background)
        frame_log.close()
    except OSError as exc:
        terminal.print_error(f"The conversation can't be saved in {folder} ({exc.strerror}).")


def _closed(window: MainWindow, qt: QApplication) -> asyncio.Future[None]:
    """Done when the window is closed, or the program is asked to end by a signal."""
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not closed.done():
            closed.set_result(None)

    window.closed.connect(end)
    qt.commitDataRequest.connect(end)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP, and `nohup` has it ignored
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
    waker = SignalWaker(window)
    closed.add_done_callback(lambda _: waker.close())
    return closed
