"""The menu at the top right, and its shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.base.message import Shortcut
from desktop.ui.common.availability import allow
from desktop.ui.common.icon_button import IconButton
from desktop.viewmodels import shortcuts
from desktop.viewmodels.text_sizes import USUAL, stepped


class MainMenu(IconButton):
    """A menu of dialogs and exports. `owner` gets the actions, so that their keys work there."""

    new_clicked = Signal()
    history_clicked = Signal()
    export_clicked = Signal()
    times_clicked = Signal()
    record_toggled = Signal(bool)
    """Whether sound is to be recorded."""
    text_size_asked = Signal(int)
    """A step, as of `text_sizes.stepped`."""
    timeline_clicked = Signal()
    strip_clicked = Signal()
    settings_clicked = Signal()
    doctor_clicked = Signal()
    keys_clicked = Signal()
    about_clicked = Signal()
    quit_clicked = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__("menu", "", keys=shortcuts.MENU)
        self.show_as("menu", self.tr("Menu"))
        self._owner = owner
        self.menu_shown = QMenu(self)
        self.menu_shown.setToolTipsVisible(True)
        self.add(self.tr("New conversation"), shortcuts.NEW, self.new_clicked.emit)
        self.history = self.add(self.tr("History…"), shortcuts.HISTORY, self.history_clicked.emit)
        self.add(self.tr("Export conversation…"), shortcuts.EXPORT, self.export_clicked.emit)
        self.add(self.tr("Export times…"), None, self.times_clicked.emit)
        self.record = self.add(self.tr("Record sound"), None, self._on_record)
        self.record.setCheckable(True)
        self.menu_shown.addSeparator()
        self._sizes = [
            self.add(words, keys, partial(self.text_size_asked.emit, step))
            for words, keys, step in (
                (self.tr("Larger text"), shortcuts.LARGER, 1),
                (self.tr("Smaller text"), shortcuts.SMALLER, -1),
                (self.tr("Normal text size"), shortcuts.USUAL_SIZE, 0),
            )
        ]
        larger = (shortcuts.LARGER, shortcuts.LARGER_UNSHIFTED)
        self._sizes[0].setShortcuts([QKeySequence(one.keys) for one in larger])
        for action in self._sizes:
            action.setAutoRepeat(True)
        self.show_text_size(USUAL)
        self.menu_shown.addSeparator()
        self.timeline = self.add(self.tr("Timeline"), shortcuts.TIMELINE, self.timeline_clicked.emit)
        self.timeline.setCheckable(True)
        self.strip = self.add(self.tr("Strip that stays on top"), None, self.strip_clicked.emit)
        self.strip.setCheckable(True)
        self.add(self.tr("Settings…"), shortcuts.SETTINGS, self.settings_clicked.emit)
        self.add(self.tr("Audio doctor…"), None, self.doctor_clicked.emit)
        self.add(self.tr("Keyboard shortcuts"), shortcuts.KEYS, self.keys_clicked.emit)
        self.add(self.tr("About Presstalk"), None, self.about_clicked.emit)
        self.menu_shown.addSeparator()
        self.add(self.tr("Quit"), shortcuts.QUIT, self.quit_clicked.emit)
        self.setMenu(self.menu_shown)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def show_recording(self, recording: bool, for_this_run: bool) -> None:
        """Whether sound is recorded; `for_this_run`: that was asked for at the start, and stays."""
        self.record.setChecked(recording)
        why = self.tr("Recording was asked for when Presstalk was started") if for_this_run else ""
        allow(self.record, why)

    def _on_record(self) -> None:
        self.record_toggled.emit(self.record.isChecked())

    def show_text_size(self, percent: int) -> None:
        """The size of the letters in the conversation: what can't be had says why."""
        for action, step in zip(self._sizes, (1, -1, 0), strict=True):
            possible = stepped(percent, step) != percent
            allow(action, "" if possible else self.tr("It is this size already"))

    def add(self, words: str, keys: Shortcut | None, slot: Callable[[], object], before: str = "") -> QAction:
        """Add an entry with its shortcut, at the end or before the entry with the shortcut `before`."""
        action = QAction(words, self._owner)
        if keys:
            action.setShortcut(QKeySequence(keys.keys))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: slot())
        place = next((one for one in self.menu_shown.actions() if before and one.shortcut() == before), None)
        if place is None:
            self.menu_shown.addAction(action)
        else:
            self.menu_shown.insertAction(place, action)
        self._owner.addAction(action)
        return action
