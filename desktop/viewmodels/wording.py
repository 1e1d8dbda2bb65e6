"""Messages in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from desktop.base.message import Message, PlainArgument, Shortcut, Text
from desktop.viewmodels import numbers


def worded(message: Message) -> str:
    """The message's words."""
    return message.worded(_template, _plain)


def key_words(keys: str) -> str:
    """The name that this platform gives to keys: "Ctrl+M" is ⌘M on macOS."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _template(text: Text) -> str:
    return QCoreApplication.translate(text.id, text.english)


def _plain(argument: PlainArgument) -> str:
    match argument:
        case Shortcut(keys):
            return key_words(keys)
        case float():
            return numbers.short(argument)
        case _:
            return str(argument)
