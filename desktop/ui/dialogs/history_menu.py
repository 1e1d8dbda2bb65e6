"""What else can be done with a kept conversation: a button's menu, and the list's."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from desktop.ui.common.availability import allow
from desktop.viewmodels.history_model import HistoryEntry


class HistoryMenu(QPushButton):
    """Opens the menu; `offer_at` opens it at a row of the list too."""

    share_clicked = Signal()
    again_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("More"))
        self.setAutoDefault(False)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._share = self._add(self.tr("Share…"), self.share_clicked)
        self._again = self._add(self.tr("Ask again…"), self.again_clicked)
        self.setMenu(self._menu)

    def show_entry(self, entry: HistoryEntry | None) -> None:
        """This conversation is chosen; None: none is."""
        if entry is None:
            why = self.tr("Choose a conversation first")
        elif not entry.recorded:
            why = self.tr("An earlier version kept it: it is no recording")
        else:
            why = self.tr("It is still going on") if entry.mark == "open" else ""
        for action in (self._share, self._again):
            allow(action, why)

    def offer_at(self, view: QWidget) -> None:
        """Open it where this view is clicked with the other button, or asked for its menu by key."""
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda at: self._pop_up(view, at))

    def _pop_up(self, view: QWidget, at: QPoint) -> None:
        self._menu.popup(view.mapToGlobal(at))

    def _add(self, words: str, clicked: SignalInstance) -> QAction:
        action = QAction(words, self._menu)
        action.triggered.connect(lambda: clicked.emit())
        self._menu.addAction(action)
        return action
