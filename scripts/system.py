"""What the project needs from the system besides Python, and how each system installs it.

As root on Debian and its like the missing packages are installed; everywhere else the exact command is
printed. macOS and Windows need nothing: the wheels bring it along.
"""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """Why the set-up can't go on, in plain words with the next step."""


@dataclass(frozen=True)
class Part:
    """A library, a program or a file, and the package that brings it: by apt, dnf and pacman."""

    name: str
    apt: str
    dnf: str
    pacman: str
    places: tuple[str, ...] = ()
    """For a file: glob patterns of which one must be found."""

    def is_there(self) -> bool:
        """Whether it can be used: a file is searched, a library loaded, a program looked up."""
        if self.places:
            return any(True for place in self.places for _ in glob.iglob(place, recursive=True))
        return _loads(self.name) if self.name.startswith("lib") else shutil.which(self.name) is not None


_FONTS = tuple(f"{folder}/**/*.[to]tf" for folder in ("/usr/share/fonts", "/usr/local/share/fonts"))
_ALSA = tuple(f"/usr/{folder}/alsa-lib/libasound_module_pcm_pulse.so" for folder in ("lib", "lib64", "lib/*"))
# Where Debian and Fedora, older ones of them, and Arch put it.
_AT_SPI = tuple(f"/usr/{folder}/at-spi-bus-launcher" for folder in ("libexec", "lib/at-spi2-core", "lib"))

PIPEWIRES_JACK = Part(
    "PipeWire's libjack",
    "pipewire-jack",
    "pipewire-jack-audio-connection-kit",
    "pipewire-jack",
    tuple(f"/usr/{folder}/pipewire-0.3/jack/libjack.so.0" for folder in ("lib", "lib64", "lib/*")),
)

VENV = Part(
    "Python's ensurepip",
    "python{}.{}-venv".format(*sys.version_info),
    "python3",
    "python",
    (f"{Path(os.__file__).parent}/ensurepip/__init__.py",),
)
"""For making environments: only Debian and its like have it apart from Python."""

WINDOW = (
    Part("libportaudio.so.2", "libportaudio2", "portaudio", "portaudio"),
    Part("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Part("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Part("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Part("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Part("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Part("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Part("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Part("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Part("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Part("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Part("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Part("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Part("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Part("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Part("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Part("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Part("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Part("a font", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", _FONTS),
)
"""For the window and the sound."""

VIRTUAL_DESKTOP = (
    Part("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Part("dbus-daemon", "dbus", "dbus-daemon", "dbus"),
    Part("xdotool", "xdotool", "xdotool", "xdotool"),
    Part("pulseaudio", "pulseaudio", "pulseaudio", "pulseaudio"),
    Part("libpulse-simple.so.0", "libpulse0", "pulseaudio-libs", "libpulse"),
    Part("pactl", "pulseaudio-utils", "pulseaudio-utils", "libpulse"),
    Part("pipewire", "pipewire", "pipewire", "pipewire"),
    Part("wireplumber", "wireplumber", "wireplumber", "wireplumber"),
    Part("pipewire-pulse", "pipewire-pulse", "pipewire-pulseaudio", "pipewire-pulse"),
    Part("the bus of screen readers", "at-spi2-core", "at-spi2-core", "at-spi2-core", _AT_SPI),
    Part("ALSA's way to PulseAudio", "libasound2-plugins", "alsa-plugins-pulseaudio", "alsa-plugins", _ALSA),
)
"""For a screen, a microphone, a speaker and message buses that exist in memory only."""

PORTAL = Part(
    "xdg-desktop-portal",
    *3 * ("xdg-desktop-portal",),
    tuple(f"/usr/{folder}/xdg-desktop-portal" for folder in ("libexec", "lib")),
)
"""For the tests of keys in all programs on Wayland."""

MEASURING = (
    Part("jackd", "jackd2", "jack-audio-connection-kit-example-clients", "jack2"),
    Part("libjack.so.0", "libjack-jackd2-0", "jack-audio-connection-kit", "jack2"),
    PIPEWIRES_JACK,
)
"""For hearing and speaking sample by sample."""

BUNDLING = (
    Part("objdump", "binutils", "binutils", "binutils"),
    Part("desktop-file-validate", "desktop-file-utils", "desktop-file-utils", "desktop-file-utils"),
    Part("appstreamcli", "appstream", "appstream", "appstream"),
)
"""For making the bundle, and for checking the texts that go with it."""


BROWSER = Part(
    "Chromium",
    "chromium",
    "chromium",
    "chromium",
    tuple(f"/usr/bin/{name}" for name in ("chromium", "chromium-browser", "google-chrome*")),
)
"""For the tests of what is made for browsers; without one they are skipped."""


def offer(part: Part) -> None:
    """Install a part that can be done without, where apt has it and that takes no more than asking."""
    if sys.platform != "linux" or part.is_there() or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if subprocess.run(["apt-cache", "show", part.apt], capture_output=True).returncode:
        return  # Ubuntu's own needs snap, which isn't there in a container
    try:
        apt_install([part.apt])
    except SetupError as exc:
        print(f"{exc}\nWithout {part.name} some tests are skipped.", flush=True)


def provide(parts: Iterable[Part]) -> None:
    """See to it that all parts are there: install what is missing, or raise SetupError with the command."""
    if sys.platform != "linux":
        return
    missing = [part for part in parts if not part.is_there()]
    if not missing:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        apt_install([part.apt for part in missing])
        missing = [part for part in missing if not part.is_there()]
    if missing:
        raise SetupError(_instruction(missing))


def apt_install(packages: Iterable[str]) -> None:
    """Install Debian packages as root, removing none; SetupError if that fails."""
    names = sorted(set(packages))
    print(f"Installing system packages: {' '.join(names)}", flush=True)
    # --no-remove: on a desktop whose sound runs on PipeWire, pulseaudio would push that out.
    options = ["-y", "-qq", "--no-install-recommends", "--no-remove", "-o", "DPkg::Lock::Timeout=120"]
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", *options, *names]):
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode:
        raise SetupError(f"apt-get could not install them. It said:\n{done.stdout.strip()[-2000:]}")


def _instruction(missing: list[Part]) -> str:
    lines = [
        f"Missing on this system: {', '.join(part.name for part in missing)}.",
        "Install this, then run the same command again:",
    ]
    for tool, command in (("apt", "apt-get install"), ("dnf", "dnf install"), ("pacman", "pacman -S")):
        if shutil.which(command.split()[0]):
            names = sorted({str(getattr(part, tool)) for part in missing})
            return "\n".join([*lines, f"  sudo {command} {' '.join(names)}"])
    return "\n".join([*lines, *(f"  {part.name}  (in Debian: {part.apt})" for part in missing)])


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
