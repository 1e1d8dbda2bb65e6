"""Other programs' sound: lowered, and put back whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop.system import other_sound
from desktop.system.other_sound import SHARE, OtherSound

FULL = 65_536
LOW = round(SHARE * FULL)


class Server:
    """A sound server's streams: index, program, volumes, and what else `pactl` says of each."""

    def __init__(self) -> None:
        self.streams: dict[int, dict[str, Any]] = {}
        self.asked: list[Sequence[str]] = []
        self.output: str | None = None

    def play(self, index: int, program: str, volume: int = FULL, **more: str) -> None:
        properties = {"application.name": program, "application.process.id": "4242", **more}
        properties |= {other_sound.RESTORE_ID: f"sink-input-by-application-name:{program}"}
        self.streams[index] = {
            "index": index,
            "properties": properties,
            "volume": {side: {"value": volume, "db": "0.00 dB"} for side in ("front-left", "front-right")},
        }

    def volume(self, index: int) -> int:
        first, second = (one["value"] for one in self.streams[index]["volume"].values())
        assert first == second
        return int(first)

    def run(self, words: Sequence[str]) -> str:
        self.asked.append(words)
        match list(words):
            case ["--format=json", "list", "sink-inputs"]:
                return json.dumps(list(self.streams.values())) if self.output is None else self.output
            case ["set-sink-input-volume", index, *volumes]:
                for side, volume in zip(self.streams[int(index)]["volume"].values(), volumes, strict=True):
                    side["value"] = int(volume)
                return ""
            case _:
                raise AssertionError(words)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def others(server: Server, tmp_path: Path) -> OtherSound:
    return OtherSound(tmp_path / "lowered.json", server.run)


def test_what_plays_is_lowered_and_put_back(server: Server, others: OtherSound):
    server.play(3, "Music")
    server.play(4, "Film", FULL // 2)
    others.lower()
    assert (server.volume(3), server.volume(4)) == (LOW, round(SHARE * (FULL // 2)))
    assert others.owes
    others.restore()
    assert (server.volume(3), server.volume(4)) == (FULL, FULL // 2)
    assert not others.owes


def test_our_own_calls_and_screen_readers_stay_as_they_are(server: Server, others: OtherSound):
    server.play(1, "us", **{"application.process.id": str(os.getpid())})
    server.play(2, "Call", **{"media.role": "phone"})
    server.play(3, "Reader", **{"media.role": "a11y"})
    server.play(4, "speech-dispatcher-espeak")
    others.lower()
    assert [server.volume(index) for index in (1, 2, 3, 4)] == 4 * [FULL]
    assert not others.owes


def test_after_a_kill_the_next_start_puts_it_back(server: Server, others: OtherSound, tmp_path: Path):
    server.play(3, "Music")
    others.lower()
    next_start = OtherSound(tmp_path / "lowered.json", server.run)
    assert next_start.owes
    next_start.restore()
    assert server.volume(3) == FULL


def test_lowering_twice_lowers_once(server: Server, others: OtherSound, tmp_path: Path):
    server.play(3, "Music")
    others.lower()
    OtherSound(tmp_path / "lowered.json", server.run).lower()
    assert server.volume(3) == LOW
    others.restore()
    assert server.volume(3) == FULL


def test_what_the_user_has_changed_meanwhile_stays(server: Server, others: OtherSound):
    server.play(3, "Music")
    others.lower()
    server.play(3, "Music", 12_345)
    others.restore()
    assert server.volume(3) == 12_345
    assert not others.owes


def test_a_program_that_was_silent_when_all_was_put_back_is_put_back_later(
    server: Server, others: OtherSound
):
    """The server remembers the volume by the program, and would begin its next stream as quietly."""
    server.play(3, "Music")
    others.lower()
    del server.streams[3]
    others.restore()
    assert others.owes
    server.play(9, "Music", LOW)
    others.lower()
    assert server.volume(9) == LOW
    others.restore()
    assert server.volume(9) == FULL
    assert not others.owes


def test_it_is_written_down_before_anything_is_lowered(server: Server, tmp_path: Path):
    server.play(3, "Music")
    file = tmp_path / "lowered.json"

    def run(words: Sequence[str]) -> str:
        if words[0] == "set-sink-input-volume":
            assert file.exists()
        return server.run(words)

    OtherSound(file, run).lower()
    assert server.volume(3) == LOW


@pytest.mark.parametrize(
    "output", ["", "{", "{}", "[1, null, {}]", '[{"index": 1, "properties": [], "volume": 3}]', "[" * 10_000]
)
def test_a_server_that_says_nonsense_does_no_harm(server: Server, others: OtherSound, output: str):
    server.output = output
    try:
        others.lower()
    except (OSError, ValueError):
        pass
    assert all(words[0] != "set-sink-input-volume" for words in server.asked)
    assert not others.owes


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff" * 100, b'[{"index": "x"}]', 5_000 * b"["])
def test_a_file_that_says_nonsense_does_no_harm(server: Server, tmp_path: Path, content: bytes):
    (tmp_path / "lowered.json").write_bytes(content)
    OtherSound(tmp_path / "lowered.json", server.run).restore()
    assert not server.asked


def test_a_pipe_in_the_file_s_place_is_not_waited_for(server: Server, tmp_path: Path):
    os.mkfifo(tmp_path / "lowered.json")
    OtherSound(tmp_path / "lowered.json", server.run).restore()
    server.play(3, "Music")
    with pytest.raises(OSError, match="no file"):
        OtherSound(tmp_path / "lowered.json", server.run).lower()
    assert server.volume(3) == FULL, "what can't be written down isn't lowered"


# The real server


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from tests.rig.sound import VirtualSound

    with VirtualSound() as sound:
        for name, value in sound.env.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.rig
def test_with_pulseaudio_itself(real: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from tests.rig.process import until

    command = ["pacat", "--raw", "--client-name=Music", "/dev/zero"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as music:
        try:

            def volume() -> int | None:
                found = json.loads(other_sound.run_tool(["--format=json", "list", "sink-inputs"]))
                ours = [one for one in found if one["properties"].get("application.name") == "Music"]
                return next((next(iter(one["volume"].values()))["value"] for one in ours), None)

            before = until(volume, within=30, what="the music")
            others = OtherSound(tmp_path / "lowered.json")
            others.lower()
            assert volume() == round(SHARE * before)
            others.restore()
            assert volume() == before
        finally:
            music.kill()
