"""What is in a shared zip, and what never is."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from pathlib import Path

import pytest

from desktop.recording import journal
from desktop.recording.folder.reader import open_recording
from desktop.recording.share import bundle
from desktop.recording.share.redactor import Identity
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import arrived, conversation, delta, record, wire_of
from tests.recording.share.planted import IDENTITY, SECRETS, frames, plant

NOBODY = Identity()


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def everything(path: Path) -> str:
    """All that is in a zip, names included, and once more without JSON's escapes."""
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).decode(errors="replace") for name in archive.namelist()]
        found = "\n".join([*archive.namelist(), *texts])
    words = "".join(part for line in found.split("\n") for part in _deltas(line))
    plain = re.sub(r"\\+u00([0-9a-f]{2})", lambda escape: chr(int(escape[1], 16)), found)
    return "\n".join((found, plain, re.sub(r"\\+", r"\\", plain), words))


def _deltas(line: str) -> list[str]:
    try:
        frame = json.loads(line)["frame"]
        return [frame["delta"]] if "delta" in frame else []
    except (ValueError, KeyError, TypeError):
        return []


def test_of_thirty_planted_secrets_none_is_in_the_zip(tmp_path: Path) -> None:
    assert len(SECRETS) == 30
    folder = plant(tmp_path / "annas" / "r")
    made = bundle.prepare(folder, IDENTITY, sound=False)
    bundle.write(made, tmp_path / "x.zip")
    found = everything(tmp_path / "x.zip").lower()
    assert [name for name, secret in SECRETS.items() if secret.lower() in found] == []
    assert set(made.redacted) == {"key", "email", "home", "user", "host"}


def test_they_were_all_in_the_recording(tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    folder = plant(tmp_path / "r")
    (tmp_path / "x.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path)
    found = everything(tmp_path / "x.zip")
    hidden = {"key in a frame that is no text"}  # in base64
    assert {name for name, secret in SECRETS.items() if secret not in found} <= hidden


def test_what_has_no_secret_stays_as_it_was(tmp_path: Path) -> None:
    sent_and_received = list(conversation())
    record(tmp_path / "r", sent_and_received, marks=(Mark(1_000, "key_down", turn=1),))
    made = bundle.prepare(tmp_path / "r", NOBODY, sound=True)
    assert not made.redacted
    bundle.write(made, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        archive.extractall(tmp_path / "out")
    (inside,) = (tmp_path / "out").iterdir()
    assert inside.name.startswith("recording-")
    again = open_recording(inside)
    found = [one.wire for one in again.frames()]
    odd = b"no json \xff\xfe"  # as text, since nobody can look through its bytes
    assert [wire for wire in found if wire and b"no json" not in wire] == [
        wire_of(frame) for frame in sent_and_received if wire_of(frame) != odd
    ]
    assert again.missing() is None
    assert sum(one.line.text is not None and "no json" in one.line.text for one in again.frames()) == 2
    assert [mark.mark for mark in again.marks()] == ["key_down"]
    assert stat.S_IMODE((tmp_path / "x.zip").stat().st_mode) == 0o600


def test_sound_stands_where_it_was_beside_what_was_taken_out(tmp_path: Path) -> None:
    wire = delta(b"\1\2\3\4").replace(b'"e1"', b'"a@b.example"')
    record(tmp_path / "r", [arrived(wire)])
    made = bundle.prepare(tmp_path / "r", NOBODY, sound=True)
    bundle.write(made, tmp_path / "x.zip")
    zipfile.ZipFile(tmp_path / "x.zip").extractall(tmp_path / "out")
    (inside,) = (tmp_path / "out").iterdir()
    (frame,) = open_recording(inside).frames()
    assert frame.line.changed
    assert json.loads(frame.wire or b"") == json.loads(wire.replace(b"a@b.example", b"[e-mail]"))


def test_without_sound_there_is_none_and_never_a_picture(tmp_path: Path) -> None:
    picture = b'{"type":"odd","image":"' + b"QUJD" * 200 + b'"}'
    left = b'{"type":"odd","data":"' + b"WFla" * 200 + b'"}'
    record(tmp_path / "r", [*conversation(), arrived(picture), arrived(left)])
    without = bundle.prepare(tmp_path / "r", NOBODY, sound=False)
    assert without.has_sound
    assert not without.sound
    assert {part.name for part in without.parts} == {"report.html", "session.json", "frames.jsonl"}
    text = b"".join(without.texts.values())
    assert b"QUJD" * 20 not in text
    assert b"WFla" * 20 not in text
    assert b"<audio" not in text
    shared = bundle.prepare(tmp_path / "r", NOBODY, sound=True)
    assert {"sent.pcm", "received.pcm"} < {part.name for part in shared.parts}
    text = b"".join(shared.texts.values())
    assert b"QUJD" * 20 not in text
    assert b"<audio" in text


def test_the_conversation_is_a_journal_again(tmp_path: Path) -> None:
    folder = plant(tmp_path / "r")
    made = bundle.prepare(folder, IDENTITY, sound=False)
    (tmp_path / "journal.jsonl").write_bytes(made.texts["journal.jsonl"])
    stored = journal.read(tmp_path / "journal.jsonl")
    assert [line.text for line in stored.lines] == ["I am [user].", "Here it is: [key]"]
    assert [line.speaker for line in stored.lines] == ["user", "assistant"]
    assert not stored.damaged
    assert not stored.cut_short


def test_ids_that_the_provider_looks_for_stay(tmp_path: Path) -> None:
    folder = plant(tmp_path / "r")
    made = bundle.prepare(folder, IDENTITY, sound=False)
    assert b"sess_Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0Kk1" in made.texts["frames.jsonl"]
    assert len(made.texts["frames.jsonl"].splitlines()) == len(frames())


def test_a_zip_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    record(tmp_path / "r", [sent_frame for sent_frame in conversation()])
    made = bundle.prepare(tmp_path / "r", NOBODY, sound=True)
    (tmp_path / "r" / "sent.pcm").unlink()
    (tmp_path / "x.zip").write_bytes(b"before")
    with pytest.raises(OSError, match="sent"):
        bundle.write(made, tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r", "x.zip"]


def test_a_link_in_a_recording_is_not_shared(tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation()))
    (tmp_path / "private").write_text('{"type":"began","at":"2026-01-01T00:00:00Z","model":"private"}\n')
    (tmp_path / "r" / "journal.jsonl").symlink_to(tmp_path / "private")
    (tmp_path / "r" / "sent.pcm").unlink()
    (tmp_path / "r" / "sent.pcm").symlink_to(tmp_path / "private")
    made = bundle.prepare(tmp_path / "r", NOBODY, sound=True)
    assert not {"journal.jsonl", "sent.pcm"} & {part.name for part in made.parts}
