"""Who uses this computer, as far as the system says: what a redaction has to look for."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
from pathlib import Path

from desktop.recording.share.redactor import Identity


def this_identity() -> Identity:
    """This user's names and home folders, and this computer's names. Never raises."""
    users = [os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")]
    hosts = [os.environ.get(name, "") for name in ("HOSTNAME", "COMPUTERNAME")]
    homes = [os.environ.get(name, "") for name in ("HOME", "USERPROFILE")]
    with contextlib.suppress(OSError, KeyError, ImportError):
        users.append(getpass.getuser())
    with contextlib.suppress(ImportError, KeyError, OSError):
        import pwd  # not on Windows

        entry = pwd.getpwuid(os.getuid())
        users += [entry.pw_name, entry.pw_gecos.partition(",")[0]]
        homes.append(entry.pw_dir)
    with contextlib.suppress(OSError):
        hosts.append(socket.gethostname())
    with contextlib.suppress(RuntimeError):
        homes.append(str(Path.home()))
    return Identity(_each(users), _each(hosts), _each(homes))


def _each(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
