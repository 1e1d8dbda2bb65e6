"""Dates are of the window's language, whatever the system has for its dates alone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from desktop.viewmodels import dates

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
PROGRAM = """
from datetime import date, datetime
from PySide6.QtCore import QCoreApplication
from desktop.app import translation
from desktop.viewmodels import dates
application = QCoreApplication([])
translation.install(application, "system")
print(ascii(dates.day(date(2026, 12, 30))), ascii(dates.moment(datetime(2026, 12, 30, 9, 5))[-5:]))
"""
ENGLISH = "'30 Dec 2026' '09:05'"
GERMAN = "'30. Dez. 2026' '09:05'"


def test_the_year_is_told_only_when_it_is_another():
    assert "2026" not in dates.moment(AT, AT)
    assert "2026" in dates.moment(AT, AT.replace(year=2027))


def test_a_day_has_no_number_for_its_month(qapp):
    assert dates.day(date(2026, 4, 3)) == "3 Apr 2026"
    assert dates.day(date(2026, 4, 3), year=False) == "3 Apr"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8"}, ENGLISH),
        ({"LANG": "en_US.UTF-8", "LC_TIME": "ar_EG.UTF-8"}, ENGLISH),
        ({"LANG": "de_DE.UTF-8", "LC_TIME": "fa_IR.UTF-8"}, GERMAN),
        ({"LANG": "de_DE.UTF-8", "LC_TIME": "C"}, GERMAN),
        ({"LANG": "C.UTF-8", "LC_TIME": "ja_JP.UTF-8"}, ENGLISH),
        ({"LANG": "ar_EG.UTF-8"}, ENGLISH),
    ],
)
def test_months_and_digits_are_the_windows_languages(variables: dict[str, str], words: str):
    kept = {name: value for name, value in os.environ.items() if name not in ("LANG", "LANGUAGE")}
    env = {name: value for name, value in kept.items() if not name.startswith("LC_")} | variables
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == words, done.stderr
