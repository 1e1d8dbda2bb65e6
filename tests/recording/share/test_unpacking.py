"""A zip that comes from anybody: what is taken of it, and what isn't."""

from __future__ import annotations

import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from desktop.recording import conversation_store
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.share import bundle, unpacking
from desktop.recording.share.redactor import Identity
from desktop.recording.share.unpacking import UnpackError, unpack
from tests.recording.folder.sessions import conversation, record
from tests.recording.share.planted import plant

SESSION = '{"format":1,"began":"2026-11-28T22:15:03Z"}'


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def zipped(path: Path, **entries: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"r/session.json": SESSION, **entries}.items():
            archive.writestr(name, content)
    return path


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refused(tmp_path: Path, zip_path: Path) -> str:
    """What is said of it; and nothing was written anywhere."""
    before = tree(tmp_path)
    with pytest.raises(UnpackError) as failure:
        unpack(zip_path, tmp_path / "into")
    assert tree(tmp_path) == sorted({*before, "into"})
    return str(failure.value)


def test_a_shared_recording_is_one_again(tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation()))
    made = bundle.prepare(tmp_path / "r", Identity(), sound=True)
    bundle.write(made, tmp_path / "x.zip")
    folder = unpack(tmp_path / "x.zip", tmp_path / "into")
    assert is_recording(folder)
    found = open_recording(folder)
    assert len(list(found.frames())) == len(list(conversation()))
    assert found.missing() is None
    assert tree(folder) == ["frames.jsonl", "received.pcm", "sent.pcm", "session.json"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_it_is_listed_with_the_conversations_and_never_taken_for_the_users_last(tmp_path: Path) -> None:
    folder = plant(tmp_path / "r")
    journal = folder / "journal.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:-1]))  # its end
    bundle.write(bundle.prepare(folder, Identity(), sound=False), tmp_path / "x.zip")
    made = unpack(tmp_path / "x.zip", tmp_path / "into")
    (found,) = conversation_store.summaries(tmp_path / "into")
    assert found.path == made / "journal.jsonl"
    assert found.lines == 2
    assert conversation_store.last_cut_short(tmp_path / "into") is None


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "r/../../evil",
        "/etc/evil",
        "r\\..\\evil",
        "C:/evil",
        "r//evil",
        "./r/marks.jsonl",
        "r/..",
        "a:b",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert "leads out of the folder" in refused(tmp_path, zipped(tmp_path / "x.zip", **{name: "x"}))


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFBLK])
def test_a_link_or_a_device_is_refused(tmp_path: Path, mode: int) -> None:
    path = zipped(tmp_path / "x.zip")
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("r/journal.jsonl")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "no plain file" in refused(tmp_path, path)


def test_the_same_file_twice_or_two_recordings_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "two.zip", **{"other/marks.jsonl": ""})
    assert "two.zip" in refused(tmp_path, path)
    path = zipped(tmp_path / "x.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("r/session.json", SESSION)
    assert refused(tmp_path, path)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{"r/frames.jsonl": b"0" * 50_000_000})
    assert "more than a recording can" in refused(tmp_path, path)


def test_what_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(100_000)
    path = zipped(tmp_path / "x.zip", **{"r/frames.jsonl": noise})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", len(noise)), struct.pack("<L", 5_000)))
    assert refused(tmp_path, path)


def test_more_than_its_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(tmp_path / "many.zip", **{f"r/{number}": "" for number in range(100)})
    assert "more than a recording can" in refused(tmp_path, many)
    path = zipped(tmp_path / "x.zip", **{"r/marks.jsonl": random.Random(1).randbytes(2_000)})
    monkeypatch.setitem(unpacking.LIMITS, "marks.jsonl", 1_000)
    assert "more than a recording can" in refused(tmp_path, path)
    monkeypatch.setattr(unpacking, "LARGEST_ZIP", 100)
    assert "more than a recording can" in refused(tmp_path, path)


def test_a_full_disk_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SPACE_LEFT", 1 << 62)
    assert "room" in refused(tmp_path, zipped(tmp_path / "x.zip"))


def test_what_is_no_zip_or_has_no_recording_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("hello")
    assert "no zip" in refused(tmp_path, tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no recording" in refused(tmp_path, tmp_path / "other.zip")


def test_the_rest_of_a_zip_stays_in_it(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.zip", **{"r/report.html": "<script>", "r/run.sh": "rm", "r/deep/marks.jsonl": "x"}
    )
    assert tree(unpack(path, tmp_path / "into")) == ["session.json"]


@pytest.mark.parametrize("seed", range(60))
def test_a_zip_that_is_broken_anywhere_is_opened_or_refused(tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    data = bytearray(zipped(tmp_path / "x.zip", **{"r/frames.jsonl": "{}\n" * 50}).read_bytes())
    for _ in range(rnd.randint(1, 8)):
        data[rnd.randrange(len(data))] = rnd.randrange(256)
    (tmp_path / "x.zip").write_bytes(data[: rnd.randint(len(data) // 2, len(data))] if seed % 3 else data)
    (tmp_path / "outside").write_text("mine")
    try:
        folder = unpack(tmp_path / "x.zip", tmp_path / "into")
    except UnpackError:
        assert tree(tmp_path / "into") == []
    else:
        assert set(tree(folder)) <= {"session.json", "frames.jsonl"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["into", "outside", "x.zip"]
