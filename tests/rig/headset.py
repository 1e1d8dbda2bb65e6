"""A headset that can be unplugged: a PulseAudio server of its own, which ALSA lists while it runs.

    with Headset() as headset, VirtualSound(devices=headset.alsa) as sound:
        ...  # start the program with sound.env
        headset.unplug()
        headset.plug_in()

Taking a module out of a server that goes on would not do: PulseAudio moves its streams to another device,
and a program never hears of it. When this server ends its streams die, and the device can't be opened: that
is what a program sees of a USB headset.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.rig.process import Program
from tests.rig.sound_servers import NULL_SINK, START_SECONDS, accepts

NAME = "headset"
"""As PortAudio lists it, of ALSA."""
SEMAPHORES = Path("/dev/shm")


class Headset:
    """Plugged in while the `with` block runs."""

    def __init__(self) -> None:
        self._cleanup = ExitStack()
        self._program: Program | None = None
        self._starts = 0

    def __enter__(self) -> Headset:
        self._folder = Path(self._cleanup.enter_context(TemporaryDirectory(prefix="rig-headset-")))
        self._cleanup.callback(self.unplug)
        self.plug_in()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()

    @property
    def alsa(self) -> str:
        """Its entry in ALSA's configuration."""
        server = f'server "unix:{self._address}"'
        return f'pcm.{NAME} {{ type pulse {server} hint {{ show on description "Virtual headset" }} }}\n'

    def plug_in(self) -> None:
        """Start it; returns when it can be used."""
        self._starts += 1
        self._address.unlink(missing_ok=True)
        modules = [
            NULL_SINK.format(name="ears", channels=2),
            NULL_SINK.format(name="mouth", channels=1),
            "module-remap-source master=mouth.monitor source_name=mouthsrc",
            f"module-native-protocol-unix auth-anonymous=1 socket={self._address}",
        ]
        script = self._folder / "default.pa"
        script.write_text(
            "".join(f"load-module {module}\n" for module in modules)
            + "set-default-sink ears\nset-default-source mouthsrc\n",
            encoding="utf-8",
        )
        options = ["--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        quiet = ["--realtime=no", "--high-priority=no", "--log-level=error", "--log-target=stderr"]
        home = {"HOME": str(self._folder), "XDG_RUNTIME_DIR": str(self._folder)}
        self._program = Program(
            ["pulseaudio", "-n", *options, *quiet, f"--file={script}"],
            env={**os.environ, **home, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
            log=self._folder / f"pulseaudio-{self._starts}.log",
        )
        self._program.until(lambda: accepts(self._address), within=START_SECONDS, what="the headset")
        self._tell()

    def unplug(self) -> None:
        """Unplug it."""
        if self._program:
            self._program.stop()
            self._program = None
            self._tell()

    def _tell(self) -> None:
        """As the system does: by a semaphore, as for a device of JACK's, since only root may make a node."""
        semaphore = SEMAPHORES / f"jack_sem.{os.getuid()}_default_{self._folder.name}"
        semaphore.touch()
        semaphore.unlink()

    @property
    def _address(self) -> Path:
        return self._folder / "native"
