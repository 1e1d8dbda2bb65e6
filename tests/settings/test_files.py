"""The settings file: tolerant of its contents, and never with a key; and files for another machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import pytest

from desktop.base.redaction import protect
from desktop.settings import files, schema

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes and rarely links")


def test_they_come_back_as_they_were(tmp_path: Path):
    chosen = schema.Settings(model="xai/grok-voice-latest", voices={"a/b": "c"}, tail_ms=400)
    files.save(tmp_path, chosen)
    assert files.load(tmp_path) == chosen
    assert list(tmp_path.iterdir()) == [tmp_path / "settings.json"]


def test_no_file_is_the_defaults(tmp_path: Path):
    assert files.load(tmp_path) == schema.Settings()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 100_000])
def test_garbage_is_set_aside(tmp_path: Path, content: bytes):
    (tmp_path / "settings.json").write_bytes(content)
    assert files.load(tmp_path) == schema.Settings()
    assert (tmp_path / "settings.json.bad").read_bytes() == content


def test_what_fits_is_kept(tmp_path: Path):
    (tmp_path / "settings.json").write_text('{"model": "a/b", "tail_ms": "long", "from_the_future": 1}')
    loaded = files.load(tmp_path)
    assert loaded.model == "a/b"
    assert loaded.tail_ms == 200


@pytest.mark.parametrize(
    ("name", "wild", "kept"),
    [
        ("pre_roll_ms", 9_000, 500),
        ("tail_ms", -1, 0),
        ("cap_s", 1, 15),
        ("volume", 40.0, 1.0),
        ("temperature", 9.5, 2.0),
        ("temperature", "hot", None),
        ("theme", "pink", "system"),
        ("tap_lock", 3, True),
    ],
)
def test_what_a_file_holds_out_of_range_is_brought_within(tmp_path: Path, name: str, wild, kept):
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode({name: wild}))
    assert getattr(files.load(tmp_path), name) == kept


def test_an_exported_file_holds_no_secret_and_nothing_of_this_machine(tmp_path: Path):
    protect("a-key-that-nobody-may-see")
    chosen = schema.Settings(
        instructions="say a-key-that-nobody-may-see",
        ticket_url="https://me:word@host/mint?token=abc",
        geometry="AdnQywAD",
        data_folder="/home/anna",
        tail_ms=400,
    )
    files.export_file(tmp_path / "out.json", chosen)
    text = (tmp_path / "out.json").read_text()
    for secret in ("nobody-may-see", "word", "abc", "AdnQywAD", "anna"):
        assert secret not in text
    values = files.import_file(tmp_path / "out.json")
    assert values["tail_ms"] == 400
    assert values["ticket_url"] == "https://host/mint"
    assert not files.OF_THIS_MACHINE & set(values)
    assert list(tmp_path.iterdir()) == [tmp_path / "out.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"foreign": 1}', b"[" * 100_000, b" " * 1_000_001],
    ids=["empty", "bytes", "list", "nothing", "foreign", "deep", "large"],
)
def test_a_file_that_holds_no_settings_is_not_imported(tmp_path: Path, content: bytes):
    (tmp_path / "in.json").write_bytes(content)
    with pytest.raises(files.SettingsFileError, match=r"\."):
        files.import_file(tmp_path / "in.json")


def test_of_an_imported_file_only_what_fits_is_taken(tmp_path: Path):
    (tmp_path / "in.json").write_text('{"base_url": "no", "tail_ms": 90000, "theme": 1, "geometry": ""}')
    assert files.import_file(tmp_path / "in.json") == {"tail_ms": 1_000}


def test_a_file_that_is_not_there_is_a_plain_sentence(tmp_path: Path):
    with pytest.raises(files.SettingsFileError, match="can't be read"):
        files.import_file(tmp_path / "none.json")


@posix
def test_a_link_stays_a_link(tmp_path: Path):
    """Settings that are kept elsewhere, in a folder of dotfiles."""
    folder, elsewhere = tmp_path / "config", tmp_path / "dotfiles"
    folder.mkdir()
    elsewhere.mkdir()
    link, target = folder / files.FILE, elsewhere / files.FILE
    target.write_text("{broken")
    link.symlink_to(target)
    assert files.load(folder) == schema.Settings()
    assert (elsewhere / "settings.json.bad").read_text() == "{broken"
    files.save(folder, schema.Settings(tail_ms=400))
    assert link.is_symlink()
    assert files.load(folder).tail_ms == 400
    assert sorted(os.listdir(elsewhere)) == ["settings.json", "settings.json.bad"]
