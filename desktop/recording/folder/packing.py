"""Packs a recording's tracks losslessly, once it is over: FLAC, a third to a half of the size.

FLAC is unreadable after a kill, so sound is recorded raw and packed afterwards, in a process of its own
(`presstalk pack`), at the lowest priority. The raw track goes only when the packed one was read back and
found equal.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from desktop.base import file_lock
from desktop.base.child_process import own_command, own_environment
from desktop.recording.folder.layout import FRAMES, PACKED, PART, RAW, SAMPLE_BYTES, TRACKS, Track
from desktop.recording.folder.reader import is_recording, open_recording

log = logging.getLogger(__name__)

COMMAND = "pack"
BLOCK = 1 << 20
"""Bytes that are packed at a time."""
ALONE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def pack(folder: Path) -> bool:
    """Pack the tracks of a recording; False where one stays as it is. Blocks. Raises OSError.

    A recording that goes on, or whose rate has changed, stays as it is.
    """
    recording = open_recording(folder)
    if not is_recording(folder) or _is_open(folder):
        return False
    return all([_pack(folder, track, _rates(recording.session.sessions, track)) for track in TRACKS])


def _rates(sessions: tuple[object, ...], track: Track) -> set[int]:
    name = "input_rate" if track == "sent" else "output_rate"
    return {getattr(part, name) for part in sessions} - {0}


def _is_open(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return file_lock.is_held(folder / FRAMES)
    return False


def _pack(folder: Path, track: Track, rates: set[int]) -> bool:
    import soundfile

    raw, part = folder / f"{track}{RAW}", folder / f"{track}{PART}"
    if not raw.is_file() or raw.is_symlink():
        return True
    if len(rates) != 1 or raw.stat().st_size % SAMPLE_BYTES or not raw.stat().st_size:
        return False
    (rate,) = rates
    try:
        part.unlink(missing_ok=True)  # of a packing that was killed; a link goes, not what it leads to
        fd = os.open(part, ALONE, 0o600)
        with os.fdopen(fd, "wb") as file, raw.open("rb") as source:
            with soundfile.SoundFile(
                file, "w", samplerate=rate, channels=1, format="FLAC", subtype="PCM_16"
            ) as packed:
                while block := source.read(BLOCK):
                    packed.buffer_write(block, dtype="int16")
            file.flush()
            os.fsync(file.fileno())
        if not _is_equal(raw, part):
            log.warning("%s can't be packed without a loss", raw.name)
            part.unlink()
            return False
        os.replace(part, folder / f"{track}{PACKED}")
        raw.unlink()
    except soundfile.LibsndfileError as exc:
        part.unlink(missing_ok=True)
        raise OSError(str(exc)) from exc
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return True


def _is_equal(raw: Path, packed: Path) -> bool:
    import soundfile

    with raw.open("rb") as source, soundfile.SoundFile(packed) as sound:
        while block := source.read(BLOCK):
            if sound.read(len(block) // SAMPLE_BYTES, dtype="int16").astype("<i2").tobytes() != block:
                return False
        return bool(sound.tell() == sound.frames)


def pack_aside(*folders: Path) -> threading.Thread | None:
    """Have recordings packed by a process of its own, which outlives this one; None if there are none."""
    if not folders:
        return None
    command = [*own_command(), COMMAND, *map(str, folders)]

    try:
        # At once: this program may be about to end.
        process = subprocess.Popen(
            command,
            env=own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as exc:
        log.info("recordings can't be packed: %s", exc)
        return None
    thread = threading.Thread(target=process.wait, name="packing", daemon=True)
    thread.start()
    return thread


def unpacked(root: Path) -> list[Path]:
    """The recordings in a folder whose tracks are raw and that nobody writes."""
    found = []
    with contextlib.suppress(OSError):
        for folder in sorted(root.iterdir()):
            raw = any((folder / f"{track}{RAW}").is_file() for track in TRACKS)
            if raw and is_recording(folder) and not _is_open(folder):
                found.append(folder)
    return found


def run_command(folders: Sequence[Path]) -> int:
    """Pack these at the lowest priority; the exit code."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(19)
    code = 0
    for folder in folders:
        try:
            pack(folder)
        except OSError as exc:
            log.info("the recording %s can't be packed: %s", folder.name, exc)
            code = 1
    return code
