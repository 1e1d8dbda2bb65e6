"""What the service's list says about a model besides what it takes and produces.

Source: an entry of `GET /v3/models` in the service's published OpenAPI document.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is empty where the list doesn't say it. All of it is bounded, and texts are plain."""

    provider_label: str = ""
    """What the provider calls itself."""
    description: str = ""
    region: str = ""
    """Where it is run: a region's code, with the country's where both are given."""
    aliases: tuple[str, ...] = ()
    """Other ids that mean this model."""
    featured: bool = False
    """Whether the service puts it before the others."""
    retired_at: str = ""
    """A date or a time; it may lie ahead."""
    successor: str = ""
    """The id of the model to use in its place."""
    default_voice: str = ""
    default_effort: str = ""
    temperature: tuple[float, float] | None = None
    """The least and the most it takes."""
    pricing: dict[str, Any] = {}
    """Its prices as they came, only bounded (`service_figures.pricing`). `desktop/cost` reads them."""

    @property
    def retires(self) -> date | None:
        """The day of its retirement, in UTC; None where none is said, or none that can be read."""
        try:
            at = datetime.fromisoformat(self.retired_at)
        except ValueError:
            return None
        try:
            return (at.astimezone(UTC) if at.tzinfo else at).date()
        except OverflowError:  # at the end of the calendar, which means never
            return at.date()

    def is_retired(self, today: date) -> bool:
        """Whether it is retired by this day. A retirement without a day that can be read is one of today."""
        if not self.retired_at:
            return False
        day = self.retires
        return day is None or day <= today
