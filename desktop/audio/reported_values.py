"""Bounds for the values that the sound system reports.

With PipeWire's libjack PortAudio reports a latency of 89,478 s (2^32 / 48,000). If that were believed,
nothing would ever count as heard. A value out of bounds is replaced by a usual one, which is logged
once.
"""

from __future__ import annotations

import logging
import math

log = logging.getLogger(__name__)

MOST_LATENCY_S = 2.0
"""Bluetooth speakers have up to 0.5 s, network speakers (AirPlay) about 2 s."""
USUAL_LATENCY_S = 0.03
"""Three blocks of 10 ms: what a sound card with low latency has."""
LEAST_RATE, MOST_RATE = 8_000, 768_000
"""Hz. A Bluetooth headset's microphone has 8,000, the fastest converters 768,000."""
USUAL_RATE = 48_000
MOST_CHANNELS = 256
"""Channels of a device, each way. At most two are used, but some microphones open only with all they have."""
MOST_DEVICES = 256
LONGEST_NAME = 200
"""Characters of a device's name or of its host API's."""

_logged: set[str] = set()


def latency_s(reported: float) -> float:
    """The latency of a stream in seconds, 0 to MOST_LATENCY_S; where it is unknown, USUAL_LATENCY_S."""
    return _within(reported, 0.0, MOST_LATENCY_S, USUAL_LATENCY_S, "latency in seconds")


def is_latency(reported: float) -> bool:
    """Whether this can be the latency of a stream, in seconds. None has none at all."""
    return 0.0 < reported <= MOST_LATENCY_S


def sample_rate(reported: float) -> int:
    """The rate of a device or a stream in Hz; where it is unknown, USUAL_RATE."""
    return round(_within(reported, LEAST_RATE, MOST_RATE, USUAL_RATE, "sample rate in Hz"))


def channels(reported: float) -> int:
    """The channels of a device one way, 0 to MOST_CHANNELS; 0 for what is negative or not a number."""
    if reported > MOST_CHANNELS:
        _log_once("number of channels", reported, MOST_CHANNELS)
        return MOST_CHANNELS
    return round(_within(reported, 0, MOST_CHANNELS, 0, "number of channels"))


def name(reported: str) -> str:
    """The name of a device or a host API, cut to LONGEST_NAME characters."""
    return reported[:LONGEST_NAME]


def _within(reported: float, least: float, most: float, usual: float, what: str) -> float:
    # Not a number is within nothing.
    if least <= reported <= most:
        return reported
    _log_once(what, reported, usual)
    return usual


def _log_once(what: str, reported: float, taken: float) -> None:
    if what not in _logged:
        _logged.add(what)
        figure = f"{reported:,.0f}" if math.isfinite(reported) else str(reported)
        log.info("the sound system reports a %s of %s: %g is taken instead", what, figure, taken)
