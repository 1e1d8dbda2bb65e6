"""Capture and playback as a separate program, controlled by lines of JSON.

    python -m tests.audio.app "JACK Audio Connection Kit: system"

Each line names a command and its arguments; each is answered by one line. Between the commands it does
what the window's timers do: reads the microphone and pumps the speaker, every 10 ms. Times are of
`time.monotonic()`, which the instrument on the rig shares.
"""

from __future__ import annotations

import base64
import json
import select
import sys
import time
from typing import Any

import numpy as np

from desktop.audio import portaudio
from desktop.audio.capture import Capture
from desktop.audio.cues import Cue
from desktop.audio.devices import find_input, find_output
from desktop.audio.format import PACKET_MS, Samples, float_to_pcm16
from desktop.audio.interfaces import AudioError
from desktop.audio.microphone_gate import MicrophoneGate
from desktop.audio.playback import Playback
from desktop.realtime.block_rhythm import BlockRhythm
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.session import ROOM_MS
from desktop.realtime.ticker import STEP_S
from desktop.turn.mute_switch import MuteSwitch
from tests.audio.tones import tone


class App:
    """The commands. Every public method is one."""

    def __init__(self, device: str) -> None:
        self._rate = 1
        self._device = device
        self._microphone = Capture(find_input(device))
        self._speaker = Playback(find_output(device))
        self._gate: MicrophoneGate | None = None
        self._captured: list[Samples] = []
        self._packets: list[tuple[float, int]] = []
        self._deltas: list[tuple[float, int, bytes]] = []
        self._written: list[float] = []
        self._burst_s = self._burst_every_s = self._burst_at = 0.0
        self._voice: MicrophoneUplink | None = None
        self._sent: list[bytes] = []
        self._rhythm = BlockRhythm()
        self.due = time.monotonic()

    def start(self, session_rate: int) -> dict[str, Any]:
        """Open both devices for a session at this rate in Hz."""
        self._rate = session_rate
        self._gate = MicrophoneGate(session_rate)
        self._microphone.start(self._rate)
        self._speaker.start(self._rate)
        return self.status()

    def status(self) -> dict[str, Any]:
        """The status of both devices."""
        return {
            "latency_ms": self._microphone.latency_ms,
            "overruns": self._microphone.overruns,
            "microphone_lost": self._microphone.lost,
            "microphone_peak_db": self._microphone.level.peak_db,
            "playing": self._speaker.playing,
            "underruns": self._speaker.underruns,
            "prebuffer_ms": self._speaker.prebuffer_ms,
            "speaker_lost": self._speaker.lost,
            "speaker_peak_db": self._speaker.level.peak_db,
        }

    def play(self, response: int, frequency: float, seconds: float, complete: bool = True) -> dict[str, Any]:
        """Write a tone at once."""
        at = time.monotonic()
        self._speaker.write(response, float_to_pcm16(tone(frequency, self._rate, seconds)))
        if complete:
            self._speaker.complete(response)
        return {"at": at}

    def stream(self, response: int, frequency: float, seconds: float, ahead: float = 1) -> dict[str, Any]:
        """Write a tone in deltas of 20 ms from the next step on: in real time, or `ahead` times as fast."""
        self._written.clear()
        pcm = float_to_pcm16(tone(frequency, self._rate, seconds))
        size = 2 * self._rate * PACKET_MS // 1000
        begin = time.monotonic() + STEP_S
        for number, at in enumerate(range(0, len(pcm), size)):
            self._deltas.append((begin + number * PACKET_MS / 1000 / ahead, response, pcm[at : at + size]))
        return {"begin": begin}

    def written(self) -> dict[str, Any]:
        """When each delta of the stream was really written."""
        return {"times": self._written}

    def volume(self, volume: float) -> dict[str, Any]:
        """Set the speaker's volume."""
        self._speaker.volume = volume
        return {}

    def gain(self, gain_db: float) -> dict[str, Any]:
        """Set the microphone's gain."""
        self._microphone.gain_db = gain_db
        return {}

    def flush(self) -> dict[str, Any]:
        """Silence the speaker."""
        at = time.monotonic()
        heard = self._speaker.flush()
        return {"at": at, "heard": {str(response): ms for response, ms in heard.items()}}

    def heard(self, response: int) -> dict[str, Any]:
        """How much of a response was heard, and when that was asked."""
        at, ms = time.monotonic(), self._speaker.heard_ms(response)
        return {"at": at, "ms": ms}

    def captured(self) -> dict[str, Any]:
        """What the microphone heard since the last time this was asked: float32, base64."""
        samples = np.concatenate([*self._captured, np.zeros(0, dtype=np.float32)])
        self._captured.clear()
        return {"samples": base64.b64encode(samples.tobytes()).decode()}

    def open_gate(self, pre_roll_ms: float) -> dict[str, Any]:
        """Open the gate; `taken` are the samples read before."""
        assert self._gate is not None
        self._packets.clear()
        return {"taken": sum(map(len, self._captured)), "pre_roll_ms": self._gate.open(pre_roll_ms)}

    def close_gate(self) -> dict[str, Any]:
        """Shut the gate. Returns when each packet came out, and its number of samples."""
        assert self._gate is not None
        now = time.monotonic()
        self._packets += [(now, len(packet) // 2) for packet in self._gate.close()]
        return {"packets": self._packets}

    def press(self, take: int, cue: Cue | None, deaf: bool = True) -> dict[str, Any]:
        """Begin a take as a session does, with a cue before it; `deaf`: as a session does, deaf to it."""
        if self._voice is None:
            self._voice = MicrophoneUplink(
                self._microphone,
                self._sent.append,
                self._sent.extend,
                lambda ms, pre_roll: None,
                MuteSwitch(),
            )
            self._voice.set_rate(self._rate)
            self._voice.attach()
        self._cue(cue, deaf)
        self._voice.open_gate(take, 300)
        return {}

    def let_go(self, take: int, cue: Cue | None, deaf: bool = True) -> dict[str, Any]:
        """End the take, with a cue after it. Returns its recording: PCM16, base64."""
        assert self._voice is not None
        self._voice.close_gate(take)
        self._cue(cue, deaf)
        self._sent.clear()
        self._voice.resend(take)
        return {"pcm": base64.b64encode(b"".join(self._sent)).decode()}

    def _cue(self, cue: Cue | None, deaf: bool) -> None:
        assert self._voice is not None
        ms = self._speaker.cue(cue) if cue else 0.0
        if ms and deaf:
            self._voice.deafen(ms + ROOM_MS)

    def burst(self, seconds: float, every: float) -> dict[str, Any]:
        """Be busy in Python for this long, again and again; 0 for never."""
        self._burst_s, self._burst_every_s, self._burst_at = seconds, every, time.monotonic()
        return {}

    def shift(self, seconds: float) -> dict[str, Any]:
        """Move the steps against the device's blocks: they have to find them anew."""
        self.due += seconds
        self._rhythm = BlockRhythm()
        return {}

    def exchange(self, fresh: bool) -> dict[str, Any]:
        """Reopen the microphone, or both devices from a fresh list. Returns how long it took."""
        begin = time.monotonic()
        self._microphone.close()
        if fresh:
            self._speaker.close()
            assert portaudio.refresh()
            self._speaker = Playback(find_output(self._device))
            self._speaker.start(self._rate)
        self._microphone = Capture(find_input(self._device))
        self._microphone.start(self._rate)
        return {"seconds": time.monotonic() - begin}

    def close(self) -> dict[str, Any]:
        """Close both devices. Returns how long that took."""
        begin = time.monotonic()
        self._microphone.close()
        self._speaker.close()
        return {"seconds": time.monotonic() - begin}

    def step(self) -> float:
        """What happens every 10 ms. Returns the seconds to the next time."""
        now = time.monotonic()
        if self._burst_s and now >= self._burst_at:
            self._burst_at += self._burst_every_s
            busy_until = now + self._burst_s
            while time.monotonic() < busy_until:
                sum(range(1000))
        if self._voice:
            self._voice.step()
            return self._rhythm.next_s(self._voice.found)
        samples = self._microphone.read()
        self._captured.append(samples)
        packets = self._gate.feed(samples) if self._gate else []
        now = time.monotonic()
        self._packets += [(now, len(packet) // 2) for packet in packets]
        while self._deltas and self._deltas[0][0] <= now:
            _, response, pcm = self._deltas.pop(0)
            self._written.append(time.monotonic())
            self._speaker.write(response, pcm)
            if not self._deltas:
                self._speaker.complete(response)
        self._speaker.pump()
        return self._rhythm.next_s(len(samples) > 0)


def main() -> None:
    """Carry out commands until standard input ends."""
    app = App(sys.argv[1])
    while True:
        if select.select([sys.stdin], [], [], max(0.0, app.due - time.monotonic()))[0]:
            line = sys.stdin.readline()
            if not line:
                break
            command = json.loads(line)
            try:
                answer = getattr(app, command.pop("do"))(**command)
            except AudioError as exc:
                answer = {"error": f"{type(exc).__name__}: {exc}"}
            print(json.dumps(answer), flush=True)
        if time.monotonic() >= app.due:
            due = app.due
            app.due = max(due + app.step(), time.monotonic())
    app.close()


if __name__ == "__main__":
    main()
