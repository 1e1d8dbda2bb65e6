"""The few calls of libpulse-simple that the rig needs: open, write, read, and how late a sample is."""

from __future__ import annotations

import atexit
import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.rig.process import RigError

RATE = 48_000
BLOCK = 480
"""Frames: 10 ms, the step in which the speaker is listened to."""

PLAY, RECORD = 1, 2
_FLOAT32LE = 5
_DEFAULT = 0xFFFFFFFF


class _SampleSpec(ctypes.Structure):
    _fields_ = [("format", c_int), ("rate", c_uint32), ("channels", c_uint8)]


class _BufferAttr(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


class PulseStream:
    """A mono float32 stream of 48 kHz to or from a PulseAudio device.

    Reading and writing block, without Python's lock. Each raises RigError when the server is gone.
    """

    def __init__(self, server: str, direction: int, device: str, *, frames: int = BLOCK) -> None:
        """A stream to a device takes `frames` at once and then plays without help, at most 20 s."""
        spec = _SampleSpec(_FLOAT32LE, RATE, 1)
        block = BLOCK * 4
        attr = _BufferAttr(_DEFAULT, frames * 4, 0 if direction == PLAY else _DEFAULT, block, block)
        error = c_int()
        names = [server.encode(), b"rig", direction, device.encode(), b"rig"]
        self._handle = _library().pa_simple_new(*names, byref(spec), None, byref(attr), byref(error))
        self._device = device
        if not self._handle:
            raise self._failure("open", error)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Hand over samples; waits for room."""
        error = c_int()
        if _library().pa_simple_write(self._handle, samples.ctypes.data, samples.nbytes, byref(error)) < 0:
            raise self._failure("write to", error)

    def read(self) -> NDArray[np.float32]:
        """The next 480 frames; waits for them."""
        block = np.empty(BLOCK, np.float32)
        error = c_int()
        if _library().pa_simple_read(self._handle, block.ctypes.data, block.nbytes, byref(error)) < 0:
            raise self._failure("read from", error)
        return block

    def latency(self) -> float:
        """Seconds until the next written sample is heard, or since the last read one was."""
        error = c_int()
        microseconds: int = _library().pa_simple_get_latency(self._handle, byref(error))
        if error.value:
            raise self._failure("ask the latency of", error)
        return microseconds / 1e6

    def close(self) -> None:
        """Close it; what is still in the buffer is dropped."""
        if self._handle:
            _library().pa_simple_free(self._handle)
            self._handle = None

    def _failure(self, verb: str, error: c_int) -> RigError:
        return RigError(f"Can't {verb} {self._device}: {_words(error)}")


@cache
def _library() -> Any:
    # Otherwise the library leaves its cookie and a folder in the home of whoever runs the tests.
    private = TemporaryDirectory(prefix="rig-pulse-")
    atexit.register(private.cleanup)
    os.environ.update(PULSE_RUNTIME_PATH=private.name, PULSE_COOKIE=f"{private.name}/cookie")
    try:
        library = ctypes.CDLL("libpulse-simple.so.0")
    except OSError:
        raise RigError("libpulse-simple is not installed. `make test` installs it or says how") from None
    number = POINTER(c_int)
    library.pa_simple_new.restype = c_void_p
    library.pa_simple_new.argtypes = [
        *(c_char_p, c_char_p, c_int, c_char_p, c_char_p),
        *(c_void_p, c_void_p, c_void_p, number),
    ]
    library.pa_simple_write.argtypes = [c_void_p, c_void_p, c_size_t, number]
    library.pa_simple_read.argtypes = [c_void_p, c_void_p, c_size_t, number]
    library.pa_simple_get_latency.argtypes = [c_void_p, number]
    library.pa_simple_get_latency.restype = c_uint64
    library.pa_simple_free.argtypes = [c_void_p]
    library.pa_simple_free.restype = None
    return library


def _words(error: c_int) -> str:
    strerror = ctypes.CDLL("libpulse.so.0").pa_strerror
    strerror.restype = c_char_p
    return bytes(strerror(error)).decode()
