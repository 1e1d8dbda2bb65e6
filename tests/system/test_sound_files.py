"""What the file system tells of sound devices: real folders, watched by the real inotify."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.system import sound_files
from desktop.system.sound_files import FolderWatch, SoundFiles, sound_folders

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    folder = tmp_path / "dev" / "snd"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def pulse(tmp_path: Path) -> Path:
    """A server's folder that isn't there yet, as those above it."""
    return tmp_path / "run" / "user" / "pulse"


@pytest.fixture
def watch(nodes: Path, pulse: Path) -> Iterator[FolderWatch]:
    watch = FolderWatch({nodes: lambda name: name != "timer", pulse: lambda name: name == "native"})
    yield watch
    watch.close()


def test_nothing_happens(watch: FolderWatch) -> None:
    assert not watch.read()


def test_a_device_that_comes_and_one_that_goes(watch: FolderWatch, nodes: Path) -> None:
    (nodes / "pcmC1D0p").touch()
    assert watch.read()
    (nodes / "pcmC1D0p").unlink()
    assert watch.read()
    assert not watch.read(), "each is told of once"


def test_its_permissions_count(watch: FolderWatch, nodes: Path) -> None:
    (nodes / "controlC1").touch()
    watch.read()
    (nodes / "controlC1").chmod(0o600)
    assert watch.read()


def test_other_files_do_not_count(watch: FolderWatch, nodes: Path, pulse: Path) -> None:
    (nodes / "timer").touch()
    (nodes.parent / "tty9").touch()
    (pulse.parents[2] / "elsewhere").mkdir()
    assert not watch.read()


def test_a_server_whose_folder_comes_later(watch: FolderWatch, pulse: Path) -> None:
    for folder in (pulse.parent.parent, pulse.parent, pulse):
        folder.mkdir()
        assert watch.read()
    (pulse / "pid").touch()
    assert not watch.read()
    (pulse / "native").touch()
    assert watch.read()


def test_folders_that_come_all_at_once(watch: FolderWatch, pulse: Path) -> None:
    pulse.mkdir(parents=True)
    assert watch.read()
    while watch.read():
        pass
    (pulse / "native").touch()
    assert watch.read()


def test_a_folder_that_goes_and_comes_again(watch: FolderWatch, nodes: Path) -> None:
    nodes.rmdir()
    assert watch.read()
    nodes.mkdir()
    assert watch.read()
    (nodes / "pcmC1D0c").touch()
    assert watch.read()


def test_more_than_the_system_keeps_counts(watch: FolderWatch, nodes: Path) -> None:
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for _ in range(most // 4):  # each makes, changes, and takes away
        (nodes / "timer").touch()
        (nodes / "timer").chmod(0o600)
        (nodes / "timer").rename(nodes / "seq")
        (nodes / "seq").unlink()
    while watch.read():
        pass
    (nodes / "pcmC1D0c").touch()
    assert watch.read()


def test_a_headset_of_many_nodes_is_told_of_once(qtbot, nodes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_files, "sound_folders", lambda: {nodes: lambda name: True})
    files = SoundFiles()
    told: list[None] = []
    files.changed.connect(lambda: told.append(None))
    with qtbot.waitSignal(files.changed):
        for number in range(100):
            (nodes / f"pcmC{number}D0p").touch()
    files.close()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("environment", "folder", "concerning", "other"),
    [
        ({}, "/dev/snd", ["controlC0", "pcmC1D0p"], ["seq", "timer"]),
        # Listing the devices makes one as well: that would never come to an end.
        ({}, "/dev/shm", ["jack_sem.0_default_system"], ["jack_sem.0_default_PortAudio-01", "jack-0-1"]),
        ({}, "/dev/shm", ["jack_sem.0_default_synth.1"], ["jack_sem.0_default_python.C.5094.0"]),
        ({}, "/dev/shm", ["jack_sem.0_default_a.C.1"], ["jack_sem.0_default_presstalk.P.12.1"]),
        ({}, "/dev/shm", ["jack_sem.7_default_a_b"], ["jack_sem.7_studio_a", "jack_sem.", "default_a"]),
        ({"JACK_DEFAULT_SERVER": "a_b"}, "/dev/shm", ["jack_sem.7_a_b_c"], ["jack_sem.7_default_a_b_c"]),
        ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/pulse", ["native"], ["pid"]),
        ({"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7", ["pipewire-0"], ["bus", "pulse"]),
        ({"XDG_RUNTIME_DIR": "/run/user/7", "PULSE_RUNTIME_PATH": "/p"}, "/p", ["native"], ["pid"]),
    ],
)
def test_where_sound_shows(
    environment: dict[str, str], folder: str, concerning: list[str], other: list[str]
) -> None:
    concerns = sound_folders(environment)[Path(folder)]
    assert [name for name in concerning + other if concerns(name)] == concerning


def test_a_runtime_folder_that_is_none() -> None:
    assert set(sound_folders({"XDG_RUNTIME_DIR": "here"})) == {Path("/dev/snd"), Path("/dev/shm")}
