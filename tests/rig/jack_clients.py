"""The process of an `Instrument`: two JACK clients, whose callbacks are Python."""

from __future__ import annotations

import ctypes
import os
import time
from bisect import bisect_left, bisect_right
from multiprocessing.connection import Connection
from typing import Any

import jack
import numpy as np
from numpy.typing import NDArray

from tests.rig.jack import BLOCK, RATE, client
from tests.rig.process import RigError
from tests.rig.room import LiveEcho, Room


def serve(server: str, line: Connection) -> None:
    """Answer what is asked until nobody asks any more; the first answer says that it runs, or why not."""
    try:
        clients = JackClients(server)
    except RigError as exc:
        line.send(exc)
        return
    line.send(None)
    while True:
        try:
            what, args = line.recv()
        except EOFError:
            os._exit(0)  # without JACK's farewell: see `tests.rig.instrument`
        try:
            line.send(getattr(clients, what)(*args))
        except Exception as exc:
            line.send(RigError(f"{what}: {exc!r}"))


class JackClients:
    """The mouth and the ear. One client that did both would close a loop through the app, and JACK would put
    a block of delay into it.

    Each public method answers a question of the instrument's.
    """

    def __init__(self, server: str) -> None:
        self._xruns: list[int] = []
        self._speeches: list[tuple[int, NDArray[np.float32]]] = []
        self._blocks: list[tuple[int, NDArray[np.float32]]] = []
        self._echo: LiveEcho | None = None
        self._mouth = client("mouth", server)
        self._ear = client("ear", server)
        self._says = self._mouth.outports.register("out")
        self._hears = self._ear.inports.register("in")
        self._mouth.set_process_callback(self._speak_block)
        self._ear.set_process_callback(self._hear_block)
        self._ear.set_xrun_callback(lambda _: self._xruns.append(self._ear.frame_time))
        self._mouth.activate()
        self._ear.activate()

    def plug_in_mouth(self) -> bool:
        """Connect to all input streams; False if there is none yet."""
        inputs = self._ear.get_ports("PortAudio", is_audio=True, is_input=True)
        for port in inputs:
            if self._says not in self._ear.get_all_connections(port):
                self._ear.connect(self._says.name, port)
        return bool(inputs)

    def plug_in_ear(self) -> bool:
        """Connect to all output streams; False if there is none yet."""
        outputs = self._ear.get_ports("PortAudio", is_audio=True, is_output=True)
        for port in outputs:
            if self._hears not in self._ear.get_all_connections(port):
                self._ear.connect(port, self._hears.name)
        return bool(outputs)

    def put_side_by_side(self) -> None:
        (output, *_) = self._ear.get_ports("PortAudio", is_audio=True, is_output=True)
        (heard, *_) = self._ear.get_ports("PortAudio", is_audio=True, is_input=True)
        self._ear.connect(output, heard)

    def put_in_room(self, delay_ms: float, level_db: float) -> None:
        self._echo = LiveEcho(Room(delay_ms, level_db))

    def xruns(self) -> list[int]:
        return self._xruns

    def now(self) -> int:
        return int(self._ear.frame_time)

    def time_of(self, frame: int) -> float:
        # JACK counts by the raw clock, which the network's time doesn't slew.
        ahead = time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
        return _frames_to_time(_pointer(self._ear), frame) / 1e6 + ahead

    def speak(self, samples: NDArray[np.float32], at: int | None) -> int:
        now = self.now()
        begin = now + 5 * BLOCK if at is None else at
        self._speeches = [
            *(one for one in self._speeches if one[0] + len(one[1]) > now - RATE),
            (begin, samples),
        ]
        return begin

    def heard_to(self) -> int:
        """The frame after the last one that was heard."""
        return self._blocks[-1][0] + BLOCK if self._blocks else 0

    def heard(self, begin: int, end: int) -> NDArray[np.float32]:
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
        del self._blocks[:-1]

    def _speak_block(self, frames: int) -> None:
        out = self._says.get_array()
        out.fill(0)
        begin = self._mouth.last_frame_time
        if self._echo:
            out += self._echo.take(begin, frames)
        for at, samples in self._speeches:
            first, last = max(begin, at), min(begin + frames, at + len(samples))
            if first < last:
                out[first - begin : last - begin] += samples[first - at : last - at]

    def _hear_block(self, _: int) -> None:
        begin, block = self._ear.last_frame_time, self._hears.get_array().copy()
        self._blocks.append((begin, block))
        if self._echo:
            self._echo.play(begin, block)


def _pointer(of: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(int(jack._ffi.cast("intptr_t", of._ptr)))


def _frames_to_time(of: ctypes.c_void_p, frame: int) -> int:
    convert = ctypes.CDLL("libjack.so.0").jack_frames_to_time
    convert.restype = ctypes.c_uint64
    convert.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    microseconds: int = convert(of, frame)
    return microseconds
