"""Messages in the words of the command line: some are different from the window's, which stays open."""

from __future__ import annotations

from desktop.access.key_hosts import HostRefusedError
from desktop.base.message import Message, MessageError
from desktop.realtime.messages import ENDED_TWICE

COMMAND_ENDED_TWICE = (
    "{message} It did so twice after the same words. Wait a moment, then run the command again."
)
TRUST = "{words} To send it there, run the command again with --trust {host}."


def worded(message: Message) -> str:
    """The message in English."""
    if message.text is ENDED_TWICE:
        return COMMAND_ENDED_TWICE.format_map(dict(message.arguments))
    return str(message)


def error_worded(error: Exception) -> str:
    """What an error says, in the same words."""
    words = worded(error.message) if isinstance(error, MessageError) else str(error)
    return TRUST.format(words=words, host=error.there) if isinstance(error, HostRefusedError) else words
