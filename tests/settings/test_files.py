"""The settings file: tolerant of its contents, and never with a key; and files for another machine."""

from __future__ import annotations

import codecs
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
    assert files.load(tmp_path).settings == chosen
    assert list(tmp_path.iterdir()) == [tmp_path / "settings.json"]


def test_no_file_is_the_defaults(tmp_path: Path):
    assert files.load(tmp_path).settings == schema.Settings()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 100_000])
def test_garbage_is_set_aside(tmp_path: Path, content: bytes):
    (tmp_path / "settings.json").write_bytes(content)
    loaded = files.load(tmp_path)
    assert loaded.settings == schema.Settings()
    assert str(loaded.problem) == str(files.SETTINGS_SET_ASIDE(file="settings.json.bad"))
    assert (tmp_path / "settings.json.bad").read_bytes() == content


def test_what_fits_is_kept(tmp_path: Path):
    (tmp_path / "settings.json").write_text('{"model": "a/b", "tail_ms": "long", "from_the_future": 1}')
    loaded = files.load(tmp_path)
    assert loaded.settings.model == "a/b"
    assert loaded.settings.tail_ms == 200
    assert loaded.unread == {"tail_ms": "long", "from_the_future": 1}
    assert str(loaded.problem) == str(files.SETTINGS_UNREAD(names="tail_ms"))


@pytest.mark.parametrize(
    "value",
    [b"NaN", b"-Infinity", b"1e400", b"9" * 5_000, rb'"half of one: \ud83d"', b'"\xe4 in another encoding"'],
    ids=["nan", "infinity", "too large", "too long", "half a character", "not utf-8"],
)
def test_a_value_that_other_programs_write_and_we_do_not_read_costs_only_itself(tmp_path: Path, value: bytes):
    (tmp_path / "settings.json").write_bytes(b'{"theme": "dark", "tail_ms": %s, "new": %s}' % (value, value))
    loaded = files.load(tmp_path)
    assert loaded.settings == schema.Settings(theme="dark")
    assert set(loaded.unread) == {"tail_ms", "new"}
    files.save(tmp_path, loaded.settings, loaded.unread)
    assert files.load(tmp_path) == loaded


def test_half_a_character_in_a_text_is_no_text_of_ours(tmp_path: Path):
    (tmp_path / "settings.json").write_bytes(rb'{"theme": "dark", "instructions": "Be \ud83d kind."}')
    assert files.load(tmp_path).settings == schema.Settings(theme="dark", instructions="Be ? kind.")


def test_a_file_that_is_too_large_for_settings_is_set_aside(tmp_path: Path):
    """It was read whole, and the window of 50 MB of instructions never opened its session."""
    (tmp_path / "settings.json").write_text('{"from_the_future": "' + "x" * files.LARGEST_OWN + '"}')
    assert files.load(tmp_path).set_aside


def test_a_text_that_is_too_long_is_left_out_and_kept(tmp_path: Path):
    longest = "x" * schema.LONGEST_INSTRUCTIONS
    texts = {"instructions": longest + "x", "model": longest, "voices": {"a/b": longest, "c/d": "e"}}
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode(texts))
    loaded = files.load(tmp_path)
    assert (loaded.settings.instructions, loaded.settings.model) == ("", "")
    assert loaded.settings.voices == {"c/d": "e"}
    assert str(loaded.problem) == str(files.SETTINGS_UNREAD(names="instructions, model, voices"))
    assert written(tmp_path, volume=0.5)["instructions"] == longest + "x"
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode({"instructions": longest}))
    assert files.load(tmp_path).settings.instructions == longest


def written(folder: Path, **changes: object) -> dict[str, object]:
    """The file after these changes to what it held."""
    loaded = files.load(folder)
    files.save(folder, msgspec.structs.replace(loaded.settings, **changes), loaded.unread)
    whole: dict[str, object] = msgspec.json.decode((folder / files.FILE).read_bytes())
    return whole


def test_a_mark_that_an_editor_puts_before_the_text_costs_nothing(tmp_path: Path):
    content = codecs.BOM_UTF8 + b'{"volume": 0.25, "of a newer version": 1}'
    (tmp_path / files.FILE).write_bytes(content)
    loaded = files.load(tmp_path)
    assert (loaded.settings.volume, loaded.unread) == (0.25, {"of a newer version": 1})
    (tmp_path / "exported.json").write_bytes(content)
    assert files.import_file(tmp_path / "exported.json") == {"volume": 0.25}


def test_what_a_newer_version_wrote_is_kept(tmp_path: Path):
    newer = {"from_the_future": {"a": [1]}, "theme": "sepia", "turn_modes": {"a/b": "by_gaze"}}
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode(newer))
    whole = written(tmp_path, volume=0.5)
    assert {name: whole[name] for name in newer} == newer
    assert whole["volume"] == 0.5
    whole = written(tmp_path, theme="dark", turn_modes={"c/d": "semantic_vad"})
    assert whole["theme"] == "dark", "what is chosen holds"
    assert whole["turn_modes"] == {"a/b": "by_gaze", "c/d": "semantic_vad"}


@pytest.mark.parametrize("bad", ["by_gaze", 3, None, ["server_vad"], {}])
def test_a_bad_entry_costs_its_table_nothing(tmp_path: Path, bad: object):
    modes = {"a/b": "server_vad", "c/d": bad}
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode({"turn_modes": modes}))
    loaded = files.load(tmp_path)
    assert loaded.settings.turn_modes == {"a/b": "server_vad"}
    assert str(loaded.problem) == str(files.SETTINGS_UNREAD(names="turn_modes"))
    assert written(tmp_path)["turn_modes"] == modes
    assert written(tmp_path, turn_modes={"c/d": "semantic_vad"})["turn_modes"] == {"c/d": "semantic_vad"}


@pytest.mark.parametrize("bad", ["none", 3, ["a"], None])
def test_a_table_that_is_none_is_kept_too(tmp_path: Path, bad: object):
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode({"voices": bad}))
    assert files.load(tmp_path).settings.voices == {}
    assert written(tmp_path)["voices"] == bad


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
    assert getattr(files.load(tmp_path).settings, name) == kept


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
    assert files.load(folder).settings == schema.Settings()
    assert (elsewhere / "settings.json.bad").read_text() == "{broken"
    files.save(folder, schema.Settings(tail_ms=400))
    assert link.is_symlink()
    assert files.load(folder).settings.tail_ms == 400
    assert sorted(os.listdir(elsewhere)) == ["settings.json", "settings.json.bad"]


def test_no_file_that_was_kept_is_replaced_by_an_emptier_one(tmp_path: Path):
    kept = []
    for content in ('{"instructions": "an hour of work",', "", "[]"):
        (tmp_path / files.FILE).write_text(content)
        loaded = files.load(tmp_path)
        assert loaded.problem
        assert loaded.set_aside in str(loaded.problem)
        kept.append((tmp_path / loaded.set_aside).read_text())
    assert kept == ['{"instructions": "an hour of work",', "", "[]"]
    assert sorted(os.listdir(tmp_path)) == [f"settings.json.bad{end}" for end in ("", "2", "3")]
