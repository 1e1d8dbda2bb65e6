"""Plays sounds on a session's speaker that are no part of the conversation: they count for nothing in it."""

from __future__ import annotations

from collections.abc import Callable

from desktop.base.message import Text
from desktop.realtime.recent_sounds import Sound
from desktop.realtime.speaker_downlink import SpeakerDownlink

SOUND_NOT_KEPT = Text("sound-not-kept", "The sound of that is no longer available.")


class Replay:
    """What was said before, or a test's sound. It waits for nobody and interrupts nobody.

    Args:
        downlink: plays it.
        listens: whether the user speaks now.
    """

    def __init__(self, downlink: SpeakerDownlink, listens: Callable[[], bool]) -> None:
        self._downlink = downlink
        self._listens = listens
        self.number = 0
        """Of the last one that began."""

    @property
    def playing(self) -> bool:
        """Whether one plays now."""
        return self._downlink.replaying

    @property
    def possible(self) -> bool:
        """Whether nobody speaks now, except for another replay."""
        return not self._listens() and (self.playing or not self._downlink.playing)

    @property
    def rate(self) -> int:
        """Hz of what is played: the session's, 0 before it was open."""
        return self._downlink.rate

    def play(self, pcm: bytes) -> bool:
        """Play PCM16 at `rate`; False if somebody speaks or there is no speaker. It replaces the last one."""
        played = self.possible and self._downlink.play_aside(pcm)
        self.number += played
        return played

    def unheard(self, response: int) -> Sound | None:
        """What was not heard of a response; None if its sound isn't kept."""
        pcm = self._downlink.unheard(response)
        return Sound(pcm, self.rate) if pcm else None

    def stop(self) -> None:
        """Fall silent, if one plays."""
        if self._downlink.replaying:
            self._downlink.flush()
