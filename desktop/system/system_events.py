"""Events of the system: lock, sleep, wake-up, network, colour scheme, sound devices."""

from __future__ import annotations

import logging
import sys
from typing import Literal, Protocol

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

ColourScheme = Literal["", "light", "dark"]
"""What the user likes; empty: they haven't said."""


class Listener(Protocol):
    """Listens to one kind of system and calls `SystemEvents`."""

    def close(self) -> None:
        """Stop listening."""


def load() -> None:
    """Import what this system's listener needs. It takes 25 ms; any thread may do it beforehand."""
    if sys.platform == "linux":
        from desktop.system import linux  # noqa: F401


class SystemEvents(QObject):
    """Listens from `start` until `close`. An event that a system doesn't report never comes."""

    locked = Signal()
    """Once for each lock, however many parts of the system report it; another user's session is one too."""
    unlocked = Signal()
    sleeping = Signal()
    woke = Signal()
    network_back = Signal()
    """On Linux only: Qt's own way to know would add 4 MB to the program."""

    colour_scheme_changed = Signal(str)
    """A `ColourScheme`. On Linux only, by the desktop portal; elsewhere Qt knows it."""

    sound_devices_changed = Signal()
    """A sound device may have come or gone."""

    listening = Signal()
    """Everything that this system reports is listened to now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._locked = self._away = False
        self._colour_scheme: ColourScheme | None = None
        self._listener: Listener | None = None
        self._sound: Listener | None = None

    @property
    def reports_sound_devices(self) -> bool:
        """Whether `sound_devices_changed` comes for every change; known after `start`.

        Windows tells of devices, but not of another default.
        """
        return self._sound is not None

    def start(self) -> None:
        """Start listening. Returns at once."""
        if sys.platform == "linux":
            from desktop.system.linux import BusListener

            self._listener = BusListener(self)
            self._sound = self._sound_listener()
        elif sys.platform == "win32":
            from desktop.system.windows import MessageListener

            self._listener = MessageListener(self)
            self.listening.emit()
        elif sys.platform == "darwin":
            from desktop.system.mac import CenterListener

            self._listener = CenterListener(self)
            self._sound = self._sound_listener()
            self.listening.emit()

    def close(self) -> None:
        """Stop listening."""
        if self._listener:
            self._listener.close()
            self._listener = None
        if self._sound:
            self._sound.close()
            self._sound = None

    def _sound_listener(self) -> Listener | None:
        try:
            if sys.platform == "darwin":
                from desktop.system.mac_sound import CoreAudioListener

                listener = CoreAudioListener(self)
            else:
                from desktop.system.sound_files import SoundFiles

                listener = SoundFiles(self)
        except OSError as exc:
            log.info("the system can't tell of sound devices that come and go: %s", exc)
            return None
        listener.changed.connect(self.sound_devices_changed)
        return listener

    def set_locked(self, locked: bool) -> None:
        """Called by listeners: whether the screen is locked now. Several may report one lock."""
        self._tell_lock(locked, self._away)

    def set_away(self, away: bool) -> None:
        """Called by listeners: whether another user's session has the screen and the keyboard now.

        It is told as a lock: what is held ends, and keys are asked for anew when this session is back.
        """
        self._tell_lock(self._locked, away)

    def _tell_lock(self, locked: bool, away: bool) -> None:
        before = self._locked or self._away
        self._locked, self._away = locked, away
        if (locked or away) and not before:
            self.locked.emit()
        elif before and not (locked or away):
            self.unlocked.emit()

    def set_colour_scheme(self, scheme: ColourScheme) -> None:
        """Called by listeners: what the user likes now."""
        if scheme != self._colour_scheme:
            self._colour_scheme = scheme
            self.colour_scheme_changed.emit(scheme)
