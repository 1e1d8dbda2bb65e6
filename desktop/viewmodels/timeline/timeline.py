"""A session on one time axis: both voices, takes, replies, tools, marks and frames. No Qt.

It grows by frames and marks as they come, live or read from a recording; what it holds is bounded, and what
comes on top of a bound is not shown. `version` changes with it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict, deque
from typing import Literal

from desktop.turn.marked_turns import MarkedTurns
from desktop.turn.marks import Mark
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.timeline.peaks import Peaks
from desktop.viewmodels.timeline.received_clips import ReceivedClips
from desktop.viewmodels.timeline.records import SHOWN, Clip, Stretch, Voice
from desktop.viewmodels.timeline.sent_clips import SentClips

MOST_FRAMES = 2_000_000
"""9 bytes each: ten hours of talk."""
MOST_MARKS = 200_000
MOST_STRETCHES = 100_000
MOST_TURNS = 20_000
MOST_SOUND = 1_000_000_000
"""Bytes of one frame or one track: more is nonsense."""
USUAL_RATE = 24_000
RATES = range(8_000, 192_001)

SOUND, OTHER = 0, 2
"""A frame's kind: this, and 1 more for one that came in."""
Direction = Literal["in", "out"]


class Timeline:
    """Takes frames and marks; `end_us` is the latest time in it."""

    def __init__(self, model: str = "") -> None:
        self.version = 0
        self.end_us = 0
        self.frames = array("q")
        """When each frame passed, in order."""
        self.kinds = bytearray()
        """Of each: SOUND or OTHER, and 1 more for one that came in."""
        self.marks: list[Mark] = []
        """Those that can be stepped through, by their time."""
        self.mark_times = array("q")
        self.stretches: list[Stretch] = []
        self.turns: dict[int, TurnTiming] = {}
        """By number; their moments are in ms."""
        self.peaks: dict[Voice, Peaks] = {"sent": Peaks(), "received": Peaks()}
        self._sent, self._received = SentClips(), ReceivedClips()
        self._rates = {"sent": USUAL_RATE, "received": USUAL_RATE}
        self._marked = MarkedTurns(model)
        self._take: Stretch | None = None
        self._reply: Stretch | None = None
        self._tools: defaultdict[str, deque[Stretch]] = defaultdict(deque)
        self._clips: tuple[int, dict[Voice, list[Clip]]] = (-1, {})

    def frame(
        self, t_us: int, direction: Direction, kind: str, offset: int | None = None, size: int = 0
    ) -> None:
        """A frame that passed then, and where its sound lies in its track, if it has some."""
        if len(self.frames) >= MOST_FRAMES:
            return
        self.version += 1
        came = direction == "in"
        sounds = kind in ("audio.append", "audio.delta")
        self.frames.append(t_us if not self.frames else max(t_us, self.frames[-1]))
        self.kinds.append((SOUND if sounds else OTHER) + came)
        self._reach(t_us)
        if offset is not None and 0 <= offset <= 4 * MOST_SOUND and 0 < size <= MOST_SOUND:
            if came:
                self._received.add(t_us, offset, size, self._rates["received"])
            else:
                self._sent.add(t_us, offset, size, self._rates["sent"])
        elif not sounds:
            if kind == "response.started":
                self._received.cut()
            elif kind in ("audio.commit", "audio.clear", "session.start"):
                self._sent.cut()

    def set_rates(self, sent: int, received: int) -> None:
        """From now on sound has these rates in Hz; one that no sound can have changes nothing."""
        for voice, rate in (("sent", sent), ("received", received)):
            self._rates[voice] = rate if rate in RATES else self._rates[voice]

    def mark(self, mark: Mark) -> None:
        """A mark, in the order in which they were noticed."""
        self.version += 1
        self._reach(mark.t)
        for turn in self._marked.add(mark):
            if turn.number in self.turns or len(self.turns) < MOST_TURNS:
                self.turns[turn.number] = turn
        self._follow(mark)
        if mark.mark in SHOWN and len(self.marks) < MOST_MARKS:
            place = bisect_right(self.mark_times, mark.t)
            self.mark_times.insert(place, mark.t)
            self.marks.insert(place, mark)

    def clips(self, voice: Voice) -> list[Clip]:
        """The sound of one side, by its time. Not to be changed."""
        if self._clips[0] != self.version:
            self._clips = (
                self.version,
                {"sent": self._sent.clips, "received": self._received.clips()},
            )
        return self._clips[1][voice]

    def turn_starts(self) -> list[int]:
        """When each turn began, in order."""
        return sorted(int(start * 1_000) for turn in self.turns.values() if (start := turn.start) is not None)

    def _reach(self, t_us: int) -> None:
        self.end_us = max(self.end_us, t_us)

    def _follow(self, mark: Mark) -> None:
        at = mark.t
        match mark.mark:
            case "session" | "renewal":
                self.set_rates(mark.input_rate, mark.output_rate)
            case "take_began" | "key_down" if self._take is None:
                self._take = self._begin(Stretch("take", at, turn=mark.turn))
            case "key_up" | "take_discarded" | "take_kept" | "commit" if self._take is not None:
                self._take.end_us = max(at, self._take.begin_us)
                self._take.discarded = mark.mark == "take_discarded"
                self._take = None
            case "reply_started":
                self._end_reply(at)
                self._reply = self._begin(Stretch("reply", at, turn=mark.turn))
            case "reply_done":
                self._end_reply(at)
            case "first_sample":
                self._received.begin_playing(at, mark.reply)
            case "last_audible":
                self._received.end_playing(mark.reply, mark.ms)
                self._end_reply(at, grow=True)
            case "underrun":
                self._received.run_empty(at, mark.ms or 0.0)
            case "tool_started":
                if call := self._begin(Stretch("tool", at, turn=mark.turn, text=mark.text)):
                    self._tools[mark.text].append(call)
            case "tool_ended":
                self._end_tool(mark)
            case "drop":
                self._end_reply(at)

    def _begin(self, stretch: Stretch) -> Stretch | None:
        if len(self.stretches) >= MOST_STRETCHES:
            return None
        self.stretches.append(stretch)
        return stretch

    def _end_reply(self, at: int, *, grow: bool = False) -> None:
        """A reply is over on the wire; `grow`: it was heard until now."""
        if self._reply is not None and (grow or self._reply.end_us is None):
            self._reply.end_us = max(at, self._reply.begin_us)

    def _end_tool(self, mark: Mark) -> None:
        waiting = self._tools.get(mark.text)
        if waiting:
            call = waiting.popleft()
            call.end_us = max(mark.t, call.begin_us)
        else:
            begin = max(0, mark.t - round((mark.ms or 0.0) * 1_000))
            self._begin(Stretch("tool", begin, mark.t, mark.turn, mark.text))
