"""The devices that are plugged in, as far as that is known now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from desktop.audio.devices import Device
from desktop.audio.interfaces import AudioError
from desktop.audio.watch import DeviceWatch
from desktop.base.daemon_thread import in_daemon
from desktop.devices.backend import AudioBackend
from desktop.devices.device_selection import DeviceSelection, with_used

log = logging.getLogger(__name__)

KNOWN_S = 3.0
"""How long PortAudio's list is waited for: it takes a second at most, if the sound system answers."""


class DeviceList:
    """Looks in a child process, and asks PortAudio in a thread. `close` it at the end.

    A look sees what is plugged in. PortAudio's list is of the time when it was initialised: it is what can be
    opened.
    """

    def __init__(self, audio: AudioBackend) -> None:
        self.present: tuple[Device, ...] = ()
        """What is plugged in, by the last look."""
        self._audio = audio
        self._watch = DeviceWatch(audio.probe)
        self._asking: asyncio.Future[Sequence[Device]] | None = None

    def pause_s(self, attended: bool, stopped: bool) -> float:
        """Seconds from one look to the next, as of `DeviceWatch.pause_s`."""
        return self._watch.pause_s(attended, stopped)

    def rely_on_reports(self, reported: bool) -> None:
        """Whether the system tells of changes, so that looks in between are hardly needed."""
        self._watch.reported = reported

    def expect(self) -> None:
        """The system has told of a change."""
        self._watch.expect()

    async def look(self, selections: Sequence[DeviceSelection]) -> bool | None:
        """See what is plugged in: whether that has changed; None if it can't be seen.

        What the `selections` use counts as plugged in though it can't be seen while it is open.
        """
        blind = self._watch.blind
        try:
            changed = await in_daemon(self._watch.look)
        except AudioError as exc:
            log.info("%s", exc)
            return None
        self.present = tuple(with_used(self._watch.devices, selections))
        return bool(changed) or blind

    async def load(self) -> None:
        """Learn what can be opened. No stream may be open.

        PortAudio is initialised again if the last look saw something else.
        """
        seen = self._watch.devices
        try:
            known = await self.known()
            if seen and keys(seen) != keys(known) and await in_daemon(self._audio.refresh):
                known = await self.known()
        except (AudioError, TimeoutError) as exc:
            log.info("%s", exc)  # the user is told when the stream is opened
            known = ()
        self.present = tuple(seen or known)

    async def known(self) -> Sequence[Device]:
        """The devices that PortAudio can open. One thread waits for them, however often this is called.

        Raises:
            AudioError: PortAudio can't list them.
            TimeoutError: the sound system hangs.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(in_daemon(self._audio.known))
            self._asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        async with asyncio.timeout(KNOWN_S):
            return await asyncio.shield(self._asking)

    def close(self) -> None:
        """Wait for PortAudio no more."""
        if self._asking:
            self._asking.cancel()


def keys(devices: Sequence[Device]) -> set[str]:
    """The keys of these devices."""
    return {device.key for device in devices}
