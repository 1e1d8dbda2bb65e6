"""Keeps a window inside its screen's work area: the part that panels and docks leave free."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QMargins, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen, QWindow
from PySide6.QtWidgets import QWidget

SETTLED_MS = 250
"""A window that crosses to another screen is being dragged: it is fitted once it stands still this long."""
TITLE_BAR = QMargins(0, 32, 0, 0)
"""The frame of a window that isn't shown yet; GNOME's is 37 px high, KDE's 28."""
WAYLAND_PANEL = 48
"""Wayland doesn't say where panels are: so many pixels of the screen's height are left to them."""
LEAST_SHARE = 4
"""A work area below this part of the screen, in either direction, is what a crashed panel has left."""
_LARGE = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMinimized
_CHANGES = (QEvent.Type.DevicePixelRatioChange, QEvent.Type.WindowStateChange)

AreaOf = Callable[[QScreen], QRect]


def fitted(window: QRect, frame: QMargins, area: QRect) -> QRect:
    """The window's place, without its frame, moved and shrunk as little as needed to be inside the area."""
    room = area.marginsRemoved(frame)
    size = window.size().boundedTo(room.size())
    left = max(room.left(), min(window.left(), room.right() + 1 - size.width()))
    top = max(room.top(), min(window.top(), room.bottom() + 1 - size.height()))
    return QRect(left, top, size.width(), size.height())


def screen_of(window: QRect) -> QScreen | None:
    """The screen that shows most of this rectangle, or else the first; None without a screen."""
    screens = QGuiApplication.screens()

    def shown(screen: QScreen) -> int:
        part = screen.geometry().intersected(window)
        return max(0, part.width()) * max(0, part.height())

    best = max(screens, key=shown, default=None)
    return best if best is not None and shown(best) else QGuiApplication.primaryScreen()


def told_area(screen: QScreen) -> QRect:
    """The part of the screen that the system says is free, in logical pixels."""
    area, whole = screen.availableGeometry(), screen.geometry()
    if QGuiApplication.platformName() != "xcb":
        return area
    # Qt (6.11) scales the area's size there, but not how far it is from the screen's edge.
    offset = (area.topLeft() - whole.topLeft()) / screen.devicePixelRatio()
    return QRect(whole.topLeft() + offset, area.size())


def work_area(screen: QScreen) -> QRect:
    """The part of the screen that is free for windows, in logical pixels, as far as it can be believed."""
    area, whole = told_area(screen), screen.geometry()
    if LEAST_SHARE * area.width() < whole.width() or LEAST_SHARE * area.height() < whole.height():
        return whole
    if QGuiApplication.platformName().startswith("wayland") and area == whole:
        return area.adjusted(0, 0, 0, -WAYLAND_PANEL)
    return area


