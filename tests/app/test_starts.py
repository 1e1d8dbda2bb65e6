"""Whatever a crash, a cleaner or another computer leaves behind: the next start runs, and only one does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from desktop.app import instance_address, pending_request, second_start, shared_clock, single_instance
from desktop.app.second_start import Obstacle, Outcome, Step
from desktop.app.single_instance import SingleInstance
from desktop.base import file_lock, paths
from tests.app.starts import FIRST, WITHIN_S, ask, starting, without_locks
from tests.rig.process import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets with a path, and processes' files")

NOT_RUNNING = "Presstalk isn't running. Start it first."


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder with a name short enough for sockets."""
    with TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    with starting(tmp_path) as start:
        yield start


def write_lock(content: bytes) -> None:
    paths.config()
    paths.lock_file().write_bytes(content)


LEFT = {
    "another computer": b"4242\npresstalk\nfar-away\nmachine\nboot\n",
    "this process, alive": f"{os.getpid()}\npresstalk\n{socket.gethostname()}\n".encode(),
    "empty": b"",
    "garbage": b"\x00\xff{[" * 100_000,
    "a number only": b"1",
    "an address of nobody": b"/run/user/0/presstalk-0/0123456789abcdef",
}


@pytest.mark.parametrize("left", LEFT)
def test_what_the_lock_says_is_no_reason_to_wait(start: Any, left: str):
    write_lock(LEFT[left])
    assert start().said() == FIRST
    assert ask() == "done"


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [make_folder, make_pipe, make_loop])
def test_a_lock_that_is_no_file_still_has_one_program(start: Any, make: Any):
    paths.config()
    make(paths.lock_file())
    assert start().said() == FIRST
    assert start().said() == "shown"


def test_twenty_starts_in_a_row_after_kills(start: Any):
    for _ in range(20):
        one = start()
        assert one.said() == FIRST
        one.kill()
    assert ask() == NOT_RUNNING


def test_programs_with_the_same_process_id(start: Any):
    own_ids = ["unshare", "--pid", "--fork", "--kill-child"]
    allowed = subprocess.run([*own_ids, "true"], capture_output=True).returncode == 0
    prefix = own_ids if allowed else []  # else the same by "this process, alive"
    first = start(prefix)
    assert first.said() == FIRST
    assert start(prefix).said() == "shown"
    first.kill()
    assert start(prefix).said() == FIRST


def test_starts_at_the_same_instant_are_one_program(start: Any):
    starts = [start() for _ in range(6)]
    assert sorted(one.said() for one in starts) == [FIRST] + 5 * ["shown"]


def test_on_a_disk_without_locks(start: Any, tmp_path: Path, own_home: Path):
    no_locks = without_locks(tmp_path / "site", own_home)
    first = start(**no_locks)
    assert first.said() == FIRST
    assert start(**no_locks).said() == "shown"
    assert start().said() == "shown"
    assert ask(XDG_RUNTIME_DIR=None, **no_locks) == "done"
    assert start(XDG_RUNTIME_DIR=None, **no_locks).said() == "shown"
    first.kill()
    assert start(**no_locks).said() == FIRST


def test_where_nothing_can_be_locked_the_socket_tells(start: Any, tmp_path: Path):
    no_locks = without_locks(tmp_path / "site", Path("/"))
    first = start(**no_locks)
    assert first.said() == FIRST
    assert start(**no_locks).said() == "shown"
    first.kill()
    assert start(**no_locks).said() == FIRST


@pytest.mark.parametrize("runtime_folder", ["/proc/nowhere", "/proc/self", "", "not/absolute", "/dev/null"])
def test_a_runtime_folder_that_cannot_be_used(start: Any, runtime_folder: str):
    assert start(XDG_RUNTIME_DIR=runtime_folder).said() == FIRST
    assert ask(XDG_RUNTIME_DIR=runtime_folder) == "done"
    assert ask() == "done"


def test_who_knows_no_runtime_folder_finds_it(start: Any, tmp_path: Path):
    assert start().said() == FIRST
    assert ask(XDG_RUNTIME_DIR=None) == "done"
    assert ask(XDG_RUNTIME_DIR=None, TMPDIR=str(tmp_path)) == "done"
    assert start(XDG_RUNTIME_DIR=None).said() == "shown"


def test_it_is_found_where_it_has_no_runtime_folder_itself(start: Any, tmp_path: Path):
    assert start(XDG_RUNTIME_DIR=None, TMPDIR=str(tmp_path)).said() == FIRST
    assert ask() == "done"


