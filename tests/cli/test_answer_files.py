"""Where a turn's sound, frames and text go: files, standard output, and places that can't be written."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pty
import signal
import stat
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from desktop.audio.format import float_to_pcm16, wav_bytes
from desktop.cli import answer_files
from desktop.cli.answer_files import AnswerFiles
from desktop.cli.output import CommandError
from tests.cli.commands import PCM, answering, asked, is_one_plain_line, run, shell, start
from tests.realtime.service import Line, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither bash nor these devices")

ROOT = Path(__file__).parents[2]
TEXT = "you: Hello?\nassistant: Hi.\n"
TONE = float_to_pcm16((0.3 * np.sin(np.arange(24_000) / 8)).astype(np.float32))


def sound_of(content: bytes | Path) -> bytes:
    """The samples of a WAV file."""
    with wave.open(io.BytesIO(content) if isinstance(content, bytes) else str(content)) as file:
        return file.readframes(file.getnframes())


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def has_frames(events: str) -> bool:
    types = [json.loads(line)["type"] for line in events.splitlines()]
    return types[0] == "session.start" and "response.completed" in types


async def test_sound_to_standard_output_is_the_wav_and_nothing_else(tmp_path: Path):
    async with serving(answering()) as service:
        code, _, err = await shell(
            f"presstalk say hi -o - > {tmp_path / 'a.wav'}", OPPER_BASE_URL=service.url
        )
    assert (code, err) == (0, TEXT)
    assert sound_of(tmp_path / "a.wav") == PCM


async def test_frames_to_standard_output_are_lines_of_json_and_nothing_else(tmp_path: Path):
    async with serving(answering("a\x9b2J\u202e\x7f")) as service:
        code, out, err = await run(
            "say", "hi", "--events", "-", "-o", str(tmp_path / "a.wav"), "--base-url", service.url
        )
    assert (code, err) == (0, "you: Hello?\nassistant: a�2J�\n")
    assert has_frames(out)
    assert not set("\x9b\u202e\x7f") & set(out)
    assert sound_of(tmp_path / "a.wav") == PCM


async def test_frames_come_as_they_are_exchanged():
    seen = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        async with asyncio.timeout(30):
            await seen.wait()
        await line.expect("text.input")
        await line.send("response.started")
        await line.send("text.delta", delta="Hi.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        process = await start("say", "hi", "--events", "-", "--base-url", service.url)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            assert b"session.start" in await process.stdout.readline()
            seen.set()
            await process.communicate()
    assert process.returncode == 0


async def test_a_reader_of_frames_that_stops_costs_nothing_else(tmp_path: Path):
    stopped = tmp_path / "stopped"

    async def script(line: Line) -> None:
        await line.start()
        assert await asked(line)
        async with asyncio.timeout(20):
            while not stopped.exists():  # noqa: ASYNC110 - the shell makes it
                await asyncio.sleep(0.005)
        await answering_now(line)

    reader = f"(head -n1; exec <&-; touch {stopped})"
    async with serving(script) as service:
        code, out, err = await shell(
            f"presstalk say hi --events - -o {tmp_path / 'a.wav'} | {reader}", OPPER_BASE_URL=service.url
        )
    assert (code, err) == (141, TEXT)
    assert out.startswith('{"at_ms"')
    assert sound_of(tmp_path / "a.wav") == PCM


@pytest.mark.parametrize("option", ["-o", "--events"])
async def test_a_full_standard_output_is_said(option: str, tmp_path: Path):
    async with serving(answering()) as service:
        code, _, err = await shell(
            f"presstalk say hi {option} - >/dev/full", OPPER_BASE_URL=service.url, TMPDIR=str(tmp_path)
        )
    assert code == 1
    assert err.startswith(TEXT)
    assert is_one_plain_line(err.removeprefix(TEXT))
    assert "Standard output can't be written (No space left on device)" in err
    kept = [tmp_path / name for name in names_in(tmp_path)]
    assert [sound_of(path) for path in kept] == ([PCM] if option == "-o" else [])
    assert all(str(path) in err for path in kept)


async def test_sound_that_a_full_disk_has_no_room_for_is_kept_elsewhere(tmp_path: Path):
    async with serving(answering()) as service:
        code, out, err = await run(
            "say", "hi", "-o", "/dev/full", "--base-url", service.url, TMPDIR=str(tmp_path)
        )
    assert (code, out) == (1, TEXT)
    assert is_one_plain_line(err)
    (kept,) = names_in(tmp_path)
    assert f"{tmp_path / kept} now." in err
    assert sound_of(tmp_path / kept) == PCM


def test_if_the_temporary_folder_is_full_too_it_is_kept_with_the_data(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answer_files.tempfile, "gettempdir", lambda: "/proc")
    with pytest.raises(CommandError, match=r"No space left on device.* is in (.*) now\.$"):
        AnswerFiles(Path("/dev/full"), None).save_sound(PCM, 24_000)
    (kept,) = names_in(own_home / "data")
    assert sound_of(own_home / "data" / kept) == PCM


async def test_frames_that_a_full_disk_has_no_room_for_are_said():
    async with serving(answering()) as service:
        code, out, err = await run("say", "hi", "--events", "/dev/full", "--base-url", service.url)
    assert (code, out) == (1, TEXT)
    assert is_one_plain_line(err)
    assert "/dev/full can't be written (No space left on device)" in err


async def test_devices_and_pipes_are_written_and_not_replaced(tmp_path: Path):
    async with serving(answering()) as service:
        code, out, err = await shell(
            f"mkfifo {tmp_path}/a {tmp_path}/e; cat {tmp_path}/a > {tmp_path}/a.wav & "
            f"cat {tmp_path}/e > {tmp_path}/e.jsonl & "
            f"presstalk say hi -o {tmp_path}/a --events {tmp_path}/e; code=$?; wait; exit $code",
            OPPER_BASE_URL=service.url,
        )
        assert (code, out, err) == (0, TEXT, "")
        for option in ("-o", "--events"):
            code, out, err = await run("say", "hi", option, "/dev/null", "--base-url", service.url)
            assert (code, out, err) == (0, TEXT, "")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert sound_of(tmp_path / "a.wav") == PCM
    assert has_frames((tmp_path / "e.jsonl").read_text())


async def test_an_existing_file_is_replaced_whole_and_a_link_stays(tmp_path: Path):
    answer, link = tmp_path / "answer.wav", tmp_path / "link.wav"
    answer.write_bytes(bytes(1_000_000))
    answer.chmod(0o640)
    link.symlink_to(answer)
    async with serving(answering()) as service:
        code, _, err = await run("say", "hi", "-o", str(link), "--base-url", service.url)
    assert (code, err) == (0, "")
    assert sound_of(answer) == PCM
    assert (link.is_symlink(), answer.stat().st_mode & 0o777) == (True, 0o640)
    assert names_in(tmp_path) == ["answer.wav", "link.wav"]


@pytest.mark.parametrize("option", ["-o", "--events"])
@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("no/such/answer", "There is no folder"),
        ("", "is a folder"),
        ("folder/", "is a folder"),
        ("file/answer", "Not a directory"),
        ("loop", "symbolic links"),
        ("dangling", "There is no folder"),
        ("x" * 300, "name too long"),
        ("/proc/answer", "can't be written"),
        ("socket", "can't be written"),
    ],
)
async def test_a_place_that_cant_be_written_is_said_before_anything_is_paid(
    option: str, place: str, word: str, tmp_path: Path
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone" / "answer")
    os.mknod(tmp_path / "socket", 0o140_600)
    before = names_in(tmp_path)
    async with serving(answering()) as service:
        code, out, err = await run("say", "hi", option, str(tmp_path / place), "--base-url", service.url)
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert word in err
    assert service.requests == []
    assert names_in(tmp_path) == before


@pytest.mark.parametrize("option", ["-o", "--events"])
async def test_a_working_folder_that_was_deleted_is_said(option: str, tmp_path: Path):
    code, out, err = await shell(
        f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir ../gone; "
        f"PYTHONPATH={ROOT} presstalk say hi {option} answer"
    )
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert "answer can't be written" in err


async def test_two_outputs_cant_both_go_to_standard_output():
    for first in ("-", "/dev/stdout"):
        async with serving(answering()) as service:
            code, out, err = await run("say", "hi", "-o", first, "--events", "-", "--base-url", service.url)
        assert (code, out, service.requests) == (1, "", [])
        assert is_one_plain_line(err)


def test_a_file_or_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "there.wav").write_bytes(b"before")
    monkeypatch.setattr(answer_files.os, "open", refused)
    monkeypatch.setattr(answer_files.tempfile, "TemporaryFile", refused)
    for name in ("there.wav", "new.wav"):
        for files in (AnswerFiles(tmp_path / name, None), AnswerFiles(None, tmp_path / name)):
            with pytest.raises(CommandError, match=r"can't be written \(Permission denied\)"):
                files.check()
    assert (tmp_path / "there.wav").read_bytes() == b"before"


async def test_two_outputs_in_one_file_are_refused(tmp_path: Path):
    async with serving(answering()) as service:
        code, out, err = await run(
            *("say", "hi", "-o", str(tmp_path / "x"), "--events", f"{tmp_path}/./x"),
            *("--base-url", service.url),
        )
        assert (code, out, service.requests) == (1, "", [])
        assert is_one_plain_line(err)
        code, _, err = await run(
            *("say", "hi", "-o", "/dev/null", "--events", "/dev/null", "--base-url", service.url)
        )
        assert (code, err) == (0, "")


@pytest.mark.parametrize("option", ["-o", "--events"])
@pytest.mark.parametrize("link", ["", "symlink", "hard link"])
async def test_the_speech_is_not_overwritten(option: str, link: str, tmp_path: Path):
    speech = output = tmp_path / "speech.wav"
    speech.write_bytes(wav_bytes(TONE, 24_000))
    if link:
        output = tmp_path / "other.wav"
        output.symlink_to(speech) if link == "symlink" else output.hardlink_to(speech)
    async with serving(answering()) as service:
        code, out, err = await run("talk", str(speech), option, str(output), "--base-url", service.url)
    assert (code, out, service.requests) == (1, "", [])
    assert is_one_plain_line(err)
    assert sound_of(speech) == TONE


async def test_a_files_name_may_be_a_dash(tmp_path: Path):
    async with serving(answering()) as service:
        code, out, err = await shell(
            f"cd {tmp_path}; PYTHONPATH={ROOT} presstalk say hi -o ./-", OPPER_BASE_URL=service.url
        )
    assert (code, out, err) == (0, TEXT, "")
    assert sound_of(tmp_path / "-") == PCM


async def test_no_sound_is_sent_to_a_terminal():
    master, slave = pty.openpty()
    try:
        async with serving(answering()) as service:
            code, _, err = await shell(
                f"presstalk say hi -o - >{os.ttyname(slave)}", OPPER_BASE_URL=service.url
            )
    finally:
        os.close(slave)
        os.close(master)
    assert code == 1
    assert is_one_plain_line(err)
    assert service.requests == []


async def test_an_answer_without_sound_writes_no_file(tmp_path: Path):
    async with serving(answering(pcm=b"")) as service:
        code, out, err = await run("say", "hi", "-o", str(tmp_path / "a.wav"), "--base-url", service.url)
    assert (code, out) == (1, TEXT)
    assert is_one_plain_line(err)
    assert "no sound" in err
    assert names_in(tmp_path) == []


async def test_no_session_in_time_writes_no_file(tmp_path: Path):
    async def script(line: Line) -> None:
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, _, err = await run(
            "say", "hi", "--timeout", "0.5", "-o", str(tmp_path / "a.wav"), "--base-url", service.url
        )
    assert code == 1
    assert is_one_plain_line(err)
    assert "within 0.5 seconds" in err
    assert names_in(tmp_path) == []


async def test_talk_reads_standard_input_between_programs(tmp_path: Path):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert len(line.appended) >= len(TONE)
        await line.expect("response.create")
        await answering_now(line)

    async with serving(script) as service:
        code, _, err = await shell(
            f"presstalk talk - -o - | cat > {tmp_path / 'a.wav'}",
            stdin=wav_bytes(TONE, 24_000),
            OPPER_BASE_URL=service.url,
        )
    assert (code, err) == (0, TEXT)
    assert sound_of(tmp_path / "a.wav") == PCM


async def answering_now(line: Line) -> None:
    await line.send("response.started")
    await line.send("text.delta", delta="Hi.")
    await line.send_audio(PCM)
    await line.send("response.completed")
    await line.send("transcript.committed", transcript="Hello?")
    await line.socket.wait_closed()


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("presstalk talk - </dev/null", "contains no sound"),
        ("presstalk talk - <&-", "closed"),
        ("presstalk talk /dev/stdin </dev/null", "contains no sound"),
        ("echo nonsense | presstalk talk -", "not a sound file"),
        ("presstalk talk .", "can't be read"),
        ("presstalk talk ''", "empty"),
    ],
)
async def test_speech_that_cant_be_read_is_one_sentence(command: str, word: str):
    code, out, err = await shell(command)
    assert code in (1, 2)
    assert out == ""
    assert is_one_plain_line(err)
    assert word in err


async def test_a_terminal_is_no_speech():
    master, slave = pty.openpty()
    try:
        code, _, err = await shell(f"presstalk talk - <{os.ttyname(slave)}")
    finally:
        os.close(slave)
        os.close(master)
    assert code == 1
    assert is_one_plain_line(err)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_a_signal_ends_it_without_a_word_and_keeps_the_frames(
    number: signal.Signals, code: int, tmp_path: Path
):
    there = asyncio.Event()

    async def script(line: Line) -> None:
        await line.start()
        await asked(line)
        there.set()
        await line.socket.wait_closed()

    events = tmp_path / "events.jsonl"
    async with serving(script) as service:
        process = await start("say", "hi", "--events", str(events), "--base-url", service.url)
        async with asyncio.timeout(60):
            await there.wait()
            process.send_signal(number)
            out, err = await process.communicate()
    assert (process.returncode, out, err) == (code, b"", b"")
    assert "response.create" in events.read_text()