class WorkAreaGuard(QObject):
    """Fits a window into the work area when it is shown, and when the screen, its scale or a panel changes.

    Where the user drags the window is theirs; only its size is held against another screen it comes to. A
    window that was shrunk grows again with the work area, unless the user has changed its size since. Its
    minimum size, the one it has when it is first shown, shrinks where the work area is smaller.
    """

    def __init__(self, window: QWidget, area_of: AreaOf = work_area) -> None:
        super().__init__(window)
        self._area_of = area_of
        self._least: QSize | None = None
        self._wanted: QSize | None = None
        self._shrunk: QSize | None = None
        self._framed = False
        """The frame's size is known: the window manager adds it after the window is shown."""
        self._screen: QScreen | None = None
        self._handle: QWindow | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settling.timeout.connect(self._on_settled)
        self._scaling = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._scaling.timeout.connect(self._on_scale_settled)
        self._ratio = 0.0
        """The scale; 0 before the window is shown."""
        self._steady = QSize()
        """The size, as if there were room, at a time when the scale didn't change."""
        window.installEventFilter(self)

    @property
    def _window(self) -> QWidget:
        """Not an attribute: that would keep a window's Python half alive after Qt has deleted the window."""
        return cast("QWidget", self.parent())

    @property
    def unshrunk(self) -> QSize | None:
        """The size that the window would have if there were room; None if it has it."""
        return self._wanted if self._wanted is not None and self._window.size() == self._shrunk else None

    @property
    def scaling(self) -> bool:
        """Whether the scale has just changed: what is reported may still be in pixels of the old one."""
        return self._scaling.isActive()

    def restore(self, unshrunk: QSize) -> None:
        """The window was shrunk when it was last closed: it grows to this size where there is room."""
        self._wanted, self._shrunk = unshrunk, self._window.size()

    def fit(self, move: bool = True) -> None:
        """Fit the window now. Without `move` it stays where it is, unless it is too large."""
        self._fit_to(self._steady if self.scaling else self.unshrunk or self._window.size(), move)

    def _fit_to(self, wanted: QSize, move: bool = True) -> None:
        window = self._window
        place = window.geometry()
        screen = screen_of(place)
        if screen is None or window.windowState() & _LARGE:
            return
        self._watch(screen)
        area, frame = self._area_of(screen), self._frame()
        if self._least is None:
            self._least = window.minimumSize()
        window.setMinimumSize(self._least.boundedTo(area.marginsRemoved(frame).size()))
        place.setSize(wanted)
        target = fitted(place, frame, area)
        if not move and target.size() == window.size():
            return
        shrunk = target.size() != wanted
        self._wanted, self._shrunk = (wanted, target.size()) if shrunk else (None, None)
        if target != window.geometry():
            window.setGeometry(target)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Show and not event.spontaneous():
            self._framed = not self._known_frame().isNull()
            self.fit()
            self._follow_handle()
            self._keep_steady()
        elif kind in _CHANGES:
            if kind == QEvent.Type.DevicePixelRatioChange:
                self._on_scaled()
            QTimer.singleShot(0, self, self._fit_where_it_stands)
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize) and self._window.isVisible():
            self._on_moved()
            if kind == QEvent.Type.Resize:
                self._on_resized()
        return False

    def _on_settled(self) -> None:
        self.fit(move=False)

    def _on_scaled(self) -> None:
        """Sizes that the system was asked for before come back as if they were of the new scale."""
        self._ratio = self._window.screen().devicePixelRatio()
        if not self._window.windowState() & _LARGE:
            self._scaling.start()

    def _fit_where_it_stands(self) -> None:
        self.fit(move=not self._settling.isActive())  # not while it is being dragged to another screen

    def _on_scale_settled(self) -> None:
        self._fit_to(self._steady, move=not self._settling.isActive())
        self._keep_steady()

    def _on_resized(self) -> None:
        if self._window.screen().devicePixelRatio() != self._ratio:
            self._on_scaled()  # its event is still to come
        if self.scaling:
            QTimer.singleShot(0, self, self._fit_where_it_stands)
        else:
            self._keep_steady()

    def _keep_steady(self) -> None:
        self._ratio = self._window.screen().devicePixelRatio()
        if not self._window.windowState() & _LARGE:
            self._steady = self.unshrunk or self._window.size()

    def _on_moved(self) -> None:
        if self._settling.isActive():
            self._settling.start()
        elif not self._framed and not self._known_frame().isNull():
            self._framed = True
            QTimer.singleShot(0, self, self.fit)

    def _follow_handle(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.screenChanged.connect(self._on_screen_changed)

    def _on_screen_changed(self) -> None:
        if self._screen is not None and self._screen in QGuiApplication.screens():
            self._settling.start()
        else:
            QTimer.singleShot(0, self, self.fit)

    def _watch(self, screen: QScreen) -> None:
        if screen is not self._screen:
            if self._screen is not None and self._screen in QGuiApplication.screens():
                self._screen.availableGeometryChanged.disconnect(self._on_area_changed)
            self._screen = screen
            screen.availableGeometryChanged.connect(self._on_area_changed)

    def _on_area_changed(self) -> None:
        if self._window.isVisible():
            self.fit()

    def _frame(self) -> QMargins:
        known = self._known_frame()
        if known.isNull() and not self._window.isVisible():
            return TITLE_BAR
        return known

    def _known_frame(self) -> QMargins:
        inner, outer = self._window.geometry(), self._window.frameGeometry()
        return QMargins(
            inner.left() - outer.left(),
            inner.top() - outer.top(),
            outer.right() - inner.right(),
            outer.bottom() - inner.bottom(),
        )
