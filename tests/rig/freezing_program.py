"""The program, whose window freezes for some seconds at SIGUSR1: python -m tests.rig.freezing_program …

Its sound goes on meanwhile, as in a window that is busy: PortAudio's thread needs no Python.
"""

from __future__ import annotations

import signal
import time

from desktop.__main__ import main

FREEZE_S = 3.0

if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, lambda *_: time.sleep(FREEZE_S))
    main()
