"""The service's own list of realtime models, as it comes."""

from __future__ import annotations

from typing import Any

from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Text
from desktop.realtime import http_client
from desktop.realtime.endpoint import Endpoint
from desktop.realtime.errors import CredentialError, RefusedError, refused
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
    """The entries of `GET /v3/models?type=realtime`, unread. It needs no key; one that is there is sent.

    Raises:
        RealtimeError: the list could not be fetched.
    """
    url, secret = endpoint.http_url(PATH), _secret(endpoint)
    answer = await http_client.request("GET", url, secret=secret)
    if answer.status in (401, 403) and secret:
        # A key that is refused says nothing about a list that is public.
        public = await http_client.request("GET", url)
        answer = public if 200 <= public.status < 300 else answer
    if not 200 <= answer.status < 300:
        raise refused(answer.status, _MESSAGES, headers=answer.headers, body=answer.body, host=answer.host)
    # Four megabytes take longer than a frame of the window.
    entries = ((await in_daemon(answer.object)) or {}).get("models")
    if not isinstance(entries, list):
        raise RefusedError(NO_LIST(host=answer.host), code="no_list")
    return entries


def _secret(endpoint: Endpoint) -> dict[str, str]:
    """The header with the key; empty without one, and for one that can't be sent."""
    try:
        return endpoint.headers()
    except CredentialError:
        return {}
