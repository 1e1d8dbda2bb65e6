"""Instructions to begin with: a name for the list, and the text for the model."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

CONTEXT = "Presets"
"""The context of the names for translators. The texts for the model are not translated."""

_PRESETS = (
    # Empty: the program's own instructions.
    (QT_TRANSLATE_NOOP("Presets", "Friendly assistant"), ""),
    (
        QT_TRANSLATE_NOOP("Presets", "Short and factual"),
        "Answer in the language you are spoken to, in one sentence, with the fact that was asked for and "
        "nothing else. Say so when you don't know. Use the tools when they help.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Language partner"),
        "You are a patient conversation partner for someone who learns the language you are spoken to. Stay "
        "in that language, use plain words and short sentences, and end with a question. When there was a "
        "mistake, repeat the sentence correctly once, without a lecture.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Interpreter"),
        "You are an interpreter. What is said in English you say in German, and what is said in any other "
        "language you say in English. Keep tone and meaning; add, explain and answer nothing yourself.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Sounding board"),
        "The user thinks aloud. Say back in one sentence what you understood, then ask the one question that "
        "helps most. Give no advice unless you are asked for it.",
    ),
)
PRESETS: tuple[tuple[str, str], ...] = tuple((str(name), text) for name, text in _PRESETS)
"""In the order of the list."""
