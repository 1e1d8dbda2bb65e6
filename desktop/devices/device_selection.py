"""Which device one direction of the sound should use, and which one it does use. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from desktop.audio.devices import Device, Direction, choose
from desktop.audio.interfaces import AudioError, NoDeviceError
from desktop.viewmodels.devices_model import DeviceRecord

WASAPI = "Windows WASAPI"

_EXCLUSIVE = re.compile(r"\(hw:\d|^(front|surround\d+|iec958|spdif|hdmi)\b")
"""ALSA devices that one program at a time can open. PortAudio lists only what it could open, so the one we
have open isn't seen by another look."""


class SelectionBefore(NamedTuple):
    """A selection as it was before an exchange."""

    used: Device | None
    lost: bool
    picked: bool


@dataclass(slots=True)
class DeviceSelection:
    """What was chosen for a direction, what is used instead if need be, and why."""

    direction: Direction
    chosen: str
    """A key, a name or a part of one; empty is the system's default."""
    used: Device | None = None
    """What is open, or was open when it was lost; None without a device."""
    lost: bool = False
    """What is used delivers or plays nothing any more, or could not be opened."""
    picked: bool = False
    """The user has just chosen it: it need not wait until nobody speaks."""
    problem: AudioError | None = None
    """Why the last one could not be opened."""
    worked: bool = False
    """Something was used in this session, and was lost."""
    missing: bool = False
    """There is none to use, until one runs."""
    refused: set[str] = field(default_factory=set)
    """The keys of those that could not be opened: not tried again until something is plugged in or out."""
    doubted: set[str] = field(default_factory=set)
    """Those of them that were lost for the first time: the next look shows whether they are plugged in."""
    stopped: set[str] = field(default_factory=set)
    """Those that were lost since something was plugged in or out: one that stops again is left alone."""

    def target(self, devices: Sequence[Device]) -> Device | None:
        """Which of these should be used: the chosen one, else the system's default, else None."""
        usable = [device for device in devices if device.key not in self.refused]
        return self.find(usable, self.chosen) or self.find(usable, "")

    def find(self, devices: Sequence[Device], name: str) -> Device | None:
        """The device of that name, or the default one if it is empty."""
        try:
            return choose(devices, name or None, self.direction)
        except NoDeviceError:
            return None

    def due(self, devices: Sequence[Device]) -> bool:
        """Whether something else should be used."""
        if self.lost:
            return True
        target = self.target(devices)
        return target is not None and target.key != (self.used.key if self.used else "")

    @property
    def urgent(self) -> bool:
        """Whether it can't wait until nobody speaks."""
        return self.lost or self.picked or self.used is None

    @property
    def label(self) -> str:
        """What was chosen, as people call it: keys are "host API: name"."""
        return self.chosen.partition(": ")[2] or self.chosen

    @property
    def absent(self) -> bool:
        """Whether something else is used than what was chosen by name."""
        return bool(self.chosen) and not (self.used and self.is_chosen(self.used))

    def reset(self) -> None:
        """Nothing is used, and everything may be tried."""
        self.used, self.lost, self.picked, self.missing, self.worked = None, False, False, False, False
        self.retry_all()

    def choose(self, device: str) -> None:
        """The user has chosen another device, by key or name."""
        self.chosen = device
        self.picked = True
        self.retry_all()

    def lose(self) -> None:
        """What is used is gone, or has stopped."""
        self.lost = self.worked = True
        if self.used:
            key = self.used.key
            self.refused.add(key)
            if key not in self.stopped:
                self.doubted.add(key)
            self.stopped.add(key)

    def refuse(self, problem: AudioError) -> None:
        """What should be used could not be opened, for this reason."""
        if self.used:
            self.refused.add(self.used.key)
        self.used = None
        self.problem = self.problem or problem

    def retry_all(self) -> None:
        """Let everything be tried again that was refused."""
        self.refused.clear()
        self.doubted.clear()
        self.stopped.clear()

    def update(self, devices: Sequence[Device], changed: bool) -> None:
        """These are plugged in now; whether that has `changed`."""
        self.refused -= self.doubted
        self.doubted.clear()
        # One that is still there has only stopped: if there is no other, it is opened again.
        if changed or (self.lost and not self.target(devices)):
            self.retry_all()

    def exchange(self, target: Device | None) -> SelectionBefore:
        """Use this from now on; how it was."""
        before = SelectionBefore(self.used, self.lost, self.picked)
        self.used, self.lost, self.picked = target, False, False
        return before

    def restore(self, before: SelectionBefore) -> None:
        """The exchange is to be tried in another way."""
        self.used, self.lost, self.picked = before.used, before.lost, before.picked or self.picked

    def is_chosen(self, device: Device) -> bool:
        """Whether this is what the user chose, by name."""
        return bool(self.chosen) and self.find([device], self.chosen) is not None


def with_used(devices: Sequence[Device], selections: Sequence[DeviceSelection]) -> list[Device]:
    """These devices, and those that are in use and can't be seen because of it."""
    keys = {device.key for device in devices}
    hidden = [
        selection.used
        for selection in selections
        if selection.used and not selection.lost and selection.used.key not in keys and _hides(selection.used)
    ]
    return [*devices, *dict.fromkeys(hidden)]


def _hides(device: Device) -> bool:
    return device.host_api == "ALSA" and bool(_EXCLUSIVE.search(device.name))


def device_records(devices: Sequence[Device], direction: Direction) -> list[DeviceRecord]:
    """The rows of a list of devices of one direction.

    Windows shows each device once for each of its four sound systems: only WASAPI's are listed, the default
    among them. Elsewhere a name that occurs twice gets its host API added.
    """
    inward = direction == "input"
    usable = [device for device in devices if (device.inputs if inward else device.outputs)]
    usable = [device for device in usable if device.host_api == WASAPI] or usable
    names = [device.name for device in usable]
    return [
        DeviceRecord(
            device.key,
            device.name if names.count(device.name) == 1 else f"{device.name} ({device.host_api})",
            device.is_default_input if inward else device.is_default_output,
        )
        for device in usable
    ]
