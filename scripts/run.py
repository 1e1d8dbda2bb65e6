"""Set up, then do the main job: open the window, or without a screen run the demonstration."""

from __future__ import annotations

import os
import subprocess
import sys

import setup
from system import SetupError


def has_screen() -> bool:
    """Whether a window could be seen here."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(words: list[str]) -> int:
    """The command line: the words go to the window. The exit code is the program's."""
    screen = has_screen()
    try:
        setup.set_up("window" if screen else "demo")
    except SetupError as exc:
        print(exc, file=sys.stderr)
        return 1
    if screen:
        command = [str(setup.BIN / "presstalk"), *words]
    else:
        print("No screen here: the window runs on a virtual one and is asked a question", flush=True)
        command = [str(setup.PYTHON), "-m", "tests.rig.demo", *words]
    if sys.platform == "win32":
        return subprocess.run(command, cwd=setup.ROOT).returncode
    # In the place of this process: who ends the one, ends the other.
    os.chdir(setup.ROOT)
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
