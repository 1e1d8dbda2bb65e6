"""A microphone and a speaker driven by hand, for tests: no device, no thread, no clock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from desktop.audio.cues import Cue
from desktop.audio.devices import Device
from desktop.audio.format import Samples
from desktop.audio.interfaces import (
    DEVICE_NOT_THERE,
    NO_MICROPHONE,
    NO_SPEAKER,
    NOTHING_HANDED_ON,
    AudioError,
    HandedOn,
    NoDeviceError,
)
from desktop.audio.kept_sound import KeptSound
from desktop.audio.levels import SILENCE, measure

AskError = Callable[[], AudioError | None]


class FakeMicrophone:
    """A `Microphone` that hears what is pushed.

    Args:
        error: raised by `start`, as if the device couldn't be opened.
        ask: asked at `start` for such an error.
    """

    def __init__(self, error: AudioError | None = None, ask: AskError = lambda: None) -> None:
        self.error = error
        self._ask = ask
        self.session_rate = 0
        self.latency_ms = 0.0
        self.gain_db = 0.0
        self.level = SILENCE
        self.overruns = 0
        self.lost = False
        self.closed = False
        self._heard: list[Samples] = []
        self._kept = KeptSound(0)

    def push(self, samples: Samples) -> None:
        """Let it hear samples at the session's rate."""
        self._heard.append(np.asarray(samples, dtype=np.float32))

    def push_ms(self, duration_ms: float, amplitude: float = 0.1) -> None:
        """Let it hear a steady value for this many milliseconds."""
        self.push(np.full(round(self.session_rate * duration_ms / 1000), amplitude, dtype=np.float32))

    @property
    def unread(self) -> bool:
        """Whether something was pushed since the last read or rest."""
        return bool(self._heard)

    def start(self, session_rate: int) -> None:
        """Open."""
        if error := self.error or self._ask():
            raise error
        self.session_rate = session_rate
        self._kept = KeptSound(session_rate)
        self.closed = False

    def read(self) -> Samples:
        """What was pushed since the last read."""
        self._fetch()
        return self._kept.take()

    def fetch(self) -> None:
        """Keep what was pushed."""
        self._fetch()

    def rest(self) -> None:
        """Keep the last of it only."""
        self._kept.trim()

    def _fetch(self) -> None:
        heard = np.concatenate([*self._heard, np.zeros(0, dtype=np.float32)])
        self._heard.clear()
        self.level = measure(heard)
        self._kept.push(heard)

    def close(self) -> None:
        """Close."""
        self.closed = True


class FakeSpeaker:
    """A `Speaker` that records its calls and plays when `play` is called.

    Args:
        error: raised by `start`, as if the device couldn't be opened.
        ask: asked at `start` for such an error.
    """

    def __init__(self, error: AudioError | None = None, ask: AskError = lambda: None) -> None:
        self.error = error
        self._ask = ask
        self.session_rate = 0
        self.volume = 1.0
        self.headset = self.ducked = self.paused = False
        self.level = SILENCE
        self.underruns = 0
        self.gaps_ms = 0.0
        self.latency_ms: float | None = None
        self.prebuffer_ms = 40.0
        self.lost = False
        self.closed = False
        self.writes: list[tuple[int, bytes]] = []
        self.completed: list[int] = []
        self.cues: list[Cue] = []
        self.flushes: list[dict[int, float]] = []
        self._received: dict[int, float] = {}
        self._heard: dict[int, float] = {}
        self._flushed: set[int] = set()

    def start(self, session_rate: int) -> None:
        """Open."""
        if error := self.error or self._ask():
            raise error
        self.session_rate = session_rate
        self.closed = False

    def write(self, response: int, pcm: bytes) -> None:
        """Queue; dropped if the response was flushed."""
        self.writes.append((response, pcm))
        self._received[response] = self._received.get(response, 0.0) + 500 * len(pcm) / self.session_rate
        self._heard.setdefault(response, 0.0)

    def complete(self, response: int) -> None:
        """Remember that a response is complete."""
        self.completed.append(response)

    def play(self, duration_ms: float) -> None:
        """Play this many milliseconds, the responses in order."""
        for response in self._waiting():
            step = min(duration_ms, self._received[response] - self._heard[response])
            self._heard[response] += step
            duration_ms -= step

    def cue(self, name: Cue) -> float:
        """Remember the cue; it sounds for 150 ms."""
        self.cues.append(name)
        return 0.0 if self.closed else 150.0

    def flush(self) -> dict[int, float]:
        """Drop what wasn't heard."""
        unfinished = set(self._waiting()) | (self._received.keys() - set(self.completed) - self._flushed)
        heard = {response: self._heard[response] for response in sorted(unfinished)}
        self._flushed |= unfinished
        self.ducked = self.paused = False
        self.flushes.append(heard)
        return heard

    def heard_ms(self, response: int) -> float:
        """Milliseconds played of a response."""
        return self._heard.get(response, 0.0)

    def handed_on(self) -> HandedOn:
        """Nothing: no device takes it."""
        return NOTHING_HANDED_ON

    def pump(self) -> None:
        """Do nothing: `play` moves the audio."""

    def close(self) -> None:
        """Close."""
        self.closed = True

    @property
    def playing(self) -> bool:
        return bool(self._waiting())

    def _waiting(self) -> list[int]:
        return [
            response
            for response, received in self._received.items()
            if response not in self._flushed and self._heard[response] < received - 1e-9
        ]


