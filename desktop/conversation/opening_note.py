"""The line in the transcript that says which session was opened."""

from __future__ import annotations

from desktop.base.message import Message, Text, joined
from desktop.protocol.catalog import Model
from desktop.realtime.session_events import SessionOpened
from desktop.viewmodels import languages

CONNECTED = Text("connected", "Connected to {model}.")
RECONNECTED = Text("reconnected", "Reconnected to {model}.")
RENEWED = Text("session-renewed", "The session was renewed before it expired. The conversation continues.")
DEMO = Text(
    "demo",
    "It understands and speaks English only. It answers by simple rules on this computer and is not an AI "
    "model: ask for the time, dice, sums, a timer or a story. With a key you can choose a real one.",
)
"""Shown whenever the demo is connected."""

TRANSLATES = Text(
    "translates",
    "Hold the talk key, speak, and hear it in {language}. The model gives no answers and uses no tools.",
)
"""Shown when a translating model is connected."""


def opening_note(opened: SessionOpened, model: Model, language: str) -> Message:
    """The message about this session; `language` is the one that a translating model speaks."""
    message = (RECONNECTED if opened.again else CONNECTED)(model=model.name)
    if opened.renewed:
        return RENEWED()
    if model.translates:
        return joined(message, TRANSLATES(language=languages.language(language)))
    if model.offline and not opened.again:
        return joined(message, DEMO())
    return message
