"""A name of somebody else's in a table for a spreadsheet: never a formula, a sequence or another row."""

from __future__ import annotations

import re

from desktop.base.visible_text import visible_line

_FORMULA = re.compile(r"(^|;)( *)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])")
"""What a spreadsheet would take for the beginning of a formula: full-width signs too, and behind a semicolon,
which separates cells where a comma separates decimals, quotes or not."""


def csv_cell(name: str) -> str:
    """The name as a cell, which `csv` quotes."""
    return _FORMULA.sub(r"\1\2'", visible_line(name))
