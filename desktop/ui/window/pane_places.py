"""Where the panes are: beside the conversation, as wide as it, in a window of their own, or folded away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.base.message import Shortcut
from desktop.ui.common.availability import allow
from desktop.ui.talk.hold_watch import InputState
from desktop.ui.window.side_window import SideWindow
from desktop.ui.window.workspace import Workspace
from desktop.viewmodels import shortcuts


class PanePlaces(QObject):
    """Owns the actions that place the panes, and their window, which is made when it is first needed.

    Args:
        main: the window; it gets the actions, so that their keys work there.
        workspace: has the panes while they aren't in a window of their own.
        input_state: see `MainWindow`.
    """

    activation_changed = Signal()
    """The panes' window came to the front, or isn't there any more."""
    stalled = Signal(float)
    doubted = Signal(float)
    settled = Signal()
    talk_pressed = Signal()
    talk_released = Signal()
    talk_lost = Signal()
    escaped = Signal()

    def __init__(
        self, main: QWidget, workspace: Workspace, input_state: Callable[[], InputState | None]
    ) -> None:
        super().__init__(main)
        self._main = main
        self._workspace = workspace
        self._input_state = input_state
        self._window: SideWindow | None = None
        self._locked = False
        self._place = ""
        self.struck_at = 0.0
        """When the talk key was struck last in the panes' window, in seconds of `time.monotonic`."""
        self.shown = self._action(self.tr("Show the panes"), shortcuts.PANES)
        self.half = self._action(self.tr("Half of the window"), shortcuts.HALF)
        self.detached = self._action(self.tr("In a window of their own"), shortcuts.DETACH)
        self.shown.setChecked(True)
        self.shown.toggled.connect(self._on_shown_toggled)
        self.half.toggled.connect(self._on_half_toggled)
        self.detached.toggled.connect(self._on_detached_toggled)
        workspace.side.offer((self.half, self.detached, self.shown))
        workspace.half_changed.connect(self.half.setChecked)

    @property
    def window(self) -> SideWindow | None:
        """The panes' window while they are in it."""
        return self._window if self._window and self._workspace.detached else None

    @property
    def active(self) -> bool:
        """Whether the panes' window is the one in front."""
        return self.window is not None and self.window.isActiveWindow()

    def show_locked(self, locked: bool) -> None:
        """The microphone is open without the key, or no longer."""
        self._locked = locked
        if self._window:
            self._window.show_locked(locked)

    def restore(self, texts: Mapping[str, str]) -> None:
        """Put the panes where they were, by `texts`; before the main window is shown."""
        self._workspace.restore_layout(texts)
        self._place = texts.get("panes-window", "")
        self.half.setChecked(texts.get("half") == "yes")
        self.shown.setChecked(not self._workspace.folded)
        if texts.get("detached") == "yes" and not self._workspace.folded:
            self._detach(takes_keyboard=False)
        else:
            self.detached.setChecked(False)

    def texts(self) -> dict[str, str]:
        """Where the panes are, for `restore`."""
        return {
            **self._workspace.layout_texts(),
            "half": "yes" if self.half.isChecked() else "",
            "detached": "yes" if self._workspace.detached else "",
            "panes-window": self._window.place_text() if self._window else self._place,
        }

    def appear(self) -> None:
        """The main window was painted: the panes' window, if there is one, can be shown too."""
        if self.window is not None and not self.window.isVisible():
            self.window.appear(takes_keyboard=False)

    def close(self) -> None:
        """The main window closes."""
        if self._window:
            self._window.hide()

    def _detach(self, takes_keyboard: bool) -> None:
        if self._window is None:
            self._window = self._make_window()
        self._workspace.detach(self._window.hold)
        self.detached.setChecked(True)
        allow(self.half, self.tr("The panes are in a window of their own"))
        if self._main.isVisible():
            self._window.appear(takes_keyboard)

    def _dock(self) -> None:
        if self._window is None or not self._workspace.detached:
            return
        self._place = self._window.place_text()
        active = self._window.isActiveWindow()
        self._workspace.dock()
        self._window.hide()
        allow(self.half, "")
        self.detached.setChecked(False)
        if active:
            self._main.activateWindow()
        self.activation_changed.emit()

    def _make_window(self) -> SideWindow:
        # Those of its parts too, such as mute, but not those that hold only inside a part.
        actions = [
            action
            for widget in (self._main, *self._main.findChildren(QWidget))
            for action in widget.actions()
            if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
        ]
        window = SideWindow(self._main, actions, self._input_state())
        self.destroyed.connect(window.deleteLater)
        if self._place:
            window.restore_place(self._place)
        window.show_locked(self._locked)
        window.dock_requested.connect(self._dock)
        window.activation_changed.connect(self.activation_changed)
        for signal, ours in (
            (window.talk_pressed, self.talk_pressed),
            (window.talk_released, self.talk_released),
            (window.talk_lost, self.talk_lost),
        ):
            signal.connect(partial(self._on_struck, window, ours))
        self.stalled.connect(window.stalled)
        window.doubted.connect(self.doubted)
        window.settled.connect(self.settled)
        window.escaped.connect(self.escaped)
        return window

    def _on_struck(self, window: SideWindow, ours: SignalInstance) -> None:
        self.struck_at = window.struck_at
        ours.emit()

    def _on_shown_toggled(self, shown: bool) -> None:
        if not shown:
            self._dock()
        self._workspace.fold(not shown)

    def _on_half_toggled(self, half: bool) -> None:
        if half:
            self.shown.setChecked(True)
        self._workspace.take_half(half)

    def _on_detached_toggled(self, detached: bool) -> None:
        if detached and not self._workspace.detached:
            self.shown.setChecked(True)
            self._detach(takes_keyboard=True)
        elif not detached:
            self._dock()

    def _action(self, words: str, keys: Shortcut) -> QAction:
        action = QAction(words, self)
        action.setCheckable(True)
        action.setShortcut(QKeySequence(keys.keys))
        action.setAutoRepeat(False)
        self._main.addAction(action)
        return action
