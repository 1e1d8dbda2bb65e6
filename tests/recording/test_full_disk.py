"""A disk that is really full. What was there stays, and what was changed comes later."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.recording import export_file
from desktop.settings import files, store
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.viewmodels.event_record import EventRecord
from desktop.viewmodels.transcript_line import Line

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("file systems can't be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4_096)
        except OSError:
            return ballast


def said(text: str) -> Line:
    line = Line("user")
    line.spoken.add(text, 0)
    return line


def test_an_export_that_fails_leaves_the_old_file_and_nothing_beside_it(disk: Path):
    for name, write in {
        "a.md": lambda path, text: export_file.write_conversation(path, [said(text)]),
        "a.csv": lambda path, text: export_file.write_text(path, text),
        "a.jsonl": lambda path, text: export_file.write_frames(path, [EventRecord(0, "in", text, 1)]),
    }.items():
        path = disk / name
        write(path, "old words")
        before = path.read_bytes()
        assert before
        ballast = fill(disk)
        with pytest.raises(OSError, match="No space"):
            write(path, "new words " * 5_000)
        assert path.read_bytes() == before
        ballast.unlink()
        assert os.listdir(disk) == [name]
        path.unlink()


async def test_a_setting_that_was_changed_while_the_disk_was_full_is_written_when_there_is_room(
    qapp, disk: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store, "RETRY_AFTER_MS", 50)
    files.save(disk, Settings(tail_ms=100))
    settings = SettingsStore.load(disk)
    problems: list[str] = []
    settings.failed.connect(lambda message: problems.append(str(message)))
    ballast = fill(disk)
    settings.change("tail_ms", 300)
    await settings.flush()
    assert files.load(disk).settings.tail_ms == 100
    assert len(problems) == 1
    ballast.unlink()
    async with asyncio.timeout(10):
        while files.load(disk).settings.tail_ms != 300:
            qapp.processEvents()
            await asyncio.sleep(0.01)
    assert (disk / files.FILE).stat().st_mode & 0o777 == 0o600
    await settings.close()
