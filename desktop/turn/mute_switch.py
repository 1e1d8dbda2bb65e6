"""Whether the microphone is muted, in one place for all sessions."""

from __future__ import annotations


class MuteSwitch:
    """Stores the mute. It outlives sessions; the turn and the microphone's uplink read it.

    While a session is open only its turn sets it, so the open line and the switch can't disagree.
    """

    def __init__(self) -> None:
        self._muted = False

    @property
    def muted(self) -> bool:
        """Whether the microphone must not be sent."""
        return self._muted

    def set(self, muted: bool) -> bool:
        """Mute or unmute. Returns whether that changed anything."""
        changed = muted != self._muted
        self._muted = muted
        return changed
