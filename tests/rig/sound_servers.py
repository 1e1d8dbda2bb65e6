"""The two sound servers of Linux desktops, private and in memory: a microphone `micsrc`, a speaker `spk`.

Both speak PulseAudio's protocol at `address`. What is played to the sink `mic` is heard by the microphone.
"""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, Protocol

from tests.rig.process import Program, RigError

START_SECONDS = 20.0

Kind = Literal["pulseaudio", "pipewire"]

# Without norewinds a null sink begins with a step of two seconds, and a stream's first frame comes up to
# that much late; with it the step is 50 ms from the start, and 10 ms once the rig's own streams are open.
NULL_SINK = "module-null-sink sink_name={name} rate=48000 channels={channels} format=float32le norewinds=1"
_REMAP = "module-remap-source master=mic.monitor source_name=micsrc"
_LOOP_BACK = "module-loopback source=mic.monitor sink=spk latency_msec=20"


class SoundServer(Protocol):
    """One of them."""

    @property
    def address(self) -> str:
        """For PULSE_SERVER."""
        ...

    def start(self, cleanup: ExitStack) -> None:
        """Start it, perhaps again at its old address; RigError if it doesn't. `cleanup` ends it."""
        ...

    def stop(self) -> None:
        """End it, as if the sound card had been taken away."""
        ...


def sound_server(kind: Kind, folder: Path, *, loop_back: bool) -> SoundServer:
    """A server that isn't started yet; with `loop_back` the speaker also plays what the microphone hears."""
    return PipeWire(folder, loop_back) if kind == "pipewire" else PulseAudio(folder, loop_back)


def accepts(address: Path) -> bool:
    """Whether a server listens at this socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(address)) == 0


class PulseAudio:
    """PulseAudio itself."""

    def __init__(self, folder: Path, loop_back: bool) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self.address = f"unix:{self._socket}"
        modules = [
            NULL_SINK.format(name="spk", channels=2),
            NULL_SINK.format(name="mic", channels=1),
            _REMAP,
            *([_LOOP_BACK] if loop_back else []),
            # The last one: once it answers, all of them are there.
            f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
        ]
        self._script = folder / "default.pa"
        self._script.write_text(
            "".join(f"load-module {module}\n" for module in modules)
            + "set-default-sink spk\nset-default-source micsrc\n",
            encoding="utf-8",
        )

    def start(self, cleanup: ExitStack) -> None:
        """See SoundServer."""
        options = ["--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        quiet = ["--realtime=no", "--high-priority=no", "--log-level=error", "--log-target=stderr"]
        self._server = Program(
            ["pulseaudio", "-n", *options, *quiet, f"--file={self._script}"],
            env={**_private(self._folder), "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
            log=self._folder / "pulseaudio.log",
        )
        cleanup.enter_context(self._server)
        self._server.until(lambda: accepts(self._socket), within=START_SECONDS, what="the virtual sound card")

    def stop(self) -> None:
        """See SoundServer."""
        self._server.stop()


class PipeWire:
    """PipeWire with WirePlumber and its PulseAudio protocol, on a message bus of its own.

    Its null sinks have no rewinds to leave out; the speaker is mono here, since a stereo monitor that is
    read as mono is 3 dB louder.
    """

    def __init__(self, folder: Path, loop_back: bool) -> None:
        self._folder = folder
        self._socket = folder / "pulse" / "native"
        self.address = f"unix:{self._socket}"
        self._loop_back = loop_back
        self._programs: list[Program] = []

    def start(self, cleanup: ExitStack) -> None:
        """See SoundServer."""
        bus = self._folder / "sound-bus"
        for left in (bus, self._folder / "pipewire-0", self._socket):
            left.unlink(missing_ok=True)
        # The bus is no desktop's: no program under test shall find it by its usual name.
        self._env = {**_private(self._folder), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}"}
        self._programs.clear()
        self._run(cleanup, bus, "dbus-daemon", "--session", "--nofork", f"--address=unix:path={bus}")
        self._run(cleanup, self._folder / "pipewire-0", "pipewire")
        self._run(cleanup, None, "wireplumber")
        pulse = self._run(cleanup, self._socket, "pipewire-pulse")
        for name in ("spk", "mic"):
            self._load(NULL_SINK.format(name=name, channels=1).removesuffix(" norewinds=1"))
        mono = "channels=1 channel_map=mono"
        self._load(f"{_REMAP} {mono}")
        if self._loop_back:
            self._load(f"{_LOOP_BACK} {mono}")
        # WirePlumber keeps the defaults, and perhaps isn't up yet.
        pulse.until(lambda: self._is_default("sink", "spk"), within=START_SECONDS, what="its speaker")
        pulse.until(lambda: self._is_default("source", "micsrc"), within=START_SECONDS, what="its microphone")

    def stop(self) -> None:
        """See SoundServer."""
        for program in reversed(self._programs):
            program.stop()

    def _load(self, module: str) -> None:
        self._pactl("load-module", *module.split())

    def _is_default(self, what: str, name: str) -> bool:
        self._pactl(f"set-default-{what}", name)
        return self._pactl(f"get-default-{what}").strip() == name

    def _run(self, cleanup: ExitStack, opens: Path | None, *command: str) -> Program:
        program = Program(command, env=self._env, log=self._folder / f"{command[0]}.log")
        cleanup.enter_context(program)
        self._programs.append(program)
        if opens:
            program.until(lambda: opens.exists() and accepts(opens), within=START_SECONDS, what=command[0])
        return program

    def _pactl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pactl", *arguments],
            env={**self._env, "PULSE_SERVER": self.address},
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
        if done.returncode:
            raise RigError(f"pactl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout


def _private(folder: Path) -> dict[str, str]:
    """The environment of a server that must not meet the desktop's own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "PIPEWIRE_"))}
    return {
        **own,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
