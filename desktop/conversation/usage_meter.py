"""What a session uses, from its frames: tokens as reported, else estimated; typed messages; open time."""

from __future__ import annotations

from collections.abc import Callable

from desktop.cost import usage
from desktop.cost.estimate import Estimator
from desktop.cost.session_usage import SessionUsage
from desktop.cost.usage import Usage
from desktop.protocol import commands, events, service_figures
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened

BYTES_PER_SAMPLE = 2


class UsageMeter:
    """Each connection begins with an empty context. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._estimator = Estimator()
        self._totals = SessionUsage()
        self._rates = 24_000, 24_000
        self._open_since: float | None = None
        self._rests_since: float | None = None
        self._open_ms = self._rested_ms = 0.0
        self._messages = 0

    @property
    def rested_ms(self) -> int:
        """How long the session has rested in all, in milliseconds."""
        now = 0.0 if self._rests_since is None else (self._clock() - self._rests_since) * 1_000
        return int(self._rested_ms + now)

    @property
    def totals_only(self) -> bool:
        """Whether the service tells usage for the whole session only."""
        return self._totals.tells

    def begin_session(self) -> None:
        """What is counted from now on is another session's."""
        self._rested_ms = 0.0
        if self._rests_since is not None:
            self._rests_since = self._clock()

    def open(self, provider: str, opened: SessionOpened) -> None:
        """A connection is open; tokens of another one are not in its context."""
        self._estimator, self._totals = Estimator(provider), SessionUsage()
        self._rates = max(1, opened.input_rate), max(1, opened.output_rate)
        self._end_rest()
        self._open_since = self._clock()

    def shut(self, *, rests: bool) -> None:
        """The connection is closed."""
        self._open_since = None
        if not rests:
            self._end_rest()
        elif self._rests_since is None:
            self._rests_since = self._clock()

    def advance(self) -> tuple[int, int]:
        """The milliseconds of open time at the last call, and now."""
        before = self._open_ms
        if self._open_since is not None:
            now = self._clock()
            self._open_ms += max(0.0, now - self._open_since) * 1_000
            self._open_since = now
        return int(before), int(self._open_ms)

    def take_message(self) -> int:
        """How many typed messages were sent since the last call."""
        messages, self._messages = self._messages, 0
        return messages

    def frame(self, frame: Frame) -> Usage | None:
        """Count a frame; what was used, where it ends a response or tells of the session."""
        match frame.message:
            case commands.AudioAppend(audio):
                self._estimator.sent(ms=_ms(audio, self._rates[0]))
            case commands.TextInput(text):
                self._estimator.sent(words=len(text.split()))
                self._messages += 1
            case events.AudioDelta(audio):
                self._estimator.received(ms=_ms(audio, self._rates[1]))
            case events.TextDelta(delta):
                # A delta is a word or less; counting its spaces is as good as joining all of them.
                self._estimator.received(words=max(1, len(delta.split())))
            case events.ResponseCompleted(reported):
                return self._response_over(usage.read(reported))
            case events.SessionTerminating(usage=reported):
                return self._session_told(usage.read(reported))
            case events.Unknown(kind, raw) if kind.startswith("session."):
                return self._session_told(usage.read(service_figures.find_usage(raw)))
            case _:
                pass
        return None

    def _response_over(self, reported: Usage | None) -> Usage | None:
        used = self._estimator.response_over(reported)
        if reported is None and self._totals.tells:
            return None  # the session's next total has it
        self._totals.charged()
        return used

    def _session_told(self, total: Usage | None) -> Usage | None:
        return None if total is None else self._totals.new_in(total)

    def _end_rest(self) -> None:
        if self._rests_since is not None:
            self._rested_ms += (self._clock() - self._rests_since) * 1_000
        self._rests_since = None


def _ms(pcm: bytes, rate: int) -> float:
    return len(pcm) / BYTES_PER_SAMPLE / rate * 1_000
