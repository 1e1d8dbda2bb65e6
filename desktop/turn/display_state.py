"""The display state: the one word that the user sees. And what would be lost with the session."""

from __future__ import annotations

from desktop.turn.effects import State, TurnActivity
from desktop.turn.link import LinkState
from desktop.turn.regions import Regions
from desktop.turn.response import Response, ResponsePhase

_LINK_STATES = {
    LinkState.DOWN: State.OFFLINE,
    LinkState.OPENING: State.CONNECTING,
    LinkState.UP: State.READY,
    LinkState.LOST: State.RECONNECTING,
    LinkState.RESTING: State.RESTING,
    LinkState.FAILED: State.ERROR,
}


def display_state(regions: Regions, *, silenced: bool) -> State:
    """The word for where the regions stand; `silenced` by the user, who has not spoken since."""
    if regions.take.gate_open or regions.hands_free.speaking:
        return State.LISTENING
    if not regions.link.up:
        return _LINK_STATES[regions.link.phase]
    under_way = _response_state(regions.response)
    if under_way:
        return under_way
    if regions.line.muted and regions.link.policy.hands_free:
        return State.MUTED
    if regions.response.phase is ResponsePhase.CANCELLED and silenced:
        return State.INTERRUPTED
    return State.READY


def _response_state(response: Response) -> State | None:
    running = response.content.tools.running
    if response.phase is ResponsePhase.RUNNING and not response.content.playing and not running:
        return State.THINKING
    if response.content.playing:
        return State.SPEAKING
    if response.queued:
        return State.SENDING
    if running:
        return State.TOOL
    return State.THINKING if response.phase is ResponsePhase.ASKED else None


def activity(regions: Regions) -> TurnActivity:
    """What would be lost if the session were exchanged for another now."""
    response = regions.response
    if regions.take.gate_open:
        return "speaking"
    if response.content.tools.running or response.queued or response.phase is not ResponsePhase.NONE:
        return "busy"
    if regions.hands_free.speaking:
        return "busy"
    return "sounding" if response.content.playing else "quiet"
