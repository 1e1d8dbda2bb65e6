"""What stops the assistant, hands-free: speech that goes on. A cough, or an "mhm", only makes it quieter.

          it sounds          somebody speaks          for `least_ms`         the server hears it
    OPEN ------------> GUARDED -------------> DUCKED ---------------> PASSED --------------------> silence
                          ^ <-- it was short ---'                        |
                          '--------- the server hears nothing -----------'

While the assistant sounds the service is sent silence, and what the microphone hears waits here: so neither a
short sound nor what is left of an echo makes it stop, or answer. Once the speech has gone on for long enough
the assistant is silent, and what waited is sent, from just before its beginning.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from desktop.audio.format import Samples
from desktop.audio.voice_activity import VoiceActivity

BEFORE_MS = 240.0
"""Sent with a speech from before its beginning: a server's VAD wants some, and a consonant is soft."""
CONFIRM_MS = 1_500.0
"""How long the assistant waits, silent, for the server to hear it too. Its VAD needs half a second."""
_MOST_MS = 2_000.0
"""What may wait: more than the longest `least_ms` and BEFORE_MS."""


class BargePhase(Enum):
    """What becomes of the microphone's sound."""

    OPEN = "open"
    GUARDED = "guarded"
    DUCKED = "ducked"
    PASSED = "passed"


class BargeIn:
    """Decides it from the sound alone. Pure: no clock, no device.

    Args:
        rate: Hz of the samples.
    """

    def __init__(self, rate: int) -> None:
        self.phase = BargePhase.OPEN
        self.pauses = False
        """The assistant should be silent until the server decides."""
        self._rate = rate
        self._voice = VoiceActivity(rate)
        self._withheld: Samples = np.zeros(0, dtype=np.float32)
        self._waited_ms = 0.0

    @property
    def ducks(self) -> bool:
        """Whether the assistant should be quieter."""
        return self.phase is BargePhase.DUCKED

    def apply(
        self,
        samples: Samples,
        *,
        sounds: bool,
        least_ms: float,
        echo_power: float = 0.0,
        voice: bool = False,
    ) -> Samples:
        """What of these, and of what waited, may be sent; silence of the same length at least.

        Args:
            samples: the next ones, without echo.
            sounds: whether the assistant is heard, or would be but for `pauses`.
            least_ms: shorter sounds don't stop it.
            echo_power: the mean square below which they may be echo.
            voice: somebody is known to speak beside the assistant.
        """
        self._voice.push(samples, echo_power, voice=voice)
        if not sounds:
            return self._open(samples)
        if self.phase is BargePhase.OPEN:
            # Who spoke before the assistant did is not cut off.
            self.phase = BargePhase.PASSED if self._voice.speaking else BargePhase.GUARDED
        if self.phase is BargePhase.PASSED:
            return self._pass(samples)
        self._withhold(samples)
        if not self._voice.speaking:
            self.phase = BargePhase.GUARDED
        elif self._voice.spoken_ms >= least_ms:
            self.phase, self.pauses, self._waited_ms = BargePhase.PASSED, True, 0.0
            return self._released()
        else:
            self.phase = BargePhase.DUCKED
        return np.zeros(len(samples), dtype=np.float32)

    def _open(self, samples: Samples) -> Samples:
        """The assistant has stopped by itself: who speaks meanwhile is heard from their first word on."""
        before, self.phase, self.pauses = self.phase, BargePhase.OPEN, False
        if before in (BargePhase.GUARDED, BargePhase.DUCKED):
            self._withhold(samples)
            if self._voice.speaking:
                return self._released()
        self._withheld = self._withheld[:0]
        return samples

    def _pass(self, samples: Samples) -> Samples:
        self._waited_ms += 1_000 * len(samples) / self._rate
        if self.pauses and self._waited_ms > CONFIRM_MS:
            self.pauses = False
        if not (self.pauses or self._voice.speaking):
            self.phase = BargePhase.GUARDED
        return samples

    def _withhold(self, samples: Samples) -> None:
        most = round(_MOST_MS * self._rate / 1_000)
        self._withheld = np.concatenate([self._withheld, samples])[-most:]

    def _released(self) -> Samples:
        count = round((self._voice.since_begin_ms + BEFORE_MS) * self._rate / 1_000)
        released, self._withheld = self._withheld[-count:], self._withheld[:0]
        return released
