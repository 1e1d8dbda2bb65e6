"""The faults of network and service in a soak: jitter, drops, and meaningless frames."""

from __future__ import annotations

import asyncio
import random

from desktop.offline.faults.peer import Peer
from desktop.offline.faults.scenario import FaultMoment, Scenario

DROP_EVERY_S = 2.0
"""On average, at random moments: in takes, in answers, in between."""
LATE_S = 0.004
NOISE = (
    '{"type": "brand.new", "value": 1}',
    '{"type": "error", "error": {"message": "tool call id x not found in conversation"}}',
    '{"type": "audio.delta", "audio": "AAA',
    '{"type": "rate_limits.updated", "limits": []}',
)


class Weather:
    """Bad weather, the same for the same seed. `drops` counts the connections it has cut."""

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
        peer.lag = lambda: self._chance.uniform(0, LATE_S)
        if self._chance.random() < 0.3:
            await peer.send_raw(self._chance.choice(NOISE))
        wait = self._chance.expovariate(1 / DROP_EVERY_S)
        asyncio.get_running_loop().call_later(wait, self._drop, peer)

    def _drop(self, peer: Peer) -> None:
        if peer.alive:
            self.drops += 1
            peer.cut()
