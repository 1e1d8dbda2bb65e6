"""Lowers the sound of other programs, and puts it back, by the sound server's own streams.

`pactl` speaks to PulseAudio and to PipeWire's stand-in for it. What is lowered is written down before: the
server remembers a program's volume beyond its stream, its own end and a restart (module-stream-restore), so
whatever was lowered must be put back, be it at the next start. Blocking calls, for one thread at a time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from desktop.base import atomic_file, json_depth, secret_variables
from desktop.base.plain_file import read_plain

log = logging.getLogger(__name__)

TOOL = "pactl"
SHARE = 0.464
"""Of the server's volume, whose third power is the amplitude: 20 dB less."""
WITHIN_S = 2.0
"""How long the server may take for each call; it takes 10 ms."""
MOST = 64
"""Streams that are lowered or kept in mind."""
LONGEST_FILE = 200_000
ALONE = frozenset({"a11y", "phone"})
"""Roles of streams that are left as they are: a screen reader, a call."""
READERS = ("speech-dispatcher", "orca")
"""Beginnings of the names of those that give no role."""
RESTORE_ID = "module-stream-restore.id"
"""The property by which the server remembers a program's volume."""

Run = Callable[[Sequence[str]], str]
"""Runs `pactl` with these words; its output. Raises OSError or subprocess.SubprocessError."""


class Lowered(msgspec.Struct):
    """A program's stream that was lowered: the volumes of its channels before, and since."""

    index: int
    name: str
    """What the server remembers it by; empty if it doesn't."""
    before: list[int]
    since: list[int]


class Stream(msgspec.Struct):
    """A stream that another program plays, of which `volumes` are those of its channels."""

    index: int
    name: str
    volumes: list[int]


def is_possible() -> bool:
    """Whether there is what it takes."""
    return shutil.which(TOOL) is not None


class OtherSound:
    """The streams of other programs.

    Args:
        file: where what is lowered is written down.
        run: runs `pactl`.
    """

    def __init__(self, file: Path, run: Run | None = None) -> None:
        self._file = file
        self._run = run or run_tool

    @property
    def owes(self) -> bool:
        """Whether something is still to be put back."""
        return self._file.exists()

    def lower(self) -> None:
        """Lower what plays now. Raises OSError or ValueError if the server can't be asked."""
        streams = self._streams()
        kept = self._put_back(streams, self._read())
        lowered = [
            Lowered(one.index, one.name, one.volumes, [round(SHARE * volume) for volume in one.volumes])
            for one in streams
        ]
        self._write([*kept, *lowered][-MOST:])
        for one in lowered:
            self._set(one.index, one.since)

    def restore(self) -> None:
        """Put back what was lowered, except what somebody has changed since. Raises as `lower` does."""
        if owed := self._read():
            self._write(self._put_back(self._streams(), owed))

    def _put_back(self, streams: list[Stream], owed: list[Lowered]) -> list[Lowered]:
        """What can't be put back yet: its program plays nothing now, and will begin as quietly.

        The volumes in `streams` are then those after it.
        """
        left = []
        for one in owed:
            found = [stream for stream in streams if _is_of(stream, one)]
            for stream in found:
                if stream.volumes == one.since:
                    self._set(stream.index, one.before)
                    stream.volumes = one.before
            if not found and one.name:
                left.append(one)
        return left

    def _streams(self) -> list[Stream]:
        try:
            found = json_depth.decode(self._run(["--format=json", "list", "sink-inputs"]))
        except subprocess.SubprocessError as exc:
            raise OSError(type(exc).__name__) from exc
        if not isinstance(found, list):
            raise ValueError("no list of streams")
        return [stream for raw in found[:MOST] if (stream := _stream(raw)) is not None]

    def _set(self, index: int, volumes: list[int]) -> None:
        with contextlib.suppress(OSError, subprocess.SubprocessError):  # it has just ended
            self._run(["set-sink-input-volume", str(index), *map(str, volumes)])

    def _read(self) -> list[Lowered]:
        try:
            found = json_depth.decode(read_plain(self._file, LONGEST_FILE))
            return msgspec.convert(found, list[Lowered])[:MOST]
        except (OSError, ValueError):  # the latter also as msgspec's
            return []

    def _write(self, lowered: list[Lowered]) -> None:
        if lowered:
            atomic_file.make_folder(self._file.parent)
            atomic_file.write(self._file, msgspec.json.encode(lowered), private=True)
        else:
            self._file.unlink(missing_ok=True)


def run_tool(words: Sequence[str]) -> str:
    """Run `pactl`. Numbers of another language would be no JSON."""
    done = subprocess.run(
        [TOOL, *words],
        env={**secret_variables.without(), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=WITHIN_S,
        check=True,
    )
    return done.stdout.decode(errors="replace")


def _is_of(stream: Stream, lowered: Lowered) -> bool:
    return stream.name == lowered.name if lowered.name else stream.index == lowered.index


def _stream(raw: Any) -> Stream | None:
    """The stream, if it is another program's and may be lowered."""
    if not isinstance(raw, dict) or not isinstance(index := raw.get("index"), int):
        return None
    properties, channels = raw.get("properties"), raw.get("volume")
    if not isinstance(properties, dict) or not isinstance(channels, dict):
        return None
    program = str(properties.get("application.name", "")).lower()
    if (
        str(properties.get("application.process.id")) == str(os.getpid())
        or properties.get("media.role") in ALONE
        or program.startswith(READERS)
    ):
        return None
    found = [one.get("value") for one in channels.values() if isinstance(one, dict)]
    volumes = [volume for volume in found if isinstance(volume, int) and 0 <= volume < 2**31]
    if not volumes or len(volumes) < len(channels):
        return None
    return Stream(index, str(properties.get(RESTORE_ID) or "")[:300], volumes)
