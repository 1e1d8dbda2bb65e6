"""A sound card that exists in memory only: one microphone to speak into, one speaker to listen to."""

from __future__ import annotations

import threading
import time
import wave
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from tests.rig.process import RigError
from tests.rig.pulse import BLOCK, PLAY, RATE, RECORD, PulseStream
from tests.rig.sound_servers import START_SECONDS, Kind, sound_server

AUDIBLE = 0.003
"""Peak, of full scale: -50 dBFS. The speaker's silence is exactly zero."""

LEAD_SECONDS = 0.3
"""Seconds of silence before speech, so that its moment is known before it comes."""
LONGEST_SECONDS = 20

# All of ALSA's world: programs that look for sound devices find these two and nothing of the machine's.
_ALSA = """
pcm.pulse { type pulse hint { show on description "Virtual sound card" } }
ctl.pulse { type pulse }
pcm.!default { type pulse hint { show on description "Default" } }
ctl.!default { type pulse }
"""


class Speech:
    """Samples on their way into the microphone. Times are of `time.monotonic()`, good to 2 ms.

    All of them lie with the server before the first one is heard: nothing that holds this process up, such
    as its garbage collection, can tear a hole into what is spoken.
    """

    def __init__(self, server: str, samples: NDArray[np.float32]) -> None:
        if len(samples) > LONGEST_SECONDS * RATE:
            raise ValueError(f"The virtual microphone takes {LONGEST_SECONDS} s at once")
        lead = np.zeros(int(LEAD_SECONDS * RATE), np.float32)
        whole = np.concatenate([lead, samples.astype(np.float32)])
        self._stream = PulseStream(server, PLAY, "mic", frames=len(whole))
        self._stream.write(whole)
        self.ends = time.monotonic() + self._stream.latency()
        """When the last sample has entered the microphone."""
        self.begins = self.ends - len(samples) / RATE
        """When the first sample enters the microphone: some 0.3 s after `speak` was called."""

    def wait(self) -> None:
        """Wait until all of it has been spoken."""
        time.sleep(max(0.0, self.ends - time.monotonic()))

    def close(self) -> None:
        """Stop speaking."""
        self._stream.close()


