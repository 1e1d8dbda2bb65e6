"""A device that is open for as long as something is done with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desktop.audio.interfaces import Microphone, Speaker
from desktop.base.daemon_thread import in_daemon
from desktop.devices.borrowed_devices import BorrowedMicrophone, BorrowedSpeaker


@asynccontextmanager
async def opened(device: Microphone | Speaker, rate: int) -> AsyncIterator[None]:
    """The device, open at this rate in Hz; closed whatever happens, also when nobody waits any more.

    Raises AudioError.
    """
    if isinstance(device, BorrowedMicrophone | BorrowedSpeaker):
        device.start(rate)  # it is open, and belongs to this thread
        try:
            yield
        finally:
            device.close()
        return
    opening = asyncio.ensure_future(in_daemon(lambda: device.start(rate)))
    try:
        await asyncio.shield(opening)
        yield
    finally:
        await asyncio.wait({opening})
        opening.exception()  # raised above, unless nobody waited
        await in_daemon(device.close)
