"""The connection as the turn knows it, and how turns are taken on it."""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Text
from desktop.turn import inputs
from desktop.turn.effects import Connect, Note, TurnOutput
from desktop.turn.region import Region, Rule, TableKey, ignore, rows


class LinkState(Enum):
    """Where the connection stands."""

    DOWN = "down"
    OPENING = "opening"
    UP = "up"
    LOST = "lost"
    RESTING = "resting"
    """Closed because nobody spoke. The user's next word opens it."""
    HELD = "held"
    """Closed because a budget is used up. What is said is kept until the user has it opened."""
    FAILED = "failed"


NOT_CONNECTED = Text("not-connected", "Not connected. Connect first, then hold to talk.")
STILL_CONNECTING = Text("still-connecting", "Still connecting. Hold to talk once it is ready.")
UNREADY = {
    LinkState.DOWN: Note("hint", NOT_CONNECTED(), subject="no session"),
    LinkState.FAILED: Note("hint", NOT_CONNECTED(), subject="no session"),
    LinkState.OPENING: Note("hint", STILL_CONNECTING(), subject="connecting"),
}
"""Why a press opens no take: no session, no open microphone. A lost link keeps its microphone."""


class Link(Region[LinkState]):
    """The link region of `turn.Turn`. It also owns the policy, which everybody else reads here."""

    def __init__(self, policy: inputs.Policy) -> None:
        super().__init__("link", LinkState.DOWN)
        self.policy = policy

    @property
    def up(self) -> bool:
        """Whether commands reach the server."""
        return self.phase is LinkState.UP

    def handle(self, happened: inputs.Input, now: float) -> list[TurnOutput]:
        """Follow the connection."""
        return self._apply(_TABLE, happened, now)

    def wake(self) -> list[TurnOutput]:
        """Open the resting connection. What is said from now on is kept, as after a drop."""
        self._set_phase(LinkState.LOST)
        return [Connect()]

    def _open(self, _: inputs.Connecting, _now: float) -> list[TurnOutput]:
        self._set_phase(LinkState.OPENING)
        return []

    def _open_held(self, _: inputs.Connecting, _now: float) -> list[TurnOutput]:
        # What is said from now on is kept too, until the connection is open.
        self._set_phase(LinkState.LOST)
        return []

    def _rise(self, _: inputs.Connected, _now: float) -> list[TurnOutput]:
        self._set_phase(LinkState.UP)
        return []

    def _fall(self, dropped: inputs.Dropped, _now: float) -> list[TurnOutput]:
        if dropped.rests:
            self._set_phase(LinkState.HELD if dropped.held else LinkState.RESTING)
        elif not dropped.final:
            self._set_phase(LinkState.LOST)
        else:
            self._set_phase(LinkState.FAILED if dropped.message is not None else LinkState.DOWN)
        return []


_TABLE: dict[tuple[LinkState, TableKey], Rule] = {
    **rows(LinkState, [inputs.Connecting], Link._open),
    (LinkState.HELD, inputs.Connecting): Link._open_held,
    (LinkState.LOST, inputs.Connecting): ignore,  # the user sees that it is tried again
    **rows(LinkState, [inputs.Connected], Link._rise),
    **rows(LinkState, [inputs.Dropped], Link._fall),
}
"""What each input means in each state."""
