"""Where the sound that was sent stands on the time axis.

A frame's time is when it was handed to the socket; its sound was captured before. The first packets of a take
come at once (what was said just before the press), and a busy loop makes later ones late. So a run of packets
ends no later than any of them allows: the one that came soonest after its capture decides.
"""

from __future__ import annotations

from desktop.viewmodels.timeline.records import Clip, length_us

GAP_US = 500_000
"""A packet that comes so much later than the end of the sound before it begins another clip."""
LONGEST_US = 20_000_000
"""From there on another clip begins: a device's clock isn't the computer's."""
MOST_CLIPS = 200_000


class SentClips:
    """The clips of the sound that was sent, in order."""

    def __init__(self) -> None:
        self.clips: list[Clip] = []
        self._open = False

    def cut(self) -> None:
        """The take is over, or another session begins: what follows isn't its continuation."""
        self._open = False

    def add(self, t_us: int, offset: int, size: int, rate: int) -> None:
        """A packet that was sent then, of so many bytes."""
        clip = self.clips[-1] if self.clips else None
        begin = t_us - length_us(size, rate)
        if clip is not None and self._open and clip.rate == rate and begin - clip.end_us < GAP_US:
            if clip.end_us - clip.begin_us < LONGEST_US:
                clip.size += size
                clip.begin_us = min(clip.begin_us, t_us - length_us(clip.size, rate))
                return
            begin = min(begin, clip.end_us)
        if len(self.clips) < MOST_CLIPS:
            self.clips.append(Clip(begin, offset, size, rate))
            self._open = True
