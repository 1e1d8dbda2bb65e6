"""The widgets' style: Qt's Fusion, the program's icons, round popups, and a wheel that only scrolls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMenu, QProxyStyle, QStyle, QStyleOption, QWidget

from desktop.ui.common.plain_text import LinkLabel
from desktop.ui.common.popup_list import ListFrame, TipSize
from desktop.ui.common.standard_icons import standard_icon
from desktop.ui.common.wheel_guard import WheelGuard

LIST = "QComboBoxPrivateContainer"
TIP = "QTipLabel"


class HouseStyle(QProxyStyle):
    """Every widget passes here before it is shown, also those that Qt itself makes.

    Args:
        composited: whether what is transparent in a window shows what is behind it. Where it doesn't, the
            corners would be black: popups are square there.
    """

    def __init__(self, composited: Callable[[], bool] = lambda: True) -> None:
        super().__init__("Fusion")
        self._composited = composited
        self._list_frame = ListFrame(self)
        self._tip_size = TipSize(self)
        self._wheel = WheelGuard(self)

    def polish(self, target: Any) -> Any:
        """Qt has three methods of this name: for the application, a palette and a widget."""
        answer = super().polish(target)
        if isinstance(target, QWidget):
            self._wheel.watch(target)
            if target.isWindow():
                self._dress(target)
        if isinstance(target, QLabel) and not isinstance(target, LinkLabel):
            # Qt's own labels, in tips and questions, say what a server, a device or a file is called.
            target.setTextFormat(Qt.TextFormat.PlainText)
        return answer

    def standardIcon(
        self, icon: QStyle.StandardPixmap, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> QIcon:
        return standard_icon(icon) or super().standardIcon(icon, option, widget)

    def _dress(self, widget: QWidget) -> None:
        if widget.property("square") is not None:
            return  # a change of the theme polishes it again
        if isinstance(widget, QMenu):
            self._frame(widget)
            spell(widget)
        elif widget.inherits(LIST):
            self._frame(widget)
            widget.installEventFilter(self._list_frame)
        elif widget.inherits(TIP):
            self._frame(widget)
            widget.installEventFilter(self._tip_size)
        elif isinstance(widget, QAbstractItemView) and widget.windowType() == Qt.WindowType.Popup:
            self._frame(widget)  # a completer's list
            widget.setProperty("role", "completions")
            widget.installEventFilter(self._list_frame)

    def _frame(self, popup: QWidget) -> None:
        round_corners = self._composited()
        popup.setProperty("square", not round_corners)
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, round_corners)
        # Windows adds a square shadow otherwise. Only the flags: a call of Qt's would hide the popup.
        popup.overrideWindowFlags(
            popup.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )


def spell(menu: QMenu) -> None:
    """Spell Qt's own words, in the menus of its fields, as ours: no capital but the first."""
    for action in menu.actions():
        words, tab, key = action.text().partition("\t")
        if words.replace("&", "") == "Select All":
            action.setText(words.replace("All", "all") + tab + key)


def make(composited: Callable[[], bool] = lambda: True) -> QStyle:
    """The style, for `QApplication.setStyle`, which owns it from then on."""
    return HouseStyle(composited)
