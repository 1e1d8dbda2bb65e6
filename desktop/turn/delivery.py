"""How what the user says gets to the server: at once, or with the next connection."""

from __future__ import annotations

from desktop.protocol import commands
from desktop.turn import inputs
from desktop.turn.effects import AppendSilence, ForgetTake, ResendTake, Send, TakeEnded, TurnOutput
from desktop.turn.regions import Regions
from desktop.turn.response_phase import ResponsePhase
from desktop.turn.take import TakePhase
from desktop.turn.unanswered import Item


class Delivery:
    """Commits takes and asks for responses. It works on the regions of `turn.Turn`."""

    def __init__(self, regions: Regions) -> None:
        self._link = regions.link
        self._take = regions.take
        self._response = regions.response
        self._unanswered = regions.unanswered
        self._transcripts = regions.transcripts
        self._hands_free = regions.hands_free

    def handle(self, event: inputs.Input, now: float) -> list[TurnOutput]:
        """The take's own effects, and what follows when the take is over."""
        was_open = self._take.gate_open
        effects = self._take.handle(event, now)
        if self._take.finished:
            return effects + self._commit(self._take.finished, now)
        if was_open and not self._take.gate_open:
            return effects + self.clear_audio()
        return effects

    def end_take(self, now: float) -> list[TurnOutput]:
        """End the take here, without its tail."""
        effects = self._take.end(now)
        return effects + (self._commit(self._take.finished, now) if self._take.finished else [])

    def throw_away(self, now: float) -> list[TurnOutput]:
        """Discard the open take."""
        self._response.user_speaks = False
        return self._take.handle(inputs.Cancel(), now) + self.clear_audio()

    def clear_audio(self) -> list[TurnOutput]:
        """Have the server forget what was appended.

        Also when nothing was captured yet: the pre-roll went out with the gate's last packet.
        """
        return [Send(commands.AudioClear())] if self._link.up else []

    def send_kept(self, now: float) -> list[TurnOutput]:
        """A connection is open: send what waited for it, and the open take as far as it goes."""
        kept = self._unanswered.hand_over()
        effects = [effect for item in kept for effect in self._send_again(item, now)]
        if any(isinstance(item, int) for item in kept):
            effects += self._request_response(now)
        if any(isinstance(item, commands.TextInput) for item in kept):
            effects += self._response.request(now)
        if self._take.gate_open:
            effects.append(ResendTake(self._take.number))
        return effects

    def _send_again(self, item: Item, now: float) -> list[TurnOutput]:
        if not isinstance(item, int):
            self._unanswered.sent(item, now)
            return [Send(item)]
        if not self._link.policy.hands_free:
            return [ResendTake(item), *self._commit_audio(item, now), TakeEnded(item, "sent")]
        self._hands_free.resend(item)
        self._unanswered.sent(item, now)
        return [ResendTake(item), AppendSilence(self._link.policy.trail_ms), TakeEnded(item, "sent")]

    def _commit(self, take: int, now: float) -> list[TurnOutput]:
        self._response.user_speaks = False
        if not self._link.up:
            return self._unanswered.keep(take)
        return [*self._commit_audio(take, now), TakeEnded(take, "sent"), *self._request_response(now)]

    def _commit_audio(self, take: int, now: float) -> list[TurnOutput]:
        policy = self._link.policy
        effects: list[TurnOutput] = [
            Send(commands.AudioCommit()) if policy.commits else AppendSilence(policy.trail_ms)
        ]
        self._transcripts.expect(take)
        # A server's VAD may have begun to respond in the tail.
        if self._response.phase is ResponsePhase.RUNNING:
            return [*effects, ForgetTake(take)]
        self._unanswered.sent(take, now)
        return effects

    def _request_response(self, now: float) -> list[TurnOutput]:
        policy = self._link.policy
        # A server that was stopped from responding too early won't respond to the silence that follows.
        if policy.commits or self._response.cut_off:
            self._response.cut_off = False
            return self._response.request(now)
        if not policy.continuous:
            self._response.expect(now)
        return []

    def tick(self, tick: inputs.Tick, now: float) -> list[TurnOutput]:
        """Look at the take's deadlines."""
        effects = self.handle(tick, now)
        if self._take.phase is not TakePhase.OPEN:
            self._response.user_speaks = False
        return effects
