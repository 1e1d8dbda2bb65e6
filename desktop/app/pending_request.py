"""A request from outside on its way to the loop's thread: it is served in time, or not at all.

Nobody who has given up, or was told that nothing happened, may find the microphone open seconds later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from desktop.app.asker import Asker
from desktop.app.shared_clock import now

log = logging.getLogger(__name__)

ANSWER_S = 5.0
"""How long an asker waits for an answer."""
KEY_UP_S = 60.0
"""How long a key-up tries to reach a program that hangs, and waits for its answer.

It comes in any case: whoever asks is told so rather than that nothing happened."""
LATEST_S = 1.0
"""How old a request may be when it is served."""
SENT = "sent"
"""The field of a request that says when it was made, in `shared_clock.now`. A line typed by hand has none."""

LATE = "Presstalk was busy and did nothing. Try again."
FAILED = "Something went wrong in Presstalk. Its log has the details."


def must_come(request: dict[str, Any]) -> bool:
    """Whether it is served however late it is: a key-up, without which the microphone would stay open."""
    return request.get("do") == "ptt" and request.get("how") == "up"


class PendingRequest:
    """One request, and the line to who asked. `serve` and `give_up` exclude each other.

    Two requests may be late: a key-up, without which the microphone would stay open, comes even if its asker
    is gone; and the window is shown for as long as the asker waits.
    """

    def __init__(
        self,
        request: dict[str, Any],
        asker: Asker,
        handle: Callable[[dict[str, Any]], str],
    ) -> None:
        self._request = request
        self._asker = asker
        self._handle = handle
        self._claim = threading.Lock()
        self.must_come = must_come(request)
        """Whether it is served however late it is."""
        self.may_wait = self.must_come or request.get("do") == "show"
        """Whether its age doesn't matter."""

    async def serve(self) -> str:
        """Serve it, on the loop's thread: what went wrong, an empty string if nothing did."""
        if not self._claim.acquire(blocking=False):
            return LATE  # the asker has been told so
        too_old = self.age_s() > LATEST_S and not self.may_wait
        if too_old or (not self.must_come and self._asker.is_gone()):
            log.info("a request came too late, and was not served")
            return LATE
        try:
            return self._handle({name: value for name, value in self._request.items() if name != SENT})
        except Exception:
            log.exception("a request from outside failed")
            return FAILED

    @property
    def patience_s(self) -> float:
        """For how long its asker waits to hear that it was not served."""
        if self.must_come:
            return KEY_UP_S
        return ANSWER_S if self.may_wait else min(LATEST_S, max(0.0, LATEST_S - self.age_s()))

    def give_up(self) -> bool:
        """Don't serve it any more; False if it is being served, or has been."""
        return self._claim.acquire(blocking=False)

    def age_s(self) -> float:
        """How old it is, in seconds; 0 if it doesn't say, and for ever if it says nonsense."""
        sent = self._request.get(SENT)
        if sent is None:
            return 0.0
        return now() - sent if isinstance(sent, int | float) else float("inf")
