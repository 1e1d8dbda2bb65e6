"""Ends threads of PortAudio that loop for ever after an ALSA device has gone, and keeps them quiet.

When a device goes, the thread that serves it can be caught in the error path of `PaAlsaStream_WaitForFrames`:
it takes a whole core, writes megabytes a second to standard error, and its stream never closes. Source:
PortAudio's src/hostapi/alsa/pa_linux_alsa.c, mended in June 2025 ("Avoid infinite loops and hangs in ALSA
code", #1038); every version that systems ship today has it.

Nothing in PortAudio's interface reaches such a thread. The one thing that it does in its loop is to print to
C's `stderr`, so that is where it is met: with glibc that is a variable, and a stream can have a function of
one's own for writing. Elsewhere all of this does nothing. Python's `sys.stderr` is not concerned.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_UNBUFFERED = 2
"""`_IONBF` of stdio.h."""


class _Functions(ctypes.Structure):
    """glibc's `cookie_io_functions_t`."""

    _fields_ = (
        ("read", ctypes.c_void_p),
        ("write", ctypes.c_void_p),
        ("seek", ctypes.c_void_p),
        ("close", ctypes.c_void_p),
    )


def silence() -> None:
    """From now on, discard what C libraries print to `stderr`; none of it is for users."""
    if glibc := _glibc():
        _set_stderr(glibc, _discarding())


@contextmanager
def ending() -> Iterator[None]:
    """While the `with` block runs, a thread ends when it prints to C's `stderr`: run it for milliseconds.

    PortAudio's thread then goes through its ordinary end, and the stream can be closed.
    """
    if glibc := _glibc():
        _set_stderr(glibc, _ending())
    try:
        yield
    finally:
        silence()


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    try:
        libc.fopencookie.restype = ctypes.c_void_p
        libc.fopencookie.argtypes = (ctypes.c_void_p, ctypes.c_char_p, _Functions)
        libc.setvbuf.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t)
    except AttributeError:  # musl has none, and its `stderr` is no variable
        return None
    return libc


def _set_stderr(glibc: ctypes.CDLL, stream: int | None) -> None:
    if stream:
        ctypes.c_void_p.in_dll(glibc, "stderr").value = stream


@cache
def _discarding() -> int | None:
    return _stream(None)  # fopencookie(3): without a function for writing, output is discarded


@cache
def _ending() -> int | None:
    glibc = _glibc()
    return _stream(ctypes.cast(glibc.pthread_exit, ctypes.c_void_p).value) if glibc else None


def _stream(write: int | None) -> int | None:
    glibc = _glibc()
    if glibc is None:
        return None
    stream: int | None = glibc.fopencookie(None, b"w", _Functions(write=write))
    if stream:
        glibc.setvbuf(stream, None, _UNBUFFERED, 0)
    return stream
