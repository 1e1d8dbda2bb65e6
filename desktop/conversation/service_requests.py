"""Requests to the service besides the session, with the same key: for tools, and spans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.access.endpoint_resolver import AccessOptions, endpoint_with_key
from desktop.realtime import http_client
from desktop.realtime.errors import RealtimeError, refused
from desktop.tools import opper_web

SPANS_PATH = "/v3/spans"
LONGEST_ID = 200
"""Characters of a span's id."""


async def post_for_tool(access: AccessOptions, path: str, body: object) -> Mapping[str, Any]:
    """The service's answer to a tool's request. The key goes to no other host than its own.

    Raises:
        ToolError: there is none; the model is told why.
    """
    if access.ticket_url:
        raise opper_web.without_key()
    try:
        answer = await _answer(access, path, body)
    except RealtimeError as exc:
        raise opper_web.not_answered(str(exc.message)) from exc
    found = answer.object()
    if found is None:
        raise opper_web.unreadable()
    return found


async def post_span(access: AccessOptions, span: dict[str, Any]) -> str:
    """Write a span; the id that the service gives it, empty where it says none. Raises RealtimeError.

    An organisation's user has no key to write one with.
    """
    if access.ticket_url:
        return ""
    data = ((await _answer(access, SPANS_PATH, span)).object() or {}).get("data")
    given = data.get("id") if isinstance(data, Mapping) else None
    return given if isinstance(given, str) and len(given) <= LONGEST_ID else ""


async def _answer(access: AccessOptions, path: str, body: object) -> http_client.HttpResponse:
    endpoint = await endpoint_with_key(access)
    answer = await http_client.request("POST", endpoint.http_url(path), secret=endpoint.headers(), json=body)
    if not 200 <= answer.status < 300:
        raise refused(answer.status, headers=answer.headers, body=answer.body, host=answer.host)
    return answer
