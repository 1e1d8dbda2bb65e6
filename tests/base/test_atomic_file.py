"""A file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop.base import atomic_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes and rarely links")


def test_it_replaces_what_was_there(tmp_path: Path):
    path = tmp_path / "a.json"
    atomic_file.write(path, b"one")
    atomic_file.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a.json"]


def test_what_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.json"
    atomic_file.write(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_file.write(path, b"two")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a.json"]


@posix
def test_a_private_file_is_the_users_alone(tmp_path: Path):
    path = tmp_path / "secret"
    atomic_file.write(path, b"x", private=True)
    assert path.stat().st_mode & 0o777 == 0o600


@posix
def test_an_existing_file_keeps_its_mode(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_bytes(b"one")
    path.chmod(0o640)
    atomic_file.write(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640


@posix
def test_a_new_file_gets_the_usual_mode(tmp_path: Path):
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    atomic_file.write(tmp_path / "a.json", b"one")
    assert (tmp_path / "a.json").stat().st_mode == usual.stat().st_mode


@posix
def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "settings.json"
    link.symlink_to(tmp_path / "real" / "settings.json")
    atomic_file.write(link, b"one")
    assert link.is_symlink()
    assert (tmp_path / "real" / "settings.json").read_bytes() == b"one"
