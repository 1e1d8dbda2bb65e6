"""The command line and the window as processes: what they print and write, and what others see of them."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.audio.format import write_wav
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.office import open_office, status
from tests.realtime.service import serving
from tests.secrets.marks import (
    CLI_KEY,
    HEADER,
    KEY,
    TICKET,
    found_in,
    found_under,
    talkative,
    tell_all,
)


async def run(*words: str, ends_when: Callable[[], bool] = lambda: False, **env: str) -> tuple[str, str]:
    """Run a command to its end: what it printed, and what others could see of its arguments meanwhile.

    The window is ended when `ends_when` says so.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop", *words),
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    seen: set[str] = set()
    talking = asyncio.create_task(process.communicate())
    async with asyncio.timeout(90):
        while not talking.done():
            seen |= _arguments(process.pid)
            if ends_when():
                await asyncio.sleep(1.0)
                process.terminate()
                ends_when = lambda: False  # noqa: E731
            await asyncio.sleep(0.01)
    out, err = talking.result()
    assert "Traceback" not in err.decode()
    return (out + err).decode(), "\n".join(seen)


async def test_no_command_prints_or_shows_one(own_home: Path, tmp_path: Path, doors: Path):
    out = tmp_path / "out"
    out.mkdir()
    write_wav(out / "question.wav", bytes(2 * 24_000), 24_000)
    ticket = [{"client_secret": TICKET}]
    async with (
        serving(talkative(KEY, asked=False)) as keyed,
        serving(talkative(KEY)) as asked,
        serving(talkative(CLI_KEY, asked=False)) as signed_in,
        serving(talkative(KEY, TICKET, asked=False)) as minted,
        serving(talkative(TICKET, HEADER, asked=False)) as given,
        serving(talkative(KEY), refuse=tell_all) as refusing,
        open_office(*[each | {"ws_url": minted.url} for each in ticket]) as mint,
        open_office(*[each | {"ws_url": given.url} for each in ticket]) as organisation,
        open_office(status(403, {"detail": f"no {KEY}"})) as closed,
        open_office(status(403, {"detail": f"no {HEADER}"})) as closed_too,
    ):
        to = ("--verbose", "--model", OPENAI, "--base-url")
        kept = ("--events", str(out / "say.jsonl"), "-o", str(out / "say.wav"))
        outputs = await asyncio.gather(
            run("check", *to, keyed.url),
            run("check", *to, signed_in.url, OPPER_API_KEY=""),
            run("check", *to, mint.url, "--mint"),
            run("check", *to, given.url, "--ticket-url", organisation.url, OPPER_API_KEY=""),
            run("check", *to, refusing.url),
            run("check", *to, closed.url, "--mint"),
            run("check", *to, given.url, "--ticket-url", closed_too.url),
            run("say", "What is my key?", *to, asked.url, *kept),
            run("talk", str(out / "question.wav"), *to, asked.url, "--events", str(out / "talk.jsonl")),
            run("--save", str(out / "saved"), *to, keyed.url, ends_when=lambda: len(keyed.requests) >= 2),
        )
    for printed, shown in outputs:
        assert "-m desktop" in shown, "the arguments were read"
        assert found_in((printed + shown).encode()) == []
    assert any("desktop.turn.turn" in printed for printed, _ in outputs), "the log was there"
    assert found_under(own_home, out) == []
    assert {path.name for path in out.rglob("*")} >= {
        "say.jsonl",
        "talk.jsonl",
        "transcript.md",
        "events.jsonl",
    }


def test_a_mark_would_be_found(tmp_path: Path):
    folder = tmp_path / "marked"
    folder.mkdir()
    for number, text in enumerate(
        (KEY, base64.b64encode(f"a{KEY}".encode()).decode(), KEY.encode("utf-16-le"))
    ):
        content = text if isinstance(text, bytes) else text.encode()
        (folder / f"{number}.bin").write_bytes(b"x" + content)
    assert len(found_under(folder)) == 3


def _arguments(pid: int) -> set[str]:
    """The arguments of a process and of its children, as everybody on this machine can read them."""
    found = set()
    for number in [pid, *_children(pid)]:
        try:
            found.add(Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def _children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, children) for each in (child, *_children(child))]
