"""A session's microphone and speaker, lent to a test or a replay: no device is opened twice.

What the microphone hears meanwhile is not sent, and what the speaker plays is no part of the conversation.
"""

from __future__ import annotations

import numpy as np

from desktop.audio.cues import Cue
from desktop.audio.format import Samples
from desktop.audio.interfaces import NOTHING_HANDED_ON, HandedOn
from desktop.audio.levels import Level
from desktop.audio.resample import Resampler
from desktop.realtime.recent_sounds import Sound
from desktop.realtime.session import Session


class BorrowedMicrophone:
    """A `Microphone` that takes the sound from a session. A press of the talk key takes it back."""

    latency_ms = 0.0
    overruns = 0
    gain_db = 0.0
    """The session's microphone has a gain of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heard: list[Samples] = []
        self._resampler = Resampler(1, 1)

    @property
    def level(self) -> Level:
        return self._session.levels[0]

    @property
    def lost(self) -> bool:
        return not self._session.microphone_loan.active

    def start(self, session_rate: int) -> None:
        """Hear what the session would hear, at this rate in Hz."""
        self._resampler = Resampler(self._session.microphone_loan.rate, session_rate)
        self._session.microphone_loan.begin(self._heard.append)

    def read(self) -> Samples:
        """What was heard since the last read."""
        heard = np.concatenate([np.zeros(0, dtype=np.float32), *self._heard])
        self._heard.clear()
        return self._resampler.push(heard)

    def fetch(self) -> None:
        """The session fetches it."""

    def rest(self) -> None:
        """All of it is wanted."""

    def close(self) -> None:
        """Give it back."""
        self._session.microphone_loan.end()


class BorrowedSpeaker:
    """A `Speaker` that plays a sound on a session's, if nobody speaks. It plays when it is complete."""

    underruns = 0
    gaps_ms = 0.0
    latency_ms: float | None = None
    prebuffer_ms = 0.0
    lost = False

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rate = 0
        self._pcm = bytearray()
        self._number = 0
        self.headset = self.ducked = self.paused = False
        self.volume = 1.0
        """The session's speaker has the volume that counts."""

    @property
    def playing(self) -> bool:
        replays = self._session.replays
        return replays.playing and replays.number == self._number

    @property
    def level(self) -> Level:
        return self._session.levels[1]

    def start(self, session_rate: int) -> None:
        """What is written is at this rate in Hz."""
        self._rate = session_rate

    def write(self, response: int, pcm: bytes) -> None:
        """Add to the sound."""
        self._pcm += pcm

    def complete(self, response: int) -> None:
        """Play it. Blocks as long as resampling takes, if the session has another rate."""
        replays = self._session.replays
        sound = Sound(bytes(self._pcm), self._rate)
        if replays.rate and replays.play(sound.at(replays.rate).pcm):
            self._number = replays.number

    def cue(self, name: Cue) -> float:
        """Nothing: the session has its own."""
        return 0.0

    def flush(self) -> dict[int, float]:
        """Fall silent."""
        self.close()
        return {}

    def heard_ms(self, response: int) -> float:
        """Nothing of it counts as heard."""
        return 0.0

    def handed_on(self) -> HandedOn:
        """The session's speaker knows."""
        return NOTHING_HANDED_ON

    def pump(self) -> None:
        """The session does it."""

    def close(self) -> None:
        """Fall silent, unless something else plays by now."""
        if self.playing:
            self._session.replays.stop()
