"""Prices of models for which the service's list has none, each with its source and date.

A table grows old: what is shown of it has its date, and the list wins over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.cost import prices
from desktop.cost.prices import UNKNOWN, Prices
from desktop.protocol.catalog import Model


@dataclass(frozen=True, slots=True)
class Published:
    """A provider's prices as it published them on a day, in the names of the service's list."""

    pricing: dict[str, Any]
    dated: str
    source: str


BY_PROVIDER: dict[str, Published] = {
    "xai": Published(
        {"price_per_minute": 0.05, "price_per_message": 0.004},
        "2026-11-30",
        "docs.x.ai, Voice Agent API: $0.05 a minute while the session is open, $0.004 a text input message",
    ),
    "offline": Published({"price_per_minute": 0}, "", "this program's own server"),
}
"""By provider: all of its voice models cost the same."""


def prices_of(model: Model) -> Prices:
    """The model's prices: those of the service's list, else the table's, else `prices.UNKNOWN`."""
    listed = prices.read(model.published.pricing)
    if listed.known:
        return listed
    published = BY_PROVIDER.get(model.provider)
    return prices.read(published.pricing, "table", published.dated) if published else UNKNOWN
