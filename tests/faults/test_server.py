"""The fault server as a program: what it lists, what it prints, and that it plays."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys

import pytest

from desktop.offline.faults.catalogue import SCENARIOS
from desktop.realtime.connection import Connection, Endpoint
from desktop.realtime.errors import RefusedError, UnreachableError

ENTRIES = (("-m", "tests.faults"), ("-m", "desktop", "serve", "--fault"))


async def run(*words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.parametrize("entry", ENTRIES)
async def test_the_scenarios_are_listed_one_line_each(entry: tuple[str, ...]):
    code, out, err = await run(*entry, "list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENARIOS)
    assert all(len(line.split(maxsplit=1)[1]) > 10 for line in lines)


async def test_no_help_names_the_option():
    code, out, _ = await run("-m", "desktop", "serve", "--help")
    assert code == 0
    assert "--port" in out
    assert "--fault" not in out


async def test_an_unknown_scenario_is_reported_in_one_line():
    code, out, err = await run("-m", "tests.faults", "no-such-fault")
    assert (code, out) == (1, "")
    assert "no-such-fault" in err
    assert err.count("\n") == 1


async def test_a_port_in_use_is_reported_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, out, err = await run("-m", "tests.faults", "well", "--port", port)
    assert (code, out) == (1, "")
    assert port in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("entry", ENTRIES)
async def test_it_prints_its_address_plays_and_ends_on_a_signal(entry: tuple[str, ...]):
    process = await asyncio.create_subprocess_exec(
        sys.executable, *entry, "status-402", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().strip()
            with pytest.raises(RefusedError, match="balance"):
                await Connection.open(Endpoint(url, "k"))
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
    assert process.returncode == 0
    assert err.decode() == f"status-402: {SCENARIOS['status-402'].about}\n"


async def test_an_address_where_nobody_listens_is_printed_too():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults", "refuse", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().strip()
            with pytest.raises(UnreachableError, match="Nothing answers"):
                await Connection.open(Endpoint(url, "k"))
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()
