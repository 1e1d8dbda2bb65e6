"""What the service offers besides sessions, for other programs to be tested with: web tools and spans.

Nothing leaves this computer: searches find, and pages hold, made-up text. Source: the service's published
OpenAPI document, `POST /v3/tools/web/search`, `POST /v3/tools/web/fetch`, `POST /v3/spans`.
"""

from __future__ import annotations

import secrets
from collections import deque
from typing import Any

import msgspec

from desktop.offline.authorization import RequestRefused

MOST_SPANS = 1_000
"""That are kept; the oldest goes first."""
MOST_RESULTS = 20


class Search(msgspec.Struct, frozen=True):
    query: str
    max_results: int = 5


class Fetch(msgspec.Struct, frozen=True):
    url: str


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """As a client writes it; times are ISO 8601."""

    name: str
    start_time: str
    end_time: str
    type: str | None = None
    trace_id: str | None = None
    parent_id: str | None = None
    input: Any = None
    output: Any = None
    error: Any = None
    meta: dict[str, Any] | None = None
    tags: Any = None


class Extras:
    """Answers the requests' bodies, as decoded JSON. Raises RequestRefused for one that doesn't fit."""

    def __init__(self) -> None:
        self.spans: deque[Span] = deque(maxlen=MOST_SPANS)
        """What was written, the newest last."""

    def search(self, body: object) -> dict[str, Any]:
        """Made-up results."""
        asked = _read(body, Search)
        wanted = min(max(asked.max_results, 0), MOST_RESULTS)
        return {
            "results": [
                {
                    "title": f"Result {number} for {asked.query[:100]}",
                    "url": f"https://example.org/{number}",
                    "snippet": f"The offline demo has no web. This is its result {number}.",
                    "published_at": "2026-01-01T00:00:00Z",
                }
                for number in range(1, wanted + 1)
            ]
        }

    def fetch(self, body: object) -> dict[str, Any]:
        """A made-up page."""
        url = _read(body, Fetch).url[:2_000]
        if not url.startswith(("https://", "http://")):
            raise RequestRefused(400, "The url must begin with https:// or http://.", "invalid_url")
        content = (
            f"# A page of the offline demo\n\nThe offline demo has no web: nothing was fetched from {url}."
        )
        return {"url": url, "title": "A page of the offline demo", "content": content}

    def span(self, body: object) -> dict[str, Any]:
        """Keep a span."""
        span = _read(body, Span)
        self.spans.append(span)
        trace = span.trace_id or secrets.token_hex(16)
        return {"data": {"id": secrets.token_hex(8), "trace_id": trace, "name": span.name}}


def _read(body: object, kind: Any) -> Any:
    try:
        return msgspec.convert(body, kind)
    except (msgspec.ValidationError, RecursionError) as exc:
        raise RequestRefused(422, f"The body doesn't fit: {exc}", "invalid_body") from exc
