"""The least that a Python program needs for sound: C callbacks with 10 ms blocks, and rings.

    python -m tests.benchmarks.bare_audio "JACK Audio Connection Kit: system"

Commands and answers are lines of JSON, as `tests.audio.app` has them.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from desktop.audio.devices import find_input, find_output
from desktop.audio.streams import RtmixerStreams, ring_frames

LOOK_S = 0.0005
"""How often the microphone's ring is looked at."""


class App:
    """The commands. Every public method is one."""

    def __init__(self, device: str) -> None:
        streams = RtmixerStreams()
        self._microphone = streams.open_input(find_input(device))
        self._speaker = streams.open_output(find_output(device))
        self._rate = round(self._microphone.samplerate)
        self._heard = streams.ring(ring_frames(self._rate, 2), self._microphone.channels)
        self._played = streams.ring(ring_frames(self._rate, 8), self._speaker.channels)
        self._playing: Any = None
        self._recording: Any = None

    def start(self, session_rate: int) -> dict[str, Any]:
        """Run both streams; the rate is the device's own."""
        self._microphone.start()
        self._speaker.start()
        self._recording = self._microphone.record_ringbuffer(self._heard)
        return {}

    def listen(self, within: float = 2) -> dict[str, Any]:
        """Wait for a click that is to come. Returns when it could be read from the ring; 0 if none came."""
        self._heard.read()
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self._heard.read_available:
                samples = np.frombuffer(self._heard.read(), dtype=np.float32)
                if np.abs(samples).max() > 0.5:
                    return {"at": time.monotonic()}
            time.sleep(LOOK_S)
        return {"at": 0.0}

    def play(self, seconds: float) -> dict[str, Any]:
        """Play a tone. Returns when it was begun."""
        t = np.arange(round(self._rate * seconds)) / self._rate
        tone = (0.5 * np.cos(2 * np.pi * 440 * t)).astype(np.float32)
        at = time.monotonic()
        self._played.write(np.repeat(tone, self._speaker.channels))
        self._playing = self._speaker.play_ringbuffer(self._played)
        return {"at": at}

    def cut(self) -> dict[str, Any]:
        """Silence. Returns when it was asked for."""
        at = time.monotonic()
        self._speaker.cancel(self._playing)
        while self._playing in self._speaker.actions:
            time.sleep(LOOK_S)
        self._played.read()
        return {"at": at}


def main() -> None:
    """Carry out commands until standard input ends."""
    app = App(sys.argv[1])
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(app, command.pop("do"))(**command)), flush=True)


if __name__ == "__main__":
    main()
