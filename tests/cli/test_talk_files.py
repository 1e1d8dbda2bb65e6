"""`talk` as a process, with files of every kind: what the service hears of them, and what is said."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop.audio.format import Samples
from desktop.offline import hibari
from desktop.offline.speech_engines import SYNTHESIZER_RATE
from tests.audio.sound_files import data, encoded, fmt, pcm, riff
from tests.audio.tones import fit, tone
from tests.realtime.service import Line, serving

RATE = 16_000
STEREO = np.stack([tone(440, RATE, 1), -tone(440, RATE, 1)], axis=1)


async def talk(path: Path | str, *words: str, **env: str) -> tuple[int, str, str]:
    """Send a file; the exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop", "talk", str(path), *words),
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def heard(path: Path, *options: str) -> tuple[Samples, str]:
    """What a service hears of a file, at 24 kHz, and what is said on stderr."""
    take = bytearray()

    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        take.extend(line.appended)
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.send("transcript.committed", transcript="Hm?")
        await line.socket.wait_closed()

    async with serving(script) as service:
        service_options = ("--base-url", service.url)
        code, out, err = await talk(path, *options, *service_options, OPPER_API_KEY="test-key-123456")
    assert (code, out) == (0, "you: Hm?\nassistant: Hello.\n")
    return np.frombuffer(bytes(take), "<i2").astype(np.float32) / 32_768, err


@pytest.mark.xdist_group("speech")
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("question.wav", lambda voice: encoded("WAV", "PCM_16", voice, SYNTHESIZER_RATE)),
        ("question.flac", lambda voice: encoded("FLAC", "PCM_16", voice, SYNTHESIZER_RATE)),
        ("question.opus", lambda voice: encoded("OGG", "OPUS", voice, SYNTHESIZER_RATE)),
        ("question.mp3", lambda voice: encoded("MP3", "MPEG_LAYER_III", voice, SYNTHESIZER_RATE)),
        (
            "opposite.wav",
            lambda voice: encoded("WAV", "FLOAT", np.stack([voice, -voice], axis=1), SYNTHESIZER_RATE),
        ),
    ],
)
async def test_the_offline_server_understands_it(
    tmp_path: Path, name: str, make: Callable[[Samples], bytes]
) -> None:
    voice = np.frombuffer(hibari.load().synthesize("What time is it?"), "<i2").astype(np.float32) / 32_768
    path = tmp_path / name
    path.write_bytes(make(voice))
    code, out, err = await talk(path, "--model", "offline/demo", OPPER_API_KEY="")
    said = f"The channels of {path} cancel each other out, so only channel 1 is sent.\n"
    assert (code, err) == (0, said if name == "opposite.wav" else "")
    assert out.lower().startswith("you: what time is it")
    assert "tool: get_time done" in out


@pytest.mark.parametrize(
    ("name", "content", "loud"),
    [
        ("left.wav", encoded("WAV", "PCM_16", STEREO, RATE), 0.5),
        ("near.wav", encoded("WAV", "PCM_16", STEREO * [1, 0.95], RATE), 0.5),
        ("both.wav", encoded("WAV", "PCM_16", STEREO * [1, -0.5], RATE), 0.375),
        ("packed.wav", riff(fmt(rate=RATE, width=3, frame=4), data(pcm(tone(440, RATE, 1), 3))), 0.5),
        ("odd.wav", riff(fmt(rate=RATE), b"LIST\5\0\0\0INFO!", data(pcm(tone(440, RATE, 1), 2))), 0.5),
        ("streamed.wav", riff(fmt(rate=RATE), data(pcm(tone(440, RATE, 1), 2), 0)), 0.5),
        ("long.w64", encoded("W64", "FLOAT", tone(440, 48_000, 1), 48_000), 0.5),
        ("long.rf64", encoded("RF64", "PCM_24", tone(440, 44_100, 1), 44_100), 0.5),
    ],
)
async def test_the_service_hears_what_is_in_it(
    tmp_path: Path, name: str, content: bytes, loud: float
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    take, err = await heard(path)
    assert 24_000 <= len(take) <= 24_000 * 1.5, "the file and the tail"
    amplitude, rest = fit(take[2_400:21_600], 440, 24_000)
    assert amplitude == pytest.approx(loud, rel=0.02)
    assert rest < 0.01
    cancels = name in ("left.wav", "near.wav")
    assert err == (f"The channels of {path} cancel each other out, so only channel 1 is sent.\n" * cancels)


async def test_it_is_made_louder_or_quieter_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(encoded("WAV", "PCM_16", tone(440, RATE, 1), RATE))
    take, _ = await heard(path, "--gain", "-6")
    assert fit(take[2_400:21_600], 440, 24_000)[0] == pytest.approx(0.5 * 10 ** (-6 / 20), rel=0.02)
    for refused in ("21", "-21", "loud", "nan"):
        code, _, err = await talk(path, f"--gain={refused}")
        assert code == 2
        assert "-20 to 20" in err


async def test_a_file_that_is_cut_off_is_sent_as_far_as_it_goes_and_said(tmp_path: Path) -> None:
    for name, format, subtype in (("cut.wav", "WAV", "PCM_16"), ("cut.flac", "FLAC", "PCM_16")):
        path = tmp_path / name
        content = encoded(format, subtype, tone(440, RATE, 4), RATE)
        path.write_bytes(content[: len(content) // 2])
        take, err = await heard(path)
        assert 1.5 < len(take) / 24_000 < 3
        assert err.startswith(f"{path} is cut off or damaged: only ")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("memo.m4a", b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42" + bytes(999), "is MP4 (M4A, AAC), which"),
        ("notes.txt", b"What time is it?", "is not a sound file"),
        ("slow.wav", riff(fmt(rate=1), data(bytes(99_999))), "a sample rate of 1 Hz"),
        ("none.wav", riff(fmt(), data(b"")), "contains no sound"),
    ],
)
async def test_what_cannot_be_read_is_one_line_with_the_way_to_convert_it(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, out, err = await talk(path, "--base-url", "http://127.0.0.1:9")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert sentence in err
    assert f"ffmpeg -i {path} " in err or name == "none.wav"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
async def test_a_named_pipe_is_sent_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    os.mkfifo(path)
    content = encoded("WAV", "PCM_16", tone(440, RATE, 1), RATE)
    threading.Thread(target=lambda: path.write_bytes(content), daemon=True).start()
    take, err = await heard(path)
    assert fit(take[2_400:21_600], 440, 24_000)[0] == pytest.approx(0.5, rel=0.02)
    assert err == ""
