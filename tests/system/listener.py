"""A program that prints a word for each system event, and when its own loop runs."""

from __future__ import annotations

import signal
import sys

from PySide6.QtCore import QCoreApplication, QTimer

from desktop.system.system_events import SystemEvents


def main() -> int:
    application = QCoreApplication(sys.argv)
    events = SystemEvents()
    for name in ("listening", "locked", "sleeping", "woke", "network_back"):
        getattr(events, name).connect(lambda name=name: print(name, flush=True))
    events.colour_scheme_changed.connect(lambda scheme: print(f"scheme:{scheme}", flush=True))
    events.start()
    QTimer.singleShot(0, lambda: print("running", flush=True))
    signal.signal(signal.SIGTERM, lambda *_: application.quit())
    waker = QTimer(interval=20)  # Python sees a signal only between two of its own steps
    waker.timeout.connect(lambda: None)
    waker.start()
    code = application.exec()
    events.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
