"""The icon in the tray, while the settings want one and the desktop has a tray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from desktop.base.message import Text
from desktop.settings.store import SettingsStore
from desktop.turn.effects import DisplayState

if TYPE_CHECKING:  # imported when the settings want an icon
    from desktop.system.tray_host import TrayHost
    from desktop.ui.tray.tray_icon import TrayIcon

NO_TRAY = Text(
    "no-tray",
    "This desktop shows no tray, so closing the window ends Presstalk. On GNOME the extension AppIndicator "
    "adds one.",
)
PATIENCE_MS = 15_000
"""How long a tray may be away: after a login the panel comes seconds later, and a panel may start anew."""


class TrayController(QObject):
    """Makes the icon, keeps it up to date and forwards its menu. `close` it at the end."""

    talk_clicked = Signal()
    mute_clicked = Signal()
    connect_clicked = Signal()
    copy_clicked = Signal()
    strip_clicked = Signal()
    show_clicked = Signal()
    quit_clicked = Signal()
    told = Signal(object)
    """A `Message` that says why there is no icon, or None."""
    missed = Signal()
    """No tray has come, or it is gone: what is hidden can't be reached by it."""

    def __init__(self, store: SettingsStore, parent: QObject | None = None, bus: str = "SESSION") -> None:
        super().__init__(parent)
        self._store = store
        self._bus = bus
        self._host: TrayHost | None = None
        self._icon: TrayIcon | None = None
        self._there = False
        self._state = (DisplayState.OFFLINE, False)
        self._muted = self._answered = self._strip = False
        self.patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self.patience.timeout.connect(self._on_out_of_patience)

    @property
    def wanted(self) -> bool:
        """Whether the settings want an icon."""
        return self._store.current.tray != "off"

    @property
    def keeps_program(self) -> bool:
        """Whether closing the window leaves the program in the tray."""
        return self._store.current.tray == "close" and self._icon is not None and self._there

    @property
    def icon(self) -> TrayIcon | None:
        """The icon; None while there is none."""
        return self._icon

    def start(self) -> None:
        """Follow the setting from now on."""
        self.on_setting_changed("tray")

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed: it may be this one."""
        if name != "tray":
            return
        if not self.wanted:
            self.close()
            self.told.emit(None)
        elif self._host is None:
            from desktop.system.tray_host import TrayHost

            self._host = TrayHost(self._bus, self)
            self._host.changed.connect(self.on_host_changed)
            self.patience.start()
            self._host.start()

    def show_state(self, state: DisplayState, connected: bool) -> None:
        """Show this state, and whether there is a session."""
        self._state = (state, connected)
        if self._icon:
            self._icon.show_state(state, connected=connected)

    def show_muted(self, muted: bool) -> None:
        """Show the microphone as muted or not."""
        self._muted = muted
        if self._icon:
            self._icon.show_muted(muted)

    def show_answer(self, there: bool) -> None:
        """Whether there is an answer that can be copied."""
        if there != self._answered:
            self._answered = there
            if self._icon:
                self._icon.show_answer(there)

    def show_strip(self, shown: bool) -> None:
        """Whether the strip is shown."""
        self._strip = shown
        if self._icon:
            self._icon.show_strip(shown)

    def redraw(self) -> None:
        """The colours are others now."""
        if self._icon:
            self._icon.draw()

    def close(self) -> None:
        """Take the icon away."""
        self.patience.stop()
        if self._host:
            self._host.close()
            self._host.deleteLater()
            self._host = None
        if self._icon:
            self._icon.close()
            self._icon = None
        self._there = False

    def on_host_changed(self, there: bool) -> None:
        """The desktop has a tray now, or no longer."""
        self._there = there
        if there:
            self.patience.stop()
            self._make()
            self.told.emit(None)
        else:
            self.patience.start()

    def _on_out_of_patience(self) -> None:
        # Only now: before, Qt would find no tray and never look again.
        if self._icon is None and QGuiApplication.platformName() == "xcb" and _has_old_tray():
            self.on_host_changed(True)
            return
        self.told.emit(NO_TRAY())
        self.missed.emit()

    def _make(self) -> None:
        if self._icon is not None:
            return  # Qt shows it to a new tray by itself
        from desktop.ui.tray.tray_icon import TrayIcon

        icon = self._icon = TrayIcon(self)
        for signal, ours in (
            (icon.talk_clicked, self.talk_clicked),
            (icon.mute_clicked, self.mute_clicked),
            (icon.connect_clicked, self.connect_clicked),
            (icon.copy_clicked, self.copy_clicked),
            (icon.strip_clicked, self.strip_clicked),
            (icon.show_clicked, self.show_clicked),
            (icon.quit_clicked, self.quit_clicked),
        ):
            signal.connect(ours)
        state, connected = self._state
        icon.show_state(state, connected=connected)
        icon.show_muted(self._muted)
        icon.show_answer(self._answered)
        icon.show_strip(self._strip)


def _has_old_tray() -> bool:
    """A tray of X11's own (XEmbed), as i3's bar has it."""
    return QSystemTrayIcon.isSystemTrayAvailable()
