"""A recording gives back every frame, byte for byte, and survives what may happen to it."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.protocol import commands
from desktop.recording.folder import folder_files, packing, writer
from desktop.recording.folder.layout import FRAMES, JOURNAL, MARKS, PEAKS, SESSION
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import arrived, conversation, delta, record, sent, wire_of
from tests.rig.process import until

SECRET = "marked-secret-4812"


def no_packing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child processes: packing has a test of its own."""
    no_packing(monkeypatch)


def test_every_frame_comes_back_byte_for_byte_with_its_time(tmp_path: Path) -> None:
    frames = list(conversation())
    record(tmp_path / "r", frames)
    recording = open_recording(tmp_path / "r")
    found = list(recording.frames())
    assert [one.wire for one in found] == [wire_of(frame) for frame in frames]
    assert [one.line.t for one in found] == [1_000 * number for number in range(len(frames))]
    assert [one.line.direction for one in found] == [frame.direction for frame in frames]
    assert not any(one.line.changed for one in found)
    assert recording.missing() is None
    assert json.loads((tmp_path / "r" / SESSION).read_text())["format"] == 1
    sound = b"".join(frame.message.audio for frame in frames if hasattr(frame.message, "audio"))
    with closing(recording.track("sent")) as up, closing(recording.track("received")) as down:
        assert up.size + down.size == len(sound)
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "r").iterdir()} == {0o600}


def test_without_sound_there_is_none_anywhere(tmp_path: Path) -> None:
    frames = [*conversation(), arrived(b'{"type":"odd","data":"' + b"QUJD" * 200 + b'"}')]
    record(tmp_path / "r", frames, sound=False)
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [FRAMES, SESSION]
    written = (tmp_path / "r" / FRAMES).read_bytes()
    assert b"QUJD" * 20 not in written
    for frame in frames:
        if hasattr(frame.message, "audio"):
            encoded = json.loads(wire_of(frame))["audio"]
            assert encoded.encode() not in written
    found = list(open_recording(tmp_path / "r").frames())
    assert len(found) == len(frames)
    assert {one.line.type for one in found if one.line.changed} == {"audio.append", "audio.delta", "odd"}


def test_no_secret_is_written_and_a_frame_that_had_one_says_so(tmp_path: Path) -> None:
    redaction.protect(SECRET)
    hidden = "".join(f"\\u{ord(letter):04x}" for letter in SECRET)
    frames = [
        arrived(f'{{"type":"text.delta","delta":"{SECRET}"}}'.encode()),
        arrived(f'{{"type":"text.delta","delta":"{hidden}"}}'.encode()),
        arrived(delta(b"\1\2").replace(b"e1", SECRET.encode())),
        arrived(b"no text \xff " + SECRET.encode()),
        sent(commands.TextInput(f"My key is {SECRET}")),
        sent(commands.SessionStart(commands.Config(instructions=SECRET))),
    ]
    record(tmp_path / "r", frames)
    for path in (tmp_path / "r").iterdir():
        assert SECRET.encode() not in path.read_bytes()
        assert hidden.encode() not in path.read_bytes()
    assert all(one.line.changed for one in open_recording(tmp_path / "r").frames())


def test_marks_before_the_first_frame_count_and_times_begin_with_the_first(tmp_path: Path) -> None:
    recorder = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True))
    recorder.mark(Mark(5_000_000, "key_down", turn=1))
    recorder.frame(sent(commands.AudioCommit(), at=5.25))
    recorder.mark(Mark(5_300_000, "commit", turn=1))
    recorder.end()
    assert recorder.wait()
    recording = open_recording(tmp_path / "r")
    assert [(mark.t, mark.mark, mark.turn) for mark in recording.marks()] == [
        (0, "key_down", 1),
        (300_000, "commit", 1),
    ]
    assert [line.t for line in recording.frame_lines()] == [250_000]
    assert recording.session.monotonic_us == 5_000_000
    assert recording.session.ended_us is not None


def test_a_folder_that_has_something_in_it_is_nobody_elses_to_write(tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation()))
    before = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    problems: list[OSError] = []
    other = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True), failed=problems.append)
    other.frame(sent(commands.AudioCommit()))
    other.end()
    assert not other.wait()
    assert [problem.errno for problem in problems] == [errno.EEXIST]
    assert {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()} == before


def test_a_disk_that_is_full_for_a_time_costs_nothing_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    monkeypatch.setattr(writer, "GATHER_S", 0.01)
    full, told = [True], []
    real = os.write

    def write(fd: int, data: bytes) -> int:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr("desktop.recording.record_file.os.write", write)
    recorder = Recorder(
        lambda: tmp_path / "r",
        lambda: Wanted(frames=True, sound=True),
        failed=lambda exc: told.append(exc.strerror),
        recovered=lambda: told.append("recovered"),
    )
    frames = list(conversation())
    for frame in frames:
        recorder.frame(frame)
    until(lambda: told, within=5, what="the problem")
    full[0] = False
    until(lambda: len(told) > 1, within=5, what="the recovery")
    recorder.end()
    assert recorder.wait()
    assert told == ["No space left on device", "recovered"]
    assert [one.wire for one in open_recording(tmp_path / "r").frames()] == list(map(wire_of, frames))


