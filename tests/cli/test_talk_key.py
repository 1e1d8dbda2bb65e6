"""`presstalk ptt`, the short way, and the one-liners that do without it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from desktop.app import pending_request, single_instance
from desktop.app.single_instance import SingleInstance
from desktop.base import paths
from desktop.cli import talk_key
from tests.documentation import markdown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets with a path, and Linux's programs")


class Program:
    """A program that runs, on a thread and a loop of its own. `asked` is what it was asked to do."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.problem = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(30)

    async def _run(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        instance = SingleInstance()
        assert instance.claim()
        instance.listen(self._handle)
        self._ready.set()
        await self._ended.wait()
        await asyncio.to_thread(instance.close)

    def _handle(self, request: dict[str, Any]) -> str:
        self.asked.append(request)
        return self.problem

    def hang(self) -> threading.Event:
        """Serve nothing until the event is set."""
        go_on = threading.Event()
        self._loop.call_soon_threadsafe(go_on.wait)
        return go_on

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()


def the_long_way(words: list[str]) -> int:
    return 1 if single_instance.send_request(dict(zip(("do", "how"), words, strict=True))) else 0


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    with TemporaryDirectory(prefix="run-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        made = Program()
        yield made
        made.close()


@pytest.mark.parametrize("how", ["down", "up", "toggle"])
def test_it_says_which_key_and_when_it_was_struck(program: Program, how: str):
    assert talk_key.run(["ptt", how]) == 0
    (asked,) = program.asked
    assert asked == {"do": "ptt", "how": how, "at": asked["at"]}
    assert isinstance(asked["at"], float)


@pytest.mark.parametrize("ask", [talk_key.run, the_long_way])
def test_a_key_up_waits_for_one_that_is_slow_to_wake(program: Program, monkeypatch: Any, ask: Any):
    """It comes, however late: nobody may be told that nothing happened."""
    for module in (talk_key, single_instance, pending_request):
        monkeypatch.setattr(module, "ANSWER_S", 0.05)
    go_on = program.hang()
    awake = threading.Timer(0.5, go_on.set)
    awake.start()
    assert ask(["ptt", "up"]) == 0
    assert [one["how"] for one in program.asked] == ["up"]


def test_a_refusal_is_one_plain_line(program: Program, capsys: pytest.CaptureFixture[str]):
    program.problem = "It isn't connected."
    assert talk_key.run(["connect"]) == 1
    assert capsys.readouterr().err == "It isn't connected.\n"


@pytest.mark.parametrize(
    "words", [["ptt"], ["ptt", "left"], ["ptt", "down", "up"], ["ptt", "--help"], ["say", "x"]]
)
def test_anything_else_is_for_the_long_way(program: Program, words: list[str]):
    assert talk_key.run(words) is None
    assert not program.asked


def test_where_nobody_is_or_the_note_is_of_another_nothing_is_sent(program: Program, monkeypatch: Any):
    note = paths.lock_file().read_text()
    for other in ("", "relative/path", f"{note}x", "\0", os.path.dirname(note)):
        paths.lock_file().write_text(other)
        assert talk_key.run(["ptt", "down"]) is None
    paths.lock_file().write_text(note)
    os.chmod(os.path.dirname(note), 0o777)
    assert talk_key.run(["ptt", "down"]) is None, "anybody could have put a socket there"
    os.chmod(os.path.dirname(note), 0o700)
    here = threading.get_ident()  # the program asks the same of us
    monkeypatch.setattr(talk_key.own_socket, "is_ours", lambda line: threading.get_ident() != here)
    assert talk_key.run(["ptt", "down"]) is None
    assert not program.asked


@pytest.mark.parametrize("home", ["/some/where", "~/x", "relative", ""])
@pytest.mark.parametrize("config", ["/other/config", "", " ", None])
def test_it_looks_for_the_settings_where_the_program_does(monkeypatch: Any, home: str, config: str | None):
    monkeypatch.setenv("PRESSTALK_HOME", home)
    if config is None:
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CONFIG_HOME", config)
    assert talk_key.settings_folder() == str(paths.lock_file().parent)


def test_it_imports_next_to_nothing(program: Program):
    code = (
        "import sys; before = set(sys.modules); sys.argv = ['presstalk', 'ptt', 'down']\n"
        "from desktop.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as exc: assert not exc.code, exc.code\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=outside())
    loaded = set(done.stdout.split())
    assert "desktop.cli.talk_key" in loaded, done.stderr
    assert len(loaded) < 12, loaded
    assert [one["how"] for one in program.asked] == ["down"]


def outside() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.getcwd()}


def one_liners() -> list[str]:
    """Those of the document."""
    return [
        line
        for line in markdown.commands(markdown.ROOT / "docs/remote-control.md")
        if "presstalk.lock" in line
    ]


def test_the_document_has_one_liners():
    assert {line.rpartition(" | ")[2].split()[0] for line in one_liners()} == {"socat", "nc", "perl"}


@pytest.mark.parametrize("line", one_liners())
def test_the_documents_one_liners_work(program: Program, line: str, monkeypatch: pytest.MonkeyPatch):
    words = line.replace("|", " ").split()
    tool = next(word for word in words if word in ("socat", "nc", "perl"))
    if not shutil.which(tool):
        pytest.skip(f"{tool} isn't installed")
    home = str(paths.lock_file().parent.parent)
    (Path(home) / ".config").mkdir(exist_ok=True)
    (Path(home) / ".config" / "presstalk").symlink_to(paths.lock_file().parent)
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, timeout=30, env={**os.environ, "HOME": home}
    )
    assert done.stdout == "ok\n", done.stderr
    assert [one["how"] for one in program.asked] == ["down"]


def test_one_who_sends_nothing_more_still_waits(program: Program):
    """As behind a pipe: only who has hung up is gone."""
    import socket

    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(single_instance.address())
        line.sendall(b"ptt down")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b"ok\n"
    assert len(program.asked) == 1
