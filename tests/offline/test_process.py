"""The server as a process of its own: its one line, and its ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import psutil
import pytest

from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.offline.process import OfflineServer
from desktop.offline.server import CannotListen, OfflineProvider, serve, url_of
from tests.offline.client import NEEDS_IPV6, connected

DEADLINE_S = 30.0
SCRIPT = """
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.offline.server import serve
serve(loaders=fake_loaders(FakeRecognizer(), FakeSynthesizer()), exit_with_parent={exit_with_parent})
"""


def start(request: pytest.FixtureRequest, *, exit_with_parent: bool) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(exit_with_parent=exit_with_parent)],
        cwd=request.config.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(params=[False, True], ids=["alone", "with-parent"])
def process(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    with start(request, exit_with_parent=request.param) as process:
        yield process
        process.kill()


def rest(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    """What came after the first line, on both outputs, and the exit code; closes the input."""
    out, err = process.communicate(timeout=DEADLINE_S)
    return out, err, process.returncode


async def test_it_prints_its_url_and_ends_with_its_parent(request: pytest.FixtureRequest) -> None:
    with start(request, exit_with_parent=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        async with connected(url) as client:
            await client.start()
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
            assert (await client.until("session.terminating"))[-1]["error"]["code"] == "server_shutdown"

        assert rest(process) == ("", "", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to(process: subprocess.Popen[str], number: signal.Signals) -> None:
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert httpx.get(url, trust_env=False).status_code == 200

    process.send_signal(number)

    assert rest(process) == ("", "", 0)


def test_a_port_in_use_is_one_plain_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Port {port} is in use"):
            serve(port=port, loaders=fake_loaders())


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("192.0.2.1", 0, "192.0.2.1 is not an address of this computer"),
        ("no-such-host.invalid", 0, "no-such-host.invalid is not an address of this computer"),
        ("127.0.0.1", 99_999, "99999 is not a port"),
    ],
)
async def test_other_bad_addresses_too(host: str, port: int, message: str) -> None:
    with pytest.raises(CannotListen, match=message):
        await OfflineProvider(fake_loaders()).start(host, port)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", r"127\.0\.0\.1"),
        ("0.0.0.0", r"127\.0\.0\.1"),
        ("0", r"127\.0\.0\.1"),
        ("localhost", r"127\.0\.0\.1|\[::1\]"),
        ("127.0.0.2", r"127\.0\.0\.2"),
        pytest.param("::1", r"\[::1\]", marks=NEEDS_IPV6),
        pytest.param("[::1]", r"\[::1\]", marks=NEEDS_IPV6),
        pytest.param("::", r"\[::1\]", marks=NEEDS_IPV6),
        pytest.param("0:0:0:0:0:0:0:0", r"\[::1\]", marks=NEEDS_IPV6),
    ],
)
async def test_the_address_it_gives_can_be_used(host: str, shown: str) -> None:
    provider = OfflineProvider(fake_loaders(FakeRecognizer(), FakeSynthesizer()))
    url = await provider.start(host)
    try:
        assert re.fullmatch(rf"http://({shown}):\d+", url)
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(url)).status_code == 200
        async with connected(url) as client:
            await client.start()
    finally:
        await provider.stop()


def test_a_link_local_address_names_its_interface() -> None:
    name = socket.if_nameindex()[0]
    assert url_of("fe80::1", 80, 0, name[0]) == f"http://[fe80::1%25{name[1]}]:80"
    assert url_of(f"fe80::1%{name[1]}", 80, 0, name[0]) == f"http://[fe80::1%25{name[1]}]:80"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups that can be asked for")
async def test_ctrl_c_is_for_the_program_that_started_it():
    server, before = OfflineServer(), psutil.Process().children()
    try:
        await server.start()
        (process,) = [child for child in psutil.Process().children() if child not in before]
        assert os.getpgid(process.pid) != os.getpgid(0)
    finally:
        await server.stop()
