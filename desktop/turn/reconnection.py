"""What the coming and going of connections means to the regions of a turn."""

from __future__ import annotations

from desktop.turn import inputs
from desktop.turn.delivery import Delivery
from desktop.turn.effects import Note, Retrying, TurnOutput
from desktop.turn.note_subject import NoteSubject
from desktop.turn.regions import Regions
from desktop.turn.response_notes import CUT_OFF


class Reconnection:
    """Keeps what a connection takes away, and sends it on the next one."""

    def __init__(self, regions: Regions, delivery: Delivery) -> None:
        self._regions = regions
        self._delivery = delivery

    def connect(self, connected: inputs.Connected, now: float) -> list[TurnOutput]:
        """A connection is open: send on it what was kept."""
        parts = self._regions
        effects = parts.link.handle(connected, now) + self._delivery.send_kept(now)
        return effects + parts.line.handle(connected, now)

    def renew(self, renewed: inputs.Renewed, now: float) -> list[TurnOutput]:
        """Another session has taken over, which knows nothing of the old one."""
        parts = self._regions
        effects = parts.response.drop() + parts.response.content.tools.handle(renewed, now)
        effects += parts.hands_free.handle(renewed, now) + parts.line.handle(renewed, now)
        effects += parts.unanswered.drop(keep=True)
        parts.transcripts.give_up()
        effects += self._delivery.send_kept(now)
        return effects + parts.line.handle(inputs.Connected(), now)

    def drop(self, dropped: inputs.Dropped, now: float) -> list[TurnOutput]:
        """The connection is gone: keep what the user said, and tell them what it cost."""
        parts = self._regions
        keeps = dropped.keeps or dropped.message is not None
        cut_off = parts.response.under_way and not (dropped.final or dropped.held)
        effects = parts.response.drop() + parts.response.content.tools.handle(dropped, now)
        if cut_off:
            effects.append(Note("warning", CUT_OFF(), dropped.code, subject="answer"))
        effects += parts.unanswered.settle_old(now)
        effects += parts.link.handle(dropped, now)
        effects += parts.hands_free.handle(dropped, now) + parts.line.handle(dropped, now)
        effects += parts.unanswered.drop(keep=keeps)
        parts.transcripts.give_up()
        if dropped.held and dropped.message is not None:
            return [*effects, Note("warning", dropped.message, action="go_on", subject="budget")]
        if dropped.rests and dropped.message is not None:
            effects.append(Note("hint", dropped.message, dropped.code, subject="resting"))
            wakes = parts.take.gate_open or parts.unanswered.keeps
            return effects + (parts.link.wake() if wakes else [])
        if not dropped.final:
            return [*effects, Retrying(dropped.attempt, dropped.after_s, dropped.message, dropped.code)]
        # No other connection is opened without the user now: an open microphone would record for nothing.
        if parts.take.gate_open:
            effects += self._delivery.end_take(now) if keeps else self._delivery.throw_away(now)
        if dropped.message is not None:
            subject: NoteSubject = "network" if dropped.unreachable else "session"
            action, after_s = dropped.action, dropped.after_s
            effects.append(Note("error", dropped.message, dropped.code, action, after_s, subject))
        return effects
