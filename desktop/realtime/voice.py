"""The two audio lines between a session and its devices: voice out (microphone to wire) and voice in.

Both are plain objects on the event loop's thread; the session steps them every few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.audio.endpoints import Microphone, Speaker
from desktop.audio.format import PACKET_MS, SampleJoiner
from desktop.audio.gate import Gate


class VoiceOut:
    """Microphone → gate → packets → wire, and each take's recording until it is answered.

    `captured` is called for each packet of the open take with its milliseconds and whether it was spoken
    before the press; `append` with each packet, which it may drop: a take is kept until it is forgotten.
    """

    def __init__(
        self, microphone: Microphone, append: Callable[[bytes], None], captured: Callable[[float, bool], None]
    ) -> None:
        self._microphone = microphone
        self._append = append
        self._captured = captured
        self._rate = 0
        self._gate = Gate(1)
        # A take is two minutes at most: 5.8 MB. Those that nobody asks for again are forgotten.
        self._takes: dict[int, list[bytes]] = {}
        self._open_take = 0
        self._pre_roll_left = 0.0
        self.muted = False

    def start(self, rate: int) -> None:
        """Open the microphone for a session at this rate in Hz; one that is open at it stays so.

        Raises:
            AudioError: it can't be opened.
        """
        if rate == self._rate:
            return
        self._gate = Gate(rate)
        self._microphone.start(rate)
        self._rate = rate

    @property
    def is_open(self) -> bool:
        """Whether there is a microphone."""
        return self._rate > 0

    def step(self) -> None:
        """Move what was captured since the last step."""
        if not self._rate:
            return
        samples = self._microphone.read()
        if self.muted:
            samples = samples * 0
        take = self._open_take
        for packet in self._gate.feed(samples):
            if self._open_take != take:
                return  # the take has ended within this read
            self._take_in(packet)

    def open(self, take: int, pre_roll_ms: float) -> None:
        """Let the microphone through, from `pre_roll_ms` before now."""
        self.step()  # what is still in the device's ring belongs to the pre-roll
        self._pre_roll_left = self._gate.open(pre_roll_ms)
        self._takes[take] = []
        self._open_take = take

    def shut(self, take: int) -> None:
        """Shut the gate; the last, shorter packet still belongs to the take."""
        self._open_take = 0
        for packet in self._gate.close():
            self._keep(take, packet)

    def resend(self, take: int) -> None:
        """Append all of a take again: a new connection has none of it."""
        for packet in self._takes.get(take, ()):
            self._append(packet)

    def forget(self, take: int) -> None:
        """Drop a take's recording."""
        self._takes.pop(take, None)

    def recording(self, take: int) -> bytes:
        """What was recorded of a take: PCM16 at the session's rate."""
        return b"".join(self._takes.get(take, ()))

    def silence(self, ms: float) -> None:
        """Append digital silence, so that a server's VAD ends the turn."""
        packet = bytes(2 * self._rate * PACKET_MS // 1_000)
        for _ in range(round(ms / PACKET_MS)):
            self._append(packet)

    def give_up(self) -> None:
        """Read the microphone no more: it fails."""
        self._rate = 0

    def close(self) -> None:
        """Close the microphone."""
        self._rate = 0
        self._open_take = 0
        self._microphone.close()

    def _take_in(self, packet: bytes) -> None:
        self._keep(self._open_take, packet)
        ms = len(packet) * 500 / self._rate
        pre_roll = self._pre_roll_left >= ms / 2
        self._pre_roll_left -= ms
        self._captured(ms, pre_roll)

    def _keep(self, take: int, packet: bytes) -> None:
        self._takes.setdefault(take, []).append(packet)
        self._append(packet)


KEPT_REPLIES = 8
"""Answers whose sound is kept, to play again what was not heard: two minutes of each are 46 MB at most."""
KEPT_BYTES = 5_760_000
REPLAY = 1_000_000
"""What is played again is numbered from here on: the speaker has done with the reply's own number."""


class VoiceIn:
    """Audio of the replies → whole samples → speaker; and what was heard of each.

    `ended` is called when the speaker has nothing left to play; `heard` for each reply with the milliseconds
    since its first sound, and with None after its last.
    """

    def __init__(
        self,
        speaker: Speaker,
        ended: Callable[[], None],
        heard: Callable[[int, float | None], None] = lambda reply, ago_ms: None,
    ) -> None:
        self._speaker = speaker
        self._ended = ended
        self._tell = heard
        # Replies in the speaker's queue, and whether their first sound was heard.
        self._queued: dict[int, bool] = {}
        self._joiner = SampleJoiner()
        self._reply = 0
        self._playing = False
        self._rate = 0
        self._kept: dict[int, bytearray] = {}
        self._heard: dict[int, float] = {}
        self._replays = 0
        self.replaying = False

    def start(self, rate: int) -> None:
        """Open the speaker for a session at this rate in Hz; one that is open at it stays so.

        Raises:
            AudioError: it can't be opened.
        """
        if rate != self._rate:
            self._speaker.start(rate)
            self._rate = rate

    def play(self, reply: int, audio: bytes) -> None:
        """Queue PCM16 of a reply; it may end in the middle of a sample."""
        if not self._rate:
            self._ended()  # no speaker: the words alone are the answer
            return
        if reply != self._reply:
            self._begin(reply)
        self._playing = True
        self._queued.setdefault(reply, False)
        samples = self._joiner.push(audio)
        kept = self._kept[reply]
        kept += samples[: KEPT_BYTES - len(kept)]
        self._speaker.write(reply, samples)

    def replay(self, reply: int) -> bool:
        """Play what was not heard of a reply; False if its sound isn't kept."""
        begin = round(self._heard.get(reply, 0.0) * self._rate / 1_000) * 2
        rest = self._kept.get(reply, b"")[begin:]
        if not rest or not self._rate:
            return False
        self.flush()
        self._replays += 1
        self.replaying = self._playing = True
        self._speaker.write(REPLAY + self._replays, bytes(rest))
        self._speaker.complete(REPLAY + self._replays)
        return True

    def _begin(self, reply: int) -> None:
        if self.replaying:
            self.flush()
        self._joiner.reset()
        self._reply = reply
        self._kept[reply] = bytearray()
        for old in sorted(self._kept)[:-KEPT_REPLIES]:
            del self._kept[old]
            self._heard.pop(old, None)

    def complete(self, reply: int) -> None:
        """No more audio comes for this reply."""
        if self._rate:
            self._speaker.complete(reply)

    def flush(self) -> dict[int, tuple[float, float]]:
        """Silence within one block: per unfinished reply, the milliseconds heard and received."""
        self._playing = self.replaying = False
        self._queued.clear()
        heard = self._speaker.flush() if self._rate else {}
        own = {reply: ms for reply, ms in heard.items() if reply < REPLAY}
        self._heard.update(own)
        return {reply: (ms, self._speaker.received_ms(reply)) for reply, ms in own.items()}

    def step(self) -> None:
        """Keep the device fed; tell once when it has nothing left to play."""
        if not self._playing:
            return
        self._speaker.pump()
        for reply, begun in list(self._queued.items()):
            if not begun and (ms := self._speaker.heard_ms(reply)):
                self._queued[reply] = True
                self._tell(reply, ms)
        if not self._speaker.playing:
            self._playing = self.replaying = False
            queued, self._queued = self._queued, {}
            for reply in queued:
                self._tell(reply, None)
            self._ended()

    @property
    def playing(self) -> bool:
        """Whether steps are due."""
        return self._playing

    def close(self) -> None:
        """Close the speaker."""
        self._rate = 0
        self._playing = False
        self._speaker.close()
