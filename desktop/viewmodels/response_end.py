"""The end of a response, with words or without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """How a response ended, and what it used in the service's own names; None if that wasn't said."""

    at: datetime
    response: int
    outcome: str
    usage: dict[str, Any] | None = None
