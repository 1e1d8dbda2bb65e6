"""What a timeline is made of. Plain records; times are µs since its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Voice = Literal["sent", "received"]
VOICES: tuple[Voice, ...] = ("sent", "received")
SAMPLE_BYTES = 2
"""PCM16, mono."""


def length_us(size: int, rate: int) -> float:
    """How long so many bytes of sound at this rate in Hz last."""
    return size * 1_000_000 / (SAMPLE_BYTES * rate)


@dataclass(slots=True)
class Clip:
    """Sound that stands on the time axis without a gap: `size` bytes of its track, from `offset` on.

    `heard`: of the assistant's, whether it came out of the speaker.
    """

    begin_us: float
    offset: int
    size: int
    rate: int
    heard: bool = True

    @property
    def end_us(self) -> float:
        """When it is over."""
        return self.begin_us + length_us(self.size, self.rate)


@dataclass(slots=True)
class Stretch:
    """Something that lasts: a take, a reply, a tool's call. It goes on while `end_us` is None."""

    kind: Literal["take", "reply", "tool"]
    begin_us: int
    end_us: int | None = None
    turn: int = 0
    text: str = ""
    """A tool's name."""
    discarded: bool = False
    """A take that was too short or was thrown away."""


SHOWN = frozenset(
    {
        *("session", "renewal", "drop"),
        *("key_down", "key_up", "take_kept", "take_discarded", "commit", "cancel"),
        *("reply_started", "first_delta", "first_audible", "last_audible", "interrupted", "reply_done"),
        *("underrun", "tool_started", "tool_ended"),
    }
)
"""The marks that can be stepped through; the others are parts of a wait, which the turns show."""
TROUBLES = frozenset({"drop", "underrun", "take_discarded", "interrupted"})
"""Those that are looked for."""
