"""What a turn used where the service doesn't say: from seconds of sound sent and received, and words.

A request has the whole conversation as input again, so an estimate adds up over a connection.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.cost.usage import Usage


@dataclass(frozen=True, slots=True)
class Density:
    """Tokens of a second of sound: what the user says, what the assistant says."""

    sent: int
    received: int


DENSITIES: dict[str, Density] = {
    "openai": Density(10, 20),
    "gemini": Density(32, 32),
}
"""By provider. OpenAI: "1 token per 100 ms" of the user's sound and "1 token per 50 ms" of the assistant's
(platform.openai.com, Realtime, "Managing costs"). Gemini: "audio at 32 tokens per second" (ai.google.dev,
"Token counting")."""
USUAL = Density(32, 32)
"""For other providers: the most of the known ones, rather than too little."""
WORD_TOKENS = 4 / 3
"""OpenAI: 100 tokens are about 75 words ("What are tokens and how to count them")."""


class Estimator:
    """Adds up a turn, and the context of one connection. Milliseconds of sound, numbers of words."""

    def __init__(self, provider: str = "") -> None:
        self._density = DENSITIES.get(provider, USUAL)
        self._context = 0
        self._in_ms = self._out_ms = 0.0
        self._words_in = self._words_out = 0

    def sent(self, ms: float = 0.0, words: int = 0) -> None:
        """The user has said or typed this."""
        self._in_ms += max(0.0, ms)
        self._words_in += max(0, words)

    def received(self, ms: float = 0.0, words: int = 0) -> None:
        """The assistant has said this."""
        self._out_ms += max(0.0, ms)
        self._words_out += max(0, words)

    def response_over(self, reported: Usage | None) -> Usage:
        """What the response used: as reported, else estimated. The next one begins at nothing but context."""
        spoken, heard = self._sound(self._in_ms, "sent"), self._sound(self._out_ms, "received")
        typed, written = (round(words * WORD_TOKENS) for words in (self._words_in, self._words_out))
        estimated = Usage(
            input=self._context + spoken + typed,
            input_audio=spoken,
            output=heard + written,
            output_audio=heard,
            estimated=True,
        )
        self._in_ms = self._out_ms = 0.0
        self._words_in = self._words_out = 0
        usage = estimated if reported is None else reported
        self._context = usage.context
        return usage

    def _sound(self, ms: float, way: str) -> int:
        return round(ms / 1_000 * (self._density.sent if way == "sent" else self._density.received))
