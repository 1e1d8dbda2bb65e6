"""One program at a time, and the requests it serves."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.app import instance_address, pending_request, request_line, shared_clock, single_instance
from desktop.app.single_instance import NotRunningError, SingleInstance
from desktop.base import paths


@pytest.fixture
def first(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    made = SingleInstance()
    assert made.claim()
    yield made
    made.close()


def connected() -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(10)
    line.connect(single_instance.address())
    return line


def test_a_second_one_is_not_the_first(first: SingleInstance):
    second = SingleInstance()
    assert not second.claim()
    first.close()
    assert second.claim()
    second.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows rarely has links")
@pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
def test_what_a_link_in_the_locks_place_leads_to_is_left_alone(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: bool
):
    """As in a folder that somebody has packed for others: a note is written into the lock's file."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    victim, lock = tmp_path / "victim", paths.lock_file()
    lock.parent.mkdir(parents=True)
    lock.symlink_to(victim)
    if there:
        victim.write_text("mine")
    first, second = SingleInstance(), SingleInstance()
    assert first.claim()
    assert not second.claim(), "it is locked elsewhere"
    first.close()
    assert victim.read_text() == "mine" if there else not victim.exists()


async def test_it_does_what_it_is_asked(first: SingleInstance):
    asked = []

    def handle(message) -> str:
        asked.append(message)
        return "" if message["do"] == "show" else "I can't."

    first.listen(handle)
    assert await asyncio.to_thread(single_instance.send_request, {"do": "show"}) == ""
    assert await asyncio.to_thread(single_instance.send_request, {"do": "dance"}) == "I can't."
    assert asked == [{"do": "show"}, {"do": "dance"}]


async def test_garbage_is_reported_and_does_no_harm(first: SingleInstance):
    first.listen(lambda message: "")

    def send(data: bytes) -> bytes:
        with connected() as line:
            line.sendall(data)
            return line.recv(1_000)

    for garbage in (b"\xff{{\n", b"\n", b" \n", b"one two three\n", b"=\n"):
        assert b"doesn't understand" in await asyncio.to_thread(send, garbage)
    with pytest.raises(ConnectionError):  # one that has no end
        await asyncio.to_thread(send, b"x" * 200_000)
    with connected():
        pass  # gone without an answer
    assert await asyncio.to_thread(single_instance.send_request, {"do": "show"}) == ""


async def test_what_fails_is_reported_and_the_next_question_is_answered(first: SingleInstance, expect_log):
    expect_log("a request from outside failed")

    def handle(message) -> str:
        if message["do"] == "fail":
            raise KeyError("how")
        return ""

    first.listen(handle)
    problem = await asyncio.to_thread(single_instance.send_request, {"do": "fail"})
    assert problem == "Something went wrong in Presstalk. Its log has the details."
    assert await asyncio.to_thread(single_instance.send_request, {"do": "show"}) == ""


async def test_what_a_busy_window_cannot_do_in_time_is_never_done(first: SingleInstance):
    asked = []
    first.listen(lambda message: asked.append(message["do"]) or "")
    answers = []
    asker = threading.Thread(
        target=lambda: answers.append(single_instance.send_request({"do": "ptt", "how": "toggle"}))
    )
    asker.start()
    asker.join()  # the loop's thread is busy: it stands here
    assert answers == [pending_request.LATE]
    await asyncio.to_thread(single_instance.send_request, {"do": "connect"})
    assert asked == ["connect"]


async def ask_and_leave(**request: object) -> None:
    """Send a request, and be gone before it is served."""
    with connected() as line:
        line.sendall(request_line.encode({pending_request.SENT: shared_clock.now(), **request}))


@pytest.mark.parametrize("request_", [{"do": "ptt", "how": "toggle"}, {"do": "connect"}, {"do": "show"}])
async def test_nothing_is_done_for_an_asker_that_is_gone(first: SingleInstance, request_: dict):
    asked = []
    first.listen(lambda message: asked.append(message.get("number")) or "")
    await ask_and_leave(**request_)
    await asyncio.to_thread(single_instance.send_request, {"do": "ptt", "number": 2})
    assert asked == ["2"]


async def test_a_key_up_comes_however_late(first: SingleInstance):
    """Otherwise the key-down before it would leave the microphone open."""
    asked = []
    first.listen(lambda message: asked.append(message["how"]) or "")
    await ask_and_leave(do="ptt", how="up", sent=shared_clock.now() - 60)
    await asyncio.to_thread(single_instance.send_request, {"do": "ptt", "how": "toggle"})
    assert asked == ["up", "toggle"]


@pytest.mark.parametrize(
    ("age_s", "done"), [(0.0, True), (1.5, False), (3600.0, False), (-2.0, True), (float("inf"), False)]
)
async def test_a_request_has_to_be_young(first: SingleInstance, age_s: float, done: bool):
    asked = []
    first.listen(lambda message: asked.append(message) or "")
    sent = "never" if age_s == float("inf") else shared_clock.now() - age_s

    def ask() -> bytes:
        with connected() as line:
            line.sendall(f"ptt down sent={sent}\n".encode())
            return line.recv(1_000)

    answer = await asyncio.to_thread(ask)
    assert bool(asked) is done
    assert answer.decode() == ("ok\n" if done else f"error {pending_request.LATE}\n")


async def test_one_who_says_nothing_does_not_keep_others_waiting(first: SingleInstance):
    asked = []
    first.listen(lambda message: asked.append(message["do"]) or "")
    with connected(), connected():
        assert await asyncio.to_thread(single_instance.send_request, {"do": "show"}) == ""
    assert asked == ["show"]


def test_processes_are_told_apart_by_when_they_were_started():
    code = "from desktop.app.shared_clock import started_at; print(started_at())"
    command = [sys.executable, "-c", code]
    first, second = (float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(2))
    assert shared_clock.started_at() < first < second


async def test_it_leaves_no_thread(first: SingleInstance):
    before = set(threading.enumerate())
    first.listen(lambda message: "")
    (listening,) = [one for one in threading.enumerate() if one.name == "instance" and one not in before]
    await asyncio.to_thread(first.close)
    assert not listening.is_alive()


def test_nobody_there_is_a_plain_sentence(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(NotRunningError, match="Start it first"):
        single_instance.send_request({"do": "show"})


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no folder on Windows")
async def test_nobody_else_can_ask(first: SingleInstance):
    first.listen(lambda message: "")
    folder = Path(single_instance.address()).parent
    assert folder.stat().st_mode & 0o777 == 0o700


def test_each_home_has_its_own(monkeypatch):
    monkeypatch.setenv("PRESSTALK_HOME", "/a")
    one = single_instance.address()
    monkeypatch.setenv("PRESSTALK_HOME", "/b")
    assert single_instance.address() != one


def test_a_long_folder_still_has_an_address(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "x" * 200)
    assert len(single_instance.address()) <= instance_address.LONGEST_ADDRESS
