"""A desktop that exists in memory only: screen, sound card and an empty home, for the real program.

    with Desktop() as desktop, desktop.start([sys.executable, "-m", "desktop"]) as program:
        window = desktop.screen.window("Presstalk", program=program)

Any number of them can stand side by side; each ends only what it has started itself.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.rig.process import Program, RigError, until
from tests.rig.screen import VirtualScreen
from tests.rig.sound import Recording, Speech, VirtualSound
from tests.rig.sound_servers import Kind

__all__ = ["Desktop", "Program", "Recording", "RigError", "Speech", "VirtualScreen", "VirtualSound", "until"]

# What would lead a program to the real screen, sound card or settings.
_FOREIGN = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP")
_FOREIGN_PREFIXES = ("QT_", "PULSE_", "PIPEWIRE_", "ALSA_", "JACK_", "OPPER_")


class Desktop:
    """Everything a program needs to believe that it runs on somebody's desktop."""

    def __init__(
        self, width: int = 1280, height: int = 800, devices: str = "", sound_server: Kind = "pulseaudio"
    ) -> None:
        """The size of the screen is in pixels; `devices` are more of ALSA's."""
        self.screen = VirtualScreen(width, height)
        self.sound = VirtualSound(devices=devices, server=sound_server)
        self.env: dict[str, str] = {}
        """The whole environment of a program under test; set from `__enter__` on."""
        self._cleanup = ExitStack()
        self._programs = 0

    def __enter__(self) -> Desktop:
        with ExitStack() as started:
            self.home = Path(started.enter_context(TemporaryDirectory(prefix="rig-home-")))
            started.enter_context(self.screen)
            started.enter_context(self.sound)
            self.env = {
                **_native_environment(),
                **self.screen.env,
                **self.sound.env,
                "HOME": str(self.home),
                "PRESSTALK_HOME": str(self.home / "presstalk"),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
                "DBUS_SESSION_BUS_ADDRESS": "disabled:",
                "LC_ALL": "C.UTF-8",
            }
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    def start(self, command: Sequence[str], **variables: str) -> Program:
        """Start a program on this desktop; it ends with its own `with` block or with the desktop."""
        self._programs += 1
        log = self.home / f"program-{self._programs}.log"
        return self._cleanup.enter_context(Program(command, env={**self.env, **variables}, log=log))


def _native_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN and not name.startswith(_FOREIGN_PREFIXES)
    }
