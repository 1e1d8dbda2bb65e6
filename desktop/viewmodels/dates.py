"""Dates in the window's language: its names of months, and its digits."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale


def day(which: date, *, year: bool = True) -> str:
    """30 Nov 2026, or 30 Nov.

    Not a short form of Qt's: what 3/4 is depends on where one lives, and the system may have another language
    for its dates than for everything else (`LC_TIME`).
    """
    translate = QCoreApplication.translate
    # A date format of Qt's: another language may want a point after the day, for example.
    pattern = translate("Dates", "d MMM yyyy") if year else translate("Dates", "d MMM")
    return _locale().toString(QDate(which.year, which.month, which.day), pattern)


def moment(at: datetime, now: datetime | None = None) -> str:
    """Day and time, with the year if it isn't this one: 30 Nov 14:05."""
    here, today = at.astimezone(), (now or datetime.now()).astimezone()
    return f"{day(here, year=here.year != today.year)} {here:%H:%M}"


def _locale() -> QLocale:
    """That of the numbers, by its name: the one that `QLocale()` is may ask the system for its months."""
    usual = QLocale()
    return QLocale(usual.language(), usual.territory())
