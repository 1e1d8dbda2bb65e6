"""Linux: what the kernel and the sound servers leave in the file system when a device comes or goes.

A USB device gets its nodes in `/dev/snd`, a client of JACK its semaphore in `/dev/shm`, and PulseAudio and
PipeWire their sockets in the user's runtime folder. inotify(7) tells of them, and costs nothing meanwhile.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

# linux/inotify.h
IN_ATTRIB = 0x004
IN_MOVED_FROM = 0x040
IN_MOVED_TO = 0x080
IN_CREATE = 0x100
IN_DELETE = 0x200
IN_Q_OVERFLOW = 0x4000
IN_IGNORED = 0x8000
IN_ONLYDIR = 0x1000000
_EVENT = struct.Struct("iIII")
"""`inotify_event`: watch, mask, cookie, length of the name that follows."""
_APPEARED = IN_CREATE | IN_MOVED_TO
_WATCHED = _APPEARED | IN_DELETE | IN_MOVED_FROM
_READ_BYTES = 65_536

_OF_ALSA = re.compile(r"\.(jack)?[CP]\.\d+\.\d+$")
"""A client of ALSA's plugin for JACK: the program, capture or playback, its pid and a number."""

GATHER_MS = 300
"""A device comes as several nodes, whose permissions udev sets afterwards: they are told of once."""

Concerns = Callable[[str], bool]


class SoundFiles(QObject):
    """Tells when a sound device may have come or gone, from when it is made until `close`.

    Raises:
        OSError: the system has no inotify, or all its watches are in use.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = FolderWatch(sound_folders())
        self._gathering = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gathering.timeout.connect(self.changed)
        self._notifier = QSocketNotifier(self._folders.fd, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_readable)

    def close(self) -> None:
        """Stop watching."""
        self._notifier.setEnabled(False)
        self._gathering.stop()
        self._folders.close()

    def _on_readable(self) -> None:
        if self._folders.read() and not self._gathering.isActive():
            self._gathering.start()


class FolderWatch:
    """inotify on folders, also on those that come later or come again. `close` it at the end.

    Args:
        folders: absolute paths, and which names in each of them count.

    Raises:
        OSError: the system has no inotify, or all its watches are in use.
    """

    def __init__(self, folders: Mapping[Path, Concerns]) -> None:
        self._folders = dict(folders)
        self._watches: dict[int, Path] = {}
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = _checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        """Readable when there is something for `read`."""
        try:
            self._watch_all()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Stop watching."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def read(self) -> bool:
        """Take what was told since the last time: whether any of it counts. Doesn't block."""
        try:
            told = os.read(self.fd, _READ_BYTES)
        except BlockingIOError:
            return False
        counts = moved = False
        for watch, mask, name in _events(told):
            folder = self._watches.get(watch)
            if mask & IN_IGNORED:
                self._watches.pop(watch, None)
            gone = mask & IN_IGNORED and folder in self._folders
            came = mask & _APPEARED and folder is not None and self._leads_to(folder / name)
            moved |= bool(mask & (IN_IGNORED | IN_Q_OVERFLOW) or came)
            counts |= bool(mask & IN_Q_OVERFLOW or gone or came) or self._concerns(folder, name)
        if moved:
            self._watch_all()
        return counts

    def _concerns(self, folder: Path | None, name: str) -> bool:
        return bool(name) and folder in self._folders and self._folders[folder](name)

    def _leads_to(self, path: Path) -> bool:
        return any(path == folder or path in folder.parents for folder in self._folders)

    def _watch_all(self) -> None:
        """Watch each folder, or else the nearest one above it that is there.

        Twice, since a folder may come between the look for it and the watch on the one above it.
        """
        for _ in range(2):
            for folder in self._folders:
                self._watch(folder, _WATCHED | IN_ATTRIB)
                if not folder.is_dir():
                    above = next(one for one in folder.parents if one.is_dir())
                    if above not in self._folders:
                        self._watch(above, _WATCHED)

    def _watch(self, folder: Path, mask: int) -> None:
        watch = self._libc.inotify_add_watch(self.fd, os.fsencode(folder), mask | IN_ONLYDIR)
        if watch >= 0:
            self._watches[watch] = folder
        elif ctypes.get_errno() in (errno.ENOSPC, errno.ENOMEM):
            _checked(watch)


def sound_folders(environment: Mapping[str, str] = os.environ) -> dict[Path, Concerns]:
    """The folders in which this system shows sound devices and sound servers."""
    server = environment.get("JACK_DEFAULT_SERVER") or "default"
    folders: dict[Path, Concerns] = {
        Path("/dev/snd"): lambda name: name not in ("seq", "timer"),
        Path("/dev/shm"): lambda name: _is_jack_client(name, server),
    }
    runtime, pulse = environment.get("XDG_RUNTIME_DIR", ""), environment.get("PULSE_RUNTIME_PATH", "")
    if os.path.isabs(runtime):
        folders[Path(runtime)] = lambda name: name == "pipewire-0"
        pulse = pulse or f"{runtime}/pulse"
    if os.path.isabs(pulse):
        folders[Path(pulse)] = lambda name: name in ("native", "pipewire-0")
    return folders


def _is_jack_client(name: str, server: str) -> bool:
    """Whether the file is the semaphore of a client of this server: `jack_sem.UID_SERVER_CLIENT`."""
    if not name.startswith("jack_sem."):
        return False
    _, _, rest = name.removeprefix("jack_sem.").partition("_")
    # What lists the devices is a client too, by PortAudio and by ALSA: it would never come to an end.
    client = rest.removeprefix(f"{server}_")
    return client != rest and not client.startswith("PortAudio") and not _OF_ALSA.search(client)


def _events(told: bytes) -> Iterator[tuple[int, int, str]]:
    """The watch, the mask and the name of each event."""
    at = 0
    while at < len(told):
        watch, mask, _, length = _EVENT.unpack_from(told, at)
        at += _EVENT.size + length
        yield watch, mask, os.fsdecode(told[at - length : at].rstrip(b"\0"))


def _checked(result: Any) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)
