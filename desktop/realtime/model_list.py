"""The service's own list of realtime models, as it comes."""

from __future__ import annotations

from typing import Any

from desktop.realtime import http_client
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import STATUS_SENTENCES, RefusedError, refused

PATH = "/v3/models?type=realtime"
_SENTENCES = STATUS_SENTENCES | {
    403: "This key may not see the list of models. The built-in list is used.",
    404: "There is no list of models at this address. Check the base URL.",
    429: "The service was asked too often. Wait a little, then refresh the list again.",
}


async def list_models(endpoint: Endpoint) -> list[Any]:
    """The entries of `GET /v3/models?type=realtime`, unread.

    Raises:
        RealtimeError: there is no list to be had.
    """
    answer = await http_client.request("GET", endpoint.http_url(PATH), secret=endpoint.headers())
    if not 200 <= answer.status < 300:
        raise refused(answer.status, _SENTENCES, headers=answer.headers, body=answer.body)
    entries = (answer.object() or {}).get("models")
    if not isinstance(entries, list):
        raise RefusedError(f"{answer.host} sent no list of models. Check the base URL.", code="no_list")
    return entries
