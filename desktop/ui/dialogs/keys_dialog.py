"""The dialog that lists the keys, by their names on this system."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.scroll_area import ScrollArea
from desktop.ui.common.theme import GAP, GRID
from desktop.ui.dialogs.talking_dialog import TalkingDialog
from desktop.viewmodels import shortcuts
from desktop.viewmodels.wording import key_words as native

WIDTH = 640
KEYS_WIDTH = 200
CAP_HEIGHT = 24
"""A key's label with its frame."""


class KeysDialog(TalkingDialog):
    """What each key does. `locks`: whether a double tap locks the microphone open."""

    def __init__(self, locks: bool, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setMinimumWidth(WIDTH)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(GAP, GAP, GAP, 0)
        column.setSpacing(GAP)
        sections = [(self.tr("Talking"), self._talking(locks)), (self.tr("In the window"), self._window())]
        column.addLayout(_table(sections))
        note = PlainLabel(
            self.tr(
                "In a text field, {0} types a space; in a dialog, it works the control with the focus. "
                "{1} presses the focused button."
            ).format(native(shortcuts.TALK), native(shortcuts.ENTER))
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        column.addWidget(note)
        column.addStretch(1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(GAP, GAP, GAP, GAP)
        bottom.addStretch(1)
        bottom.addWidget(close)
        # A screen may be too low for the whole list.
        scroll = ScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Keyboard shortcuts"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(bottom)
        self._column, self._bottom = column, bottom

    def showEvent(self, event: QShowEvent) -> None:
        # Qt expects fewer lines than long words take; and as high as the whole list, if there is room.
        words = self._column.totalHeightForWidth(self.width()) + 3 * GRID
        high = words + self._bottom.totalSizeHint().height()
        self.resize(self.width(), max(self.height(), high))
        self._place.fit()
        super().showEvent(event)

    def _talking(self, locks: bool) -> list[tuple[list[str], str]]:
        space = native(shortcuts.TALK)
        lock = [([space, space], self.tr("Tap twice: lock the microphone open; tap again to send"))]
        return [
            ([space], self.tr("Hold to talk, release to send; during an answer: interrupt")),
            *(lock if locks else []),
            (
                [native(shortcuts.CANCEL)],
                self.tr("While listening: discard what you said. During an answer: stop it"),
            ),
            ([native(shortcuts.ENTER)], self.tr("In the text line: send the text")),
            (
                [native(shortcuts.ENTER_SHIFTED), native(shortcuts.RECALL)],
                self.tr("There: begin another line; in the empty line: what was sent before"),
            ),
        ]

    def _window(self) -> list[tuple[list[str], str]]:
        return [
            ([native(shortcuts.NEW)], self.tr("New conversation")),
            ([native(shortcuts.CONNECT)], self.tr("Connect or disconnect")),
            ([native(shortcuts.MUTE)], self.tr("Mute the microphone")),
            (
                [native(shortcuts.APPROVE), native(shortcuts.DENY)],
                self.tr("When a tool waits for you: let this call run, or don't"),
            ),
            ([native(shortcuts.FIND)], self.tr("Find in the conversation")),
            (
                [
                    native(shortcuts.NEXT),
                    native(shortcuts.PREVIOUS),
                ],
                self.tr("Next and previous match"),
            ),
            (
                [native(shortcuts.PANES), native(shortcuts.MENU)],
                self.tr("Show or hide the panes; open the menu"),
            ),
            ([native(shortcuts.TIMELINE)], self.tr("Timeline of the conversation")),
            (
                [native(keys) for keys in (shortcuts.STEP_ON, shortcuts.TURN_ON, shortcuts.FRAME_ON)],
                self.tr("In the timeline: to the next mark, turn, frame"),
            ),
            (
                [native(keys) for keys in (shortcuts.TALK, shortcuts.CLOSER, shortcuts.FARTHER)],
                self.tr("In the timeline: play and pause; closer, farther"),
            ),
            (
                [native(shortcuts.HALF), native(shortcuts.DETACH)],
                self.tr("Half of the window for the panes; a window of their own"),
            ),
            (
                [native(keys) for keys in (shortcuts.BACK, shortcuts.ONE_BEFORE, shortcuts.ONE_AFTER)],
                self.tr("In a pane: back to the list; the one before, the one after"),
            ),
            (
                [native(shortcuts.COPY), native(shortcuts.ENTER), native(shortcuts.EDIT)],
                self.tr("On a bubble: copy, play, edit and send again"),
            ),
            (
                [native(shortcuts.LARGER), native(shortcuts.SMALLER), native(shortcuts.USUAL_SIZE)],
                self.tr("Larger, smaller and normal text"),
            ),
            ([native(shortcuts.HISTORY)], self.tr("Earlier conversations")),
            ([native(shortcuts.EXPORT)], self.tr("Export the conversation")),
            ([native(shortcuts.SETTINGS)], self.tr("Settings")),
            ([native(shortcuts.KEYS)], self.tr("This list")),
            ([native(shortcuts.QUIT)], self.tr("Quit")),
        ]


def _heading(words: str) -> PlainLabel:
    label = PlainLabel(words)
    label.setProperty("role", "heading")
    return label


def _table(sections: Iterable[tuple[str, list[tuple[list[str], str]]]]) -> QGridLayout:
    """All sections in one grid: their columns are in line, whatever the keys are called."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GAP)
    grid.setVerticalSpacing(GRID)
    grid.setColumnMinimumWidth(0, KEYS_WIDTH)
    grid.setColumnStretch(1, 1)
    for title, rows in sections:
        row = grid.rowCount() if grid.count() else 0
        if row:
            grid.setRowMinimumHeight(row, GRID)
            row += 1
        grid.addWidget(_heading(title), row, 0, 1, 2)
        for keys, does in rows:
            row += 1
            # The layout asks only the words how high they are.
            grid.setRowMinimumHeight(row, CAP_HEIGHT)
            words = PlainLabel(does)
            words.setWordWrap(True)
            words.setAccessibleName(f"{' '.join(keys)}: {does}")
            grid.addLayout(_caps(keys), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
    return grid


def _caps(keys: Iterable[str]) -> QHBoxLayout:
    caps = QHBoxLayout()
    caps.setSpacing(GRID // 2)
    for key in keys:
        cap = PlainLabel(key)
        cap.setProperty("role", "key")
        caps.addWidget(cap)
    caps.addStretch(1)
    return caps