def test_what_finds_no_room_is_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.queue.MOST_FRAME_BYTES", 1_000)
    monkeypatch.setattr(folder_files, "MOST_SOUND", 500)
    frames = [sent(commands.AudioAppend(bytes(480))) for _ in range(20)]
    recorder = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True, sound=True))
    for frame in frames:
        recorder.frame(frame)
    recorder.end()
    assert not recorder.wait()
    recording = open_recording(tmp_path / "r")
    kept = list(recording.frames())
    assert recording.damage.frames == len(frames) - len(kept)
    assert f"{recording.damage.frames} frames" in str(recording.missing())


OUTLINE = f"sent{PEAKS}"
"""Grows with the sound alone."""


@pytest.mark.parametrize("name", [JOURNAL, FRAMES, MARKS, "sent.pcm"])
def test_no_file_grows_without_a_bound_and_a_full_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    most = 20_000
    monkeypatch.setitem(folder_files.MOST_BYTES, name, most)
    monkeypatch.setattr(folder_files, "MOST_SOUND", most if name == "sent.pcm" else 10**9)
    problems: list[OSError] = []
    recorder = Recorder(
        lambda: tmp_path / "r", lambda: Wanted(frames=True, sound=True), failed=problems.append
    )
    part = recorder.open_journal()
    for number in range(2_000):
        recorder.frame(sent(commands.AudioAppend(bytes(100)), at=number / 100))
        recorder.mark(Mark(10_000 * number, "key_up"))
        part.put({"type": "removed", "id": number})
    part.put({"type": "ended", "at": "2026-05-01T12:00:00Z"})
    recorder.end()
    assert not recorder.wait()
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "r").iterdir()}
    assert most - 200 < sizes[name] < most + 200
    assert all(size > most for other, size in sizes.items() if other not in (name, SESSION, OUTLINE))
    assert [problem.errno for problem in problems] == [errno.EFBIG]
    assert (tmp_path / "r" / JOURNAL).read_bytes().endswith(b'"2026-05-01T12:00:00Z"}\n'), (
        "its end is written"
    )
    recording = open_recording(tmp_path / "r")
    assert recording.missing() is None
    assert (len(list(recording.frames())) < 2_000) == (name == FRAMES)


def test_a_folder_that_cant_be_made_costs_the_recording_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    problems: list[OSError] = []
    recorder = Recorder(lambda: tmp_path / "file" / "r", lambda: Wanted(frames=True), failed=problems.append)
    for frame in conversation():
        recorder.frame(frame)
    recorder.end()
    assert not recorder.wait()
    assert len(problems) == 1


def test_packed_it_is_the_same_and_smaller(tmp_path: Path) -> None:
    quiet = b"".join((number % 50).to_bytes(2, "little") for number in range(24_000))
    frames = [arrived(delta(quiet)), sent(commands.AudioAppend(quiet[:480]))]
    recorder = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True, sound=True))
    recorder.session(part(24_000, 16_000))
    for frame in frames:
        recorder.frame(frame)
    recorder.end()
    assert recorder.wait()
    assert packing.pack(tmp_path / "r")
    assert not list((tmp_path / "r").glob("*.pcm*"))
    assert (tmp_path / "r" / "received.flac").stat().st_size < len(quiet) / 2
    recording = open_recording(tmp_path / "r")
    assert [one.wire for one in recording.frames()] == [wire_of(frame) for frame in frames]
    with closing(recording.track("received")) as track:
        assert track.read(101, 7) == quiet[101:108]
        assert track.read(len(quiet) - 2, 100) == quiet[-2:]
        assert track.read(len(quiet) + 2, 2) == b""


def test_packing_writes_through_no_link(tmp_path: Path) -> None:
    recorder = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True, sound=True))
    recorder.session(part(24_000, 16_000))
    recorder.frame(arrived(delta(bytes(4_800))))
    recorder.end()
    assert recorder.wait()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "r" / f"received{packing.PART}").symlink_to(victim)
    assert packing.pack(tmp_path / "r")
    assert victim.read_text() == "mine"
    assert (tmp_path / "r" / "received.flac").is_file()


def part(input_rate: int, output_rate: int):
    from desktop.recording.folder.layout import SessionPart

    return SessionPart(t=0, input_rate=input_rate, output_rate=output_rate)


