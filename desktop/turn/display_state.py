"""The display state, the one word that the user sees, and what would be lost with the session."""

from __future__ import annotations

from desktop.turn.effects import DisplayState, TurnActivity
from desktop.turn.link import LinkState
from desktop.turn.regions import Regions
from desktop.turn.response import Response
from desktop.turn.response_phase import ResponsePhase

_LINK_STATES = {
    LinkState.DOWN: DisplayState.OFFLINE,
    LinkState.OPENING: DisplayState.CONNECTING,
    LinkState.UP: DisplayState.READY,
    LinkState.LOST: DisplayState.RECONNECTING,
    LinkState.RESTING: DisplayState.RESTING,
    LinkState.HELD: DisplayState.RESTING,
    LinkState.FAILED: DisplayState.ERROR,
}


def display_state(regions: Regions, *, silenced: bool) -> DisplayState:
    """The display state of these regions; `silenced`: the user has silenced it and not spoken since."""
    if regions.take.gate_open or regions.hands_free.speaking:
        return DisplayState.LISTENING
    if not regions.link.up:
        return _LINK_STATES[regions.link.phase]
    under_way = _response_state(regions.response, sending=regions.sending.shown)
    if under_way:
        return under_way
    if regions.line.muted and regions.link.policy.hands_free:
        return DisplayState.MUTED
    if regions.response.phase is ResponsePhase.CANCELLED and silenced:
        return DisplayState.INTERRUPTED
    return DisplayState.READY


def _response_state(response: Response, *, sending: bool) -> DisplayState | None:
    running = response.content.tools.running
    if response.phase is ResponsePhase.RUNNING and not response.content.playing and not running:
        return DisplayState.THINKING
    if response.content.playing:
        return DisplayState.SPEAKING
    if response.queued or (sending and response.phase is ResponsePhase.ASKED):
        return DisplayState.SENDING
    if running:
        return DisplayState.TOOL
    goes_on = response.phase is ResponsePhase.EMPTY and response.goes_on
    return DisplayState.THINKING if goes_on or response.phase is ResponsePhase.ASKED else None


def activity(regions: Regions) -> TurnActivity:
    """What would be lost if the session were replaced now."""
    response = regions.response
    if regions.take.gate_open:
        return "speaking"
    if response.content.tools.running or response.queued or response.phase is not ResponsePhase.NONE:
        return "busy"
    if regions.hands_free.speaking:
        return "busy"
    return "sounding" if response.content.playing else "quiet"
