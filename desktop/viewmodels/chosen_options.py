"""What is chosen to talk to, as one record that the window shows."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.protocol.catalog import Model, TurnMode


@dataclass(frozen=True, slots=True)
class ChosenOptions:
    """A model and its options; each is empty where the model has no such thing, or the model's own holds."""

    model: Model
    voice: str = ""
    effort: str = ""
    turn_mode: TurnMode = "push_to_talk"
    language: str = ""
    """What a translating model translates into: a language's code."""


@dataclass(frozen=True, slots=True)
class PendingRestart:
    """What a new session would take over, and the names of the fields of it that don't hold now.

    `settings` among the names stands for what isn't part of a choice: instructions, transcription.
    """

    chosen: ChosenOptions
    names: tuple[str, ...]
