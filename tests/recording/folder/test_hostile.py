"""A recording that comes from somebody else, and a folder that is somebody else's."""

from __future__ import annotations

import errno
import json
import os
import re
import tracemalloc
from pathlib import Path

import pytest

from desktop.base import json_depth
from desktop.cli.output import CommandError
from desktop.cli.record_folder import check_folder
from desktop.protocol import commands
from desktop.recording.folder.layout import FRAMES, SESSION
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.recording.recorded_turns import turns_in
from desktop.recording.replay_script import ReplayState, Script, Step, scripts_of
from tests.recording.folder.sessions import conversation, record, sent


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child processes: packing has a test of its own."""
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


@pytest.mark.parametrize("depth", [129, 400, 5_000])
def test_a_configuration_that_is_nested_too_deep_is_cut(tmp_path: Path, depth: int) -> None:
    record(tmp_path / "r", list(conversation()))
    told = json.loads((tmp_path / "r" / SESSION).read_text())
    deep = json.dumps(told | {"config": {"a": 0}}).replace(
        '"a": 0', '"a": ' + "[" * depth + "1" + "]" * depth
    )
    (tmp_path / "r" / SESSION).write_text(deep)
    recording = open_recording(tmp_path / "r")
    assert recording.damage.session == (depth > 1_000)
    assert not json_depth.is_deep(recording.session.config)


@pytest.mark.parametrize("depth", [129, 400, 5_000])
def test_a_client_of_a_replay_that_nests_too_deep_is_not_heard(tmp_path: Path, depth: int) -> None:
    state = ReplayState(Script([Step(0, kind="text.input", number=1)]))
    state.received(b'{"type":"text.input","text":' + b"[" * depth + b"1" + b"]" * depth + b"}")
    assert state.waits_for == "text.input"
    assert state.next() is None
    state.received(b'{"type":"text.input","text":"x"}')
    assert state.next() is None
    assert state.over


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be others")
@pytest.mark.parametrize("what", ["folder", "link", "open to all"])
def test_an_empty_folder_of_somebody_else_is_not_taken(tmp_path: Path, what: str) -> None:
    folder, theirs = tmp_path / "r", tmp_path / "theirs"
    theirs.mkdir()
    if what == "link":
        folder.symlink_to(theirs)
        os.lchown(folder, 12_345, 12_345)
    else:
        folder = theirs
        os.chown(folder, *((12_345, 12_345) if what == "folder" else (0, 0)))
        folder.chmod(0o755 if what == "folder" else 0o777)
    problems: list[OSError] = []
    recorder = Recorder(lambda: folder, lambda: Wanted(frames=True), failed=problems.append)
    recorder.frame(sent(commands.AudioCommit()))
    recorder.end()
    assert not recorder.wait()
    assert [problem.errno for problem in problems] == [errno.EEXIST]
    assert list(theirs.iterdir()) == []
    with pytest.raises(CommandError, match=r"Give `--record` a folder that is new\."):
        check_folder(folder)  # before anything is said and paid for


def test_an_empty_folder_of_the_user_s_is_taken(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    record(tmp_path / "r", list(conversation()))
    assert is_recording(tmp_path / "r")


def test_a_frame_that_names_more_sound_than_one_can_have_is_not_read(tmp_path: Path) -> None:
    record(tmp_path / "r", [sent(commands.AudioAppend(bytes(480))) for _ in range(3)])
    os.truncate(tmp_path / "r" / "sent.pcm", 3_000_000_000)  # takes no room on the disk
    frames = (tmp_path / "r" / FRAMES).read_bytes()
    (tmp_path / "r" / FRAMES).write_bytes(frames.replace(b'"bytes":480', b'"bytes":3000000000', 2))
    recording = open_recording(tmp_path / "r")
    tracemalloc.start()
    found = list(recording.frames())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found), recording.damage.frames) == (1, 2)
    assert most < 10_000_000


@pytest.mark.parametrize("number", ["9" * 400, "-1", "9" * 18])
def test_numbers_that_no_recording_has_harm_nobody(tmp_path: Path, number: str) -> None:
    record(tmp_path / "r", list(conversation()))
    told = json.loads((tmp_path / "r" / SESSION).read_text())
    rates = '[{"t":N,"input_rate":N,"output_rate":N}]'.replace("N", number)
    text = json.dumps(told | {"sessions": "S", "monotonic_us": "N", "ended_us": "N"})
    text = text.replace('"S"', rates).replace('"N"', number)
    (tmp_path / "r" / SESSION).write_text(text)
    lines = (tmp_path / "r" / FRAMES).read_bytes().splitlines(keepends=True)
    for at, name in enumerate((b"t", b"size", b"bytes", b"offset", b"at")):
        lines[at] = re.sub(rb'"%b":\d+' % name, b'"%b":%b' % (name, number.encode()), lines[at])
    (tmp_path / "r" / FRAMES).write_bytes(b"".join(lines))
    recording = open_recording(tmp_path / "r")
    assert not recording.damage.session
    assert (recording.input_rate, recording.output_rate) == (24_000, 24_000)
    str(recording.missing())
    turns_in(recording)
    assert all(step.seconds >= 0 for script in scripts_of(recording) for step in script.steps)
