"""The user's side of the turn when the server finds the turns: the line of the microphone is always open.

            speech.started            speech.stopped, an answer, or nothing for `HEARD_MS`
    QUIET -----------------> SPEAKING ------------------------------------------------> QUIET

The line is shut while the microphone is muted and while there is no connection. A mute sends silence
after what was said, so that the server's VAD finds its end. Providers that never tell of speech (Gemini)
stay QUIET: nothing here waits for them. What is being said is recorded, so that a drop doesn't lose it.
"""

from __future__ import annotations

from desktop.base.message import Message, Text
from desktop.protocol import events
from desktop.turn.effects import (
    AppendSilence,
    ForgetTake,
    KeepTake,
    LeaveTake,
    Mute,
    Note,
    OpenLine,
    Output,
    ShutLine,
    TakeEnded,
    TakeStarted,
    UserText,
)
from desktop.turn.inputs import ReleaseCause
from desktop.turn.response import Response, ResponsePhase
from desktop.turn.take import Take
from desktop.turn.unanswered import Unanswered

HEARD_MS = 60_000
"""How long the server may hear the user without a word about his end: no one speaks longer unanswered."""

MUTED_BY_LOCK = Text(
    "muted-by-lock", "The screen was locked, so the microphone was muted. The talk key opens it again."
)
MUTED_BY_SLEEP = Text(
    "muted-by-sleep",
    "The computer went to sleep, so the microphone was muted. The talk key opens it again.",
)
MUTED_BY: dict[ReleaseCause, Message] = {"lock": MUTED_BY_LOCK(), "sleep": MUTED_BY_SLEEP()}
"""Why the microphone was muted without the user: nobody may listen to an empty room."""


class HandsFree:
    """The line, and who speaks on it. It shares the regions of `turn.Turn`."""

    def __init__(self, take: Take, response: Response, owed: Unanswered) -> None:
        self._take, self._response, self._unanswered = take, response, owed
        self.muted = False
        self.line = False
        """Whether the microphone is being sent."""
        self.speaking = 0
        """The take that the server hears, 0 for none."""
        self._recorded = False
        self._connected = False
        self._deadline = 0.0
        self._last = 0
        # Takes that were sent again: the server will hear them once more.
        self._resent: list[int] = []

    # The line

    def connect(self) -> list[Output]:
        """There is a connection."""
        self._connected = True
        return self._open()

    def drop(self, *, keep: bool) -> list[Output]:
        """There is none any more. What was being said is kept for the next one, or forgotten."""
        effects = self._leave(keep=keep)
        self._connected = False
        self._resent.clear()
        return effects + self._shut()

    def stop(self) -> list[Output]:
        """The talk key takes over: what was being said is thrown away."""
        return [*self._leave(keep=False), *self._shut()]

    def mute(self, muted: bool) -> list[Output]:
        """Send nothing of the microphone any more, or let it through again."""
        if muted == self.muted:
            return []
        self.muted = muted
        if not muted:
            return [Mute(False), *self._open()]
        # Without the silence the server would wait for the end of the last word for ever.
        trail: list[Output] = [AppendSilence(self._take.policy.trail_ms)] if self.line else []
        return [Mute(True), *self._shut(), *trail]

    def _open(self) -> list[Output]:
        if self.line or self.muted or not self._connected or not self._take.policy.hands_free:
            return []
        self.line = True
        return [OpenLine()]

    def _shut(self) -> list[Output]:
        was_open, self.line = self.line, False
        return [ShutLine()] if was_open else []

    # What the user does

    def press(self, now: float) -> list[Output]:
        """The talk key: while the assistant speaks it interrupts, else it mutes or unmutes."""
        return self._response.interrupt(now) if self._response.playing else self.mute(not self.muted)

    def release(self, cause: ReleaseCause) -> list[Output]:
        """The screen is locked, or the computer sleeps. To let the key go means nothing."""
        if cause not in MUTED_BY or not self.line:
            return []
        return [*self.mute(True), Note("warning", MUTED_BY[cause])]

    # What the server hears

    def resend(self, take: int) -> None:
        """This take was sent again: what the server hears next is it."""
        self._resent.append(take)

    def begin(self, event: events.SpeechStarted, now: float) -> list[Output]:
        """The server hears the user: the assistant is silent at once."""
        quiet = self._response.handle(event, now)
        self._response.heard_anew()
        self._deadline = now + HEARD_MS
        if self.speaking:
            return quiet
        self._recorded = not self._resent
        if self._resent:
            self.speaking = self._last = self._resent.pop(0)
            return quiet
        self.speaking = self._last = self._take.next()
        return [*quiet, TakeStarted(self.speaking), KeepTake(self.speaking)]

    def end(self, now: float) -> list[Output]:
        """The server hears him no more: words and an answer are due."""
        take, self.speaking = self.speaking, 0
        if not take:
            return []
        self._unanswered.words(take)
        if not self._recorded:
            return []  # it was sent before
        if self._response.phase is not ResponsePhase.RUNNING:
            return [LeaveTake(take), *self._unanswered.heard(take, now), TakeEnded(take, "sent")]
        return [LeaveTake(take), ForgetTake(take), TakeEnded(take, "sent")]

    def tick(self, now: float) -> list[Output]:
        """Look at the deadline of what the server hears."""
        return self.end(now) if self.speaking and now >= self._deadline else []

    def answered(self, now: float) -> list[Output]:
        """An answer begins: so the user is heard out, and his next words are a new line."""
        ended = self.end(now)
        self._last = 0
        return ended

    def words(self, text: str) -> list[Output]:
        """What the user said. It may be of a take, or of nothing the server told the beginning of."""
        take = self._unanswered.take_of_words() or self.speaking or self._last
        if take:
            return [UserText(take, text)]
        if not text.strip():
            return []
        self._last = self._take.next()
        return [TakeStarted(self._last), TakeEnded(self._last, "sent"), UserText(self._last, text)]

    def _leave(self, *, keep: bool) -> list[Output]:
        take, self.speaking = self.speaking, 0
        self._last = 0
        if not take or not self._recorded:
            return []
        if keep:
            return [LeaveTake(take), *self._unanswered.keep(take)]
        return [LeaveTake(take), ForgetTake(take), TakeEnded(take, "thrown away")]
