"""Ctrl+C and `kill`: in a server, and once a program's work is over."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set this event on Ctrl+C or `kill`. Call it in the event loop, and `end_at_once` before that closes."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            # Windows: the handler runs in the main thread, between two rounds of the loop.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def end_at_once() -> None:
    """From now on Ctrl+C and `kill` end the process at once and without a word: its work is over.

    Python waits for threads when it ends, and an impatient second Ctrl+C would print a traceback there. What
    is ignored, as under `nohup`, stays so. Call it in the main thread.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        numbers.append(signal.SIGHUP)
    for number in numbers:
        with contextlib.suppress(RuntimeError, NotImplementedError):  # no loop, or one without handlers
            # A signal while a loop closes would find its pipe closed.
            asyncio.get_running_loop().remove_signal_handler(number)
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
