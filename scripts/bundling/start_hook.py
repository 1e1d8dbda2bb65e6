"""Run in the frozen program before its own code: what a bundle has to find on a foreign system."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

FALLBACKS = ("libdb-5.3.so", "libjack.so.0")
"""What the bundle's PortAudio needs, in this order. The system's own comes first, which fits its server."""

CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine
)
"""The bundle's OpenSSL knows only the place where the system it was built on keeps them."""


def main(bundle: Path) -> None:
    """Set the process up; `bundle` is the folder of the bundle's libraries."""
    if sys.platform != "win32":
        trust(os.environ, CERTIFICATES)
    if sys.platform == "linux":
        free_the_children(os.environ)
        find_library = ctypes.util.find_library

        def find(name: str) -> str | None:
            return (portaudio(bundle) if name == "portaudio" else None) or find_library(name)

        # sounddevice asks here, and would be told only what the system has installed.
        ctypes.util.find_library = find


def trust(environment: MutableMapping[str, str], files: tuple[str, ...]) -> None:
    """Name the system's certificates to OpenSSL, unless the user has."""
    found = next((file for file in files if os.path.isfile(file)), None)
    if found and not environment.keys() & {"SSL_CERT_FILE", "SSL_CERT_DIR"}:
        environment["SSL_CERT_FILE"] = found


def free_the_children(environment: MutableMapping[str, str]) -> None:
    """Let what is started from here, like a browser, have the system's libraries and not the bundle's.

    The start-up put the bundle's folder there; the loader of this process has read it already.
    """
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    environment.pop("LD_LIBRARY_PATH", None)
    if before:
        environment["LD_LIBRARY_PATH"] = before


def portaudio(bundle: Path) -> str | None:
    """The path of the bundle's PortAudio, with what it needs loaded; None if there is none."""
    library = bundle / "libportaudio.so.2"
    if not library.is_file():
        return None
    for name in FALLBACKS:
        own = bundle / "fallback" / name
        try:
            ctypes.CDLL(name)
        except OSError:
            # Once it is loaded under this name, whatever needs it finds it.
            if own.is_file():
                ctypes.CDLL(str(own))
    return str(library)


if getattr(sys, "frozen", False):
    main(Path(getattr(sys, "_MEIPASS", "")))
