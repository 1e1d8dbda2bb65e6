"""Ten seconds of `make soak`: nothing lost, nothing hung, nothing left behind."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys

import pytest

from tests.soak.report import Report, Sample

SECONDS = 10


@pytest.mark.long
async def test_ten_seconds_of_bad_weather_lose_nothing() -> None:
    words = ("-m", "tests.soak", "--minutes", str(SECONDS / 60), "--seed", "7")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(90):
        out, err = (stream.decode() for stream in await process.communicate())
    assert (process.returncode, err) == (0, ""), out + err
    assert "lost takes 0  hung states 0  sessions ended 0  tasks left 0" in out
    for word in ("RSS", "tasks", "threads"):
        assert word in out.splitlines()[0]
    found = [re.search(pattern, out) for pattern in (r"(\d+) TakeEnded", r"drops (\d+)")]
    takes, drops = (int(match[1]) if match else 0 for match in found)
    assert takes >= 10, "it has talked"
    assert drops >= 1, "and was interrupted by the network"


def test_what_went_wrong_is_reported() -> None:
    well = [Sample(at, 50, 5, 3) for at in range(20)]
    assert Report(samples=well).problems == []
    for last in (Sample(20, 100, 5, 3), Sample(20, 50, 50, 3), Sample(20, 50, 5, 30)):
        assert len(Report(samples=[*well, last]).problems) == 1
    assert Report(samples=well, lost=["a"], hung=["b"], ends=["c"], left_tasks=["d"]).problems == [
        "a",
        "b",
        "c",
        "left behind: d",
    ]
