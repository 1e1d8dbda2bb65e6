"""The bytes of a file: plain ones, pipes, devices, and those that can't be read."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from desktop.audio import sound_bytes
from desktop.audio.sound_bytes import SoundBytes, open_bytes
from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from tests.audio.sound_files import TONE, data, encoded, fmt, pcm, riff

QUESTION = riff(fmt(), data(pcm(TONE, 2)))
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def piped(content: bytes) -> BinaryIO:
    """The reading end of a pipe that this comes out of."""
    out, into = os.pipe()

    def write() -> None:
        with open(into, "wb") as pipe:
            try:
                pipe.write(content)
            except BrokenPipeError:
                pass  # the reader has enough

    threading.Thread(target=write, daemon=True).start()
    return open(out, "rb")


def length(file: SoundFile) -> int:
    count = 0
    while len(block := file.read(1_000)):
        count += len(block)
    file.close()
    return count


@pytest.mark.parametrize("format", ["WAV", "FLAC", "AIFF"])
def test_a_pipe_is_read_to_its_end(format: str) -> None:
    file = SoundFile(piped(encoded(format, "PCM_16")), "standard input")
    assert (file.seconds, length(file)) == (1, len(TONE))


def test_a_stream_of_unknown_length_is_read_to_its_end() -> None:
    endless = riff(fmt(), data(pcm(TONE, 2), 0xFFFFFFFF))
    assert length(SoundFile(piped(endless), "standard input")) == len(TONE)


@posix
def test_a_named_pipe_is_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    os.mkfifo(path)
    threading.Thread(target=lambda: path.write_bytes(QUESTION), daemon=True).start()
    assert length(SoundFile(path)) == len(TONE)


def test_what_never_ends_is_refused_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_bytes, "LARGEST_COPY", 1 << 20)
    with (
        piped(QUESTION + bytes(2 << 20)) as pipe,
        pytest.raises(SoundFileError, match=r"standard input is not a plain file, and more than 1 MB"),
    ):
        open_bytes(pipe, "standard input")


@posix
def test_devices_end_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_bytes, "LARGEST_COPY", 1 << 20)
    with pytest.raises(SoundFileError, match="more than 1 MB"):
        SoundFile("/dev/zero")
    with pytest.raises(SoundFileError, match="contains no sound"):
        SoundFile("/dev/null")


def test_a_copy_without_room_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sound_bytes.tempfile, "TemporaryFile", Full)
    with (
        piped(QUESTION) as pipe,
        pytest.raises(SoundFileError, match=r"\(No space left on device\). Save it as a file first"),
    ):
        open_bytes(pipe, "standard input")


def test_an_open_file_is_read_from_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "two.bin"
    path.write_bytes(b"something before" + QUESTION)
    file = path.open("rb")
    file.seek(16)
    assert length(SoundFile(file, "standard input")) == len(TONE)
    assert file.closed


def test_missing_and_unreadable_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError, match=r"There is no file .*nowhere\.wav\. Check the path\."):
        SoundFile(tmp_path / "nowhere.wav")
    with pytest.raises(SoundFileError, match=r"can't be read \(.+\)\. Choose another file\."):
        SoundFile(tmp_path)
    with pytest.raises(SoundFileError, match="can't be read"):
        SoundFile("null\0byte.wav")


class Failing(io.BytesIO):
    """A file on a disk that fails in its middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 30_000:
            raise OSError(5, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("content", [QUESTION, encoded("AU", "PCM_16")])
def test_a_disk_that_fails_is_the_end_and_is_said(content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    file = SoundFile(Failing(content), "question.wav")
    assert 0 < length(file) < len(TONE)
    assert [str(note).partition(":")[0] for note in file.notes] == [
        "question.wav can't be read any further (Input/output error)"
    ]
    assert capfd.readouterr() == ("", "")


def test_parts_have_places_of_their_own() -> None:
    whole = SoundBytes(io.BytesIO(b"0123456789"))
    part = whole.part(3, 4)
    whole.seek(5)
    assert (part.read(2), whole.read(2), part.read(9), part.read(1)) == (b"34", b"56", b"56", b"")
    assert part.seek(-9, os.SEEK_CUR) == 0
    assert whole.read_at(8, 9) == b"89"
    assert whole.tell() == 7


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    yield
    if before:
        deadline = threading.Event()
        for _ in range(100):
            if len(os.listdir("/proc/self/fd")) <= len(before):
                return
            deadline.wait(0.01)  # a writer's thread is about to notice
        assert set(os.listdir("/proc/self/fd")) - before == set()
