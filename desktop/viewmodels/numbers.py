"""Numbers as the user's language writes them. Times stay 24-hour, with seconds: they are compared."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QLocale

_ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)


def whole(number: int) -> str:
    """12,345"""
    return _locale().toString(number)


def decimal(number: float, digits: int) -> str:
    """1.5, with so many digits after the point."""
    return _locale().toString(round(float(number), digits), "f", digits)


def exact(number: Decimal) -> str:
    """1,234.50, with the digits that it has."""
    exponent = number.as_tuple().exponent
    return decimal(float(number), max(0, -exponent) if isinstance(exponent, int) else 0)


def short(number: float) -> str:
    """44.1, but 24: as few digits as needed, six at most."""
    return _locale().toString(float(number), "g", 6)


def _locale() -> QLocale:
    """A system without a language has no separators: then English ones are used."""
    usual = QLocale()
    return _ENGLISH if usual.language() == QLocale.Language.C else usual


def duration(ms: float) -> str:
    """A duration in a short form: 0.4 ms, 12 ms, 1.5 s."""
    if ms < 9.95:
        return f"{decimal(ms, 1)} ms"
    return f"{ms:.0f} ms" if ms < 999.5 else f"{decimal(ms / 1_000, 1)} s"


def file_size(size: int) -> str:
    """The size of a file in a short form, in thousands of bytes: 3 kB, 12 MB, 1.3 GB."""
    if size < 999_500:
        return f"{max(1, round(size / 1_000))} kB"
    if size < 999_500_000:
        return f"{decimal(size / 1e6, 1 if size < 9_950_000 else 0)} MB"
    return f"{decimal(size / 1e9, 1)} GB"
