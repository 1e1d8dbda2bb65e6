"""A user who talks without a pause: takes, interruptions, taps, second thoughts, typed words."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable

from desktop.realtime.errors import RealtimeError
from desktop.turn import effects
from desktop.turn.effects import DisplayState
from tests.soak.client import Client
from tests.soak.ledger import Ledger

HUNG_S = 15.0
"""A state that doesn't come to rest for this long has hung: a reconnect takes 0.2 s here, an answer 0.1 s."""
TAIL_MS = 240.0
LOOK_S = 0.002


class Talker:
    """Talks to `client` until told to stop; the same words for the same seed."""

    def __init__(self, client: Client, ledger: Ledger, seed: int) -> None:
        self._client = client
        self._ledger = ledger
        self._chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.hung: list[str] = []
        self.ends: list[str] = []
        """Sessions that ended on their own, with the reason."""

    def on_notice(self, notice: effects.Notice) -> None:
        """Count the session's notices."""
        self.counts[type(notice).__name__] += 1

    @property
    def _state(self) -> DisplayState:
        return self._client.session.state

    async def talk(self, seconds: float) -> None:
        """Turn after turn for this long; then the session is closed."""
        loop = asyncio.get_running_loop()
        running = asyncio.create_task(self._keep_open(), name="soak session")
        end = loop.time() + seconds
        try:
            await self._rest()
            while loop.time() < end:
                await self._turn()
        finally:
            running.cancel()
            await asyncio.wait({running})

    async def _keep_open(self) -> None:
        session = self._client.session
        try:
            while True:
                try:
                    await session.run()
                except RealtimeError as exc:
                    self.ends.append(f"{exc} [{exc.code}]")
        finally:
            await session.close()

    async def _turn(self) -> None:
        kinds = (self._take, self._interrupt, self._second_thought, self._tap, self._type, self._pause)
        turn = self._chance.choices(kinds, weights=(10, 4, 2, 1, 1, 1))[0]
        self.counts[turn.__name__.strip("_")] += 1
        await turn()
        await self._rest()

    async def _take(self) -> None:
        await self._say(self._chance.uniform(150, 3_000))

    async def _interrupt(self) -> None:
        """A take, and another one into its answer or before it."""
        await self._say(self._chance.uniform(150, 1_000))
        await asyncio.sleep(self._chance.uniform(0, 0.1))
        await self._say(self._chance.uniform(150, 1_000))

    async def _second_thought(self) -> None:
        """A take that is discarded."""
        session, microphone = self._client.session, self._client.microphone
        session.press()
        microphone.push_ms(self._chance.uniform(0, 1_000))
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        session.cancel()

    async def _tap(self) -> None:
        session = self._client.session
        session.press()
        session.release()
        self._client.microphone.push_ms(TAIL_MS)

    async def _type(self) -> None:
        self._client.session.say("What time is it?")

    async def _pause(self) -> None:
        """A press into the tail: the same take goes on."""
        level, session = self._ledger.next_level(), self._client.session
        session.press()
        await self._sound(level, 300)
        session.release()
        session.press()
        await self._sound(level, 300)
        await self._finish(level, 600)

    async def _say(self, ms: float) -> None:
        level = self._ledger.next_level()
        self._client.session.press()
        await self._sound(level, ms)
        await self._finish(level, ms)

    async def _sound(self, level: int, ms: float) -> None:
        """Speak, in pieces, so that a drop may come in between."""
        pieces = self._chance.randint(1, 4)
        for _ in range(pieces):
            self._client.microphone.push_ms(ms / pieces, level / 32_768)
            await asyncio.sleep(self._chance.uniform(0, 0.03))

    async def _finish(self, level: int, ms: float) -> None:
        session = self._client.session
        session.release()
        self._client.microphone.push_ms(TAIL_MS, level / 32_768)
        self._ledger.say(level, ms)
        if not await self._until(lambda: self._state is not DisplayState.LISTENING):
            self.hung.append("the take did not end")

    async def _rest(self) -> None:
        """Wait until the client is ready again, and settle all takes."""
        if await self._until(lambda: self._state is DisplayState.READY):
            self._ledger.settle()
        else:
            self.hung.append(f"{self._state.value} did not end")

    async def _until(self, condition: Callable[[], bool]) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HUNG_S):
                while not condition():  # noqa: ASYNC110 - states have no event for it
                    await asyncio.sleep(LOOK_S)
                return True
        return False
