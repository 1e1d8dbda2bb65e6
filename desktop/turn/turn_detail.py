"""The finer moments and counts of a turn. Times are in ms of the turn's clock; None for what didn't come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WayOfSound:
    """Where the turn's sound was, between the moments that everybody knows."""

    captured: float | None = None
    """The last sample of the take was captured."""
    gate_shut: float | None = None
    """All of the take was resampled, packed and handed on."""
    handed: float | None = None
    """The first sample of the reply was handed to the device; None where its latency is unknown."""
    audible: float | None = None
    """The first sample above -50 dBFS left the device."""
    latency_unknown: bool = False
    """The driver reports no latency: what leaves the device is timed when it is handed over."""
    by_server: bool = False
    """The end of the speech is the server's word: no key was let go."""


@dataclass(frozen=True, slots=True)
class Stop:
    """How a reply was interrupted."""

    key_down: float | None = None
    cancel: float | None = None
    """The request to stop was handed to the socket."""
    last_audible: float | None = None
    """The last sample left the device."""
    last_delta: float | None = None
    """The last sound came from the service."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in a turn."""

    underruns: int = 0
    """How often the speaker was empty while a reply was open."""
    underrun_ms: float = 0.0
    tools: int = 0
    tool_ms: float = 0.0
    words: int = 0
    """Of the reply's text."""
    spoken_ms: float = 0.0
    """Of the reply's sound, from its first audible sample on."""
    silence_ms: float = 0.0
    """Pauses in it."""

    @property
    def words_a_minute(self) -> float | None:
        """How fast it speaks; None without words or sound."""
        return 60_000 * self.words / self.spoken_ms if self.words and self.spoken_ms > 0 else None


@dataclass(frozen=True, slots=True)
class TurnDetail:
    """All of them, and the model that was asked, by its id."""

    way: WayOfSound = WayOfSound()
    stop: Stop = Stop()
    counts: Counts = Counts()
    model: str = ""


NO_DETAIL = TurnDetail()
