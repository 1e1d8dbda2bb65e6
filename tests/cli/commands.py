"""Commands as processes, with any streams, and a service that answers them."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from tests.realtime.service import Line

KEY = "test-key-123456"
WITHIN_S = 60.0
PCM = b"\1\0" * 2_400
Script = Callable[[Line], Coroutine[Any, Any, None]]


async def start(*words: str, **env: str) -> asyncio.subprocess.Process:
    """Start a command."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop", *words),
        env={**os.environ, "OPPER_API_KEY": KEY, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*words: str, **env: str) -> tuple[int, str, str]:
    """Run a command; its exit code, stdout and stderr."""
    return await _ended(await start(*words, **env))


async def shell(line: str, *, stdin: bytes | None = None, **env: str) -> tuple[int, str, str]:
    """Run a line of bash, in which `presstalk` is the program; its exit code, stdout and stderr."""
    program = shlex.join([sys.executable, "-m", "desktop"])
    process = await asyncio.create_subprocess_exec(
        *("bash", "-o", "pipefail", "-c", f'presstalk() {{ {program} "$@"; }}; {line}'),
        env={**os.environ, "OPPER_API_KEY": KEY, **env},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return await _ended(process, stdin)


async def _ended(process: asyncio.subprocess.Process, stdin: bytes | None = None) -> tuple[int, str, str]:
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate(stdin)
    return process.returncode or 0, out.decode("utf-8", "backslashreplace"), err.decode()


def is_one_plain_line(err: str) -> bool:
    return err.count("\n") == 1 and "Traceback" not in err and KEY not in err


def answering(text: str = "Hi.", pcm: bytes = PCM) -> Script:
    """A service's script: it answers what is typed or said with this."""

    async def script(line: Line) -> None:
        await line.start()
        if not await asked(line):
            return
        await line.send("response.started")
        if text:
            await line.send("text.delta", delta=text)
        if pcm:
            await line.send_audio(pcm)
        await line.send("response.completed")
        await line.send("transcript.committed", transcript="Hello?")
        await line.socket.wait_closed()

    return script


async def asked(line: Line) -> bool:
    """Returns when a response is asked for; False when the client is gone."""
    async for frame in line.socket:
        if '"response.create"' in str(frame):
            return True
    return False


async def idle(line: Line) -> None:
    await line.start()
    await line.socket.wait_closed()
