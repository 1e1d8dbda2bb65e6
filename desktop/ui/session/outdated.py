"""When a problem that is shown is one no longer."""

from __future__ import annotations

from desktop.turn.effects import DisplayState

_IDLE = (DisplayState.READY, DisplayState.MUTED, DisplayState.INTERRUPTED)
_IN_SESSION = (
    *_IDLE,
    DisplayState.LISTENING,
    DisplayState.SENDING,
    DisplayState.THINKING,
    DisplayState.TOOL,
    DisplayState.SPEAKING,
)


def outdates_problem(before: DisplayState, state: DisplayState) -> bool:
    """Whether it works again, or the user goes on. An answer that failed leads back to Ready too."""
    if state is DisplayState.LISTENING:
        return True
    if state is DisplayState.READY:
        return before not in _IN_SESSION
    return before in _IDLE and state in (DisplayState.SENDING, DisplayState.THINKING)
