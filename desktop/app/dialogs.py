"""The dialogs of the window: made when they are first asked for, and shown again while they are open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktop.app import diagnostics
from desktop.app.export_folder import ExportFolder
from desktop.recording.export import FORMATS
from desktop.settings.store import SettingsStore
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.ui.window.main_window import MainWindow
from desktop.viewmodels.history_model import HistoryModel

D = TypeVar("D", bound=TalkingDialog)


class Dialogs(QObject):
    """Opens dialogs beside the window. Their signals are connected when they are made.

    Their modules are imported when they are needed: together they would add 50 ms to the start.
    """

    made = Signal(TalkingDialog)
    """A dialog was made; Escape has to discard a take in it."""
    history_made = Signal(TalkingDialog)
    history_opened = Signal()
    """The history is in front, new or not: it needs the list of the conversations."""
    about_made = Signal(TalkingDialog)
    doctor_made = Signal(TalkingDialog)
    conversation_path_chosen = Signal(Path)
    """Where the conversation is to be written."""
    times_path_chosen = Signal(Path)
    """Where the times of the turns are to be written."""
    spend_path_chosen = Signal(Path)
    """Where what was spent is to be written."""

    def __init__(self, store: SettingsStore, window: MainWindow) -> None:
        super().__init__(window)
        self._store = store
        self._window = window
        self.export_folder = ExportFolder(store)

    def open_history(self, key: str = "") -> None:
        """Open the list of conversations, or bring it to the front; with this one chosen, if it is listed."""
        from desktop.ui.dialogs.history_dialog import HistoryDialog

        def make() -> HistoryDialog:
            model = HistoryModel()
            dialog = HistoryDialog(model, FORMATS, self._window)
            model.setParent(dialog)
            dialog.export_folder = self.export_folder.suggest
            self.history_made.emit(dialog)
            return dialog

        dialog = self._open(HistoryDialog, make)
        dialog.focus_search()
        dialog.choose_next(key)
        self.history_opened.emit()

    def open_keys(self) -> None:
        """Open the list of the keys, or bring it to the front."""
        from desktop.ui.dialogs.keys_dialog import KeysDialog

        self._open(KeysDialog, lambda: KeysDialog(self._store.current.tap_lock, self._window))

    def open_doctor(self) -> None:
        """Open the audio doctor's page, or bring it to the front."""
        from desktop.ui.dialogs.doctor_dialog import DoctorDialog

        def make() -> DoctorDialog:
            dialog = DoctorDialog(self._window)
            self.doctor_made.emit(dialog)
            return dialog

        self._open(DoctorDialog, make)

    def open_about(self) -> None:
        """Open the dialog about the program, or bring it to the front."""
        from desktop.ui.dialogs.about_dialog import AboutDialog

        def make() -> AboutDialog:
            dialog = AboutDialog(diagnostics.versions(), self._window)
            self.about_made.emit(dialog)
            return dialog

        self._open(AboutDialog, make)

    def open_crash(self, report: str) -> None:
        """Show a report about something unexpected; each has a dialog, which leaves the keyboard alone."""
        from desktop.ui.dialogs.crash_dialog import CrashDialog

        self._show(CrashDialog(report, self._window))

    def choose_conversation_path(self) -> None:
        """Ask where the conversation is to be written."""
        from desktop.ui.dialogs.save_conversation_dialog import SaveConversationDialog

        dialog = SaveConversationDialog(
            self.tr("conversation {0}.md").format(_stamp()), FORMATS, self._window
        )
        dialog.start_in(self.export_folder.suggest())
        dialog.path_chosen.connect(self.conversation_path_chosen)
        dialog.show()

    def remember_export(self, file: Path) -> None:
        """Something is exported to this file: the next export begins in its folder."""
        self.export_folder.remember(file)

    def choose_times_path(self) -> None:
        """Ask where the times of the turns are to be written."""
        from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog

        dialog = SaveTimesDialog(self.tr("times {0}.csv").format(_stamp()), self._window)
        dialog.start_in(self.export_folder.suggest())
        dialog.path_chosen.connect(self.times_path_chosen)
        dialog.show()

    def choose_spend_path(self) -> None:
        """Ask where what was spent is to be written."""
        from desktop.ui.dialogs.save_times_dialog import SaveTimesDialog

        dialog = SaveTimesDialog(self.tr("spend {0}.csv").format(_stamp()), self._window)
        dialog.setWindowTitle(self.tr("Export what was spent"))
        dialog.start_in(self.export_folder.suggest())
        dialog.path_chosen.connect(self.spend_path_chosen)
        dialog.show()

    def renewed(self, kind: type[D], make: Callable[[MainWindow], D]) -> D:
        """Show a new dialog of this kind, in the place of one that is open."""
        if (earlier := self._window.findChild(kind)) is not None:
            earlier.close()
        dialog = make(self._window)
        self._show(dialog)
        return dialog

    def _open(self, kind: type[D], make: Callable[[], D]) -> D:
        dialog = self._window.findChild(kind)
        if dialog is None:
            dialog = make()
            self._show(dialog)
        else:
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _show(self, dialog: TalkingDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.made.emit(dialog)
        dialog.show()


def _stamp() -> str:
    return f"{datetime.now():%Y-%m-%d %H-%M}"
