"""What was heard of each response, by the frames that the device has put out. Pure: no clock, no device."""

from __future__ import annotations

from collections import deque

KNOWN = 256
"""Responses that are remembered. The turn asks about the last few."""


class PlaybackTracker:
    """Which response each frame at the device belongs to, and how many of each were heard."""

    def __init__(self) -> None:
        self._segments: deque[tuple[int, int]] = deque()  # a response, and where its audio ends
        self._written = 0
        self._heard_to = 0
        self._heard: dict[int, int] = {}

    def wrote(self, response: int, frames: int) -> None:
        """This many frames of a response were appended to the written ones."""
        self._written += frames
        if self._segments and self._segments[-1][0] == response:
            self._segments.pop()
        self._segments.append((response, self._written))

    def sounded(self, total: int) -> None:
        """This many frames have been heard since the beginning; fewer than before changes nothing."""
        while self._segments and self._heard_to < total:
            response, end = self._segments[0]
            upto = min(end, total)
            self._heard[response] = self._heard.get(response, 0) + upto - self._heard_to
            if len(self._heard) > 2 * KNOWN:
                for old in list(self._heard)[:-KNOWN]:
                    del self._heard[old]
            self._heard_to = upto
            if upto == end:
                self._segments.popleft()

    def cut(self) -> list[int]:
        """Take back the unheard frames. Returns the responses they belonged to."""
        unheard = [response for response, _ in self._segments]
        self._segments.clear()
        self._written = self._heard_to
        return unheard

    def heard(self, response: int) -> int:
        """Frames heard of a response."""
        return self._heard.get(response, 0)
