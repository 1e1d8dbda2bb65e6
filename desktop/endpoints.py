"""Where a model is answered, and with which key."""

from __future__ import annotations

from desktop import credentials
from desktop.background import in_daemon
from desktop.offline.process import OfflineServer
from desktop.protocol import catalog
from desktop.realtime.endpoint import DEFAULT_BASE_URL, Endpoint, is_loopback_url

LOCAL_KEY = "offline"
"""What a server on this machine is told when there is no key: the offline provider takes any."""


async def endpoint_for(model: catalog.Model, base_url: str, offline: OfflineServer) -> Endpoint:
    """The endpoint of a model. The offline provider is started if it is the one that answers.

    Raises:
        OfflineError: it did not start.
    """
    if model.offline and not base_url:
        return Endpoint(await offline.start(), LOCAL_KEY)
    # The keychain may ask the user to unlock it.
    found = await in_daemon(credentials.find)
    url = base_url or DEFAULT_BASE_URL
    key = found.key or (LOCAL_KEY if is_loopback_url(url) else "")
    return Endpoint(url, key)


def default_model() -> str:
    """The model when nothing was chosen: the demo without a key, the first provider with one."""
    return catalog.KEYED_MODEL if credentials.find().key else catalog.OFFLINE_MODEL
