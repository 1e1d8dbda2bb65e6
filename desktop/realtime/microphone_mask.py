"""Replaces microphone sound that must not be sent with silence."""

from __future__ import annotations

from desktop.audio.format import Samples
from desktop.turn.mute_switch import MuteSwitch


class MicrophoneMask:
    """Covers everything while muted or deaf, and our own sounds, which `cover` announces."""

    def __init__(self, mute_switch: MuteSwitch) -> None:
        self.deaf = False
        """Hands-free, while the assistant is heard: it must not hear itself."""
        self._mute_switch = mute_switch
        self._covered = 0

    def cover(self, samples: int) -> None:
        """Cover so many of the samples that are read from now on."""
        self._covered = max(self._covered, samples)

    @property
    def acts(self) -> bool:
        """Whether what is captured now is replaced, so that it has to be read now."""
        return self._covered > 0 or self._mute_switch.muted

    def uncovered(self, samples: Samples) -> Samples:
        """The next samples that were read, without what `cover` announced."""
        if self._covered and len(samples):
            samples = samples.copy()
            samples[: self._covered] = 0.0
            self._covered = max(0, self._covered - len(samples))
        return samples

    def apply(self, samples: Samples, streaming: bool) -> Samples:
        """The next samples as they may be sent. A take of the talk key is sent even while deaf."""
        if self._mute_switch.muted or (self.deaf and streaming):
            samples = samples * 0
        return samples
