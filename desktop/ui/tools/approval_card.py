"""The card of a call that waits for the user's approval."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QInputEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.base.visible_text import unmasked
from desktop.ui.common import accessible
from desktop.ui.common.availability import allow
from desktop.ui.common.code_text import CodeText
from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID, INSET, SMALL_PX, tokens
from desktop.ui.talk import event_clock
from desktop.ui.tools.stroke_guard import READ_S, StrokeGuard
from desktop.viewmodels import shortcuts
from desktop.viewmodels.approval_question import ApprovalQuestion, claim_words
from desktop.viewmodels.wording import with_keys, worded

LONGEST_ADDRESS = 300
"""Characters of a command line that are shown."""
LINES = 6
"""Of arguments that are seen at once; the rest is scrolled to."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_YES = ("once", "always")


class ApprovalCard(QFrame):
    """Shows a call with its arguments as they will be sent. It takes no focus, so the talk key still works.

    A stroke counts only if it was made when the card had been in sight for half a second, by a key that went
    down since: see `stroke_guard`.
    """

    answered = Signal(ApprovalQuestion, str, float)
    """The question, the answer (a key of `buttons`), and when that was struck (`time.monotonic`)."""
    seen = Signal(ApprovalQuestion)
    """The question is in sight."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = clock
        self.setProperty("role", "question")
        self._question: ApprovalQuestion | None = None
        self._guard = StrokeGuard()
        self._clock = event_clock.event_clock()
        self._struck: tuple[float, bool] | None = None
        """When the button that is about to be clicked was struck, and whether it may approve."""
        self._keys_forbidden = False
        self.title = PlainLabel()
        self.title.setWordWrap(True)
        self.origin = PlainLabel()
        self.origin.setWordWrap(True)
        self.arguments = _Arguments(self.tr("Arguments as they will be sent"))
        self.buttons = {
            "never": QPushButton(self.tr("Never")),
            "no to all": QPushButton(),
            "no": QPushButton(self.tr("Don't allow")),
            "always": QPushButton(self.tr("Always for this tool")),
            "once": QPushButton(self.tr("Once")),
        }
        set_tip(self.buttons["never"], self.tr("Never let this tool run, and don't ask again"))
        set_tip(self.buttons["no"], with_keys(self.tr("Don't let this call run"), shortcuts.DENY))
        set_tip(self.buttons["no to all"], self.tr("Don't let this call run, nor those that wait"))
        set_tip(self.buttons["always"], self.tr("Let this tool run from now on without asking"))
        set_tip(self.buttons["once"], with_keys(self.tr("Let this call run"), shortcuts.APPROVE))
        self._lay_out()
        self.count(0)
        for answer, button in self.buttons.items():
            # Clicked, it must not take the focus: when it is gone the focus would go to the text line.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.installEventFilter(self)
            button.clicked.connect(lambda _=False, answer=answer: self._on_clicked(answer))
        self._reading = QTimer(self, singleShot=True, interval=round(READ_S * 1_000))
        self._reading.timeout.connect(lambda: self._enable(True))
        self._apply_theme()
        self.hide()

    def watch(self, window: QWidget) -> None:
        """Take the keys of this window, before its widgets do, while a question is shown."""
        handle = window.windowHandle()
        assert handle is not None
        handle.installEventFilter(self)

    def forbid_keys(self, forbidden: bool) -> None:
        """A key that talks in all programs is one of the card's: then only the buttons answer."""
        self._keys_forbidden = forbidden

    def count(self, behind: int) -> None:
        """So many questions come after this one."""
        self._behind = behind
        self.buttons["no to all"].setText(self.tr("Deny all {0}").format(behind + 1))
        self.buttons["no to all"].setVisible(behind > 0)
        if self._question:
            self._show_title()

    def ask(self, question: ApprovalQuestion) -> None:
        """Show a question; it can't be answered with a yes at once."""
        self._question = question
        self._struck = None
        self._guard.hide()
        self._reading.stop()
        self._enable(False)
        self._show_title()
        origin = worded(question.origin)
        parts = (
            f"{origin} · {unmasked(_cut(question.address))}" if question.address else origin,
            claim_words(question.claims),
        )
        self.origin.setText("\n".join(filter(None, parts)))
        self.arguments.show_text(question.arguments)
        self.show()
        self.update()
        accessible.announce(self, self.title.text(), urgent=True)

    def read_at_once(self) -> None:
        """Show the buttons as they are once the card could be read: for a picture."""
        self._reading.stop()
        self._enable(True)

    def settle(self) -> None:
        """No question is open."""
        self._question = None
        self._guard.hide()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._question and self._guard.seen(self.now()):
            self._reading.start()
            self.seen.emit(self._question)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._guard.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_theme()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QPushButton):
            self._follow(event)
        elif isinstance(event, QKeyEvent):
            return self._take_key(event)
        elif event.type() == QEvent.Type.FocusOut:
            self._guard.lose_keys()
        return False

    def _made_at(self, event: QInputEvent) -> float:
        return self._clock.made_at(event.timestamp()) if self._clock else self.now()

    def _follow(self, event: QEvent) -> None:
        """A stroke on one of the buttons: its click follows."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            at = self._made_at(event)
            self._struck = at, self._guard.may(at)
        elif event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.KeyRelease) and not self._struck:
            self._struck = 0.0, False  # it was struck for the question before

    def _take_key(self, event: QKeyEvent) -> bool:
        at = self._made_at(event)
        if event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self._guard.key_up(event.key(), at)
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        fresh = self._guard.key_down(event.key(), at, repeats=event.isAutoRepeat())
        if event.key() in _ENTER and QApplication.focusWidget() in self.buttons.values():
            self._struck = at, fresh  # the talk keys press the button with the focus
        if self._question is None or self.isHidden() or self._keys_forbidden:
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers != Qt.KeyboardModifier.ControlModifier:
            return False
        focus = QApplication.focusWidget()
        if event.key() in _ENTER and not _edits(focus):
            if fresh:
                self._answer("once", at)
            return True
        if event.key() == Qt.Key.Key_Backspace and not _edits(focus) and not isinstance(focus, QLineEdit):
            if not event.isAutoRepeat():
                self._answer("no", at)
            return True
        return False

    def _on_clicked(self, answer: str) -> None:
        struck, self._struck = self._struck, None
        # Without a stroke it is a screen reader that presses the button.
        at, may = struck or (self.now(), self._guard.may(self.now()))
        if may or answer not in _YES:
            self._answer(answer, at)

    def _answer(self, answer: str, at: float) -> None:
        question = self._question
        if question is None or (question.too_long and answer in _YES):
            return
        self.answered.emit(question, answer, at)

    def _enable(self, enabled: bool) -> None:
        why = "" if enabled else self.tr("One moment: read the question first")
        too_long = self._question is not None and self._question.too_long
        for answer, button in self.buttons.items():
            refused = self.tr("The arguments are too long to be read here") if too_long else ""
            allow(button, why or (refused if answer in _YES else ""))

    def _show_title(self) -> None:
        assert self._question is not None
        title = self.tr("May the tool {0} run with these arguments?").format(unmasked(self._question.tool))
        if self._behind:
            title += " " + self.tr("More are waiting: {0}.").format(self._behind)
        self.title.setText(title)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in self.buttons.values():
            row.addWidget(button)
        row.insertStretch(1, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(INSET, GRID, GRID, GRID)
        page.setSpacing(GRID // 2)
        for part in (self.title, self.origin, self.arguments):
            page.addWidget(part)
        page.addLayout(row)

    def _apply_theme(self) -> None:
        sheet = f"color: {tokens().muted}; font-size: {SMALL_PX}px;"
        if sheet != self.origin.styleSheet():
            self.origin.setStyleSheet(sheet)


class _Arguments(CodeText):
    """Text that is read: as high as its lines, up to `LINES`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_text(self, text: str) -> None:
        """Show this from its beginning."""
        self.setPlainText(text)
        lines = min(LINES, text.count("\n") + 1)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 3 * GRID)


def _cut(address: str) -> str:
    """At most LONGEST_ADDRESS characters: a yes counts for all of it, so that a cut is seen."""
    return address if len(address) <= LONGEST_ADDRESS else f"{address[: LONGEST_ADDRESS - 1]}…"


def _edits(focus: QWidget | None) -> bool:
    """Whether a text of several lines is written: there the keys are the text's."""
    return isinstance(focus, QPlainTextEdit) and not focus.isReadOnly()
