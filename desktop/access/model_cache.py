"""The models there are: the built-in table, and the service's list, cached for a day.

The list is in the cache folder. It holds names and what the models can do, never a key.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec

from desktop.access.endpoint_resolver import AccessOptions, endpoint_for_list
from desktop.base import atomic_file, json_depth, paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.plain_file import read_plain
from desktop.base.redaction import redact
from desktop.protocol.catalog import MODELS, Model
from desktop.protocol.entries import merged
from desktop.realtime.errors import RealtimeError
from desktop.realtime.model_list import list_models

log = logging.getLogger(__name__)

FILE = "models.json"
FRESH_S = 24 * 3_600.0
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes. An answer may have half of it."""


class CachedList(msgspec.Struct, frozen=True):
    """A list as it was fetched: when, in seconds since the epoch, and from which service."""

    fetched: float
    service: str
    """A digest of the service's address: the address itself may be private."""
    entries: list[Any]


class ModelCache:
    """The models of the service that `access` names. What blocks or takes long is done off the loop's thread.

    `clock` gives seconds since the epoch.
    """

    def __init__(self, access: Callable[[], AccessOptions], clock: Callable[[], float] = time.time) -> None:
        self._access = access
        self._clock = clock
        self.models: tuple[Model, ...] = MODELS

    async def load(self) -> bool:
        """Take the cached list; whether it is from the last day and from this service."""
        cached = await in_daemon(_read)
        if cached is None or cached.service != _digest(self._access()):
            return False
        self.models = await in_daemon(lambda: merged(cached.entries))
        # A clock that was set back makes a list from the future.
        return 0 <= self._clock() - cached.fetched < FRESH_S

    async def refresh(self) -> tuple[Model, ...]:
        """Fetch the list and cache it; the models in it that were not known before.

        Raises:
            RealtimeError: the service gave no list. What is there stays.
        """
        access = self._access()
        entries = await list_models(await endpoint_for_list(access))
        before = {model.id for model in self.models}
        self.models = await in_daemon(lambda: merged(entries))
        cached = CachedList(self._clock(), _digest(access), entries)
        await in_daemon(lambda: _write(cached))
        return tuple(model for model in self.models if model.id not in before)

    async def renew(self) -> bool:
        """Load, and fetch what is older than a day; whether there are models now beyond the table's.

        A service that can't be reached does no harm: the table is there. It needs no key, so that a
        newcomer sees what there is.
        """
        if not await self.load():
            try:
                await self.refresh()
            except RealtimeError as exc:
                log.info("no list of models: %s", exc)
        return self.models != MODELS


def _digest(access: AccessOptions) -> str:
    return hashlib.sha256(access.base_url.strip().rstrip("/").encode()).hexdigest()[:16]


def _read() -> CachedList | None:
    try:
        content = read_plain(paths.cache() / FILE, LARGEST_FILE)
        return msgspec.convert(json_depth.decode(content), CachedList)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        log.info("the cached list of models can't be read: %s", type(exc).__name__)
        return None


def _write(cached: CachedList) -> None:
    # What looks like a secret is no part of a model: such an entry is left out.
    clean = [entry for entry in cached.entries if redact(text := _encoded(entry)) == text]
    text = _encoded(msgspec.structs.replace(cached, entries=clean))
    try:
        atomic_file.write(paths.cache() / FILE, text.encode(), private=True)
    except OSError as exc:
        log.info("the list of models can't be cached: %s", exc.strerror)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()
