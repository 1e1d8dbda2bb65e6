"""On the command line a key goes to another host only where that was typed, or agreed to on the terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from pathlib import Path

from tests.cli.commands import KEY, idle, is_one_plain_line, run
from tests.realtime.service import serving

KEPT = "op-4b1c9d2e7f60aa31"


def keychain(home: Path) -> dict[str, str]:
    """The environment of a process whose key is a kept one: the sign-in of the Opper CLI."""
    folder = home / "opper"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(f'{{"version": 1, "keys": {{"default": {{"apiKey": "{KEPT}"}}}}}}')
    return {"OPPER_API_KEY": "", "OPPER_HOME": str(folder)}


async def test_a_kept_key_follows_no_address_of_the_environment(tmp_path: Path):
    kept = keychain(tmp_path)
    async with serving(idle, agreed=False) as service:
        code, out, err = await run("check", OPPER_BASE_URL=service.url, **kept)
        assert (code, out) == (1, "")
        assert service.requests == []
        host = service.url.removeprefix("http://")
        assert is_one_plain_line(err)
        assert "api.opper.ai" in err
        assert f"--trust {host}" in err
        code, _, err = await run("check", "--trust", host, OPPER_BASE_URL=service.url, **kept)
    assert (code, err) == (0, "")
    assert service.requests[0].headers["Authorization"] == f"Bearer {KEPT}"


async def test_an_address_that_is_typed_or_given_with_the_key_is_agreed_to(tmp_path: Path):
    async with serving(idle, agreed=False) as service:
        assert (await run("check", "--base-url", service.url, **keychain(tmp_path)))[0] == 0
        assert (await run("check", OPPER_BASE_URL=service.url))[0] == 0
    assert [request.headers["Authorization"] for request in service.requests] == [
        f"Bearer {KEPT}",
        f"Bearer {KEY}",
    ]


async def test_on_a_terminal_it_is_asked_once(tmp_path: Path):
    env = {**os.environ, **keychain(tmp_path)}
    async with serving(idle, agreed=False) as service:
        for answers, code in ((b"n\n", 1), (b"y\n", 0), (b"", 0)):
            ours, theirs = pty.openpty()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "desktop", "check"),
                env={**env, "OPPER_BASE_URL": service.url},
                stdin=theirs,
                stderr=theirs,
                stdout=asyncio.subprocess.DEVNULL,
            )
            os.close(theirs)
            os.write(ours, answers)
            async with asyncio.timeout(60):
                assert await process.wait() == code
            os.close(ours)
    assert len(service.requests) == 2
