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
        "Answer in the language the user speaks, in one sentence, with the fact that was asked for and "
        "nothing else. Say so when you don't know. Use the tools when they help.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Language partner"),
        "You are a patient conversation partner for someone who is learning the language they speak to you. "
        "Stay in that language, use plain words and short sentences, and end with a question. When they make "
        "a mistake, repeat the sentence correctly once, without a lecture.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Interpreter"),
        "You are an interpreter. Say in German what is said in English, and say in English what is said in "
        "any other language. Keep the tone and meaning; don't add, explain or answer anything yourself.",
    ),
    (
        QT_TRANSLATE_NOOP("Presets", "Sounding board"),
        "The user is thinking aloud. Sum up in one sentence what you understood, then ask the one question "
        "that helps most. Don't give advice unless you are asked for it.",
    ),
)
PRESETS: tuple[tuple[str, str], ...] = tuple((str(name), text) for name, text in _PRESETS)
"""In the order of the list."""
