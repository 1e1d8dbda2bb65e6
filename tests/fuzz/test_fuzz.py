"""Ten thousand frames of `make fuzz`, and a check that it finds what it looks for."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import codec, events
from desktop.turn.turn import Turn
from tests.fuzz import files, run, tool_files
from tests.fuzz.frames import KINDS, Frames
from tests.fuzz.real import fuzz_window
from tests.fuzz.turns import Growth, Talker

FRAMES = 10_000


async def test_ten_thousand_frames_crash_and_hang_nothing() -> None:
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.fuzz",
            "--frames",
            str(FRAMES),
            "--files",
            "0",
            "--window",
            "0",
            "--seed",
            "7",
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        out, err = (stream.decode() for stream in await process.communicate())
    assert (process.returncode, err) == (0, ""), out + err
    lines = out.splitlines()[-2:]
    assert lines[0].startswith("10,000 frames in ")
    assert lines[0].endswith("frames/s, seed 7")
    assert lines[1].startswith("crashes 0  hangs 0")


@pytest.mark.parametrize("kind", files.KINDS)
def test_broken_files_of_each_kind_are_read_or_refused(kind: str) -> None:
    count = 30 if kind in tool_files.RECORDED else 200
    report = files.fuzz_files(kind, count, seed=3)
    assert report.problems == []
    assert report.files == count


def test_a_file_that_breaks_its_reader_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(folder: object, content: bytes) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setitem(files.KINDS, "journals", (lambda: [b"{}"], fragile))
    assert len(files.fuzz_files("journals", 3, seed=1).problems) == 3


LONG = [pytest.param(kind, marks=pytest.mark.long) for kind in ("recordings", "others", "requests")]


@pytest.mark.parametrize("kind", ["journals", "frames", *LONG])
def test_the_real_window_reads_broken_files_and_hostile_frames(kind: str) -> None:
    """All kinds, and thousands of each: `make fuzz`."""
    report = fuzz_window(kind, 40, seed=3)
    assert report.problems == []
    assert (report.read, report.deaths) == (40, 0)


def test_the_same_seed_makes_the_same_frames() -> None:
    made = [[Frames(random.Random(seed), 0.5).next() for _ in range(5)] for seed in ("a", "a", "b")]
    assert made[0] == made[1] != made[2]


def test_a_crash_is_found_and_can_be_had_again(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = codec.decode

    def fragile(frame: bytes) -> events.Event:
        if b"null" in frame:
            raise KeyError("null")
        return decode(frame)

    monkeypatch.setattr(codec, "decode", fragile)
    report = run.fuzz(20_000, seed=1)
    assert report.crashes
    episode = int(report.crashes[0].split()[1].rstrip(":"))
    with pytest.raises(KeyError):
        run.fuzz(20_000, seed=1, episode=episode)


def test_what_takes_too_long_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HANG_S", -1.0)
    report = run.fuzz(50, seed=1)
    assert len(report.hangs) == run.MOST_SHOWN
    assert not report.crashes


def test_a_turn_that_grows_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = Turn.handle
    kept: list[events.Event] = []

    def hoarding(self: Turn, happened: Any, now: float) -> Any:
        if isinstance(happened, events.TextDelta):
            kept.append(happened)
            self._hoard = kept  # type: ignore[attr-defined]
        return handle(self, happened, now)

    monkeypatch.setattr(Turn, "handle", hoarding)
    talker = Talker(random.Random(1))
    for _ in range(400):
        talker.hear(events.TextDelta("more"))
    with pytest.raises(Growth):
        talker.weigh()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "audio",
    "delta",
    "transcript",
    "error",
    "message",
    "code",
    "usage",
    "tool_call_id",
    "tool_arguments",
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=5))
def test_any_values_in_known_fields_are_read_and_written_down(kind: str, fields: dict[str, Any]) -> None:
    frame = json.dumps(fields | {"type": kind}).encode()
    talker = Talker(random.Random(1))
    talker.connect()
    talker.hear(run.decoded(frame))
    talker.rest()
