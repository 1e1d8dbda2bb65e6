"""The real client with no device: a session with a scripted microphone and a quick speaker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktop.audio.cues import Cue
from desktop.audio.fakes import FakeMicrophone
from desktop.audio.interfaces import NOTHING_HANDED_ON, HandedOn
from desktop.audio.levels import SILENCE
from desktop.base.message import Message
from desktop.protocol import catalog, commands
from desktop.realtime.connection import Endpoint
from desktop.realtime.session import Session
from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.runner import ToolRunner
from desktop.turn import effects, inputs

MODEL = catalog.find(catalog.KEYED_MODEL)
SPEED = 10.0
"""How much faster than sound this speaker plays: a talk of ten minutes then has thousands of turns."""


class QuickSpeaker:
    """A `Speaker` that plays faster than sound and keeps nothing of what it has played."""

    def __init__(self) -> None:
        self.volume = 1.0
        self.headset = self.ducked = self.paused = False
        self.level = SILENCE
        self.underruns = 0
        self.gaps_ms = 0.0
        self.latency_ms: float | None = None
        self.prebuffer_ms = 0.0
        self.lost = False
        self._bytes_per_ms = 48.0
        self._left_ms = 0.0
        self._at = 0.0
        self._response = 0
        self._received = 0.0

    @property
    def playing(self) -> bool:
        """Whether something is left to play."""
        return self._left_ms > 0

    def start(self, session_rate: int) -> None:
        """Open."""
        self._bytes_per_ms = session_rate / 500

    def write(self, response: int, pcm: bytes) -> None:
        """Queue."""
        if response != self._response:
            self._response, self._received = response, 0.0
        if not self.playing:
            self._at = asyncio.get_running_loop().time()
        ms = len(pcm) / self._bytes_per_ms
        self._received += ms
        self._left_ms += ms

    def complete(self, response: int) -> None:
        """No more comes: nothing to do."""

    def cue(self, name: Cue) -> float:
        """Do nothing: nobody listens."""
        return 0.0

    def flush(self) -> dict[int, float]:
        """Drop the rest; what was heard of the response that it belonged to."""
        left, self._left_ms = self._left_ms, 0.0
        return {self._response: self._received - left} if left else {}

    def heard_ms(self, response: int) -> float:
        """Milliseconds played of a response."""
        return self._received - self._left_ms if response == self._response else 0.0

    def handed_on(self) -> HandedOn:
        """Nothing: no room hears it."""
        return NOTHING_HANDED_ON

    def pump(self) -> None:
        """Play what is due."""
        now = asyncio.get_running_loop().time()
        self._left_ms = max(0.0, self._left_ms - (now - self._at) * 1_000 * SPEED)
        self._at = now

    def close(self) -> None:
        """Close."""
        self._left_ms = 0.0


async def _no(_: Message) -> bool:
    return False


class Client:
    """A session at this address, and the devices it has."""

    def __init__(
        self, url: str, observer: Callable[[effects.Notice], None], policy: inputs.Policy | None = None
    ) -> None:
        self.url = url
        self.microphone = FakeMicrophone()
        self.speaker = QuickSpeaker()
        context = ToolContext(ring=lambda _: None, confirm=_no, open_url=lambda _: False)
        self.session = Session(
            self._endpoint,
            MODEL,
            lambda: commands.Config(model=MODEL.id),
            policy or inputs.Policy(),
            microphone=self.microphone,
            speaker=self.speaker,
            runner=ToolRunner(default_registry(), context),
            observer=observer,
        )

    async def _endpoint(self, _: commands.Config) -> Endpoint:
        return Endpoint(self.url, "soak-key")
