"""The path of the sound from the wire to the speaker.

A plain object on the event loop's thread; the session steps it every few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.audio.cues import Cue
from desktop.audio.interfaces import Speaker
from desktop.realtime.recent_sounds import RecentSounds
from desktop.realtime.response_audio import HeardOf, ResponseAudio

ECHO_MS = 250
"""How long a room goes on sounding after the speaker's last sample, with the devices' own delay."""
REPLAY = 1_000_000
"""Replays are numbered from here on: the speaker is done with the response's own number."""

MOST_QUEUED = 1_000
"""Responses in the speaker's queue of which it is told when they are heard."""


class SpeakerDownlink:
    """Audio of the responses → whole samples → speaker; and what was heard of each.

    Args:
        speaker: plays from `attach` to `detach`.
        drained: called when the speaker has nothing left to play, in a gap of a response too.
        heard: called for each response with the milliseconds since its first sound, and with None after its
            last: of one that is complete.
        sounds: gets the sound of the responses.
        gap: called with how many milliseconds the speaker was empty in the middle of a response.
    """

    def __init__(
        self,
        speaker: Speaker,
        drained: Callable[[], None],
        heard: Callable[[int, float | None], None] = lambda response, ago_ms: None,
        sounds: RecentSounds | None = None,
        gap: Callable[[float], None] = lambda ms: None,
    ) -> None:
        self.speaker = speaker
        self._gap = gap
        self._gaps_ms = 0.0
        self.replaying = False
        """The playing audio is a replay: no part of the conversation."""
        self._drained = drained
        self._heard = heard
        self._sounds = sounds
        self._audio = ResponseAudio()
        # Responses that aren't heard to their end, and whether their first sound was heard.
        self._queued: dict[int, bool] = {}
        self._playing = False
        self._attached = False
        # Responses that wait for a speaker while it is being exchanged.
        self._waiting: list[int] | None = None
        # Responses whose speaker is gone: the rest isn't heard, even if there is another one by then.
        self._silenced: set[int] = set()
        self._replays = 0
        self._silent_from_ms = 0.0

    def set_rate(self, rate: int) -> None:
        """Take audio at this rate in Hz from now on; what was kept at another is forgotten."""
        self._audio.set_rate(rate)

    @property
    def rate(self) -> int:
        """The session's rate in Hz, 0 before the first session."""
        return self._audio.rate

    def attach(self) -> dict[int, HeardOf]:
        """The speaker is open at the session's rate: what waited goes on where the last one left it.

        What is not kept to its end is cut: what was heard of each such response.
        """
        self._attached = True
        self._playing = self._playing or bool(self._queued)  # one may have been completed meanwhile
        waiting, self._waiting = self._waiting or [], None
        cut: dict[int, HeardOf] = {}
        for number in waiting:
            rest = self._audio.rest(number)
            if rest is None:
                self._queued.pop(number, None)
                if heard := self._audio.cut(number, 0.0):
                    cut[number] = heard
            elif rest:
                self.speaker.write(number, rest)
                if self._audio.is_complete(number):
                    self.speaker.complete(number)
        return cut

    def detach(self) -> None:
        """The speaker is being closed: what isn't heard of the responses waits for the next one."""
        if not self._attached:
            return
        self._attached = False
        if self.replaying:
            self.speaker.flush()
            self.replaying = self._playing = False
        flushed = self.speaker.flush().items()
        self._waiting = [number for number, ms in flushed if self._audio.leave_speaker(number, ms)]

    def push_audio(self, number: int, audio: bytes) -> None:
        """Queue PCM16 of a response; it may end in the middle of a sample."""
        if self._is_silent(number):
            self._audio.push(number, audio)
            return
        if self.replaying and number != self._audio.current:
            self.flush()
        self._playing = True
        if len(self._queued) < MOST_QUEUED:
            self._queued.setdefault(number, False)
        samples = self._audio.push(number, audio)
        if self._sounds:
            self._sounds.add("response", number, samples, self.rate)
        if self._waiting is None:
            self.speaker.write(number, samples)
        elif number not in self._waiting:
            self._waiting.append(number)

    def complete(self, number: int) -> dict[int, HeardOf]:
        """No more audio comes for this response; what was heard of one that lost its speaker."""
        self._audio.complete(number)
        if self._is_silent(number):
            cut = self._audio.cut(number, 0.0) if number in self._silenced else None
            self._silenced.discard(number)
            self._drained()  # once, and not with each piece: the display would flicker
            return {number: cut} if cut else {}
        if self._attached:
            self.speaker.complete(number)
            self._playing = self._playing or number in self._queued  # the next step tells its end
        return {}

    def _is_silent(self, number: int) -> bool:
        """Whether the response is text only: there is no speaker, or it lost it on the way."""
        return number in self._silenced or (not self._attached and self._waiting is None)

    def unheard(self, number: int) -> bytes:
        """PCM16 at `rate` that was not heard of a response; empty if it isn't kept."""
        return self._audio.unheard(number)

    def play_aside(self, pcm: bytes) -> bool:
        """Play PCM16 at `rate` that belongs to no response; False if it is empty, or there is no speaker."""
        if not pcm or not self._attached:
            return False
        self.flush()
        self._replays += 1
        self.replaying = self._playing = True
        self.speaker.write(REPLAY + self._replays, pcm)
        self.speaker.complete(REPLAY + self._replays)
        return True

    def cue(self, name: Cue) -> float:
        """Sound a cue beside the responses: the milliseconds until it was heard, 0 without a speaker."""
        return self.speaker.cue(name) if self._attached else 0.0

    def flush(self) -> dict[int, HeardOf]:
        """Silence within one block: what was heard of each response that was not heard to its end."""
        self._playing = self.replaying = False
        self._queued.clear()
        if self._attached:
            flushed = self.speaker.flush()
        else:
            flushed = dict.fromkeys(self._waiting or (), 0.0)
            self._waiting = None if self._waiting is None else []
        cut = ((number, self._audio.cut(number, ms)) for number, ms in flushed.items())
        return {number: heard for number, heard in cut if heard}

    def give_up(self) -> dict[int, HeardOf]:
        """There is no other speaker: like `flush`, for the audio that waited for it."""
        cut = self.flush()
        self._waiting = None
        self._silenced |= {number for number in cut if not self._audio.is_complete(number)}
        return cut

    def step(self) -> None:
        """Keep the device fed; report once when it has nothing left to play, and what has ended with it."""
        if not self._playing or not self._attached:
            return
        self.speaker.pump()
        self._look_for_gap()
        for number, begun in list(self._queued.items()):
            if not begun and (ms := self.speaker.heard_ms(number)):
                self._queued[number] = True
                self._heard(number, ms)
        # A lost speaker plays nothing either; whoever looks for that decides what becomes of the rest.
        if not self.speaker.playing and not self.speaker.lost:
            self._playing = self.replaying = False
            for number in [number for number in self._queued if not self._audio.is_coming(number)]:
                del self._queued[number]
                self._heard(number, None)
            self._drained()

    def _look_for_gap(self) -> None:
        gaps_ms = self.speaker.gaps_ms
        if gaps_ms > self._gaps_ms and not self.replaying:
            self._gap(gaps_ms - self._gaps_ms)
        self._gaps_ms = gaps_ms

    def sounding(self, now: float) -> bool:
        """Whether the assistant can still be heard in the room; `now` in milliseconds. In a gap it can't."""
        if self._playing:
            self._silent_from_ms = now + ECHO_MS
        return self._playing or now < self._silent_from_ms

    @property
    def playing(self) -> bool:
        """Whether something plays, or more of a response is to come."""
        return self._playing or bool(self._queued)
