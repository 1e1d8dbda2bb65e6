"""The soak itself: a server in bad weather, a client, and a talker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from desktop.offline.faults.server import FaultServer
from desktop.realtime import retry_rule
from tests.rig.slow_link import SlowLink
from tests.soak.client import Client
from tests.soak.ledger import Ledger
from tests.soak.report import Report, Sample
from tests.soak.talker import Talker
from tests.soak.weather import SPEEDS, Weather

STEADY_S = 0.2
"""What counts as a good session here, where one is dropped every two seconds; the client's own is 10 s."""
SAMPLES = 60


async def soak(seconds: float, seed: int, show: Callable[[object], None]) -> Report:
    """Talk for this long. `show` gets a sample now and then."""
    retry_rule.STEADY_S = STEADY_S
    before = asyncio.all_tasks()
    weather, report = Weather(seed), Report()
    async with FaultServer(weather.scenario) as server:
        ledger = Ledger(server.record)
        with SlowLink(urlsplit(server.url).port or 0, SPEEDS[-1]) as link:
            weather.link = link
            client = Client(link.url, lambda notice: talker.on_notice(notice))
            talker = Talker(client, ledger, seed)
            watching = asyncio.create_task(_watch(report, seconds, show), name="soak watch")
            try:
                await talker.talk(seconds)
            finally:
                watching.cancel()
                await asyncio.wait({watching})
        assert client.microphone.closed, "the microphone is open after the end"
    report.drops, report.counts = weather.drops, dict(talker.counts)
    report.lost, report.hung, report.ends = ledger.lost, talker.hung, talker.ends
    report.left_tasks = [task.get_name() for task in asyncio.all_tasks() - before]
    return report


async def _watch(report: Report, seconds: float, show: Callable[[object], None]) -> None:
    began = asyncio.get_running_loop().time()
    while True:
        sample = Sample.take(asyncio.get_running_loop().time() - began)
        report.samples.append(sample)
        show(sample)
        await asyncio.sleep(seconds / SAMPLES)
