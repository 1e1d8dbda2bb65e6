"""The pictures of tools' results: read as what comes from a stranger, and made small enough to send."""

from __future__ import annotations

import asyncio
import binascii
import logging
import threading
from base64 import b64decode

from desktop.base.daemon_thread import in_daemon

log = logging.getLogger(__name__)

WITHIN_S = 20.0
"""For all pictures of a result; the largest takes 4 s on a slow machine. Without them the result goes on."""

_one_by_one = threading.Lock()
"""Each may take some 260 MB while it is read."""


async def encoded(pictures: tuple[str, ...]) -> tuple[str, ...]:
    """Pictures in base64 as data URLs of small JPEGs; what is no picture is left out."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await in_daemon(lambda: tuple(url for one in pictures if (url := _encoded(one))))
    except TimeoutError:
        log.info("pictures of a tool's result took too long")
        return ()


def _encoded(picture: str) -> str:
    # Qt reads them: what runs without a window needs it for that alone.
    from desktop.conversation import image_encoding
    from desktop.conversation.image_encoding import ImageError

    try:
        with _one_by_one:
            return image_encoding.from_bytes(b64decode(picture)).url
    except (ImageError, binascii.Error, ValueError) as exc:
        log.info("a picture of a tool's result can't be read: %s", exc)
        return ""
