"""What is different in the program as it is handed on, without Python: made by PyInstaller."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FROZEN = bool(getattr(sys, "frozen", False))

REMEDY = "Install it from your system's packages; if it is one of Presstalk's own, unpack Presstalk again."
"""What to do about a missing library."""


def has_speech() -> bool:
    """Whether the offline demo's speech is in this build. The lite one has been made without."""
    bundle = getattr(sys, "_MEIPASS", None)
    return bundle is None or (Path(bundle) / "hibari").is_dir()


def free_the_children() -> None:
    """Let what is started from now on, like a browser, look for plugins of its own Qt and not for ours.

    After the application has been made: Qt has read where its plugins are.
    """
    if FROZEN:
        os.environ.pop("QT_PLUGIN_PATH", None)
