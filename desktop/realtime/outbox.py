"""What waits to be sent on one connection."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from desktop.audio.format import PACKET_MS
from desktop.protocol import commands
from desktop.realtime.take_recordings import RecordedSound

log = logging.getLogger(__name__)

JOINED_BYTES = 2 * 24_000 * PACKET_MS // 1_000
"""The longest packet that two short ones are joined into. More at once would reach the service late."""


class Outbox:
    """Commands in the order in which they go out. Recorded sound is read only when its turn comes.

    It has no limit: what a user says in an outage has none. It costs little, since the packets in it are also
    those of the takes' recordings, and a socket that takes nothing is found dead by time (`KeepAlive`).
    """

    def __init__(self) -> None:
        self._items: deque[commands.Command | _Sound] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._awaited = 0
        self.audio_bytes = 0
        """How much sound waits: bytes of PCM16."""

    @property
    def holds_turn(self) -> bool:
        """Whether anything waits that a response depends on: a command, or sound that was recorded."""
        return self._awaited > 0

    @property
    def empty(self) -> bool:
        """Whether nothing waits; the last command may still be on its way into the socket."""
        return not self._items

    @property
    def idle(self) -> bool:
        """Whether nothing waits, and nothing is on its way into the socket."""
        return not self._items and self._emptied.is_set()

    def put(self, command: commands.Command) -> None:
        """Send this after all that waits."""
        self._add(command, _audio_bytes(command))

    def put_sound(self, sound: RecordedSound) -> None:
        """Send this recording, packet by packet, after all that waits."""
        self._add(_Sound(sound), sound.size)

    async def take(self) -> commands.Command:
        """The next command, once there is one. Call `done` when it was sent."""
        while True:
            while not self._items:
                self._filled.clear()
                await self._filled.wait()
            item = self._items[0]
            if isinstance(item, _Sound) and (packet := item.next()):
                self.audio_bytes -= len(packet)
                return commands.AudioAppend(packet)
            self._items.popleft()
            self._awaited -= _is_awaited(item)
            if not isinstance(item, _Sound):
                item = self._joined(item)
                self.audio_bytes -= _audio_bytes(item)
                return item
            self.audio_bytes -= item.left
            self.done()  # its last packet went before

    def _joined(self, item: commands.Command) -> commands.Command:
        """Two blocks of the microphone in one packet: where they wait, the socket is slow."""
        following = self._items[0] if self._items else None
        if not isinstance(item, commands.AudioAppend) or not isinstance(following, commands.AudioAppend):
            return item
        if len(item.audio) != len(following.audio) or 2 * len(item.audio) > JOINED_BYTES:
            return item
        self._items.popleft()
        return commands.AudioAppend(item.audio + following.audio)

    def done(self) -> None:
        """What was taken last was sent."""
        if not self._items:
            self._emptied.set()

    async def join(self) -> None:
        """Wait until all was sent."""
        await self._emptied.wait()

    def _add(self, item: commands.Command | _Sound, audio_bytes: int) -> None:
        self._items.append(item)
        self.audio_bytes += audio_bytes
        self._awaited += _is_awaited(item)
        self._emptied.clear()
        self._filled.set()


class _Sound:
    """The packets of a recording that still wait, `left` bytes of them."""

    def __init__(self, sound: RecordedSound) -> None:
        self.left = sound.size
        self._packets = iter(sound)

    def next(self) -> bytes:
        """The next packet, empty at the end."""
        try:
            packet = next(self._packets, b"")
        except OSError:
            log.exception("a recorded take can't be read on")
            return b""
        self.left -= len(packet)
        return packet


def _is_awaited(item: commands.Command | _Sound) -> bool:
    return not isinstance(item, commands.AudioAppend)


def _audio_bytes(command: commands.Command) -> int:
    return len(command.audio) if isinstance(command, commands.AudioAppend) else 0
