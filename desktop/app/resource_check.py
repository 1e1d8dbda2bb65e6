"""Checks for memory and threads before anything is begun.

Without them Qt and other libraries would abort in the middle of something, or wait for ever for a thread that
never began.
"""

from __future__ import annotations

import sys
import threading

from desktop.base.message import Text

TOO_LITTLE_MEMORY = Text(
    "too-little-memory",
    "Too little memory is allowed: {allowed_gb} GB of address space, where {needed_gb} GB are needed. "
    "`ulimit -v unlimited` lifts the limit.",
)
TOO_FEW_THREADS = Text(
    "too-few-threads",
    "The system allows too few threads: {needed} are needed. Close other programs, or raise the limit "
    "(`ulimit -u`, in a container its limit of processes).",
)
NEEDED_BYTES = 1_500_000_000
"""Of address space: the window has 0.9 GB, a session and its sound need the rest. Little is ever used."""
NEEDED_THREADS = 16
"""The interpreter's, Qt's, those of sound, disk and network, and of the tools that run."""


def problem() -> str:
    """Why the window would not work here, as a sentence; an empty string if nothing prevents it."""
    allowed = _address_space()
    if allowed is not None and allowed < NEEDED_BYTES:
        return str(
            TOO_LITTLE_MEMORY(allowed_gb=f"{allowed / 1e9:.1f}", needed_gb=f"{NEEDED_BYTES / 1e9:.1f}")
        )
    return thread_problem()


def thread_problem() -> str:
    """The same of the threads alone: what a command without a window needs."""
    return "" if _threads_start() else str(TOO_FEW_THREADS(needed=NEEDED_THREADS))


def _address_space() -> int | None:
    """Bytes of address space that this process may have; None for no limit."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _threads_start() -> bool:
    done = threading.Event()
    started = []
    try:
        for _ in range(NEEDED_THREADS):
            thread = threading.Thread(target=done.wait, name="probe", daemon=True)
            thread.start()
            started.append(thread)
    except (RuntimeError, MemoryError):
        return False
    finally:
        done.set()
        for thread in started:
            thread.join()
    return True
