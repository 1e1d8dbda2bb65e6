"""Keys that work in all programs, by the way that this system has."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop.base import hotkey
from desktop.base.hotkey import Hotkey, HotkeyAction, Way
from desktop.base.message import Message, Text
from desktop.system.hotkeys.interface import (
    Active,
    Answered,
    Escaped,
    HotkeyBackend,
    HotkeyEvent,
    Lost,
    Named,
    Struck,
    Tell,
    Told,
)

log = logging.getLogger(__name__)

NO_WAY = Text(
    "hotkey-no-way",
    "This system gives programs no keys of their own. Let it run `presstalk ptt down` and `presstalk ptt up` "
    "instead: the README says how.",
)

MakeBackend = Callable[[Tell], HotkeyBackend]


class GlobalHotkeys(QObject):
    """Hears keys from `use` until `close`; all signals come on the GUI thread.

    Args:
        make: makes what hears them; by default this system's. May raise OSError or AttributeError.
    """

    struck = Signal(HotkeyAction, bool, float, bool)
    """A key, whether it went down, when, in seconds of `time.monotonic`, and whether it was struck alone."""
    lost = Signal(HotkeyAction, float)
    """Its key-up has not come and will not."""
    escaped = Signal()
    answered = Signal()
    """What was struck before the last `ask` has been told."""
    told = Signal(HotkeyAction, object)
    """A `Message`: why this key can't be had; None: it can."""
    named = Signal(HotkeyAction, str)
    """What the desktop itself calls this key: plain text, but not ours."""
    way_changed = Signal(str, object)
    """The `Way` by which the keys come, and a `Message` that says why by none, or not all of them."""
    _heard = Signal(object)

    def __init__(self, make: MakeBackend | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make or _system_backend
        self._backend: HotkeyBackend | None = None
        self._wanted: Mapping[HotkeyAction, Hotkey] = {}
        self._applied: Mapping[HotkeyAction, Hotkey] = {}
        self._pauses: set[str] = set()
        self._held: set[HotkeyAction] = set()
        self._escape = False
        # Queued from the threads of backends, at once from the GUI's own.
        self._heard.connect(self._on_heard)

    def use(self, names: Mapping[HotkeyAction, str]) -> None:
        """Hear the keys of these names; those that are empty, or no keys, are left out."""
        keys = {action: key for action, name in names.items() if (key := hotkey.parse(name))}
        if keys == self._wanted:
            return
        self._wanted = keys
        if not self._pauses:
            self._apply()

    def pause(self, reason: str, paused: bool) -> None:
        """Hear none for a while: the screen is locked, say, or a key is being chosen."""
        before = bool(self._pauses)
        (self._pauses.add if paused else self._pauses.discard)(reason)
        if bool(self._pauses) == before:
            return
        if paused and self._backend and self._backend.asks_user:
            for action in list(self._held):
                self._lose(action, time.monotonic())
        elif paused or self._applied != self._wanted:
            self._apply()

    def hear_escape(self, wanted: bool) -> None:
        """Hear Escape too, while a take of ours is open."""
        if self._backend and wanted != self._escape:
            self._escape = wanted
            self._backend.hear_escape(wanted)

    def ask(self) -> bool:
        """Have `answered` follow what was struck until now; False where that can't be known."""
        return self._backend is not None and self._backend.ask()

    def refresh(self) -> None:
        """The computer woke: look whether the keys are still ours."""
        if self._backend:
            self._backend.refresh()

    def close(self) -> None:
        """Give the keys back."""
        if self._backend:
            self._backend.close()
            self._backend = None

    def _apply(self) -> None:
        keys = {} if self._pauses else dict(self._wanted)
        if self._backend is None and keys:
            try:
                self._backend = self._make(self._heard.emit)
            except (OSError, AttributeError) as exc:
                log.info("no keys can be had in other programs: %s", exc)
                self.way_changed.emit("", NO_WAY())
                return
        if self._backend:
            self._escape = False
            self._applied = keys
            self._backend.use(keys)

    def _on_heard(self, event: HotkeyEvent) -> None:
        match event:
            case Struck(action, True, at) if not self._pauses:
                self._held.add(action)
                self.struck.emit(action, True, at, True)
            case Struck(action, False, at, alone) if action in self._held:
                self._held.discard(action)
                self.struck.emit(action, False, at, alone)
            case Struck():
                pass  # in a pause, or of a key that was given up then
            case Lost(action, at):
                self._lose(action, at)
            case Escaped():
                self.escaped.emit()
            case Answered():
                self.answered.emit()
            case Told(action, problem):
                self.told.emit(action, problem)
            case Named(action, words):
                self.named.emit(action, words)
            case Active(way, problem):
                self._on_way(way, problem)

    def _lose(self, action: HotkeyAction, at: float) -> None:
        if action in self._held:
            self._held.discard(action)
            self.lost.emit(action, at)

    def _on_way(self, way: Way, problem: Message | None) -> None:
        log.info("keys in other programs: %s%s", way or "none", f" ({problem.text.id})" if problem else "")
        self.way_changed.emit(way, problem)


def _system_backend(tell: Tell) -> HotkeyBackend:
    if sys.platform == "darwin":
        from desktop.system.hotkeys.mac import CarbonHotkeys

        return CarbonHotkeys(tell)
    if sys.platform == "win32":
        from desktop.system.hotkeys.windows import WindowsHotkeys

        return WindowsHotkeys(tell)
    # XWayland's grabs hear only what is typed in X programs: a Wayland desktop is asked by its portal.
    if QGuiApplication.platformName() == "xcb" and not _is_wayland_session():
        from desktop.system.hotkeys.x11 import X11Hotkeys

        return X11Hotkeys(tell)
    from desktop.system.hotkeys.portal import PortalHotkeys

    return PortalHotkeys(tell)


def _is_wayland_session() -> bool:
    import os

    return bool(os.environ.get("WAYLAND_DISPLAY"))
