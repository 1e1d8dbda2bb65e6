"""What a file costs that `talk` sends: memory above that of a short one, and time before its first sample.

The files are made for it, and of the largest kind: float, stereo, 48 kHz. Two hours of that are 2.8 GB, so
the file has a hole, which reads as silence.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import struct
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
from websockets.asyncio.server import ServerConnection, serve

from tests.benchmarks.figures import Figure, figure

RATE = 48_000
SHORT_S, LONG_S, LONGEST_S = 1, 600, 7_200
MOST_MB = 30
STARTED = {
    "type": "session.started",
    "session_id": "benchmark",
    "input_sample_rate": 24_000,
    "output_sample_rate": 24_000,
    "audio_format": "pcm16",
}
READER = """
import sys, time
from desktop.audio.files import FileMicrophone
from desktop.audio.sound_file import SoundFile

began = time.perf_counter()
recording = SoundFile(sys.argv[1])
microphone = FileMicrophone(recording, realtime=False)
microphone.start(24_000)
microphone.read()
opened = time.perf_counter()
while not microphone.exhausted:
    microphone.read()
print(1000 * (opened - began))
"""
"""Reads a file as `talk` does, and prints the ms to its first samples."""
LAUNCHER = """
import resource, subprocess, sys

code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Runs a command and prints the most memory it took in KB. A small process has to start it: what the starting
one has at that moment counts too."""


def measure() -> Iterator[Figure]:
    """The figures of files, one by one."""
    with TemporaryDirectory() as folder:
        files = {seconds: _file(Path(folder), seconds) for seconds in (SHORT_S, LONG_S, LONGEST_S)}
        compressed = _compressed(Path(folder))
        idle, _ = asyncio.run(_read(files[SHORT_S]))
        for seconds, path in [
            (LONG_S, files[LONG_S]),
            (LONGEST_S, files[LONGEST_S]),
            (LONGEST_S, compressed),
        ]:
            name = f"{seconds // 60} min of {path.suffix[1:]}"
            memory, opened = asyncio.run(_read(path))
            yield figure(f"memory to read {name}", [memory - idle], "MB", MOST_MB)
            yield figure(f"to the first sample of {name}", [opened], "ms")
        idle = asyncio.run(_talk(files[SHORT_S]))
        memory = asyncio.run(_talk(files[LONG_S]))
        yield figure(f"memory of talk, {LONG_S // 60} min of wav", [memory - idle], "MB", MOST_MB)


def _file(folder: Path, seconds: int) -> Path:
    """A float stereo WAV file: a second of noise, and zeros."""
    path = folder / f"{seconds}.wav"
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE, 2)).astype("<f4").tobytes()
    size = 8 * RATE * seconds
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHHI", 16, 3, 2, RATE, 8 * RATE, 8, 32, 0)[:20])
        file.write(b"data" + struct.pack("<I", size) + noise)
        file.truncate(44 + size)
    return path


def _compressed(folder: Path) -> Path:
    """An MP3 without a stated length: a minute's frames, again and again."""
    path, minute = folder / f"{LONGEST_S}.mp3", io.BytesIO()
    noise = np.random.default_rng(1).normal(0, 0.1, (60 * RATE, 2)).astype(np.float32)
    soundfile.write(minute, noise, RATE, format="MP3")
    frames = minute.getvalue()
    path.write_bytes(frames[frames.index(b"\xff\xfb", 64) :] * (LONGEST_S // 60))
    return path


async def _read(path: Path) -> tuple[float, float]:
    """The most memory in MB that reading a file took, and the ms to its first samples."""
    memory, out = await _measured(sys.executable, "-c", READER, str(path))
    return memory, float(out)


async def _talk(path: Path) -> float:
    """The most memory in MB that `talk` took for a file."""
    async with _service() as url:
        command = (sys.executable, "-m", "desktop", "talk", str(path), "--base-url", url)
        memory, _ = await _measured(*command)
    return memory


async def _measured(*command: str) -> tuple[float, str]:
    """The most memory in MB that a command took, and its output."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LAUNCHER, *command),
        env={**os.environ, "OPPER_API_KEY": "benchmark"},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[2]} ended with {process.returncode}")
    printed, _, memory = out.decode().strip().rpartition("\n")
    return float(memory) / 1024, printed


@asynccontextmanager
async def _service() -> AsyncIterator[str]:
    """A service that takes any amount of sound, and answers with a word."""

    async def play(socket: ServerConnection) -> None:
        async for raw in socket:
            kind = json.loads(raw)["type"]
            if kind == "session.start":
                await _send(socket, STARTED)
            elif kind == "audio.commit":
                await _send(socket, {"type": "transcript.committed", "transcript": "Hello?"})
            elif kind == "response.create":
                await _send(socket, {"type": "response.started"})
                await _send(socket, {"type": "audio.delta", "audio": base64.b64encode(bytes(960)).decode()})
                await _send(socket, {"type": "text.delta", "delta": "Hi."})
                await _send(socket, {"type": "response.completed"})

    async with serve(play, "127.0.0.1", 0, compression=None, close_timeout=0.2) as server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"


async def _send(socket: ServerConnection, frame: dict[str, Any]) -> None:
    await socket.send(json.dumps(frame))
