"""The models there are: the built-in table, and the service's list, kept for a day.

The list lies in the cache folder. It holds names and what the models can do, never a key.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from desktop.access.endpoint_resolver import Access, keyed
from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
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


class Kept(msgspec.Struct, frozen=True):
    """A list as it was fetched: when, in seconds since the epoch, and from whom."""

    fetched: float
    service: str
    """A digest of the service's address: the address itself is nobody's business."""
    entries: list[Any]


class ModelCache:
    """The models of one way in. What blocks is done off the loop's thread.

    `clock` gives seconds since the epoch.
    """

    def __init__(self, access: Callable[[], Access], clock: Callable[[], float] = time.time) -> None:
        self._access = access
        self._clock = clock
        self.models: tuple[Model, ...] = MODELS

    async def load(self) -> bool:
        """Take what was kept; whether it is from the last day and from this service."""
        kept = await in_daemon(_read)
        if kept is None or kept.service != _digest(self._access()):
            return False
        self.models = merged(kept.entries)
        # A clock that was set back makes a list from the future.
        return 0 <= self._clock() - kept.fetched < FRESH_S

    async def refresh(self) -> tuple[Model, ...]:
        """Fetch the list and keep it; the models it has brought that were not there.

        Raises:
            RealtimeError: there is none to be had. What is there stays.
        """
        access = self._access()
        entries = await list_models(await keyed(access))
        before = {model.id for model in self.models}
        self.models = merged(entries)
        kept = Kept(self._clock(), _digest(access), entries)
        await in_daemon(lambda: _write(kept))
        return tuple(model for model in self.models if model.id not in before)

    async def renew(self) -> bool:
        """Load, and fetch what is older than a day; whether there are models now beyond the table's.

        A service that can't be reached is no matter here: the table is there.
        """
        if not await self.load() and not self._access().ticket_url:
            endpoint = await keyed(self._access())
            if endpoint.key:
                try:
                    await self.refresh()
                except RealtimeError as exc:
                    log.info("no list of models: %s", exc)
        return self.models != MODELS


def _digest(access: Access) -> str:
    return hashlib.sha256(access.base_url.strip().rstrip("/").encode()).hexdigest()[:16]


def _read() -> Kept | None:
    try:
        with (paths.cache() / FILE).open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST_FILE), type=Kept)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        log.info("the kept list of models can't be read: %s", type(exc).__name__)
        return None


def _write(kept: Kept) -> None:
    # An entry that holds what looks like a secret is none of a model.
    sound = [entry for entry in kept.entries if redact(text := _encoded(entry)) == text]
    text = _encoded(msgspec.structs.replace(kept, entries=sound))
    try:
        path: Path = paths.cache() / FILE
        part = path.with_name(FILE + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as exc:
        log.info("the list of models can't be kept: %s", exc.strerror)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()
