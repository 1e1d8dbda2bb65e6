"""What differs in the frozen program, which PyInstaller makes and which runs without Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FROZEN = bool(getattr(sys, "frozen", False))

REMEDY = "Install it from your system's packages; if it is one of Presstalk's own, unpack Presstalk again."
"""What to do about a missing library."""


def has_speech() -> bool:
    """Whether the offline demo's speech is in this build. The lite build has none."""
    bundle = getattr(sys, "_MEIPASS", None)
    return bundle is None or (Path(bundle) / "hibari").is_dir()


def free_the_children() -> None:
    """Let programs started from now on, like a browser, look for their own Qt plugins instead of ours.

    Call it once the application exists: by then Qt has read where its plugins are.
    """
    if FROZEN:
        os.environ.pop("QT_PLUGIN_PATH", None)
