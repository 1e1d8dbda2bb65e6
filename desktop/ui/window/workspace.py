"""The conversation, and the panes beside it; in a narrow window the conversation is the first of the tabs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QVBoxLayout, QWidget

from desktop.ui.common.theme import GAP, GRID
from desktop.ui.window.side_panel import SidePanel

NARROW = 860
"""Below this width of the window the panes become tabs."""
SIDE_WIDTH = 304
USUAL_WIDTH = 1008
LEAST_HEIGHT = 104
"""Of the transcript and of each pane; set explicitly, because the panes ask for more height than a small
window has."""


class Workspace(QWidget):
    """Holds the conversation, what belongs below it, and the panes.

    Args:
        conversation: the transcript.
        below: what stays below it whichever tab is shown: the text line.
        side: the panes.
    """

    def __init__(self, conversation: QWidget, below: QWidget, side: SidePanel) -> None:
        super().__init__()
        self._conversation = conversation
        self._side = side
        self._narrow = False
        self._folded = False
        self._card = QFrame()
        self._card.setProperty("role", "card")
        for part in (conversation, side):
            part.setMinimumHeight(LEAST_HEIGHT)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(GRID, GRID, GRID, GRID)
        inside.addWidget(side)
        left = QWidget()
        self._column = QVBoxLayout(left)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(conversation, 1)
        self._column.addWidget(below)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(GAP)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._card)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([USUAL_WIDTH - SIDE_WIDTH - GAP, SIDE_WIDTH])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.splitter)

    @property
    def narrow(self) -> bool:
        """Whether the conversation is one of the tabs."""
        return self._narrow

    @property
    def folded(self) -> bool:
        """Whether the panes are folded away."""
        return self._folded

    def fold(self, folded: bool) -> None:
        """Fold the panes away, or show them again."""
        self._folded = folded
        self._card.setVisible(self._narrow or not folded)
        self._side.tabBar().setVisible(not (self._narrow and folded))
        if self._narrow and folded:
            self._side.setCurrentIndex(0)

    def layout_texts(self) -> dict[str, str]:
        """How the panes are laid out, for `restore_layout`."""
        pane = self._side.currentWidget()
        texts = {
            name: bytes(splitter.saveState().toBase64().data()).decode()
            for name, splitter in self._splitters().items()
        }
        texts["folded"] = "yes" if self._folded else ""
        if pane is not self._conversation:
            texts["pane"] = str(self._side.indexOf(pane) - self._narrow)
        return texts

    def restore_layout(self, texts: Mapping[str, str]) -> None:
        """Lay the panes out as they were; what can't be understood is ignored."""
        for name, splitter in self._splitters().items():
            if texts.get(name):
                splitter.restoreState(QByteArray.fromBase64(texts[name].encode()))
                splitter.setChildrenCollapsible(False)
        if texts.get("pane", "").isdecimal() and not self._narrow:
            self._side.setCurrentIndex(min(int(texts["pane"]), self._side.count() - 1))
        self.fold(texts.get("folded") == "yes")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window()
        narrow = window.width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def _splitters(self) -> dict[str, QSplitter]:
        named = {"window": self.splitter}
        for pane, name in ((self._side.tools, "tools"), (self._side.events, "events")):
            found = pane.findChild(QSplitter)
            if isinstance(found, QSplitter):
                named[name] = found
        return named

    def _arrange(self) -> None:
        focus = QApplication.focusWidget()
        if self._narrow:
            self._column.insertWidget(0, self._card, 1)
            self._side.insertTab(0, self._conversation, self.tr("Conversation"))
            self._side.setCurrentIndex(0)
        else:
            self._side.removeTab(0)
            self._column.insertWidget(0, self._conversation, 1)
            self._conversation.show()
            self.splitter.addWidget(self._card)
        self.fold(self._folded)
        if focus is not None and focus.isVisible():
            focus.setFocus()
