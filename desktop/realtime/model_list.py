"""The service's own list of realtime models, as it comes."""

from __future__ import annotations

from typing import Any

from desktop.base.message import Text
from desktop.realtime import http_client
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import RefusedError, refused
from desktop.realtime.messages import STATUS_MESSAGES

PATH = "/v3/models?type=realtime"
LIST_NOT_ALLOWED = Text(
    "list-not-allowed", "This key isn't allowed to list the models. The built-in list is used."
)
LIST_NOT_THERE = Text(
    "list-not-there", "There is no list of models at this address. Check the service address."
)
LIST_ASKED_TOO_OFTEN = Text(
    "list-asked-too-often",
    "The service has too many requests right now. Wait a moment, then refresh the list again.",
)
NO_LIST = Text("no-list", "{host} sent no list of models. Check the service address.")
_MESSAGES = STATUS_MESSAGES | {403: LIST_NOT_ALLOWED(), 404: LIST_NOT_THERE(), 429: LIST_ASKED_TOO_OFTEN()}


async def list_models(endpoint: Endpoint) -> list[Any]:
    """The entries of `GET /v3/models?type=realtime`, unread.

    Raises:
        RealtimeError: the list could not be fetched.
    """
    answer = await http_client.request("GET", endpoint.http_url(PATH), secret=endpoint.headers())
    if not 200 <= answer.status < 300:
        raise refused(answer.status, _MESSAGES, headers=answer.headers, body=answer.body, host=answer.host)
    entries = (answer.object() or {}).get("models")
    if not isinstance(entries, list):
        raise RefusedError(NO_LIST(host=answer.host), code="no_list")
    return entries