def test_a_track_of_two_rates_stays_as_it_is(tmp_path: Path) -> None:
    recorder = Recorder(lambda: tmp_path / "r", lambda: Wanted(frames=True, sound=True))
    recorder.session(part(24_000, 24_000))
    recorder.session(part(16_000, 24_000))
    recorder.frame(sent(commands.AudioAppend(bytes(480))))
    recorder.end()
    assert recorder.wait()
    assert not packing.pack(tmp_path / "r")
    assert (tmp_path / "r" / "sent.pcm").stat().st_size == 480


TALKING = """
import sys, time
from pathlib import Path
from desktop.recording.folder import recorder, writer
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import conversation
writer.GATHER_S = 0.002
seed = int(sys.argv[2])
kept = Recorder(lambda: Path(sys.argv[1]) / "r", lambda: Wanted(True, True))
for number, frame in enumerate(conversation(10_000, seed)):
    kept.frame(frame)
    kept.mark(Mark(round(time.monotonic() * 1e6), "key_down", turn=number))
    if number % 20 == 0:
        time.sleep(0.001)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
@pytest.mark.parametrize("kills", [range(2), pytest.param(range(2, 200), marks=pytest.mark.long)], ids=len)
def test_killed_at_any_moment_what_was_written_is_right(tmp_path: Path, kills: range) -> None:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    for seed in kills:
        folder = tmp_path / str(seed)
        folder.mkdir()
        program = subprocess.Popen([sys.executable, "-c", TALKING, str(folder), str(seed)], env=env)
        try:
            enough = random.Random(seed).randint(2_000, 60_000)
            frames = folder / "r" / FRAMES
            until(
                lambda file=frames, size=enough: file.exists() and file.stat().st_size > size,
                within=30,
                what="frames",
            )
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait()
        check_cut(folder / "r", seed)
        shutil.rmtree(folder)


def check_cut(folder: Path, seed: int) -> None:
    """Whatever is there is right, and what is missing is at the end."""
    recording = open_recording(folder)
    found = list(recording.frames())
    expected = [wire_of(frame) for frame, _ in zip(conversation(10_000, seed), found, strict=False)]
    assert [one.wire for one in found] == expected
    assert recording.damage.frames == recording.damage.marks == 0
    turns = [mark.turn for mark in recording.marks()]
    assert turns == list(range(len(turns)))


def test_cut_at_any_byte_what_is_before_is_right(tmp_path: Path) -> None:
    """What a kill leaves is a beginning of each file: 200 of them, at random."""
    marks = tuple(Mark(100_000_000 + number, "key_up", turn=number) for number in range(50))
    frames = list(conversation(4))
    record(tmp_path / "whole", frames, marks=marks)
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    rnd = random.Random(7)
    folder = tmp_path / "cut"
    folder.mkdir()
    for _ in range(200):
        for name, data in whole.items():
            (folder / name).write_bytes(data[: rnd.randint(0, len(data))])
        recording = open_recording(folder)
        found = list(recording.frames())
        for one, frame in zip(found, frames, strict=False):
            assert one.wire in (wire_of(frame), None)
        assert [mark.turn for mark in recording.marks()] == list(range(len(list(recording.marks()))))
        missing = recording.missing()
        if recording.damage.session or any(one.wire is None for one in found):
            assert str(missing).startswith("Some of this recording can't be read: ")


def test_garbled_anywhere_it_is_read_without_an_error(tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation(3)), marks=(Mark(1, "key_up"),))
    (tmp_path / "r" / JOURNAL).write_text("{}\n")
    whole = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    rnd = random.Random(11)
    for _ in range(200):
        for name, data in whole.items():
            garbled = bytearray(data)
            for _ in range(rnd.randint(0, 8)):
                at, size = rnd.randint(0, len(garbled)), rnd.choice((1, 1, 20, 400))
                garbled[at : at + size] = rnd.choice((rnd.randbytes(size), b"", b'{"t":-1}', b"9" * size))
            (tmp_path / "r" / name).write_bytes(garbled)
        recording = open_recording(tmp_path / "r")
        assert is_recording(tmp_path / "r")
        for one in recording.frames():
            assert one.line.t >= 0
        for mark in recording.marks():
            assert mark.t >= 0
        str(recording.missing())


def test_no_link_in_it_is_followed(tmp_path: Path) -> None:
    record(tmp_path / "r", list(conversation()), marks=(Mark(1, "key_up"),))
    secret = tmp_path / "secret"
    secret.write_bytes((tmp_path / "r" / FRAMES).read_bytes())
    for name in (FRAMES, MARKS, SESSION, "received.pcm"):
        (tmp_path / "r" / name).unlink()
        (tmp_path / "r" / name).symlink_to(secret)
    recording = open_recording(tmp_path / "r")
    assert not is_recording(tmp_path / "r")
    assert list(recording.frames()) == list(recording.marks()) == []
    assert recording.track("received").size == 0
    assert recording.damage.session
