"""The recording of each take: kept until it is answered, since another connection has to be sent it again."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.audio.format import PACKET_MS, float_to_pcm16, pcm16_to_float
from desktop.audio.resample import convert


class TakeRecordings:
    """The packets of each take, PCM16 at the session's rate.

    A take of two minutes, the usual cap, is 5.8 MB. The turn forgets those that nobody asks for again.
    """

    def __init__(self) -> None:
        self._packets: dict[int, list[bytes]] = {}

    def begin(self, take: int, packets: Iterable[bytes] = ()) -> None:
        """Record this take anew; `packets` are its beginning."""
        self._packets[take] = list(packets)

    def add(self, take: int, packet: bytes) -> None:
        """The next packet of a take."""
        self._packets.setdefault(take, []).append(packet)

    def packets(self, take: int) -> tuple[bytes, ...]:
        """All of a take so far; nothing of one that was forgotten."""
        return tuple(self._packets.get(take, ()))

    def forget(self, take: int) -> None:
        """Drop a take's recording."""
        self._packets.pop(take, None)

    def resample(self, before: int, rate: int) -> None:
        """Bring all of them from one rate in Hz to another: 0.1 s for two minutes."""
        self._packets = {take: _resampled(packets, before, rate) for take, packets in self._packets.items()}


def _resampled(packets: list[bytes], before: int, rate: int) -> list[bytes]:
    pcm = float_to_pcm16(convert(pcm16_to_float(b"".join(packets)), before, rate))
    size = 2 * rate * PACKET_MS // 1_000
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]
