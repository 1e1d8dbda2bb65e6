"""The chosen model and options, as one record that the window shows."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.protocol.catalog import Model, TurnMode


@dataclass(frozen=True, slots=True)
class ChosenOptions:
    """A model and its options; each is empty where the model has no such option, or its default applies."""

    model: Model
    voice: str = ""
    effort: str = ""
    turn_mode: TurnMode = "push_to_talk"
    language: str = ""
    """The target language of a translating model, as a code."""
    agents: bool = False
    """Whether the session is a named agent's."""
    by_agent: frozenset[str] = frozenset()
    """The fields that are left to it."""


@dataclass(frozen=True, slots=True)
class PendingRestart:
    """The options that a new session would use, and the names of the fields that aren't active now.

    `settings` among the names stands for settings that aren't options: instructions, transcription.
    """

    chosen: ChosenOptions
    names: tuple[str, ...]
