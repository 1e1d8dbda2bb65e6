"""Messages and keys in the user's language."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from desktop.base.hotkey import BUTTONS, LONE_MODIFIERS
from desktop.base.message import Message, PlainArgument, Shortcut, Text
from desktop.base.visible_text import visible
from desktop.viewmodels import numbers


def worded(message: Message) -> str:
    """The message's words."""
    return message.worded(_template, _plain)


def key_words(keys: Shortcut | QKeySequence.StandardKey) -> str:
    """The platform's name for keys: Ctrl+M is ⌘M on macOS."""
    if isinstance(keys, Shortcut) and keys.keys in LONE_MODIFIERS | BUTTONS:
        return _lone_words(keys.keys)
    sequence = QKeySequence(keys.keys) if isinstance(keys, Shortcut) else QKeySequence(keys)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _lone_words(name: str) -> str:
    """A modifier on its own, or a button of the mouse."""
    side, key = name.split()
    match side:
        case "Left":
            words = QCoreApplication.translate("Hotkey", "Left {0}")
        case "Right":
            words = QCoreApplication.translate("Hotkey", "Right {0}")
        case _:
            return QCoreApplication.translate("Hotkey", "Mouse button {0}").format(key)
    # Qt names modifiers as parts of chords only.
    chord = QKeySequence(f"{key}+A").toString(QKeySequence.SequenceFormat.NativeText)
    return words.format(chord[:-1].rstrip("+"))


def with_keys(words: str, keys: Shortcut | QKeySequence.StandardKey) -> str:
    """A button's tooltip: what it does, and the keys that do the same."""
    return f"{words} ({key_words(keys)})"


def _template(text: Text) -> str:
    return QCoreApplication.translate(text.id, text.english)


def _plain(argument: PlainArgument) -> str:
    match argument:
        case Shortcut():
            return key_words(argument)
        case float():
            return numbers.short(argument)
        case Decimal():
            return numbers.exact(argument)
        case _:
            return visible(str(argument))
