"""A file that is sent over a network slower than it can be read."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pytest

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import AccessOptions
from desktop.audio.format import Samples, float_to_pcm16
from desktop.cli import headless
from desktop.conversation.turn_collector import CompletedTurn
from desktop.protocol import catalog
from desktop.recording.frame_log import FrameLog
from tests.realtime.service import Line, serving
from tests.rig.slow_link import SlowLink

RATE = 24_000
WIRE_BYTES_PER_S = 2 * RATE * 4 / 3
"""A second of speech in base64, without the JSON around it."""


class WatchedFile:
    """A file that knows how far ahead of the network it is read."""

    notes = ()

    def __init__(self, samples: Samples, link: SlowLink) -> None:
        self.rate = RATE
        self.seconds = len(samples) / RATE
        self.furthest_s = 0.0
        self._samples = samples
        self._link = link
        self._at = 0

    def read(self, count: int) -> Samples:
        """The next samples."""
        block = self._samples[self._at : self._at + count]
        self._at += len(block)
        self.furthest_s = max(self.furthest_s, self._at / RATE - self._link.passed / WIRE_BYTES_PER_S)
        return block


async def talk_over(
    bytes_per_s: float, samples: Samples, monkeypatch: pytest.MonkeyPatch, **options: float
) -> tuple[CompletedTurn, bytes, WatchedFile]:
    """The turn, the take that arrived, and the file."""
    monkeypatch.setenv("OPPER_API_KEY", "test-key-123456")
    take = bytearray()

    async def script(line: Line) -> None:
        await line.start()
        monkeypatch.setattr("tests.realtime.service.WITHIN_S", 30)
        await line.expect("audio.commit")
        take.extend(line.appended)
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Hello.")
        await line.send("response.completed")
        await line.send("transcript.committed", transcript="Hm?")
        await line.socket.wait_closed()

    async with serving(script) as service:
        with SlowLink(urlsplit(service.url).port or 0, bytes_per_s=bytes_per_s) as link:
            key_hosts.trust_for_this_run(link.url)
            file = WatchedFile(samples, link)
            model = catalog.find("openai/gpt-realtime-2", catalog.MODELS)
            chosen = headless.HeadlessOptions(model, access=AccessOptions(link.url), **options)  # type: ignore[arg-type]
            turn = await headless.talk(chosen, file, realtime=False, frames=FrameLog(None))  # type: ignore[arg-type]
    return turn, bytes(take), file


def noise(seconds: int) -> Samples:
    return np.random.default_rng(1).uniform(-0.5, 0.5, seconds * RATE).astype(np.float32)


async def test_it_is_read_no_further_ahead_than_the_network_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = noise(16)
    turn, take, file = await talk_over(3 * WIRE_BYTES_PER_S, samples, monkeypatch)
    assert (turn.assistant, turn.problems) == ("Hello.", [])
    assert take.startswith(float_to_pcm16(samples))
    assert 1 < file.furthest_s < 7, "two seconds in the outbox, and what the system buffers"


@pytest.mark.long
async def test_the_time_in_which_speech_is_sent_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless, "LOOK_S", 0.05)
    samples = noise(6)
    turn, take, _ = await talk_over(0.5 * WIRE_BYTES_PER_S, samples, monkeypatch, timeout_s=3.0)
    assert (turn.assistant, turn.problems) == ("Hello.", [])
    assert take.startswith(float_to_pcm16(samples))
