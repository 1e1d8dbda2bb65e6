"""The clock by which processes of this machine tell each other when something was."""

import os
import sys
import time

_IMPORTED_AT = time.time()


def now() -> float:
    """Seconds of a clock that all processes of this machine share. On Linux it goes on in its sleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


def started_at() -> float:
    """When this process was started, in seconds of `now`, in steps of 10 ms; elsewhere than on Linux of the
    time of day."""
    try:
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return int(fields[19]) / os.sysconf("SC_CLK_TCK")  # proc(5): starttime
    except (OSError, ValueError, IndexError, AttributeError):
        return _IMPORTED_AT