class Recording:
    """What the speaker plays while the `with` block runs: 48 kHz, mono, float32."""

    rate = RATE

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._news = threading.Condition()
        self._blocks: list[NDArray[np.float32]] = []
        self._times: list[float] = []
        self._audible: list[float] = []  # the first audible sample of each block that has one
        self._last_audible: float | None = None

    @property
    def samples(self) -> NDArray[np.float32]:
        """All samples so far."""
        with self._news:
            return np.concatenate(self._blocks) if self._blocks else np.empty(0, np.float32)

    def time_of(self, sample: int) -> float:
        """When a sample was at the speaker, on the clock of `time.monotonic()`, to a millisecond."""
        return self._times[sample // BLOCK] + sample % BLOCK / RATE

    def since(self, moment: float) -> NDArray[np.float32]:
        """The samples that were at the speaker from a moment of `time.monotonic()` on."""
        with self._news:
            late = [block for block, begun in zip(self._blocks, self._times, strict=True) if begun >= moment]
            return np.concatenate(late) if late else np.empty(0, np.float32)

    def wait_for_sound(self, *, within: float, after: float = 0.0) -> float:
        """When the first audible sample after a moment was at the speaker; RigError if none comes in time."""

        def first() -> float | None:
            index = bisect_left(self._audible, after)
            return self._audible[index] if index < len(self._audible) else None

        return self._wait(first, within, "sound at the speaker")

    def wait_for_silence(self, *, lasting: float, within: float) -> float:
        """When the last audible sample was at the speaker, once `lasting` seconds of silence followed it.

        Without any sound so far it is the beginning of the recording.
        """

        def last() -> float | None:
            if not self._times:
                return None
            latest = self._last_audible or self._times[0]
            return latest if self._times[-1] - latest >= lasting else None

        return self._wait(last, within, f"{lasting:g} s of silence at the speaker")

    def save(self, path: Path, *, since: float = 0.0) -> None:
        """Write what was heard from a moment on as a WAV file of 16 bits."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((self.since(since).clip(-1, 1) * 32767).astype("<i2").tobytes())

    def add(self, block: NDArray[np.float32], begun: float) -> None:
        """Take one block from the speaker; the rig's thread calls it."""
        audible = np.flatnonzero(np.abs(block) >= AUDIBLE)
        with self._news:
            self._blocks.append(block)
            self._times.append(begun)
            if audible.size:
                self._audible.append(begun + float(audible[0]) / RATE)
                self._last_audible = begun + float(audible[-1]) / RATE
            self._news.notify_all()

    def _wait(self, found: Callable[[], float | None], within: float, what: str) -> float:
        deadline = time.monotonic() + within
        with self._news:
            while (moment := found()) is None:
                self._check()
                if not self._news.wait(min(1.0, deadline - time.monotonic())) and time.monotonic() > deadline:
                    raise RigError(f"Waited {within:g} s in vain for {what}")
        return moment


class VirtualSound:
    """A private sound server with a microphone and a speaker, both the defaults.

    The rig listens to the speaker from beginning to end, so that it moves in 10 ms steps from the first
    sample a program under test sends.
    """

    def __init__(self, *, loop_back: bool = False, devices: str = "", server: Kind = "pulseaudio") -> None:
        """With `loop_back` the speaker also plays what the microphone hears; `devices` are more of ALSA's."""
        self._kind = server
        self._loop_back = loop_back
        self._devices = devices
        self.env: dict[str, str] = {}
        """What a program needs to find these devices; set from `__enter__` on."""
        self._cleanup = ExitStack()
        self._stopping = threading.Event()
        self._failures: list[Exception] = []
        self._speeches: list[Speech] = []
        self._recordings: list[Recording] = []

    def __enter__(self) -> VirtualSound:
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-sound-")))
            (folder / "alsa.conf").write_text(_ALSA + self._devices, encoding="utf-8")
            self._server = sound_server(self._kind, folder, loop_back=self._loop_back)
            self._server.start(started)
            self.env = {
                "PULSE_SERVER": self._server.address,
                "PULSE_RUNTIME_PATH": str(folder),
                "XDG_RUNTIME_DIR": str(folder),
                "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
                "JACK_NO_START_SERVER": "1",
            }
            started.callback(self._close_speeches)
            self._begin_to_listen(self._server.address, started)
            with self.record() as recording:  # the first block shows that the whole way is open
                recording.wait_for_silence(lasting=0.0, within=START_SECONDS)
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def speak(self, samples: NDArray[np.float32], rate: int) -> Speech:
        """Say mono samples of a rate into the microphone; returns before the first is heard.

        At most 20 s at once (ValueError). Two speeches at the same time are mixed, as two people would be.
        """
        self._close_speeches(ended_before=time.monotonic() - 1)
        speech = Speech(
            self.env["PULSE_SERVER"], samples if rate == RATE else soxr.resample(samples, rate, RATE)
        )
        self._speeches.append(speech)
        return speech

    @contextmanager
    def record(self) -> Iterator[Recording]:
        """Listen to the speaker: `with sound.record() as heard: ...`."""
        recording = Recording(self._check)
        self._recordings.append(recording)
        try:
            yield recording
        finally:
            self._recordings.remove(recording)

    def unplug(self) -> None:
        """Take the sound card away from under its users: nothing can be spoken or heard any more."""
        self._server.stop()

    def plug_in(self) -> None:
        """Start the server again at its old address, after `unplug`, and listen to the speaker."""
        self._failures.clear()
        self._speeches.clear()
        self._server.start(self._cleanup)
        self._begin_to_listen(self.env["PULSE_SERVER"], self._cleanup)

    def _begin_to_listen(self, server: str, started: ExitStack) -> None:
        speaker = PulseStream(server, RECORD, "spk.monitor")
        started.callback(speaker.close)
        thread = threading.Thread(target=self._listen, args=(speaker,), daemon=True)
        thread.start()
        started.callback(thread.join)
        started.callback(self._stopping.set)

    def _listen(self, speaker: PulseStream) -> None:
        try:
            while not self._stopping.is_set():
                block = speaker.read()
                begun = time.monotonic() - speaker.latency() - BLOCK / RATE
                for recording in list(self._recordings):
                    recording.add(block, begun)
        except RigError as exc:
            self._failures.append(exc)

    def _close_speeches(self, ended_before: float = float("inf")) -> None:
        for speech in [speech for speech in self._speeches if speech.ends < ended_before]:
            speech.close()
            self._speeches.remove(speech)

    def _check(self) -> None:
        if self._failures:
            raise RigError("The virtual sound card has stopped") from self._failures[0]
