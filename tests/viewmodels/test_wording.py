"""Messages and keys as the window words them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QKeySequence

from desktop.base.message import Shortcut, Text, verbatim
from desktop.viewmodels.wording import key_words, worded

PRESS = Text("test-word-press", "Press {key} {count} times, for {seconds} s")


def test_without_a_translation_it_is_english(qapp) -> None:
    message = PRESS(key=Shortcut("Ctrl+M"), count=1_200, seconds=1.5)
    assert worded(message) == f"Press {key_words(Shortcut('Ctrl+M'))} 1200 times, for 1.5 s"
    assert worded(verbatim("{key}")) == "{key}"


def test_numbers_with_a_fraction_are_written_as_the_language_does(qapp) -> None:
    usual = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        assert worded(PRESS(key="M", count=2, seconds=1.5)).endswith("2 times, for 1,5 s")
    finally:
        QLocale.setDefault(usual)


@pytest.mark.parametrize("keys", ["Ctrl+M", "Ctrl+Shift+C", "F1", "Space", "Esc"])
def test_keys_are_named_as_the_platform_does(qapp, keys: str) -> None:
    assert key_words(Shortcut(keys)) == QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