def test_the_home_by_another_name_is_the_same(start: Any, own_home: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(own_home)
    assert start().said() == FIRST
    for name in (f"{own_home}/", str(tmp_path / "link"), os.path.relpath(own_home)):
        assert ask(PRESSTALK_HOME=name) == "done"
        assert start(PRESSTALK_HOME=name).said() == "shown"


def test_a_socket_that_is_removed_is_made_anew(start: Any):
    assert start().said() == FIRST
    place = Path(instance_address.places()[0])
    for remove in (place.unlink, lambda: shutil.rmtree(place.parent), lambda: replace(place)):
        remove()
        assert ask() == "done"
    assert start().said() == "shown"


def replace(place: Path) -> None:
    place.unlink()
    place.write_text("no socket")


def test_a_runtime_folder_that_goes_away(start: Any, runtime: Path):
    """As after a logout, while the program goes on."""
    assert start().said() == FIRST
    shutil.rmtree(runtime)
    assert ask() == "done"
    assert ask(XDG_RUNTIME_DIR=None) == "done"


def test_a_lock_file_that_is_removed_proves_nothing(start: Any):
    assert start().said() == FIRST
    paths.lock_file().unlink()
    assert start().said() == "shown"


def test_a_home_that_cannot_be_written_has_one_program(start: Any):
    assert start(PRESSTALK_HOME="/proc/nowhere").said() == FIRST
    assert start(PRESSTALK_HOME="/proc/nowhere").said() == "shown"


def test_a_start_while_the_other_one_quits_waits_for_its_end(start: Any):
    first = start()
    assert first.said() == FIRST
    first.quit()
    assert ask() == NOT_RUNNING
    assert start().said() == FIRST


def test_one_that_is_quitting_is_not_shown_again():
    quitting, next_one = SingleInstance(), SingleInstance()
    assert quitting.claim()
    asked: list[Obstacle] = []

    def give_up(obstacle: Obstacle) -> Step:
        asked.append(obstacle)
        return Step.GIVE_UP

    quitting.stop_listening()
    quitting.close()
    assert second_start.begin(next_one, {"do": "show"}, give_up) is Outcome.FIRST
    assert not asked
    next_one.close()


def test_one_that_hangs_can_be_ended_from_the_next_start(start: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(single_instance, "ANSWER_S", 0.2)
    monkeypatch.setattr(second_start, "ENDING_S", 0.5)
    hanging = start()
    assert hanging.said() == FIRST
    os.kill(hanging.pid, signal.SIGSTOP)
    asked: list[Obstacle] = []

    def end(obstacle: Obstacle) -> Step:
        asked.append(obstacle)
        return Step.END_IT

    instance = SingleInstance()
    assert second_start.begin(instance, {"do": "show"}, end) is Outcome.FIRST
    assert asked == [Obstacle(pid=hanging.pid, reached=True)]
    instance.close()


def test_keys_are_not_kept_waiting_by_one_that_hangs(start: Any, monkeypatch: pytest.MonkeyPatch):
    """Its queue of connections is full by then."""
    monkeypatch.setattr(single_instance, "ANSWER_S", 0.01)
    hanging = start()
    assert hanging.said() == FIRST
    os.kill(hanging.pid, signal.SIGSTOP)
    for _ in range(30):
        with pytest.raises(single_instance.NotRespondingError, match="not responding"):
            single_instance.send_request({"do": "ptt", "how": "toggle"})


@pytest.fixture
def elsewhere() -> Iterator[subprocess.Popen[bytes]]:
    """A program on another computer, or in another container: its lock is seen here, its socket isn't."""
    write_lock(b"")
    process = subprocess.Popen(["flock", "--exclusive", "--no-fork", str(paths.lock_file()), "sleep", "600"])
    until(lambda: file_lock.is_held(paths.lock_file()), within=WITHIN_S, what="the lock")
    yield process
    process.kill()
    process.wait()


def test_one_out_of_reach_is_reported_and_can_be_ignored(elsewhere: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(second_start, "STARTING_S", 0.1)
    steps = iter((Step.RETRY, Step.START_ANYWAY))
    asked: list[Obstacle] = []

    def decide(obstacle: Obstacle) -> Step:
        asked.append(obstacle)
        return next(steps)

    instance = SingleInstance()
    assert second_start.begin(instance, {"do": "show"}, decide) is Outcome.FIRST
    assert asked == 2 * [Obstacle(reached=False)]
    instance.close()
    with pytest.raises(single_instance.NotRespondingError, match="can't be reached"):
        single_instance.send_request({"do": "show"})


def test_one_out_of_reach_that_ends_lets_the_next_start_go_on(
    elsewhere: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(second_start, "STARTING_S", 0.1)
    instance = SingleInstance()

    def wait(obstacle: Obstacle) -> Step:
        elsewhere.kill()
        until(instance.claim, within=WITHIN_S, what="the lock")
        return Step.CLAIMED

    assert second_start.begin(instance, {"do": "show"}, wait) is Outcome.FIRST
    instance.close()


def test_the_note_of_one_that_is_dead_does_no_harm(start: Any, tmp_path: Path):
    crashed = start()
    assert crashed.said() == FIRST
    crashed.kill()
    assert ask() == NOT_RUNNING
    assert start(XDG_RUNTIME_DIR=None, TMPDIR=str(tmp_path)).said() == FIRST
    assert ask() == "done"


def test_what_the_other_one_answers_is_passed_on(start: Any, monkeypatch: pytest.MonkeyPatch):
    assert start().said() == FIRST
    asked: list[Obstacle] = []

    def give_up(obstacle: Obstacle) -> Step:
        asked.append(obstacle)
        return Step.GIVE_UP

    instance = SingleInstance()
    monkeypatch.setattr(single_instance, "now", lambda: shared_clock.now() - 60)  # a request that is old
    assert second_start.begin(instance, {"do": "connect"}, give_up) is Outcome.REFUSED
    assert asked == [Obstacle(words=pending_request.LATE)]
    instance.close()


def test_a_folder_of_somebody_elses_is_not_trusted(start: Any, runtime: Path, tmp_path: Path):
    """In /tmp anybody can make a folder, or a link, of that name."""
    (tmp_path / "trap").mkdir(mode=0o755)
    (runtime / f"presstalk-{os.getuid()}").symlink_to(tmp_path / "trap")
    assert start().said() == FIRST
    assert not list((tmp_path / "trap").iterdir())
    assert ask() == "done"
