"""Another user of this machine, who owns what lies in the shared folder for temporary files."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app import instance_address, instance_lock, pending_request, single_instance
from desktop.app.single_instance import NotRunningError, SingleInstance

SOMEBODY = 65_534
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="users are told apart as Linux does it")
needs_root = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be others"
)

LISTEN = """
import os, socket, sys
os.setgid({uid}); os.setuid({uid})
line = socket.socket(socket.AF_UNIX)
line.bind(sys.argv[1]); line.listen(); print("listens", flush=True)
while True:
    other, _ = line.accept()
    other.recv(100); other.sendall(b"ok\\n")
"""
ASK = """
import os, socket, sys
os.setgid({uid}); os.setuid({uid})
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
line.sendall(b"show\\n")
print(line.recv(100))
"""


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shared folder as /tmp is, and no folder of this user's own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o1777)
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        monkeypatch.setattr("desktop.base.paths.runtime_folders", lambda: [Path(folder)])
        yield Path(folder)


@needs_root
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777])
def test_another_users_program_is_not_asked(shared: Path, mode: int):
    place = Path(instance_address.places()[0])
    place.parent.mkdir()
    os.chown(place.parent, SOMEBODY, SOMEBODY)
    os.chmod(place.parent, mode)
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN.format(uid=SOMEBODY), str(place)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline()
        with pytest.raises(NotRunningError):
            single_instance.send_request({"do": "ptt", "how": "down"})
        other.kill()


@needs_root
def test_another_users_socket_in_our_own_folder_is_not_asked(shared: Path):
    place = Path(instance_address.places()[0])
    place.parent.mkdir(mode=0o777)
    os.chmod(place.parent, 0o777)
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN.format(uid=SOMEBODY), str(place)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline()
        with pytest.raises(OSError, match="others can write"):
            instance_address.connect()
        os.chmod(place.parent, 0o700)
        with pytest.raises(OSError, match="belongs to somebody else"):
            instance_address.connect()
        other.kill()


@needs_root
async def test_another_user_is_not_served(shared: Path, expect_log):
    asked: list[object] = []
    instance = SingleInstance()
    assert instance.claim()
    instance.listen(lambda message: str(asked.append(message) or ""))
    place = Path(instance_address.places()[0])
    os.chmod(place.parent, 0o755)
    os.chmod(place, 0o777)
    expect_log("another user was refused")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ASK.format(uid=SOMEBODY), str(place)],
        capture_output=True,
        text=True,
    )
    assert "show" not in done.stdout
    assert asked == []
    await asyncio.to_thread(instance.close)


@needs_root
def test_a_lock_in_another_users_folder_is_nobodys(shared: Path):
    place = Path(instance_address.places()[0])
    place.parent.mkdir()
    lock = Path(f"{place}.lock")
    lock.write_text(str(place))
    os.chown(place.parent, SOMEBODY, SOMEBODY)
    fd = os.open(lock, os.O_RDWR)
    import fcntl

    fcntl.flock(fd, fcntl.LOCK_EX)
    assert not instance_lock.is_held()
    assert instance_lock.noted_addresses() == []
    os.close(fd)


def test_a_link_in_the_shared_folder_is_not_followed(shared: Path, tmp_path: Path):
    victim = tmp_path / "mine"
    victim.mkdir(mode=0o755)
    os.chmod(victim, 0o755)
    Path(instance_address.places()[0]).parent.symlink_to(victim)
    with pytest.raises(NotADirectoryError):
        instance_address.make_private(Path(instance_address.places()[0]).parent)
    assert stat.S_IMODE(victim.stat().st_mode) == 0o755
    instance = SingleInstance()
    instance.claim()
    instance.close()
    assert list(victim.iterdir()) == []
    assert stat.S_IMODE(victim.stat().st_mode) == 0o755


@pytest.mark.parametrize("half", [b"", b"\0\0", b"ptt", b"ptt down", b"\x7f" * 50_000])
async def test_half_a_message_keeps_neither_others_nor_the_end_waiting(shared: Path, half: bytes):
    instance = SingleInstance()
    assert instance.claim()
    instance.listen(lambda message: "")
    place = instance_address.places()[0]
    lines = []
    for _ in range(5):
        line = socket.socket(socket.AF_UNIX)
        line.connect(place)
        line.sendall(half)
        lines.append(line)
    serving = next(thread for thread in threading.enumerate() if thread.name == "instance")
    began = time.monotonic()
    await asyncio.to_thread(instance.close)
    assert not serving.is_alive()
    assert time.monotonic() - began < pending_request.LATEST_S * len(lines)
    for line in lines:
        line.close()


async def test_commands_that_wait_do_not_keep_the_program_from_ending(shared: Path):
    instance = SingleInstance()
    assert instance.claim()
    instance.listen(lambda message: "")
    serving = next(thread for thread in threading.enumerate() if thread.name == "instance")
    line = socket.socket(socket.AF_UNIX)
    line.connect(instance_address.places()[0])
    line.sendall(b"ptt up\n")
    instance.close()  # on the loop's thread, which can serve nothing meanwhile
    assert not serving.is_alive()
    line.close()
