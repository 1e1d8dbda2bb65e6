"""A file is written whole or not at all."""

from __future__ import annotations

import os
import secrets
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
def test_a_new_file_is_the_users_alone_whatever_the_umask(tmp_path: Path):
    before = os.umask(0)
    try:
        atomic_file.write(tmp_path / "a.json", b"one")
        atomic_file.make_folder(tmp_path / "b" / "c")
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "b" / "c").stat().st_mode & 0o777 == 0o700


@posix
def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0a0b0c0d")
    (tmp_path / ".a.json.0a0b0c0d.part").symlink_to(victim)
    with pytest.raises(FileExistsError):
        atomic_file.write(tmp_path / "a.json", b"theirs")
    assert victim.read_bytes() == b"mine"


@posix
def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "settings.json"
    link.symlink_to(tmp_path / "real" / "settings.json")
    atomic_file.write(link, b"one")
    assert link.is_symlink()
    assert (tmp_path / "real" / "settings.json").read_bytes() == b"one"


@posix
def test_a_mount_that_refuses_modes_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.json"
    atomic_file.write(path, b"one")

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    atomic_file.write(path, b"two")
    assert path.read_bytes() == b"two"


@pytest.mark.parametrize("letter", ["a", "ä", "語"])
def test_the_longest_name_can_be_written(tmp_path: Path, letter: str):
    path = tmp_path / (letter * (250 // len(letter.encode())))
    atomic_file.write(path, b"one")
    assert path.read_bytes() == b"one"


def test_what_a_kill_left_behind_is_removed_when_it_is_old(tmp_path: Path):
    abandoned, fresh = tmp_path / ".a.json.0123abcd.part", tmp_path / ".a.json.4567abcd.part"
    others = [tmp_path / ".b.json.0123abcd.part", tmp_path / ".a.json.mine.part", tmp_path / "0123abcd.part"]
    for file in (abandoned, fresh, *others):
        file.write_bytes(b"half")
    for file in (abandoned, *others):
        os.utime(file, (0, 0))
    atomic_file.write(tmp_path / "a.json", b"one")
    assert not abandoned.exists()
    assert all(file.exists() for file in (fresh, *others))


OTHER = 12_345


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="Only root can give files away")
class TestLinksOfOthers:
    """In a folder that several may write, a link can wait for a file of the user's."""

    @pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
    def test_a_link_that_somebody_else_has_made_is_not_followed(self, tmp_path: Path, there: bool):
        victim, link = tmp_path / "victim", tmp_path / "shared" / "notes.md"
        link.parent.mkdir()
        if there:
            victim.write_bytes(b"mine")
        link.symlink_to(victim)
        os.lchown(link, OTHER, OTHER)
        with pytest.raises(OSError, match="somebody else"):
            atomic_file.write(link, b"theirs")
        assert victim.read_bytes() == b"mine" if there else not victim.exists()
        assert link.is_symlink()

    @pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
    def test_a_link_into_another_users_folder_is_not_followed(self, tmp_path: Path, there: bool):
        theirs, link = tmp_path / "theirs", tmp_path / "settings.json"
        theirs.mkdir(mode=0o777)
        os.chown(theirs, OTHER, OTHER)
        if there:
            (theirs / "settings.json").write_bytes(b"before")
        link.symlink_to(theirs / "settings.json")
        with pytest.raises(OSError, match="somebody else"):
            atomic_file.write(link, b"my words")
        assert [file.read_bytes() for file in theirs.iterdir()] == ([b"before"] if there else [])

    def test_a_chain_of_links_is_looked_at_link_by_link(self, tmp_path: Path):
        for name, aim in (("first", "second"), ("second", "third")):
            (tmp_path / name).symlink_to(aim)
        os.lchown(tmp_path / "second", OTHER, OTHER)
        with pytest.raises(OSError, match="somebody else"):
            atomic_file.write(tmp_path / "first", b"x")
        assert not (tmp_path / "third").exists()


@posix
def test_a_link_may_lead_anywhere_of_ones_own_and_not_in_a_circle(tmp_path: Path):
    (tmp_path / "dotfiles").mkdir()
    for name, aim in (
        ("settings.json", "link"),
        ("link", "dotfiles/kept.json"),
        ("one", "two"),
        ("two", "one"),
    ):
        (tmp_path / name).symlink_to(aim)
    atomic_file.write(tmp_path / "settings.json", b"x")
    assert (tmp_path / "dotfiles" / "kept.json").read_bytes() == b"x"
    with pytest.raises(OSError, match="symbolic links"):
        atomic_file.write(tmp_path / "one", b"x")
    (tmp_path / "nowhere").symlink_to("there/is/none")
    with pytest.raises(FileNotFoundError):
        atomic_file.write(tmp_path / "nowhere", b"x")
