"""The audio line from the wire to the speaker.

A plain object on the event loop's thread; the session steps it every few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.audio.cues import Cue
from desktop.audio.format import SampleJoiner
from desktop.audio.interfaces import Speaker

ECHO_MS = 250
"""How long a room goes on sounding after the speaker's last sample, with the devices' own delay."""
KEPT_RESPONSES = 8
"""Answers whose sound is kept, to play again what was not heard: two minutes of each are 46 MB at most."""
KEPT_BYTES = 5_760_000
REPLAY = 1_000_000
"""What is played again is numbered from here on: the speaker has done with the response's own number."""


@dataclass(slots=True)
class _ResponseAudio:
    """An answer's sound."""

    kept: bytearray = field(default_factory=bytearray)
    received: int = 0
    """Bytes, also those that were too many to be kept."""
    complete: bool = False
    begun_ms: float = 0.0
    """Of it, what speakers have played that were exchanged since."""
    heard_ms: float = 0.0
    """Of it, when it was cut."""


class SpeakerDownlink:
    """Audio of the responses → whole samples → speaker; and what was heard of each.

    `ended` is called when the speaker has nothing left to play; `heard` for each response with the
    milliseconds since its first sound, and with None after its last.
    """

    def __init__(
        self,
        speaker: Speaker,
        ended: Callable[[], None],
        heard: Callable[[int, float | None], None] = lambda response, ago_ms: None,
    ) -> None:
        self.speaker = speaker
        self._ended = ended
        self._tell = heard
        # Responses in the speaker's queue, and whether their first sound was heard.
        self._queued: dict[int, bool] = {}
        self._joiner = SampleJoiner()
        self._response = 0
        self._playing = False
        self._rate = 0
        self._plugged = False
        self._responses: dict[int, _ResponseAudio] = {}
        # Responses that wait for a speaker while it is being exchanged.
        self._waiting: list[int] | None = None
        self._replays = 0
        self._silent_from = 0.0
        self.replaying = False

    def retune(self, rate: int) -> None:
        """Take audio at this rate in Hz from now on; what was kept at another is forgotten."""
        if rate != self._rate:
            self._responses.clear()
        self._rate = rate

    @property
    def rate(self) -> int:
        """The session's rate in Hz, 0 before the first session."""
        return self._rate

    def plug(self) -> dict[int, tuple[float, float]]:
        """The speaker is open at the session's rate: what waited goes on where the last one left it.

        What is too long to have been kept is cut: per such response, the milliseconds heard and received.
        """
        self._plugged = True
        waiting, self._waiting = self._waiting or [], None
        cut: dict[int, tuple[float, float]] = {}
        for number in waiting:
            response = self._responses[number]
            if response.received > len(response.kept):
                cut[number] = self._cut(response, response.begun_ms)
                self._queued.pop(number, None)
                continue
            rest = response.kept[self._bytes(response.begun_ms) :]
            if rest:
                self.speaker.write(number, bytes(rest))
                if response.complete:
                    self.speaker.complete(number)
        return cut

    def unplug(self) -> None:
        """The speaker is being closed: what isn't heard of the answers waits for the next one."""
        if not self._plugged:
            return
        self._plugged = False
        if self.replaying:
            self.speaker.flush()
            self.replaying = self._playing = False
        self._waiting = []
        for number, ms in self.speaker.flush().items():
            if number in self._responses:
                self._responses[number].begun_ms += ms
                self._waiting.append(number)

    def play(self, number: int, audio: bytes) -> None:
        """Queue PCM16 of a response; it may end in the middle of a sample."""
        if not self._plugged and self._waiting is None:
            self._ended()  # no speaker: the words alone are the answer
            return
        if number != self._response:
            self._begin(number)
        self._playing = True
        self._queued.setdefault(number, False)
        samples = self._joiner.push(audio)
        response = self._responses.setdefault(number, _ResponseAudio())
        response.kept += samples[: KEPT_BYTES - len(response.kept)]
        response.received += len(samples)
        if self._waiting is None:
            self.speaker.write(number, samples)
        elif number not in self._waiting:
            self._waiting.append(number)

    def replay(self, number: int) -> bool:
        """Play what was not heard of a response; False if its sound isn't kept."""
        response = self._responses.get(number, _ResponseAudio())
        return self.play_back(bytes(response.kept[self._bytes(response.heard_ms) :]))

    def play_back(self, pcm: bytes) -> bool:
        """Play PCM16 at the session's rate that is no answer; False if there is nothing, or no speaker."""
        if not pcm or not self._plugged:
            return False
        self.flush()
        self._replays += 1
        self.replaying = self._playing = True
        self.speaker.write(REPLAY + self._replays, pcm)
        self.speaker.complete(REPLAY + self._replays)
        return True

    def cue(self, name: Cue) -> float:
        """Sound a cue beside the answers: the milliseconds until it was heard, 0 without a speaker."""
        return self.speaker.cue(name) if self._plugged else 0.0

    def _begin(self, number: int) -> None:
        if self.replaying:
            self.flush()
        self._joiner.reset()
        self._response = number
        self._responses[number] = _ResponseAudio()
        for old in sorted(self._responses)[:-KEPT_RESPONSES]:
            del self._responses[old]

    def complete(self, number: int) -> None:
        """No more audio comes for this response."""
        if number in self._responses:
            self._responses[number].complete = True
        if self._plugged:
            self.speaker.complete(number)

    def flush(self) -> dict[int, tuple[float, float]]:
        """Silence within one block: per unfinished response, the milliseconds heard and received."""
        self._playing = self.replaying = False
        self._queued.clear()
        if self._plugged:
            heard = self.speaker.flush()
        else:
            heard = dict.fromkeys(self._waiting or (), 0.0)
            self._waiting = None if self._waiting is None else []
        responses = ((number, ms, self._responses.get(number)) for number, ms in heard.items())
        return {
            number: self._cut(response, response.begun_ms + ms)
            for number, ms, response in responses
            if response
        }

    def give_up(self) -> dict[int, tuple[float, float]]:
        """There is no other speaker: as `flush`, of what waited for it."""
        cut = self.flush()
        self._waiting = None
        return cut

    def step(self) -> None:
        """Keep the device fed; tell once when it has nothing left to play."""
        if not self._playing or not self._plugged:
            return
        self.speaker.pump()
        for number, begun in list(self._queued.items()):
            if not begun and (ms := self.speaker.heard_ms(number)):
                self._queued[number] = True
                self._tell(number, ms)
        if not self.speaker.playing:
            self._playing = self.replaying = False
            queued, self._queued = self._queued, {}
            for number in queued:
                self._tell(number, None)
            self._ended()

    def sounding(self, now: float) -> bool:
        """Whether the room still sounds of the assistant; `now` in milliseconds."""
        if self._playing:
            self._silent_from = now + ECHO_MS
        return self._playing or now < self._silent_from

    @property
    def playing(self) -> bool:
        """Whether steps are due."""
        return self._playing

    def _bytes(self, ms: float) -> int:
        return round(ms * self._rate / 1_000) * 2

    def _cut(self, response: _ResponseAudio, heard_ms: float) -> tuple[float, float]:
        response.heard_ms = heard_ms
        return heard_ms, 500 * response.received / self._rate