class FakeAudioBackend:
    """Where microphones and speakers driven by hand come from, and a list of devices plugged in by hand.

    Args:
        devices: plugged in, and known from the start.
    """

    def __init__(self, *devices: Device) -> None:
        self.plugged = list(devices)
        self.listed = list(devices)
        """The devices as PortAudio knows them since the last `refresh`."""
        self.problem: AudioError | None = None
        """Raised by a look."""
        self.refusing: dict[str, AudioError] = {}
        """By key: what can't be opened, and why."""
        self.made: list[FakeMicrophone | FakeSpeaker] = []
        self.used: list[tuple[str, str]] = []
        """For each stream made: its device's key, empty for the default, and "microphone" or "speaker"."""
        self.looks = 0
        self.refreshes = 0
        self.stuck = False
        self.rings: list[str] = []
        self.cues: list[tuple[str, str]] = []
        """Which one, and on which device."""

    @property
    def microphones(self) -> list[FakeMicrophone]:
        """All that were asked for."""
        return [made for made in self.made if isinstance(made, FakeMicrophone)]

    @property
    def speakers(self) -> list[FakeSpeaker]:
        """All that were asked for."""
        return [made for made in self.made if isinstance(made, FakeSpeaker)]

    @property
    def microphone_now(self) -> FakeMicrophone:
        """The last one that was asked for."""
        return self.microphones[-1]

    @property
    def speaker_now(self) -> FakeSpeaker:
        """The last one that was asked for."""
        return self.speakers[-1]

    def probe(self) -> list[Device]:
        """What is plugged in."""
        self.looks += 1
        if self.problem:
            raise self.problem
        return list(self.plugged)

    def known(self) -> list[Device]:
        """What can be opened."""
        return list(self.listed)

    def refresh(self) -> bool:
        """Get to know what is plugged in. Fails the test if a stream is open."""
        assert not [one for one in self.made if one.session_rate and not one.closed], "a stream is open"
        self.refreshes += 1
        self.listed = list(self.plugged)
        return True

    def microphone(self, device: Device | None) -> FakeMicrophone:
        """A new one."""
        self.used.append((device.key if device else "", "microphone"))
        made = FakeMicrophone(ask=lambda: self._error(device, "microphone"))
        self.made.append(made)
        return made

    def speaker(self, device: Device | None) -> FakeSpeaker:
        """A new one."""
        self.used.append((device.key if device else "", "speaker"))
        made = FakeSpeaker(ask=lambda: self._error(device, "speaker"))
        self.made.append(made)
        return made

    def ring(self, device: Device | None) -> None:
        """Remember it."""
        self.rings.append(device.key if device else "")

    def cue(self, name: Cue, device: Device | None) -> None:
        """Remember it."""
        self.cues.append((name, device.key if device else ""))

    def _error(self, device: Device | None, word: str) -> AudioError | None:
        if device is None:
            return (
                None
                if self.plugged
                else NoDeviceError(NO_MICROPHONE() if word == "microphone" else NO_SPEAKER())
            )
        if device.key in self.refusing:
            return self.refusing[device.key]
        there = device in self.plugged and device in self.listed
        return None if there else NoDeviceError(DEVICE_NOT_THERE(device=device.name))
