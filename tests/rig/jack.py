"""A measuring rig: a JACK server of its own, and an instrument that is microphone and ear to the sample.

    with JackServer() as server, Instrument(server) as instrument:
        ...  # start the program with server.env, and have it open its streams
        instrument.plug_in()
        begin = instrument.speak(tone)
        heard = instrument.heard(begin, begin + 48_000)

PortAudio has to be initialised after the server runs, and the instrument's callbacks are Python: the
program under test runs in a process of its own. libjack keeps one server's memory for the whole process
and crashes with a second, so there is one rig at a time.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import jack
import numpy as np
from numpy.typing import NDArray

from tests.rig.process import Program, RigError, until

RATE = 48_000
BLOCK = 480
"""Frames: 10 ms. The device moves in these steps."""

START_SECONDS = 20.0

FULL = "JACK has room for eight servers, and counts those of runs that were killed: remove /dev/shm/jack*"

DEVICE = "JACK Audio Connection Kit: system"
"""The key of the device a program under test has to choose: the machine may have others."""

_numbers = itertools.count(1)


class JackServer:
    """A private jackd with a dummy device: one channel in, one out, 48 kHz, blocks of 10 ms."""

    _running: ClassVar[JackServer | None] = None

    def __init__(self) -> None:
        self.name = f"rig-{os.getpid()}-{next(_numbers)}"
        self.env: dict[str, str] = {}
        """What a program needs to find this device; set from `__enter__` on."""
        self._cleanup = ExitStack()

    def __enter__(self) -> JackServer:
        if JackServer._running is not None:
            raise RigError(f"The JACK server {JackServer._running.name} is still in use in this process")
        with ExitStack() as started:
            JackServer._running = self
            started.callback(self._leave)
            self._folder = Path(started.enter_context(TemporaryDirectory(prefix="rig-jack-")))
            self.env = {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}
            self._program = started.enter_context(self._server())
            try:
                self._program.until(self._answers, within=START_SECONDS, what="the JACK server")
            except RigError as exc:
                raise RigError(FULL if "Too many servers" in self._program.output else str(exc)) from exc
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def stop(self) -> None:
        """Take the device away from under its users. An instrument's clients would never close then."""
        self._program.stop()

    def kill(self) -> None:
        """The same, without a word to its users and without cleaning up."""
        os.kill(self._program.pid, signal.SIGKILL)
        self._program.wait(within=START_SECONDS)

    def restart(self) -> None:
        """Bring the device back after `stop` or `kill`. This process must not use it: see above."""
        self._program = self._cleanup.enter_context(self._server())

    def _server(self) -> Program:
        device = ["-d", "dummy", "-r", str(RATE), "-p", str(BLOCK), "-C", "1", "-P", "1"]
        return Program(
            ["jackd", _priority(), "-n", self.name, *device],
            env={**os.environ, "JACK_NO_AUDIO_RESERVATION": "1"},
            log=self._folder / f"jackd-{next(_numbers)}.log",
        )

    def _leave(self) -> None:
        JackServer._running = None
        for left in Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"):
            left.unlink(missing_ok=True)  # of clients that never closed

    def _answers(self) -> bool:
        try:
            _client("probe", self.name).close()
        except RigError:
            return False
        return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No other program takes this thread's core meanwhile, where that can be had."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class Instrument:
    """The app's microphone and its ear. Frames are the server's, of 1/48000 s, the same for both.

    They are two clients: one that did both would close a loop through the app, and JACK would put a
    block of delay into it.
    """

    def __init__(self, server: JackServer) -> None:
        self.xruns: list[int] = []
        """The frames at which the server, not the app, failed to keep time."""
        self._server = server
        self._speeches: list[tuple[int, NDArray[np.float32]]] = []
        self._blocks: list[tuple[int, NDArray[np.float32]]] = []
        self._called: dict[Any, int] = {}
        self._cleanup = ExitStack()

    def __enter__(self) -> Instrument:
        with ExitStack() as started:
            self._mouth = _client("mouth", self._server.name)
            started.callback(self._mouth.close)
            self._ear = _client("ear", self._server.name)
            started.callback(self._ear.close)
            self._called = {self._mouth: 0, self._ear: 0}
            self._says = self._mouth.outports.register("out")
            self._hears = self._ear.inports.register("in")
            self._mouth.set_process_callback(self._speak_block)
            self._ear.set_process_callback(self._hear_block)
            self._ear.set_xrun_callback(lambda _: self.xruns.append(self._ear.frame_time))
            for client in (self._mouth, self._ear):
                client.activate()
                started.callback(self._deactivate, client)
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def _deactivate(self, client: Any) -> None:
        """Right after a block: JACK cancels its thread, and one that waits for the interpreter's lock then
        takes the lock with it, for ever."""
        with _undisturbed():
            called, deadline = self._called[client], time.monotonic() + 1
            # As soon as there was one: the next comes 10 ms later. After a second its server is gone.
            while self._called[client] == called and time.monotonic() < deadline:
                time.sleep(0.000_2)
            client.deactivate()

    def plug_in(self, microphone: bool = True, speaker: bool = True, within: float = START_SECONDS) -> None:
        """Connect to the streams PortAudio has open; waits until there are such. After a reopening: again."""
        if microphone:
            inputs = until(
                lambda: self._ear.get_ports("PortAudio", is_audio=True, is_input=True),
                within=within,
                what="the app's input stream",
            )
            for port in inputs:
                if self._says not in self._ear.get_all_connections(port):
                    self._ear.connect(self._says.name, port)
        if speaker:
            outputs = until(
                lambda: self._ear.get_ports("PortAudio", is_audio=True, is_output=True),
                within=within,
                what="the app's output stream",
            )
            for port in outputs:
                if self._hears not in self._ear.get_all_connections(port):
                    self._ear.connect(port, self._hears.name)

    def put_side_by_side(self) -> None:
        """Let the app's microphone hear its speaker at full strength, as the worst of rooms would."""
        (output, *_) = self._ear.get_ports("PortAudio", is_audio=True, is_output=True)
        (heard, *_) = self._ear.get_ports("PortAudio", is_audio=True, is_input=True)
        self._ear.connect(output, heard)

    @property
    def now(self) -> int:
        """The present frame."""
        return int(self._ear.frame_time)

    def time_of(self, frame: int) -> float:
        """When a frame's block begins to be processed, plus its place in it, on `time.monotonic()`."""
        # JACK counts by the raw clock, which the network's time doesn't slew.
        ahead = time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
        return _frames_to_time(_pointer(self._ear), frame) / 1e6 + ahead

    def speak(self, samples: NDArray[np.float32], at: int | None = None) -> int:
        """Say samples of 48 kHz into the microphone, added to what is being said. Returns the first frame.

        Args:
            samples: mono.
            at: the frame of the first sample; by default five blocks from now.
        """
        begin = self.now + 5 * BLOCK if at is None else at
        spoken = [one for one in self._speeches if one[0] + len(one[1]) > self.now - RATE]
        self._speeches = [*spoken, (begin, samples.astype(np.float32))]
        return begin

    def wait_until(self, frame: int, within: float = 60.0) -> None:
        """Wait until the ear has heard this frame."""
        until(
            lambda: bool(self._blocks) and self._blocks[-1][0] + BLOCK > frame,
            within=within,
            what=f"frame {frame}",
        )

    def heard(self, begin: int, end: int) -> NDArray[np.float32]:
        """What the ear heard between two frames; frames it missed itself are not-a-number."""
        self.wait_until(end - 1)
        heard = np.full(end - begin, np.nan, dtype=np.float32)
        blocks = self._blocks
        start = bisect_right(blocks, begin - BLOCK, key=lambda one: one[0])
        stop = bisect_left(blocks, end, key=lambda one: one[0])
        for at, block in blocks[start:stop]:
            first, last = max(begin, at), min(end, at + len(block))
            if first < last:
                heard[first - begin : last - begin] = block[first - at : last - at]
        return heard

    def forget(self) -> None:
        """Drop what was heard so far."""
        del self._blocks[:-1]

    def _speak_block(self, frames: int) -> None:
        out = self._says.get_array()
        out.fill(0)
        begin = self._mouth.last_frame_time
        for at, samples in self._speeches:
            first, last = max(begin, at), min(begin + frames, at + len(samples))
            if first < last:
                out[first - begin : last - begin] += samples[first - at : last - at]
        self._called[self._mouth] += 1

    def _hear_block(self, _: int) -> None:
        self._blocks.append((self._ear.last_frame_time, self._hears.get_array().copy()))
        self._called[self._ear] += 1


def _priority() -> str:
    """Real time where it is allowed: else a busy machine takes blocks away, and the app seems to have."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    except OSError:
        return "--no-realtime"
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return "--realtime"


def _client(name: str, server: str) -> Any:
    jack.set_error_function(lambda _: None)
    jack.set_info_function(lambda _: None)
    try:
        return jack.Client(name, no_start_server=True, servername=server)
    except jack.JackOpenError as exc:
        raise RigError(f"The JACK server {server} doesn't answer") from exc


def _pointer(client: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(int(jack._ffi.cast("intptr_t", client._ptr)))


def _frames_to_time(client: ctypes.c_void_p, frame: int) -> int:
    convert = ctypes.CDLL("libjack.so.0").jack_frames_to_time
    convert.restype = ctypes.c_uint64
    convert.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    microseconds: int = convert(client, frame)
    return microseconds
