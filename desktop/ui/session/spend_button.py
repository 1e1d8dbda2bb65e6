"""What was spent, beside the session's clock; its menu has it by turn, day and model."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from desktop.base.visible_text import visible_line
from desktop.cost.ledger import OPEN_TIME
from desktop.cost.money import Money
from desktop.cost.total import Total
from desktop.ui.common.menu_heading import add_heading
from desktop.ui.common.plain_text import set_tip
from desktop.ui.common.theme import BASE_PX, SMALL_PX
from desktop.viewmodels import dates, spend_report
from desktop.viewmodels.spend_report import SpendReport
from desktop.viewmodels.wording import worded

MOST_ROWS = 15
"""In a menu: the rest is in the CSV file."""
LONGEST_NAME = 60
SMALLER_BY = 8
"""Pixels that a small figure has less around its words, by the style sheet."""


class SpendButton(QToolButton):
    """Shows the session's sum. Its menu asks for the figures when it opens: answer with `show_report`."""

    report_requested = Signal()
    export_clicked = Signal()
    budget_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._small = False
        self.setProperty("role", "figure")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self._report = SpendReport()
        self.show_spent(Total())

    def show_spent(self, session: Total) -> None:
        """Show what the session has cost so far."""
        words = spend_report.words(session)
        if words == self.text():
            return
        self.setText(words)
        self.setAccessibleName(self.tr("Spent in this session: {0}").format(words))
        tip = self.tr("What this session has cost")
        if not session.known:
            tip = self.tr("What this session costs isn't known: its model has no price")
        elif session.about:
            tip = self.tr(
                "About what this session has cost: some of it is estimated or has no price of its own"
            )
        set_tip(self, tip)

    def width_when(self, *, small: bool) -> int:
        """Its width in that size, whichever it has now."""
        hint = self.sizeHint().width()
        if small is self._small:
            return hint
        narrower = self._words_width(BASE_PX) - self._words_width(SMALL_PX) + SMALLER_BY
        return hint - narrower if small else hint + narrower

    def _words_width(self, pixels: int) -> int:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        return QFontMetrics(font).horizontalAdvance(self.text())

    def show_small(self, small: bool) -> None:
        """Whether it is to need little room."""
        self._small = small
        self.setProperty("role", "small-figure" if small else "figure")
        self.style().polish(self)
        self.updateGeometry()

    def show_report(self, report: SpendReport) -> None:
        """The figures for the menu."""
        self._report = report

    def _fill(self) -> None:
        self.report_requested.emit()
        menu, report = self._menu, self._report
        menu.clear()
        add_heading(menu, self.tr("Spent"))
        self._add(menu, self.tr("This session"), self._of(report.session, report.session_budget))
        self._add(menu, self.tr("Today"), self._of(report.today, report.day_budget))
        if report.forecast is not None:
            self._add(menu, self.tr("Next turn, at least"), spend_report.cost_words(report.forecast))
        if report.saved.picos:
            self._add(menu, self.tr("Saved by resting"), worded(report.saved.worded()))
        menu.addSeparator()
        turns = [(self._turn(number), total) for number, total in reversed(report.turns)]
        days = [(dates.day(day), total) for day, total in report.days]
        self._add_list(self.tr("Turns"), turns)
        self._add_list(self.tr("Days"), days)
        self._add_list(self.tr("Models"), report.models)
        menu.addSeparator()
        menu.addAction(self.tr("Export as CSV…"), self.export_clicked.emit)
        menu.addAction(self.tr("Budget…"), self.budget_clicked.emit)

    def _turn(self, number: int) -> str:
        return self.tr("Before the first turn") if number == OPEN_TIME else self.tr("Turn {0}").format(number)

    def _of(self, total: Total, budget: Money) -> str:
        spent = spend_report.words(total)
        return self.tr("{0} of {1}").format(spent, worded(budget.worded())) if budget.picos else spent

    def _add_list(self, title: str, rows: Iterable[tuple[str, Total]]) -> None:
        shown = list(rows)[:MOST_ROWS]
        if not shown:
            return
        menu = self._menu.addMenu(title)
        for name, total in shown:
            self._add(menu, visible_line(name)[:LONGEST_NAME] or "—", spend_report.words(total))

    @staticmethod
    def _add(menu: QMenu, name: str, amount: str) -> None:
        # What follows the tab stands at the right, where other menus have their keys.
        plain = name.replace("&", "&&").replace("\t", " ")
        menu.addAction(f"{plain}\t{amount}")
