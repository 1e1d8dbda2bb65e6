"""The sound of the last responses: to play what was not heard, again or on another speaker."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.audio.format import SampleJoiner

KEPT_RESPONSES = 8
KEPT_IN_ALL = 17_280_000
"""Bytes of all of them, beyond which the oldest go first: three of two minutes."""
KEPT_BYTES = 5_760_000
"""Of one response. Audio beyond this is played, but not kept."""

HeardOf = tuple[float, float]
"""The milliseconds heard and received of a response."""


@dataclass(slots=True)
class _Response:
    kept: bytearray = field(default_factory=bytearray)
    received: int = 0
    """Bytes, including those beyond the limit."""
    complete: bool = False
    earlier_ms: float = 0.0
    """The part that was heard on speakers exchanged since."""
    heard_ms: float = 0.0
    """The part that was heard when it was cut."""


class ResponseAudio:
    """PCM16 of each response at the session's rate, and how much of it was heard when it was cut."""

    def __init__(self) -> None:
        self.rate = 0
        self.current = 0
        """The number of the response that audio came for last."""
        self._joiner = SampleJoiner()
        self._responses: dict[int, _Response] = {}

    def set_rate(self, rate: int) -> None:
        """Take audio at this rate in Hz from now on; what was kept at another is forgotten."""
        if rate != self.rate:
            self._responses.clear()
        self.rate = rate

    def push(self, number: int, audio: bytes) -> bytes:
        """Keep audio of a response; the whole samples, since it may end in the middle of one."""
        if number != self.current:
            self._begin(number)
        samples = self._joiner.push(audio)
        response = self._responses.setdefault(number, _Response())
        response.kept += samples[: KEPT_BYTES - len(response.kept)]
        response.received += len(samples)
        self._make_room()
        return samples

    def complete(self, number: int) -> None:
        """No more audio comes for this response."""
        if number in self._responses:
            self._responses[number].complete = True

    def is_complete(self, number: int) -> bool:
        """Whether all audio of this response has come."""
        return number in self._responses and self._responses[number].complete

    def is_coming(self, number: int) -> bool:
        """Whether more audio of this response may come: the next one ends it."""
        response = self._responses.get(number)
        return number == self.current and response is not None and not response.complete

    def cut(self, number: int, ms: float) -> HeardOf | None:
        """The current speaker was silenced this far into a response; returns how much was heard in all."""
        response = self._responses.get(number)
        if response is None:
            return None
        response.heard_ms = response.earlier_ms + ms
        return response.heard_ms, 500 * response.received / self.rate

    def leave_speaker(self, number: int, ms: float) -> bool:
        """The current speaker leaves after playing this much of a response; False if none of it is kept."""
        response = self._responses.get(number)
        if response is None:
            return False
        response.earlier_ms += ms
        return True

    def rest(self, number: int) -> bytes | None:
        """The audio that another speaker still has to play; None if not all of it is kept."""
        response = self._responses.get(number)
        if response is None or response.received > len(response.kept):
            return None
        return bytes(response.kept[self._bytes(response.earlier_ms) :])

    def unheard(self, number: int) -> bytes:
        """What was not heard of a response when it was cut, as far as it is kept."""
        response = self._responses.get(number)
        return bytes(response.kept[self._bytes(response.heard_ms) :]) if response else b""

    def _begin(self, number: int) -> None:
        self._joiner.reset()
        self.current = number
        self._responses[number] = _Response()
        for old in sorted(self._responses)[:-KEPT_RESPONSES]:
            del self._responses[old]

    def _make_room(self) -> None:
        size = sum(len(response.kept) for response in self._responses.values())
        for old in sorted(self._responses):
            if size <= KEPT_IN_ALL or old == self.current:
                return
            size -= len(self._responses.pop(old).kept)

    def _bytes(self, ms: float) -> int:
        return round(ms * self.rate / 1_000) * 2
