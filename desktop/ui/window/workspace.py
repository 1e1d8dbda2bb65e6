"""The conversation, and the panes beside it; in a narrow window the conversation is the first of the tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from desktop.ui.common.theme import GAP, GRID
from desktop.ui.window.side_panel import SidePanel

NARROW = 860
"""Below this width of the window the panes become tabs."""
SIDE_WIDTH = 304
USUAL_WIDTH = 1008
GROWTH = (5, 8)
"""The panes get so many of so many pixels by which the window is wider than when their width was chosen, up
to half of it: the words are as wide as can be read on a screen of 1400 px."""
LEAST_HEIGHT = 104
"""Of the transcript and of each pane; set explicitly, because the panes ask for more height than a small
window has."""
LEAST_LOW = 8
"""The same in a low window, when strips and a question stand above and below: they are to be answered."""
LEAST_WORDS = 320
"""The least width of the conversation."""


class Workspace(QWidget):
    """Holds the conversation, what belongs below it, and the panes unless they are detached.

    Args:
        conversation: the transcript.
        below: stays below it on every tab: the text line.
        side: the panes.
    """

    half_changed = Signal(bool)
    """Whether the panes have half of the width: by a double click on the line between, or no longer."""

    def __init__(self, conversation: QWidget, below: QWidget, side: SidePanel) -> None:
        super().__init__()
        self.side = side
        self._conversation = conversation
        self._narrow = False
        self._folded = False
        self._detached = False
        self._tabbed = False
        """The conversation is the first tab."""
        self._pane = 0
        """The pane that is shown when the window gets wide, if it isn't chosen before."""
        self._chosen = (SIDE_WIDTH, USUAL_WIDTH)
        """The width of the panes as the user has chosen it, and the workspace's at that time."""
        self._half = False
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._inside = QVBoxLayout(self._card)
        self._inside.addWidget(side)
        self._below = below
        self._left = left = QWidget()
        left.setMinimumWidth(LEAST_WORDS)
        self._column = QVBoxLayout(left)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(conversation, 1)
        self._column.addWidget(below)
        self.splitter = _Splitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(GAP)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._card)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        self.splitter.double_clicked.connect(lambda: self.half_changed.emit(not self._half))
        self.show_low(False)
        self._page = QVBoxLayout(self)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(GRID)
        self._page.addWidget(self.splitter, 1)

    @property
    def narrow(self) -> bool:
        """Whether the window is too narrow for the panes to be beside the conversation."""
        return self._narrow

    @property
    def folded(self) -> bool:
        """Whether the panes are folded away."""
        return self._folded

    @property
    def detached(self) -> bool:
        """Whether the panes are elsewhere."""
        return self._detached

    def fold(self, folded: bool) -> None:
        """Fold the panes away, or show them again."""
        self._folded = folded
        self._card.setVisible(self._tabbed or self._detached or not folded)
        self.side.tabBar().setVisible(not (self._tabbed and folded))
        self.side.show_placing(not (self._tabbed and folded))
        if self._tabbed and folded:
            self.side.setCurrentIndex(0)

    def take_half(self, half: bool) -> None:
        """Give the panes half of the width, or what they had before."""
        self._half = half
        self._share_width()

    def detach(self, take: Callable[[QWidget], object]) -> None:
        """Hand the panes over; they come back by `dock`."""
        self._pane = self._wide_pane()
        self._detached = True
        self._arrange()
        take(self._card)

    def dock(self) -> None:
        """Take the panes back."""
        self._pane = self._wide_pane()
        self._detached = False
        self._arrange()
        self._share_width()

    def show_low(self, low: bool) -> None:
        """Give the words what room there is, in a low window."""
        self._inside.setContentsMargins(GRID, 0 if low else GRID, GRID, GRID // 2 if low else GRID)
        for part in (self._conversation, self.side):
            part.setMinimumHeight(LEAST_LOW if low else LEAST_HEIGHT)

    def layout_texts(self) -> dict[str, str]:
        """How the panes are laid out, for `restore_layout`."""
        return {
            "side": "{} {}".format(*self._chosen),
            "folded": "yes" if self._folded else "",
            "pane": str(self._wide_pane()),
        }

    def restore_layout(self, texts: Mapping[str, str]) -> None:
        """Lay the panes out as they were; invalid texts are ignored."""
        # Older versions wrote "window", which a narrow window had spoilt, and "tools" and "events".
        self._chosen = two_numbers(texts.get("side", "")) or self._chosen
        pane = texts.get("pane", "")
        if pane.isascii() and pane.isdecimal():
            self._pane = min(int(pane[:3]), self.side.count() - 1 - self._tabbed)
            if not self._tabbed:
                self.side.setCurrentIndex(self._pane)
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
        place = self.side.currentIndex() - self._tabbed
        return place if place >= 0 else self._pane

    def _share_width(self) -> None:
        """Give the panes the chosen width again, however narrow the window was in between."""
        if not self._narrow and not self._detached:
            side, of = self._chosen
            half = (self.width() - GAP) // 2
            if self.width() > of:
                side = max(side, min(half, side + (self.width() - of) * GROWTH[0] // GROWTH[1]))
            elif self.width() < of:
                side = max(min(side, SIDE_WIDTH), side - (of - self.width()) * GROWTH[0] // GROWTH[1])
            side = half if self._half else side
            self.splitter.setSizes([max(1, self.width() - side - GAP), max(1, side)])

    def _on_splitter_moved(self) -> None:
        self._chosen = (self.splitter.sizes()[1], self.width())
        if self._half:
            self._half = False
            self.half_changed.emit(False)

    def _arrange(self) -> None:
        """Put conversation and panes where they belong now. What is being typed goes on.

        What gets another parent is styled anew, with everything in it: the panes stay where they are, as
        they take five times as long as the conversation and the line for typing together.
        """
        focus = QApplication.focusWidget()
        tabbed = self._narrow and not self._detached
        if self._tabbed and not tabbed:
            self.side.removeTab(0)
            self.side.setCurrentIndex(self._pane)
            self._column.addWidget(self._conversation, 1)
            self._column.addWidget(self._below)
            self._conversation.show()
            self._left.show()
        elif tabbed and not self._tabbed:
            self.side.insertTab(0, self._conversation, self.tr("Conversation"))
            self.side.setCurrentIndex(0)
            self._page.addWidget(self._below)
            self._left.hide()
        self._below.show()  # its layout would only do so later, and what is hidden loses the focus
        if not self._detached and self._card.parentWidget() is not self.splitter:
            self.splitter.addWidget(self._card)
        self._tabbed = tabbed
        self.fold(self._folded)
        if focus is not None and focus.isVisible() and focus.window() is self.window():
            focus.setFocus()


class _Splitter(QSplitter):
    """A splitter whose line can be double-clicked."""

    double_clicked = Signal()

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        splitter = self.splitter()
        if isinstance(splitter, _Splitter):
            splitter.double_clicked.emit()


def two_numbers(text: str) -> tuple[int, int] | None:
    """The two numbers of a saved size, or of a saved width of the panes; None for anything else."""
    parts = text.split(" ")
    if len(parts) == 2 and all(part.isascii() and part.isdecimal() and 0 < len(part) < 6 for part in parts):
        return int(parts[0]), int(parts[1])
    return None
