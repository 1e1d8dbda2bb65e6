"""Who speaks to whom: every connection between the window and the program's behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt

from desktop.access.endpoint_resolver import Access, default_model, in_use
from desktop.access.key_format import PLATFORM_URL
from desktop.access.model_list_controller import ModelListController
from desktop.app.theming import Appearance
from desktop.base.daemon_thread import in_daemon
from desktop.conversation.image_input import ImageInputController
from desktop.conversation.session_controller import SessionController
from desktop.protocol import catalog
from desktop.recording.export_controller import ExportController
from desktop.recording.session_recorder import SessionRecorder
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore
from desktop.system import events as system_events
from desktop.system.events import SystemEvents
from desktop.turn.effects import Note, State
from desktop.ui.dialogs.dialog import TalkingDialog
from desktop.ui.talk.talk_latch import TalkLatch
from desktop.ui.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Parts:
    """What the program is made of."""

    store: SettingsStore
    appearance: Appearance
    window: MainWindow
    latch: TalkLatch
    controller: SessionController
    system: SystemEvents
    settings_controller: SettingsController
    model_list: ModelListController
    documents: ExportController
    memory: SessionRecorder


def connect(parts: Parts) -> None:
    """Connect everything. The parts live as long as the window."""
    tasks = _Tasks(parts.window)
    window, controller, settings_controller = parts.window, parts.controller, parts.settings_controller
    # talk
    _connect_talk(parts)
    _allow_lock(parts)
    _connect_sound(parts)
    _connect_system(parts, tasks)
    settings_controller.opened.connect(lambda dialog: _hear(dialog, parts))
    # session
    window.connect_clicked.connect(controller.toggle_session)
    window.restart_clicked.connect(controller.restart)
    window.chosen.connect(controller.choose)
    controller.state_changed.connect(window.show_state)
    controller.note_shown.connect(window.show_note)
    controller.session_opened.connect(lambda opened: window.begin_session(opened.renews_s))
    controller.retrying.connect(window.note_line.show_retrying)
    window.note_line.acted.connect(lambda action: _help(parts, action))
    controller.choices.changed.connect(window.show_choice)
    window.models_refresh_clicked.connect(parts.model_list.refresh)
    parts.model_list.changed.connect(window.session_bar.show_models)
    parts.model_list.changed.connect(controller.choices.show_models)
    parts.model_list.said.connect(window.show_note)
    controller.choices.changed.connect(lambda choice: _welcome(parts, choice.model))
    controller.choices.changed.connect(lambda _: _allow_lock(parts))
    controller.choices.restart_offered.connect(window.restart.offer)
    # words
    window.text_entered.connect(controller.say)
    window.transcript.play_unheard_requested.connect(controller.replay)
    controller.text_sent.connect(window.text_line.clear)
    _connect_pictures(parts, tasks)
    # tools
    window.question_answered.connect(controller.tools.answer)
    window.side.tools.run_again_requested.connect(controller.run_tool)
    window.side.tools.send_requested.connect(controller.send_result)
    controller.manual_tools.refused.connect(window.side.tools.show_problem)
    controller.manual_tools.taken.connect(window.side.tools.close_editor)
    controller.tools.asked.connect(window.question.ask)
    controller.tools.settled.connect(window.question.hide)
    # documents
    window.menu.export_clicked.connect(parts.documents.export_conversation)
    window.menu.times_clicked.connect(parts.documents.export_times)
    window.side.timing.export_requested.connect(parts.documents.export_times)
    parts.documents.said.connect(
        lambda ok, message: window.show_note(Note("hint" if ok else "error", message))
    )
    # memory
    _remember(parts)
    # settings
    window.menu.settings_clicked.connect(settings_controller.open)
    window.welcome.add_key_clicked.connect(lambda: settings_controller.open(at_key=True))
    window.welcome.dismissed.connect(lambda: setattr(parts.store.current, "welcomed", True))
    settings_controller.changed.connect(controller.settings_changed)
    settings_controller.changed.connect(lambda name: _on_setting(parts, name))
    settings_controller.key_changed.connect(parts.model_list.renew)
    settings_controller.key_changed.connect(
        lambda: tasks.spawn(controller.key_changed(lambda: default_model(parts.store.current.ticket_url)))
    )
    parts.store.looked.timeout.connect(lambda: tasks.spawn(parts.store.keep()))
    parts.store.failed.connect(lambda message: window.show_note(Note("warning", message)))
    # about
    window.menu.keys_clicked.connect(lambda: _show_keys(parts))
    window.menu.about_clicked.connect(lambda: _show_about(parts, tasks))


def _help(parts: Parts, action: str) -> None:
    """Do what a note offers."""
    match action:
        case "top_up":
            parts.controller.tools.context.open_url(PLATFORM_URL)
        case "change_key" | "check_address":
            parts.settings_controller.open(at_key=True)
        case "choose_model":
            parts.window.session_bar.choose_model()
        case "now":
            parts.controller.reconnect_now()
        case _:
            parts.controller.reconnect()


def _connect_talk(parts: Parts) -> None:
    window, controller, latch = parts.window, parts.controller, parts.latch
    # keys → latch
    window.talk_pressed.connect(latch.press)
    window.talk_released.connect(latch.release)
    window.talk_lost.connect(latch.lose)
    window.lock_requested.connect(latch.toggle)
    window.attended.connect(latch.attend)
    # A take goes on while it is muted, though the state is another.
    controller.state_changed.connect(
        lambda state: latch.show_state(State.LISTENING if controller.listens else state)
    )
    # latch → take
    latch.pressed.connect(controller.press)
    latch.released.connect(lambda wait_ms: controller.release(wait_ms=wait_ms))
    latch.lost.connect(lambda: controller.release("focus"))
    latch.lock_changed.connect(window.show_locked)
    window.escaped.connect(controller.cancel)


def _connect_sound(parts: Parts) -> None:
    window, row, sound = parts.window, parts.window.audio, parts.controller.sound
    row.show_volume(parts.store.current.volume)
    # window → devices
    row.input_chosen.connect(sound.choose_input)
    row.output_chosen.connect(sound.choose_output)
    row.volume_changed.connect(sound.set_volume)
    row.mute_toggled.connect(sound.mute)
    row.test_started.connect(sound.start_test)
    row.test_stopped.connect(sound.stop_test)
    row.devices_looked_at.connect(sound.look)
    window.attended.connect(sound.attend)
    window.first_painted.connect(sound.watch)
    # devices → window
    sound.test_changed.connect(window.show_test)
    sound.test_allowed.connect(row.enable_test)
    sound.mute_changed.connect(row.show_muted)
    # devices ↔ settings
    settings_controller = parts.settings_controller
    sound.seen.connect(settings_controller.show_devices)
    sound.chosen.connect(settings_controller.refresh)
    settings_controller.changed.connect(sound.settings_changed)


def _remember(parts: Parts) -> None:
    window, controller, memory = parts.window, parts.controller, parts.memory
    conversations, history = memory.conversations, memory.history
    # as it happens
    controller.session_opened.connect(lambda opened: memory.begin_session(opened, controller.choices.shown))
    controller.state_changed.connect(conversations.show_state)
    window.restart_clicked.connect(memory.expect_restart)
    controller.session_ended.connect(memory.end_session)
    parts.settings_controller.changed.connect(memory.on_setting_changed)
    memory.frames.kept.connect(window.side.events.show_file)
    memory.failed.connect(lambda message: window.show_note(Note("warning", message)))
    # afterwards
    history.cut_short_found.connect(window.recovery.show)
    window.recovery.show_clicked.connect(history.show_last)
    window.recovery.dismissed.connect(history.dismiss_last)
    window.menu.history_clicked.connect(history.open)
    history.opened.connect(lambda dialog: _hear(dialog, parts))


def _connect_system(parts: Parts, tasks: _Tasks) -> None:
    controller, system = parts.controller, parts.system
    system.locked.connect(lambda: controller.release("lock"))
    system.sleeping.connect(lambda: controller.release("sleep"))
    system.woke.connect(controller.reconnect_now)
    system.network_back.connect(controller.reconnect_now)

    async def listen() -> None:
        await in_daemon(system_events.load)
        system.start()

    parts.window.first_painted.connect(lambda: tasks.spawn(listen()))
    parts.window.closed.connect(system.close)


def _hear(dialog: TalkingDialog, parts: Parts) -> None:
    """The talk key works in a dialog as in the window."""
    latch = parts.latch
    dialog.talk_pressed.connect(latch.press)
    dialog.talk_released.connect(latch.release)
    dialog.talk_lost.connect(latch.lose)
    dialog.attended.connect(latch.attend)
    latch.lock_changed.connect(dialog.show_locked)
    dialog.take_escaped.connect(parts.controller.cancel)


def _connect_pictures(parts: Parts, tasks: _Tasks) -> None:
    button, settings_controller = (
        parts.window.text_line.pictures,
        ImageInputController(parts.controller.show_picture, parts.window),
    )
    button.file_chosen.connect(lambda path: tasks.spawn(settings_controller.show_file(path)))
    button.image_given.connect(lambda image: tasks.spawn(settings_controller.show_image(image)))
    button.clipboard_clicked.connect(lambda: tasks.spawn(settings_controller.show_clipboard()))
    button.screen_clicked.connect(lambda: tasks.spawn(settings_controller.show_screen()))
    settings_controller.noted.connect(parts.window.show_note)


def _allow_lock(parts: Parts) -> None:
    """A double tap locks only where the talk key is held: hands-free the line is open anyway."""
    held = parts.controller.choices.shown.turn_mode == "push_to_talk"
    parts.latch.enable(parts.store.current.tap_lock and held)


def _on_setting(parts: Parts, name: str) -> None:
    _allow_lock(parts)
    if name == "theme":
        parts.appearance.choose(parts.store.current.theme)


def _welcome(parts: Parts, model: catalog.Model) -> None:
    """The demo is explained while it is there only because there is no key."""
    chosen = parts.store.current
    parts.window.welcome.setVisible(model.offline and not chosen.model and not chosen.welcomed)


def _show_keys(parts: Parts) -> None:
    from desktop.ui.dialogs.keys_dialog import KeysDialog

    shown = parts.window.findChild(KeysDialog)
    if shown is None:
        settings = parts.store.current
        shown = KeysDialog(settings.tap_lock, parts.window)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        _hear(shown, parts)
    shown.show()
    shown.raise_()
    shown.activateWindow()


def _show_about(parts: Parts, tasks: _Tasks) -> None:
    # Neither is needed at the start.
    from desktop.app import diagnostics
    from desktop.ui.dialogs.about_dialog import AboutDialog

    dialog = AboutDialog(diagnostics.versions(), parts.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _hear(dialog, parts)

    async def report() -> None:
        counted = {name: round(value, 1) for name, value in parts.controller.sound.counted().items()}
        model, access = parts.controller.choices.model, Access.of(parts.store.current)
        text = await in_daemon(lambda: diagnostics.report(counted, in_use(model, access, named=False)))
        if shiboken6.isValid(dialog):
            dialog.show_diagnostics(text)

    dialog.diagnostics_requested.connect(lambda: tasks.spawn(report()))
    dialog.show()


def show_crash(parts: Parts, report: str) -> None:
    """Tell of something that nobody expected."""
    from desktop.ui.dialogs.crash_dialog import CrashDialog  # hoped never to be needed

    dialog = CrashDialog(report, parts.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _hear(dialog, parts)
    dialog.show()


class _Tasks(QObject):
    """Work begun by a signal; cancelled with the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._tasks: set[asyncio.Task[None]] = set()
        window.closed.connect(self._cancel)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
