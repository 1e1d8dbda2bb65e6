"""A signal's handler runs although nothing else does."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from desktop.app.signal_waker import SignalWaker


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't send itself this signal there")
def test_a_signal_wakes_the_event_loop(qtbot) -> None:
    came = []
    before = signal.signal(signal.SIGUSR1, lambda *_: came.append(True))
    waker = SignalWaker()
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        qtbot.waitUntil(lambda: bool(came))
    finally:
        waker.close()
        signal.signal(signal.SIGUSR1, before)
    assert signal.set_wakeup_fd(-1) == -1, "as it was before"
