"""The events of a session, in addition to the turn's own notices (`turn.effects`)."""

from __future__ import annotations

from typing import Literal

import msgspec

from desktop.audio.interfaces import AudioError
from desktop.protocol.commands import Config
from desktop.tools.runner import ToolOutcome
from desktop.turn.effects import Notice


class SessionOpened(Notice, frozen=True):
    """A session is open. Rates are in Hz; `again` after a reconnect, `renewed` when it replaces an open one.

    `renews_s`: the age in seconds from which it will be replaced, 0 if unknown.
    """

    session_id: str
    input_rate: int
    output_rate: int
    again: bool = False
    renewed: bool = False
    renews_s: float = 0.0


class NotRenewed(Notice, frozen=True):
    """No other session could be opened: the present one continues."""


class UpdateRefused(Notice, frozen=True):
    """The service refused these changes of the session, for this reason."""

    update: Config
    message: str
    code: str = ""


class ToolReported(Notice, frozen=True):
    """How far a call is that runs: done, of how much (0 if that isn't known), in the tool's own words."""

    call_id: str
    done: float
    total: float
    words: str


class ToolEnded(Notice, frozen=True):
    """A tool has ended, well or not. What becomes of its result is the turn's `ToolResultDecided`."""

    outcome: ToolOutcome


class DeviceLost(Notice, frozen=True):
    """A device is gone, or could not be opened: then `problem` says why. `exchange` opens another."""

    side: Literal["microphone", "speaker"]
    problem: AudioError | None = None


class Stalled(Notice, frozen=True):
    """In an open take nothing was done since this time of `time.monotonic`: the program was stopped, or hung.

    Whether the talk key has gone up meanwhile isn't known yet.
    """

    since: float


class GateOpened(Notice, frozen=True):
    """The microphone is let through for this take."""

    take: int


class GateShut(Notice, frozen=True):
    """The take is over, and all of it has been handed on. Its last sample was captured at this time of
    `time.monotonic`; None where none was.
    """

    take: int
    captured_to: float | None = None


class PlaybackStarted(Notice, frozen=True):
    """The first sound of a response has left the speaker, `ago_ms` milliseconds ago.

    `latency_ms`: how long before that it was handed to the device, as its driver reports; None if unknown.
    """

    response: int
    ago_ms: float = 0.0
    latency_ms: float | None = None


class Underrun(Notice, frozen=True):
    """The speaker had nothing to play for so many ms, while a response was open; more of it is there now."""

    ms: float


class PlaybackEnded(Notice, frozen=True):
    """The last sound of a response has left the speaker."""

    response: int


class Counters(msgspec.Struct, frozen=True):
    """What the streams have counted since they were opened."""

    overruns: int
    underruns: int
    prebuffer_ms: float
    round_trip_ms: float
