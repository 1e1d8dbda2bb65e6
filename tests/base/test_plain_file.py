"""Pipes, devices, folders and loops in the place of each file that the program reads: it never waits."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.access import key_hosts, opper_cli
from desktop.access.endpoint_resolver import AccessOptions
from desktop.access.model_list_controller import ModelListController
from desktop.base import atomic_file, log, paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.plain_file import read_plain
from desktop.conversation import image_encoding
from desktop.recording import clock_check, conversation_store
from desktop.settings import files
from desktop.settings.schema import Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its files are no devices")

AGE = 1_700_000_000.0
CONVERSATION = "20260501-120000-0123abcd.jsonl"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


ODD = (pipe, endless, folder, loop, huge)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRESSTALK_HOME", str(tmp_path))
    monkeypatch.setenv("OPPER_HOME", str(tmp_path))
    return tmp_path


def settings(home: Path) -> object:
    loaded = files.load(home)
    assert loaded.set_aside
    files.save(home, Settings())
    return files.load(home).set_aside


def imported(home: Path) -> object:
    with pytest.raises(files.SettingsFileError):
        files.import_file(home / "settings.json")
    return False


def picture(home: Path) -> object:
    with pytest.raises(image_encoding.ImageError):
        image_encoding.from_file(home / "settings.json")
    return False


def hosts(home: Path) -> object:
    return key_hosts.is_agreed("a secret", "https://one.example", "https://two.example")


READERS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "settings": (settings, "settings.json"),
    "an import": (imported, "settings.json"),
    "a picture": (picture, "settings.json"),
    "the CLI's sign-in": (lambda home: opper_cli.find().key, "config.json"),
    "the hosts of keys": (hosts, f"config/{key_hosts.FILE}"),
    "the list of conversations": (lambda home: conversation_store.summaries(home), CONVERSATION),
    "the last conversation": (lambda home: conversation_store.last_cut_short(home), CONVERSATION),
    "old conversations": (lambda home: conversation_store.prune(home, 1, now=time.time()), CONVERSATION),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", READERS)
async def test_what_is_no_file_is_read_by_nobody(home: Path, name: str, odd: Callable[[Path], None]) -> None:
    read, place = READERS[name]
    (home / place).parent.mkdir(exist_ok=True)
    odd(home / place)
    assert not await in_daemon(lambda: read(home))


@pytest.mark.parametrize("odd", ODD)
async def test_the_cached_list_of_models(home: Path, odd: Callable[[Path], None]) -> None:
    odd(paths.cache() / "models.json")
    controller = ModelListController(AccessOptions("https://example.org"))
    changed: list[object] = []
    controller.changed.connect(changed.append)
    await controller.load()
    assert changed


@pytest.mark.parametrize("odd", [pipe, endless, huge])
async def test_the_clock_of_the_last_start(home: Path, odd: Callable[[Path], None]) -> None:
    odd(home / clock_check.FILE)

    def look() -> bool | str:
        try:
            return clock_check.is_trusted(home, AGE, AGE)
        except OSError:
            return "not written"

    assert await in_daemon(look)


def test_one_that_cant_be_read_keeps_no_other_from_being_offered_or_removed(home: Path) -> None:
    folder(home / "20990501-120000-0123abcd.jsonl")
    loop(home / "20980501-120000-0123abcd.jsonl")
    cut = home / "20970501-120000-0123abcd.jsonl"
    cut.write_text('{"type":"line","id":1,"at":"2026-05-01T12:00:01Z","speaker":"user","text":"words"}\n')
    stored = conversation_store.last_cut_short(home)
    assert stored is not None
    assert stored.path == cut
    assert conversation_store.prune(home, 1, now=cut.stat().st_mtime) == 0
    os.utime(cut, (AGE, AGE))
    (home / clock_check.FILE).unlink()
    assert conversation_store.prune(home, 1, now=AGE + 3 * 86_400) == 1


@pytest.mark.parametrize("odd", [pipe, endless, folder])
def test_what_is_no_file_isnt_replaced_either(home: Path, odd: Callable[[Path], None]) -> None:
    odd(home / "a")
    before = os.stat(home / "a").st_mode
    with pytest.raises(OSError, match=r"It is no file|directory"):
        atomic_file.write(home / "a", b"words")
    assert os.stat(home / "a").st_mode == before
    assert os.listdir(home) == ["a"]


def test_a_log_that_is_a_pipe_is_waited_for_by_nobody(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe(home / "presstalk.log")
    try:
        log.start(home)
    finally:
        log.stop()
    assert "No log file" in capsys.readouterr().err


def test_a_file_of_just_the_most_bytes_is_read(home: Path) -> None:
    (home / "a").write_bytes(b"12345")
    assert read_plain(home / "a", 5) == b"12345"
    with pytest.raises(OSError, match="large"):
        read_plain(home / "a", 4)
