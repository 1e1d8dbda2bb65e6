"""Where the connection stands, and which one word the user sees."""

from __future__ import annotations

from enum import Enum

from desktop.turn.effects import State
from desktop.turn.response import Phase, Reply


class Link(Enum):
    """Where the connection stands."""

    DOWN = "down"
    OPENING = "opening"
    UP = "up"
    LOST = "lost"
    RESTING = "resting"
    """Closed by the service because nobody spoke: the user's next word opens it."""
    FAILED = "failed"


UNREADY = {
    Link.DOWN: "Not connected. Connect first, then hold to talk.",
    Link.FAILED: "Not connected. Connect first, then hold to talk.",
    Link.OPENING: "Still connecting. Hold to talk once it is ready.",
}
"""Why a press opens no take: no session, no open microphone. A lost link keeps its microphone."""

_LINK_STATES = {
    Link.DOWN: State.OFFLINE,
    Link.OPENING: State.CONNECTING,
    Link.UP: State.READY,
    Link.LOST: State.RECONNECTING,
    Link.RESTING: State.RESTING,
    Link.FAILED: State.ERROR,
}


def shown(link: Link, reply: Reply, *, silenced: bool, muted: bool) -> State:
    """The word while the user says nothing."""
    if link is not Link.UP:
        return _LINK_STATES[link]
    if reply.phase is Phase.RUNNING and not reply.playing and not reply.tools:
        return State.THINKING
    if reply.playing:
        return State.SPEAKING
    if reply.waits:
        return State.SENDING
    if reply.tools:
        return State.TOOL
    if reply.phase is Phase.ASKED:
        return State.THINKING
    if muted:
        return State.MUTED
    if reply.phase is Phase.CANCELLED and silenced:
        return State.INTERRUPTED
    return State.READY
