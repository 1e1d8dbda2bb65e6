"""Where the connection stands, and which one word the user sees."""

from __future__ import annotations

from enum import Enum

from desktop.base.message import Text
from desktop.turn.effects import State
from desktop.turn.response import Response, ResponsePhase


class LinkState(Enum):
    """Where the connection stands."""

    DOWN = "down"
    OPENING = "opening"
    UP = "up"
    LOST = "lost"
    RESTING = "resting"
    """Closed by the service because nobody spoke: the user's next word opens it."""
    FAILED = "failed"


NOT_CONNECTED = Text("not-connected", "Not connected. Connect first, then hold to talk.")
STILL_CONNECTING = Text("still-connecting", "Still connecting. Hold to talk once it is ready.")
UNREADY = {
    LinkState.DOWN: NOT_CONNECTED(),
    LinkState.FAILED: NOT_CONNECTED(),
    LinkState.OPENING: STILL_CONNECTING(),
}
"""Why a press opens no take: no session, no open microphone. A lost link keeps its microphone."""

_LINK_STATES = {
    LinkState.DOWN: State.OFFLINE,
    LinkState.OPENING: State.CONNECTING,
    LinkState.UP: State.READY,
    LinkState.LOST: State.RECONNECTING,
    LinkState.RESTING: State.RESTING,
    LinkState.FAILED: State.ERROR,
}


def shown(link: LinkState, response: Response, *, silenced: bool, muted: bool) -> State:
    """The word while the user says nothing."""
    if link is not LinkState.UP:
        return _LINK_STATES[link]
    if response.phase is ResponsePhase.RUNNING and not response.playing and not response.tools:
        return State.THINKING
    if response.playing:
        return State.SPEAKING
    if response.waits:
        return State.SENDING
    if response.tools:
        return State.TOOL
    if response.phase is ResponsePhase.ASKED:
        return State.THINKING
    if muted:
        return State.MUTED
    if response.phase is ResponsePhase.CANCELLED and silenced:
        return State.INTERRUPTED
    return State.READY
