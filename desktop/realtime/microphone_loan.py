"""Lends a session's microphone to a test: its sound goes there and nowhere else, until it is given back."""

from __future__ import annotations

from collections.abc import Callable

from desktop.audio.format import Samples
from desktop.realtime.microphone_uplink import MicrophoneUplink


class MicrophoneLoan:
    """One borrower at a time. A press of the talk key ends the loan."""

    def __init__(self, uplink: MicrophoneUplink) -> None:
        self._uplink = uplink

    @property
    def active(self) -> bool:
        """Whether it is lent."""
        return self._uplink.tap is not None

    @property
    def rate(self) -> int:
        """Hz of what it hears, 0 before it was open."""
        return self._uplink.rate

    def begin(self, sink: Callable[[Samples], None]) -> None:
        """Give its sound to `sink` alone; meanwhile nothing is sent, not even silence."""
        self._uplink.move()  # what was heard before isn't lent
        self._uplink.tap = sink

    def end(self) -> None:
        """It is given back."""
        self._uplink.tap = None
