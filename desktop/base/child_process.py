"""How this program starts itself again, and what the programs it starts are told.

Python looks for modules in the current folder first: a folder that was downloaded, with `desktop/` or
`json.py` in it, would run as this user. So our own children are started with `-P`, and with a search path
without relative folders.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.base import secret_variables

_ROOT = Path(__file__).resolve().parents[2]


def own_command(module: str = "desktop") -> list[str]:
    """The beginning of a command that runs one of our modules; in a bundle it runs the program itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-P", "-m", module]


def own_environment() -> dict[str, str]:
    """The environment for our own children: no secrets, and no modules from the current folder."""
    environment = secret_variables.without()
    if not getattr(sys, "frozen", False):
        named = environment.get("PYTHONPATH", "").split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(safe_path([str(_ROOT), *named]))
        environment["PYTHONSAFEPATH"] = "1"
    return environment


def safe_path(folders: Sequence[str]) -> list[str]:
    """The folders that are the same wherever the program is started, each once."""
    return list(dict.fromkeys(folder for folder in folders if os.path.isabs(folder)))
