"""Leaves a session bus alone that doesn't answer: Qt would wait for it before it shows the window."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
from collections.abc import MutableMapping

log = logging.getLogger(__name__)

ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
UNUSED = "disabled:"
"""An address that nobody can connect to."""
ANSWER_S = 1.0
"""A bus answers within a millisecond; on a busy machine, that logs somebody in, within some hundred."""


def avoid_silent_bus(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process use no session bus where there is one that doesn't answer.

    Only local buses are asked: nearly every desktop has one. Source: D-Bus specification, authentication.
    """
    if sys.platform != "linux":
        return
    address = environment.get(ADDRESS) or _usual(environment)
    found = re.match(r"unix:(?:.*,)?(path|abstract)=([^,;]+)", address)
    if found and _is_silent(("\0" if found.group(1) == "abstract" else "") + found.group(2)):
        log.warning("the session bus doesn't answer: the system's colours and screen lock aren't followed")
        environment[ADDRESS] = UNUSED


def _usual(environment: MutableMapping[str, str]) -> str:
    folder = environment.get("XDG_RUNTIME_DIR", "")
    return f"unix:path={folder}/bus" if folder else ""


def _is_silent(address: str) -> bool:
    """Whether somebody listens there, and says nothing to a greeting."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_S)
        try:
            line.connect(address)
            line.sendall(b"\0AUTH\r\n")
            line.recv(1)
        except TimeoutError:
            return True
        except OSError:
            return False  # there is none, which Qt sees at once
    return False
