"""The user's side of the turn with a talk key: the take, from the press to the end of its tail.

          press             release            tail is full, or its speaker silent
CLOSED ---------> OPEN ----------------> TAIL --------------> CLOSED, and the take is sent
  ^                 ^                      |
  |                 +------ press ---------+      (the same take goes on)
  +---- cancel, from either: thrown away ------------------------------------

The gate of the microphone is open in OPEN and TAIL, and only there. The tail is measured in captured
audio, so that what was spoken before the release is in it whatever the device's latency, and counts from
the key-up itself. It ends early when it is told that nobody speaks any more; a clock ends it when the
microphone has stopped delivering.
"""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Text
from desktop.turn.effects import CloseGate, ForgetTake, Note, OpenGate, TakeEnded, TakeStarted, TurnOutput
from desktop.turn.inputs import (
    Cancel,
    Captured,
    FellSilent,
    Input,
    PolicyChanged,
    Press,
    Release,
    ReleaseCause,
    Tick,
)
from desktop.turn.link import Link
from desktop.turn.numbering import Numbering
from desktop.turn.region import Region, Rule, TableKey, ignore, rows

TAIL_GRACE_MS = 500
"""How much longer than itself the tail waits, at least, for a microphone that delivers nothing."""
MOST_AFTER_MS = 900
"""From a key-up to the end of such a take, if its tail isn't longer: nobody may see an open microphone a
second after letting go."""

SENT_BY_FOCUS = Text("sent-by-focus", "The window lost focus, so what you said was sent.")
SENT_BY_LOCK = Text("sent-by-lock", "The screen was locked, so what you said was sent.")
SENT_BY_SLEEP = Text("sent-by-sleep", "The computer went to sleep, so what you said was sent.")
SENT_BY_CAP = Text(
    "sent-by-cap", "That was {seconds} seconds of speech, so it was sent. Press again to continue."
)
CAUSES = {
    "focus": SENT_BY_FOCUS(),
    "lock": SENT_BY_LOCK(),
    "sleep": SENT_BY_SLEEP(),
}
"""Why a take ended without its key-up, but for its cap."""

STILL_LISTENING = Text("still-listening", "Still listening: this will be sent in {seconds} seconds.")
HOLD_TO_TALK = Text("hold-to-talk", "Hold to talk.")
NO_SOUND = Text("no-sound", "No sound from the microphone: check that it is switched on.")


class TakePhase(Enum):
    """Where the take stands."""

    CLOSED = "closed"
    OPEN = "open"
    TAIL = "tail"


