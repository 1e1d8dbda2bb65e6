"""The names of keys for all programs, and what each system and Qt make of them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence

from desktop.base import hotkey
from desktop.base.hotkey import BUTTONS, KEYS, LONE_MODIFIERS, Hotkey
from desktop.system.hotkeys.key_codes import KEY_CODES
from desktop.system.hotkeys.portal_words import trigger


@pytest.mark.parametrize("name", ["Ctrl+Alt+Space", "F13", "Shift+F5", "Right Ctrl", "Mouse 9", "Ctrl+-"])
def test_a_name_that_can_be_used_is_read_and_written(name: str) -> None:
    key = hotkey.parse(name)
    assert key is not None
    assert str(key) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", ""),
        ("Space", "typing"),
        ("Shift+A", "typing"),
        ("Escape", "unknown"),
        ("Ctrl+Escape", "unknown"),
        ("Ctrl+Ctrl+A", "unknown"),
        ("Ctrl+Right Ctrl", "unknown"),
        ("Ctrl+Mouse 9", "unknown"),
        ("Mouse 1", "unknown"),
        ("+", "unknown"),
        ("Ctrl+", "unknown"),
        ("Hyper+A", "unknown"),
        ("?", "unknown"),
        ("\0" * 4_000, "unknown"),
    ],
)
def test_a_name_that_can_not_be_used_is_none(name: str, why: str) -> None:
    assert hotkey.problem(name) == why
    assert hotkey.parse(name) is None


def test_each_key_has_its_codes_and_a_name_of_qts() -> None:
    assert KEY_CODES.keys() == KEYS | LONE_MODIFIERS
    for name in KEYS:
        sequence = QKeySequence(f"Ctrl+{name}", QKeySequence.SequenceFormat.PortableText)
        assert sequence.toString(QKeySequence.SequenceFormat.PortableText) == f"Ctrl+{name}"
    assert len({code.keysyms for code in KEY_CODES.values()}) == len(KEY_CODES)
    for system in ("mac", "windows"):
        codes = [code for each in KEY_CODES.values() if (code := getattr(each, system)) is not None]
        assert len(set(codes)) == len(codes), system


def test_the_portal_is_told_a_trigger_of_its_specification() -> None:
    assert trigger(Hotkey("Space", frozenset({"Alt", "Ctrl"}))) == "CTRL+ALT+space"
    assert trigger(Hotkey("PgUp", frozenset({"Meta"}))) == "LOGO+Prior"
    assert BUTTONS.isdisjoint(KEY_CODES)
