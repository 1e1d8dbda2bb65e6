"""The one word that the user sees."""

from __future__ import annotations

from desktop.turn.effects import State
from desktop.turn.link import LinkState
from desktop.turn.response import Response, ResponsePhase

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
    if response.phase is ResponsePhase.RUNNING and not response.playing and not response.tools.running:
        return State.THINKING
    if response.playing:
        return State.SPEAKING
    if response.waits:
        return State.SENDING
    if response.tools.running:
        return State.TOOL
    if response.phase is ResponsePhase.ASKED:
        return State.THINKING
    if muted:
        return State.MUTED
    if response.phase is ResponsePhase.CANCELLED and silenced:
        return State.INTERRUPTED
    return State.READY
