"""The program's end in steps: one that fails doesn't cost the others."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


async def attempt(name: str, step: Callable[[], Awaitable[None] | None]) -> None:
    """Do a step, and wait for it if it takes time. An error goes to the log."""
    try:
        pending = step()
        if pending is not None:
            await pending
    except Exception:
        log.exception("a step of the end failed: %s", name)
