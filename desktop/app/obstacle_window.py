"""Shows why a start can't go on, before there is an event loop or any part of the program."""

from __future__ import annotations

import signal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import instance_address, instance_lock, translation
from desktop.app.second_start import Obstacle, Step
from desktop.app.single_instance import SingleInstance
from desktop.app.theming import ThemeController
from desktop.base import terminal
from desktop.base.message import Text
from desktop.settings.schema import Settings
from desktop.ui.dialogs.running_already_dialog import RunningAlreadyDialog

LOOK_MS = 1_000
"""How often to look whether the one in the way has ended, or can be reached by now."""
LONGEST_WORDS = 300
"""Characters of what another program said."""

IN_THE_WAY = Text("in-the-way", "Presstalk is already running but not responding. A window says what to do.")


def ask(obstacle: Obstacle, application: QApplication, settings: Settings, instance: SingleInstance) -> Step:
    """Show the obstacle until the user decides, or until it is gone."""
    translation.install(application, settings.ui_language)
    theme = ThemeController(application, settings.theme)
    dialog = RunningAlreadyDialog(
        terminal.one_line(obstacle.words, LONGEST_WORDS), reached=obstacle.reached, can_end=obstacle.pid > 0
    )
    theme.dress()
    step = Step.GIVE_UP

    def decide(decided: Step) -> None:
        nonlocal step
        step = decided
        dialog.accept()

    def look() -> None:
        if instance.claim():
            decide(Step.CLAIMED)
        elif not obstacle.reached and any(map(instance_address.is_alive, instance_lock.noted_addresses())):
            decide(Step.RETRY)

    dialog.retry_clicked.connect(lambda: decide(Step.RETRY))
    dialog.end_clicked.connect(lambda: decide(Step.END_IT))
    dialog.start_clicked.connect(lambda: decide(Step.START_ANYWAY))
    looking = QTimer(dialog, interval=LOOK_MS)
    looking.timeout.connect(look)
    looking.start()
    terminal.print_error(str(IN_THE_WAY()))
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would wait for the dialog
    try:
        dialog.exec()
    finally:
        signal.signal(signal.SIGINT, before)
        dialog.deleteLater()
        theme.deleteLater()
    return step
