"""What a response of the demo would have used, in the names that services report usage by.

The demo has no tokens: they are counted as a provider would, so that programs can be tried with figures that
grow as real ones do. All that was said before is input again, and cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CHARACTERS_A_TOKEN = 4
"""OpenAI: "1 token ~= 4 chars in English"."""
SOUND_MS_A_TOKEN = 50
"""OpenAI, Realtime, "Managing costs": of the assistant's sound."""


@dataclass(slots=True)
class ResponseUsage:
    """One response. `context` is the tokens of the conversation before it."""

    context: int = 0
    input_characters: int = 0
    output_characters: int = 0
    output_audio_ms: int = 0

    @property
    def new_context(self) -> int:
        """The tokens of the conversation after it."""
        return self.context + self._asked + self._written + self._spoken

    def to_wire(self) -> dict[str, Any]:
        """The usage as it stands in `response.completed`."""
        sent, received = self.context + self._asked, self._written + self._spoken
        return {
            "input_tokens": sent,
            "output_tokens": received,
            "total_tokens": sent + received,
            "input_token_details": {"text_tokens": sent, "audio_tokens": 0, "cached_tokens": self.context},
            "output_token_details": {"text_tokens": self._written, "audio_tokens": self._spoken},
            "input_characters": self.input_characters,
            "output_characters": self.output_characters,
            "output_audio_ms": self.output_audio_ms,
        }

    @property
    def _asked(self) -> int:
        return -(-self.input_characters // CHARACTERS_A_TOKEN)

    @property
    def _written(self) -> int:
        return -(-self.output_characters // CHARACTERS_A_TOKEN)

    @property
    def _spoken(self) -> int:
        return -(-self.output_audio_ms // SOUND_MS_A_TOKEN)
