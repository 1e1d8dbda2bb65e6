"""The open line of a hands-free session: the microphone is sent all the time.

    CLOSED <---> OPEN

It is open while there is a connection, the server finds the turns, and the microphone is not muted. A mute
sends silence after what was said, so that the server's VAD finds its end.
"""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Message, Text
from desktop.turn import inputs
from desktop.turn.effects import AppendSilence, CloseLine, Muted, Note, OpenLine, TurnOutput
from desktop.turn.link import Link, LinkState
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.region import Region, Rule, TableKey, ignore, rows

MUTED_BY_LOCK = Text(
    "muted-by-lock", "The screen was locked, so the microphone was muted. The talk key unmutes it."
)
MUTED_BY_SLEEP = Text(
    "muted-by-sleep",
    "The computer went to sleep, so the microphone was muted. The talk key unmutes it.",
)
MUTED_BY: dict[inputs.ReleaseCause, Message] = {"lock": MUTED_BY_LOCK(), "sleep": MUTED_BY_SLEEP()}
"""Why the microphone was muted without the user's doing: nobody may listen to an empty room."""


class LinePhase(Enum):
    """Where the line stands."""

    CLOSED = "closed"
    OPEN = "open"


class MicrophoneLine(Region[LinePhase]):
    """The line region of `turn.Turn`. A mute passes through here with a talk key too."""

    def __init__(self, link: Link, mute_switch: MuteSwitch) -> None:
        super().__init__("line", LinePhase.CLOSED)
        self._link = link
        self._mute_switch = mute_switch

    @property
    def open(self) -> bool:
        """Whether the microphone is being sent."""
        return self.phase is LinePhase.OPEN

    @property
    def muted(self) -> bool:
        """Whether the microphone is muted."""
        return self._mute_switch.muted

    def handle(self, happened: inputs.Input, now: float) -> list[TurnOutput]:
        """Apply this input to the line. `link` must have handled it first."""
        return self._apply(_TABLE, happened, now)

    @property
    def _due(self) -> bool:
        return self._link.up and self._link.policy.hands_free and not self.muted

    def _open(self, _: inputs.Input, _now: float) -> list[TurnOutput]:
        if not self._due:
            return []
        self._set_phase(LinePhase.OPEN)
        return [OpenLine()]

    def _close(self, _: inputs.Input, _now: float) -> list[TurnOutput]:
        if self._due:
            return []
        self._set_phase(LinePhase.CLOSED)
        return [CloseLine()]

    def _leave(self, _: inputs.Renewed, _now: float) -> list[TurnOutput]:
        # Opened again once the kept speech is sent to the new session.
        self._set_phase(LinePhase.CLOSED)
        return [CloseLine()]

    def _mute(self, mute: inputs.Mute, now: float) -> list[TurnOutput]:
        if not self._mute_switch.set(mute.muted):
            return []
        if not mute.muted:
            return [Muted(False), *self._open(mute, now)]
        if self.phase is LinePhase.CLOSED:
            return [Muted(True)]
        # Without the silence the server would wait forever for the end of the last word.
        return [Muted(True), *self._close(mute, now), AppendSilence(self._link.policy.trail_ms)]

    def _toggle(self, _: inputs.Press, now: float) -> list[TurnOutput]:
        return self._mute(inputs.Mute(not self.muted), now)

    def _mute_unattended(self, release: inputs.Release, now: float) -> list[TurnOutput]:
        # A connection that is lost, resting or being opened would open the line later, to an empty room.
        in_session = self._link.phase not in (LinkState.DOWN, LinkState.FAILED)
        if release.cause not in MUTED_BY or self.muted or not in_session:
            return []
        return [*self._mute(inputs.Mute(True), now), Note("warning", MUTED_BY[release.cause], subject="mute")]


_FOLLOWED = (inputs.Connected, inputs.PolicyChanged, inputs.Dropped)

_TABLE: dict[tuple[LinePhase, TableKey], Rule] = {
    **rows([LinePhase.CLOSED], _FOLLOWED, MicrophoneLine._open),
    **rows([LinePhase.OPEN], _FOLLOWED, MicrophoneLine._close),
    (LinePhase.CLOSED, inputs.Renewed): ignore,
    (LinePhase.OPEN, inputs.Renewed): MicrophoneLine._leave,
    **rows(LinePhase, [inputs.Mute], MicrophoneLine._mute),
    **rows(LinePhase, [inputs.Press], MicrophoneLine._toggle),
    **rows(LinePhase, [inputs.Release], MicrophoneLine._mute_unattended),
}
"""What each input means in each phase."""