class Take(Region[TakePhase]):
    """The take region of `turn.Turn`. `finished` is the take's number when it is to be sent, else 0."""

    def __init__(self, link: Link, numbering: Numbering) -> None:
        super().__init__("take", TakePhase.CLOSED)
        self._link = link
        self._numbering = numbering
        self.number = 0
        self.appended_ms = 0.0
        self.finished = 0
        self._held_ms = 0.0
        self._opened_at = 0.0
        self._pressed_at = 0.0
        self._tail_left_ms = 0.0
        self._wait_left_ms = 0.0
        self._deadline = 0.0

    @property
    def gate_open(self) -> bool:
        """Whether the microphone's audio belongs to this take now."""
        return self.phase is not TakePhase.CLOSED

    @property
    def heeds_silence(self) -> bool:
        """Whether `FellSilent` would end the take now."""
        early = self.phase is TakePhase.TAIL and self._link.policy.tail_ends_early
        return early and self._wait_left_ms <= 0

    def handle(self, event: Input, now: float) -> list[TurnOutput]:
        """What this input means to the take; afterwards `finished` says whether it is to be sent."""
        self.finished = 0
        return self._apply(_TABLE, event, now)

    def next(self) -> int:
        """The number of a new take, one that doesn't pass the gate, as in hands-free turns."""
        self.number = self._numbering.next_take()
        return self.number

    def end(self, now: float) -> list[TurnOutput]:
        """End the take here, without its tail: the microphone is about to be closed."""
        self.finished = 0
        if self.phase is TakePhase.OPEN:
            self._held_ms = max(self._held_ms, now - self._pressed_at)
        return [] if self.phase is TakePhase.CLOSED else self._finish()

    def _open(self, press: Press, now: float) -> list[TurnOutput]:
        self.next()
        self._set_phase(TakePhase.OPEN)
        self.appended_ms = self._held_ms = 0.0
        self._opened_at = self._pressed_at = now - press.ago_ms
        self._deadline = now + self._link.policy.warn_ms
        return [TakeStarted(self.number), OpenGate(self.number, self._link.policy.pre_roll_ms)]

    def _reopen(self, press: Press, now: float) -> list[TurnOutput]:
        self._set_phase(TakePhase.OPEN)
        self._pressed_at = now - press.ago_ms
        self._deadline = self._opened_at + self._link.policy.warn_ms
        return []

    def _append(self, event: Captured, _: float) -> list[TurnOutput]:
        self.appended_ms += event.ms
        if not event.pre_roll:
            self._held_ms += event.ms
        return []

    def _append_tail(self, event: Captured, now: float) -> list[TurnOutput]:
        self.appended_ms += event.ms
        self._tail_left_ms -= event.ms
        self._wait_left_ms -= event.ms
        return self._finish() if self._tail_left_ms <= 0 else []

    def _release(self, event: Release, now: float) -> list[TurnOutput]:
        # The clock counts too: a slow microphone must not turn a sentence into a tap.
        self._held_ms = max(self._held_ms - event.passed_ms, now - event.ago_ms - self._pressed_at)
        self._set_phase(TakePhase.TAIL)
        # What was captured since the key went up belongs to the tail, whenever that is learned.
        self._wait_left_ms = event.wait_ms - event.passed_ms
        self._tail_left_ms = max(self._link.policy.tail_ms - event.passed_ms, self._wait_left_ms)
        self._deadline = now + max(self._tail_left_ms + TAIL_GRACE_MS, MOST_AFTER_MS - event.ago_ms)
        # A microphone that is gone delivers no tail.
        ends = self._tail_left_ms <= 0 or event.cause == "device"
        return self._reason(event.cause, now) + (self._finish() if ends else [])

    def _fall_silent(self, _: FellSilent, _now: float) -> list[TurnOutput]:
        return self._finish() if self.heeds_silence else []

    def _release_again(self, event: Release, _: float) -> list[TurnOutput]:
        # The focus may be lost after the key-up. A microphone that is gone delivers no more of the tail.
        return self._finish() if event.cause == "device" else []

    def _follow(self, changed: PolicyChanged, _: float) -> list[TurnOutput]:
        # A change of anything else must not repeat the warning.
        before, after = self._link.policy, changed.policy
        if (after.warn_ms, after.cap_ms) != (before.warn_ms, before.cap_ms):
            self._deadline = self._opened_at + after.warn_ms
        return []

    def _reason(self, cause: ReleaseCause, now: float) -> list[TurnOutput]:
        if cause == "cap":
            # Longer than the cap, if that was lowered in the middle of the take.
            seconds = round((now - self._opened_at) / 1_000)
            return [Note("warning", SENT_BY_CAP(seconds=seconds), subject="take")]
        return [Note("warning", CAUSES[cause], subject="take")] if cause in CAUSES else []

    def _watch(self, _: Input, now: float) -> list[TurnOutput]:
        if now < self._deadline:
            return []
        cap = self._opened_at + self._link.policy.cap_ms
        if now >= cap:
            return self._release(Release("cap"), now)
        self._deadline = cap
        left = round((cap - now) / 1_000)
        return [Note("warning", STILL_LISTENING(seconds=left), subject="listening")]

    def _give_up_tail(self, _: Input, now: float) -> list[TurnOutput]:
        return self._finish() if now >= self._deadline else []

    def _throw_away(self, _: Input, now: float) -> list[TurnOutput]:
        self._set_phase(TakePhase.CLOSED)
        return [CloseGate(self.number), ForgetTake(self.number), TakeEnded(self.number, "thrown away")]

    def _finish(self) -> list[TurnOutput]:
        self._set_phase(TakePhase.CLOSED)
        closing: list[TurnOutput] = [CloseGate(self.number)]
        if min(self._held_ms, self.appended_ms) >= self._link.policy.min_ms:
            self.finished = self.number
            return closing
        silent = self._held_ms >= self._link.policy.min_ms
        hint = NO_SOUND() if silent else HOLD_TO_TALK()
        told = Note("hint", hint, subject="take")
        return [*closing, ForgetTake(self.number), TakeEnded(self.number, "short"), told]


_TABLE: dict[tuple[TakePhase, TableKey], Rule] = {
    (TakePhase.CLOSED, Press): Take._open,
    (TakePhase.CLOSED, Captured): ignore,  # the rest of a read in which the take has ended
    (TakePhase.CLOSED, Release): ignore,  # of a press that opened no take
    **rows([TakePhase.CLOSED, TakePhase.TAIL], [PolicyChanged], ignore),
    **rows([TakePhase.CLOSED, TakePhase.OPEN], [FellSilent], ignore),  # a pause within the take
    (TakePhase.CLOSED, Tick): ignore,
    (TakePhase.OPEN, Captured): Take._append,
    (TakePhase.OPEN, Release): Take._release,
    (TakePhase.OPEN, Cancel): Take._throw_away,
    (TakePhase.OPEN, Tick): Take._watch,
    (TakePhase.OPEN, PolicyChanged): Take._follow,
    (TakePhase.OPEN, Press): ignore,  # a held key repeats
    (TakePhase.TAIL, Press): Take._reopen,
    (TakePhase.TAIL, Captured): Take._append_tail,
    (TakePhase.TAIL, FellSilent): Take._fall_silent,
    (TakePhase.TAIL, Release): Take._release_again,
    (TakePhase.TAIL, Cancel): Take._throw_away,
    (TakePhase.TAIL, Tick): Take._give_up_tail,
}
"""What each input means in each phase."""
