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
GROWTH = 4
"""The panes get one in so many pixels by which the window is wider than when their width was chosen."""
LEAST_HEIGHT = 104
"""Of the transcript and of each pane; set explicitly, because the panes ask for more height than a small
window has."""
LEAST_LOW = 8
"""The same in a low window, when strips and a question stand above and below: they are to be answered."""


class Workspace(QWidget):
    """Holds the conversation, what belongs below it, and the panes.

    Args:
        conversation: the transcript.
        below: stays below it on every tab: the text line.
        side: the panes.
    """

    def __init__(self, conversation: QWidget, below: QWidget, side: SidePanel) -> None:
        super().__init__()
        self._conversation = conversation
        self._side = side
        self._narrow = False
        self._folded = False
        self._pane = 0
        """The pane that is shown when the window gets wide, if it isn't chosen before."""
        self._chosen = (SIDE_WIDTH, USUAL_WIDTH)
        """The width of the panes as the user has chosen it, and the workspace's at that time."""
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._inside = QVBoxLayout(self._card)
        self._inside.addWidget(side)
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
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        self.show_low(False)
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

    def show_low(self, low: bool) -> None:
        """Give the words what room there is, in a low window."""
        self._inside.setContentsMargins(GRID, 0 if low else GRID, GRID, GRID)
        for part in (self._conversation, self._side):
            part.setMinimumHeight(LEAST_LOW if low else LEAST_HEIGHT)

    def layout_texts(self) -> dict[str, str]:
        """How the panes are laid out, for `restore_layout`."""
        texts = {
            name: bytes(splitter.saveState().toBase64().data()).decode()
            for name, splitter in self._splitters().items()
        }
        texts["side"] = "{} {}".format(*self._chosen)
        texts["folded"] = "yes" if self._folded else ""
        texts["pane"] = str(self._wide_pane())
        return texts

    def restore_layout(self, texts: Mapping[str, str]) -> None:
        """Lay the panes out as they were; invalid texts are ignored."""
        for name, splitter in self._splitters().items():
            if texts.get(name):
                splitter.restoreState(QByteArray.fromBase64(texts[name].encode()))
                splitter.setChildrenCollapsible(False)
        # Older versions wrote "window", which a narrow window had spoilt.
        self._chosen = two_numbers(texts.get("side", "")) or self._chosen
        pane = texts.get("pane", "")
        if pane.isascii() and pane.isdecimal():
            self._pane = min(int(pane[:3]), self._side.count() - 1 - self._narrow)
            if not self._narrow:
                self._side.setCurrentIndex(self._pane)
        self.fold(texts.get("folded") == "yes")
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window()
        narrow = window.width() < NARROW
        if narrow != self._narrow:
            self._pane = self._wide_pane()
            self._narrow = narrow
            self._arrange()
        self._share_width()

    def _wide_pane(self) -> int:
        """The number of the pane that is shown, or was before the conversation took its place."""
        place = self._side.currentIndex() - self._narrow
        return place if place >= 0 else self._pane

    def _share_width(self) -> None:
        """Give the panes the chosen width again, however narrow the window was in between."""
        if not self._narrow:
            side, of = self._chosen
            side += (self.width() - of) // GROWTH
            self.splitter.setSizes([max(1, self.width() - side - GAP), max(1, side)])

    def _on_splitter_moved(self) -> None:
        self._chosen = (self.splitter.sizes()[1], self.width())

    def _splitters(self) -> dict[str, QSplitter]:
        named = {}
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
            self._side.setCurrentIndex(self._pane)
            self._column.insertWidget(0, self._conversation, 1)
            self._conversation.show()
            self.splitter.addWidget(self._card)
        self.fold(self._folded)
        if focus is not None and focus.isVisible():
            focus.setFocus()


def two_numbers(text: str) -> tuple[int, int] | None:
    """The two numbers of a saved size, or of a saved width of the panes; None for anything else."""
    parts = text.split(" ")
    if len(parts) == 2 and all(part.isascii() and part.isdecimal() and 0 < len(part) < 6 for part in parts):
        return int(parts[0]), int(parts[1])
    return None
