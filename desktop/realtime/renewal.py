"""When a session is renewed: between turns, before the longest time that its provider lets it live."""

from __future__ import annotations

from desktop.turn.effects import TurnActivity

EARLY = 0.2
EARLIEST_S = 300.0
"""A session is renewed in the last fifth of its life, five minutes at most: long enough to have a pause."""
LATE = 0.05
LATEST_S = 150.0
"""In the last twentieth it is also renewed while the rest of a response plays: all of its sound has come.
Sessions of 60 minutes were seen to be cut after 58."""
SETTLED_S = 2.0
"""How long a pause must have lasted: the transcript of the last turn may still come."""
LOOK_S = 0.25
"""Between two looks at what goes on in the turn."""
RETRY_S = 10.0
"""Between two tries to open the next session."""


def begins_s(cap_s: float) -> float:
    """The age in seconds from which a session that may live `cap_s` seconds is renewed in the next pause."""
    return cap_s - min(cap_s * EARLY, EARLIEST_S)


class RenewalPlan:
    """When one session is renewed. Seconds of a clock that never runs backwards; it has none of its own."""

    def __init__(self, cap_s: float, opened_at: float) -> None:
        self._begins = opened_at + begins_s(cap_s)
        self._last = opened_at + cap_s - min(cap_s * LATE, LATEST_S)
        self._quiet_since: float | None = None

    def wait_s(self, now: float) -> float:
        """Seconds until `due` has to be asked again."""
        return max(LOOK_S, self._begins - now)

    def due(self, now: float, activity: TurnActivity) -> bool:
        """Whether to renew the session now."""
        if activity != "quiet":
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        if now < self._begins:
            return False
        if now >= self._last:
            return activity in ("quiet", "sounding")
        return self._quiet_since is not None and now - self._quiet_since >= SETTLED_S
