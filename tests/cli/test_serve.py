"""The demo server as a process: its options, its one line, and a real client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import InvalidStatus

from tests.cli.commands import is_one_plain_line, run, shell, start
from tests.offline.client import NEEDS_IPV6, connected


@asynccontextmanager
async def served(*words: str) -> AsyncIterator[str]:
    """The URL that `presstalk serve` prints."""
    process = await start("serve", *words)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            yield (await process.stdout.readline()).decode().strip()
            process.terminate()
            _, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_as_many_sessions_as_are_asked_for():
    async with served("--sessions", "2") as url, connected(url) as first, connected(url) as second:
        await first.start()
        await second.start()
        with pytest.raises(InvalidStatus) as caught:
            async with connected(url):
                pass
        code, out, err = await run("check", "--base-url", url, "--model", "offline/demo")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "5"
    assert "--sessions" in json.loads(caught.value.response.body)["error"]["message"]
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "localhost", *(pytest.param(one, marks=NEEDS_IPV6) for one in ("::", "[::1]"))]
)
async def test_a_client_can_use_the_address_it_prints(host: str):
    async with served("--host", host) as url:
        code, out, err = await run("check", "--base-url", url, "--model", "offline/demo")
    assert (code, err) == (0, "")
    assert out.startswith("live: offline_")


async def test_no_turn_detection_and_a_bare_tool_are_taken_over_the_wire():
    async with served() as url, connected(url) as client:
        await client.start(turn_detection=None, tools=[{"name": "get_time"}])
        await client.send("text.input", text="what time is it")
        await client.send("response.create")
        frames = await client.until("tool.call")
        assert "error" not in {frame["type"] for frame in frames}
        assert frames[-1]["tool_name"] == "get_time"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--host", "192.0.2.77"), 1),
        (("--host", "no.such.host.invalid"), 1),
        (("--host", "a" * 70), 1),
        (("--host", ""), 2),
        (("--host", "[]"), 2),
        (("--sessions", "none"), 2),
        (("--sessions", "-1"), 2),
        (("--port", "65536"), 2),
    ],
)
async def test_what_it_cant_do_is_one_sentence(words: tuple[str, ...], code: int):
    assert (await run("serve", *words))[:2] == (code, "")
    assert is_one_plain_line((await run("serve", *words))[2])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such devices")
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
async def test_an_address_that_cant_be_printed_is_said_on_stderr(where: str):
    code, out, err = await shell(f"presstalk serve --exit-with-parent {where}", stdin=b"")
    assert (code, out) == (0, "")
    assert is_one_plain_line(err)
    assert "http://127.0.0.1:" in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
async def test_a_closed_pipe_ends_it_quietly():
    ours, theirs = os.pipe()
    os.close(ours)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop", "serve"), stdout=theirs, stderr=asyncio.subprocess.PIPE
    )
    os.close(theirs)
    async with asyncio.timeout(60):
        _, err = await process.communicate()
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_an_impatient_ctrl_c_ends_it_quietly():
    process = await start("serve", "--port", "0")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        await process.stdout.readline()  # the engines are being loaded now
        while process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(process.pid, signal.SIGINT)  # `send_signal` would take its end from asyncio
            await asyncio.sleep(0.001)
        _, err = await process.communicate()
    assert err == b""
