"""Tries a key out by opening a session with it."""

from __future__ import annotations

from desktop.conversation import session_config
from desktop.conversation.session_options import SessionOptions
from desktop.protocol import catalog
from desktop.realtime.endpoint import DEFAULT_BASE_URL, Endpoint
from desktop.realtime.handshake import open_session
from desktop.settings.store import SettingsStore


async def check_key(store: SettingsStore, options: SessionOptions, key: str) -> None:
    """Open a session with this key, as the settings say, and close it again. Raises RealtimeError."""
    model = options.model
    model = model if not model.offline else catalog.find(catalog.KEYED_MODEL)
    settings = store.current
    endpoint = Endpoint(settings.base_url or DEFAULT_BASE_URL, key)
    config = session_config.session_config(model, settings, ())
    opened = await open_session(endpoint, config, model)
    await opened.connection.close()
