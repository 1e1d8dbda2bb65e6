"""The faults of network and service in a soak: slow links, jitter, drops, and meaningless frames."""

from __future__ import annotations

import asyncio
import random

from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import FaultMoment, Scenario
from tests.rig.slow_link import SlowLink

DROP_EVERY_S = 2.0
"""On average, at random moments: in takes, in answers, in between."""
LATE_S = 0.004
SPEEDS = (150_000, 300_000, 1_000_000, 10_000_000)
"""Bytes a second that a connection passes: speech needs 65,000, and here it is spoken in an instant."""
NOISE = (
    '{"type": "brand.new", "value": 1}',
    '{"type": "error", "error": {"message": "tool call id x not found in conversation"}}',
    '{"type": "audio.delta", "audio": "AAA',
    '{"type": "rate_limits.updated", "limits": []}',
)


class Weather:
    """Bad weather, the same for the same seed. `drops` counts the connections it has cut.

    `link`, once there is one, has another speed with each connection.
    """

    link: SlowLink | None = None

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.drops = 0

    @property
    def scenario(self) -> Scenario:
        """The weather as a scenario, on every connection."""
        return Scenario(
            name="weather",
            about="is late, talks nonsense, and drops at random",
            moment=FaultMoment.IDLE,
            fault=self._begin,
            times=1_000_000_000,
        )

    async def _begin(self, peer: Peer) -> None:
        if self.link:
            self.link.bytes_per_s = self._chance.choice(SPEEDS)
        peer.lag = lambda: self._chance.uniform(0, LATE_S)
        if self._chance.random() < 0.3:
            await peer.send_raw(self._chance.choice(NOISE))
        wait = self._chance.expovariate(1 / DROP_EVERY_S)
        asyncio.get_running_loop().call_later(wait, self._drop, peer)

    def _drop(self, peer: Peer) -> None:
        if peer.alive:
            self.drops += 1
            peer.cut()
