"""The gate between the open microphone and the wire: shut, it remembers; open, it cuts packets."""

from __future__ import annotations

from desktop.audio.format import BLOCK_MS, PACKET_MS, Samples, float_to_pcm16

MEMORY_MS = 500
"""The longest pre-roll. It is kept in a ring of this size: while shut, the oldest is forgotten."""
_SLACK = 2 * 2
"""Bytes of two samples: from 44.1 kHz a block of 10 ms is 239, 240 or 241 samples at 24 kHz."""


class MicrophoneGate:
    """Turns the microphone's samples into PCM16 packets while open. Pure: no clock, no device.

    Args:
        rate: Hz of what is fed and of the packets.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._packet = 2 * (rate * PACKET_MS // 1000)
        self._block = 2 * (rate * BLOCK_MS // 1000)
        self._memory = 2 * (rate * MEMORY_MS // 1000)
        self._kept = bytearray()
        self._open = False
        self._fresh = False

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self, pre_roll_ms: float) -> float:
        """Let sound through from `pre_roll_ms` ago, as far as it is still known.

        The pre-roll is put out with the next feed. Returns the milliseconds of it that were there. An
        open gate stays as it is and returns 0.
        """
        if self._open:
            return 0.0
        wanted = 2 * max(0, round(self._rate * pre_roll_ms / 1000))
        del self._kept[: max(0, len(self._kept) - wanted)]
        self._open = self._fresh = True
        return 1000 * len(self._kept) / (2 * self._rate)

    def feed(self, samples: Samples) -> list[bytes]:
        """The packets that can go now: whole blocks of BLOCK_MS, up to PACKET_MS in one.

        The first feed after `open` is put out to its end but two samples. From then on packets end where
        feeds end: else a packet that lacks a sample waits for the next feed, and all of a take is 10 ms
        late.
        """
        self._kept += float_to_pcm16(samples)
        if not self._open:
            del self._kept[: max(0, len(self._kept) - self._memory)]
            return []
        if self._fresh and len(samples):
            self._fresh = False
            return self._cut(max(0, len(self._kept) - _SLACK))
        return self._cut(len(self._kept) // self._block * self._block)

    def close(self) -> list[bytes]:
        """Shut, and return the packets that aren't on their way yet; the last one may be short.

        Sent audio is forgotten, so that a press right after doesn't send it a second time.
        """
        rest = self._cut(len(self._kept)) if self._open else []
        self._open = self._fresh = False
        return rest

    def _cut(self, end: int) -> list[bytes]:
        packets = [bytes(self._kept[at : min(end, at + self._packet)]) for at in range(0, end, self._packet)]
        del self._kept[:end]
        return packets
