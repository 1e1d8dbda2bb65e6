"""Which sound devices came and went since the last look.

PortAudio sees only what was there when it was initialised, so a look is a child process that blocks: run it
in a worker, never in the thread that draws. `DeviceWatch.pause_s` says how often it is worth its cost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.audio.devices import Device, probe_devices
from desktop.audio.interfaces import AudioError

SETTLING_S = 1.5
"""After a change: a headset comes as several devices, one after the other."""
SETTLING_LOOKS = 2
ATTENDED_S = 10.0
"""While the window is in front. A look takes 0.3 s of one core, so this is 3 % of it."""
UNATTENDED_S = 60.0
"""While the window is in the background. A lost stream asks for a look at once anyway."""
REPORTED_S = 300.0
"""Where the system tells of devices that come and go: for what it may not tell of, such as Bluetooth."""
LONGEST_S = 120.0
"""The longest pause after looks that failed: a sound server that is down is asked less and less often."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two looks, by the devices' keys."""

    came: tuple[Device, ...] = ()
    gone: tuple[Device, ...] = ()
    default_input_moved: bool = False
    default_output_moved: bool = False

    def __bool__(self) -> bool:
        return bool(self.came or self.gone or self.default_input_moved or self.default_output_moved)


def changes(before: Sequence[Device], after: Sequence[Device]) -> Changes:
    """The difference between two lists of devices; their order, and doubles of a key, don't matter."""
    old, new = {device.key: device for device in before}, {device.key: device for device in after}
    return Changes(
        came=tuple(device for key, device in new.items() if key not in old),
        gone=tuple(device for key, device in old.items() if key not in new),
        default_input_moved=_default_input(before) != _default_input(after),
        default_output_moved=_default_output(before) != _default_output(after),
    )


class DeviceWatch:
    """Compares the devices of each look with those of the look before.

    `look` blocks and belongs in a worker; calls run one at a time. The rest is cheap and for any thread.
    """

    def __init__(self, probe: Callable[[], Sequence[Device]] = probe_devices) -> None:
        self._probe = probe
        self._looking = threading.Lock()
        self._devices: tuple[Device, ...] | None = None
        self._settling = 0
        self._failed = 0
        self.reported = False
        """The system tells when a device comes or goes: then `expect` is called."""

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices as the last look that succeeded saw them; none before the first."""
        return self._devices or ()

    @property
    def blind(self) -> bool:
        """The last look failed."""
        return self._failed > 0

    def look(self) -> Changes:
        """List the present devices and return the changes; none at the first look. Blocks for 0.3 s.

        Raises:
            AudioError: the devices can't be listed; those of the last look stand.
        """
        with self._looking:
            try:
                found = tuple(self._probe())
            except AudioError:
                self._failed += 1
                raise
            self._failed = 0
            changed = Changes() if self._devices is None else changes(self._devices, found)
            self._devices = found
            self._settling = SETTLING_LOOKS if changed else max(0, self._settling - 1)
            return changed

    def expect(self) -> None:
        """The system has told of a change: more may follow, and the sound server may need a moment."""
        self._settling = SETTLING_LOOKS

    def pause_s(self, attended: bool, stopped: bool = False) -> float:
        """How long to wait before the next look, in seconds.

        Args:
            attended: the window is in front, so a new device should appear in it soon.
            stopped: the sound system has taken all devices away. When it starts again it may tell of nothing:
                what it had made in the file system is still there.
        """
        if self._failed:
            return min(ATTENDED_S * 2.0 ** (self._failed - 1), LONGEST_S)
        if self._settling:
            return SETTLING_S
        if self.reported and not stopped:
            return REPORTED_S
        return ATTENDED_S if attended else UNATTENDED_S


def _default_input(devices: Sequence[Device]) -> str | None:
    return next((device.key for device in devices if device.is_default_input), None)


def _default_output(devices: Sequence[Device]) -> str | None:
    return next((device.key for device in devices if device.is_default_output), None)
