"""Which device one direction of the sound should use, and which it does. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from desktop.audio.devices import Device, Direction, choose
from desktop.audio.interfaces import NoDeviceError
from desktop.base.message import Message
from desktop.viewmodels.devices import DeviceRecord

WASAPI = "Windows WASAPI"

_EXCLUSIVE = re.compile(r"\(hw:\d|^(front|surround\d+|iec958|spdif|hdmi)\b")
"""ALSA devices that one program at a time can open. PortAudio lists only what it could open, so the one we
have open isn't seen by another look."""


class SelectionBefore(NamedTuple):
    """A choice as it was before an exchange."""

    used: Device | None
    lost: bool
    picked: bool


@dataclass(slots=True)
class DeviceSelection:
    """What was chosen for a direction, what is used of it, and why something else should be."""

    direction: Direction
    wanted: str
    """A key, a name or a part of one; empty is the system's default."""
    used: Device | None = None
    """What is open, or was when it was lost; None when there is nothing."""
    lost: bool = False
    """What is used gives or takes nothing any more, or could not be opened."""
    picked: bool = False
    """The user has just chosen it: it needn't wait until nobody speaks."""
    problem: Message | None = None
    """Why the last one could not be opened."""
    refused: set[str] = field(default_factory=set)
    """The keys of those that could not be opened: not tried again until something is plugged in or out."""
    doubted: set[str] = field(default_factory=set)
    """Those of them that were lost for the first time: the next look tells whether they are there."""
    stopped: set[str] = field(default_factory=set)
    """Those that were lost since something was plugged in or out: one that stops again is left alone."""

    def target(self, devices: Sequence[Device]) -> Device | None:
        """What should be used of these: the chosen one, else the system's default, else none."""
        usable = [device for device in devices if device.key not in self.refused]
        return self.find(usable, self.wanted) or self.find(usable, "")

    def find(self, devices: Sequence[Device], wanted: str) -> Device | None:
        """The device of that name, or the default one."""
        try:
            return choose(devices, wanted or None, self.direction)
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
        return self.wanted.partition(": ")[2] or self.wanted

    def pick(self, wanted: str) -> None:
        """The user has chosen another device."""
        self.wanted = wanted
        self.picked = True
        self.forgive()

    def lose(self) -> None:
        """What is used is gone, or has stopped."""
        self.lost = True
        if self.used:
            key = self.used.key
            self.refused.add(key)
            if key not in self.stopped:
                self.doubted.add(key)
            self.stopped.add(key)

    def forgive(self) -> None:
        """Try everything again."""
        self.refused.clear()
        self.doubted.clear()
        self.stopped.clear()

    def see(self, devices: Sequence[Device], changed: bool) -> None:
        """These are there now."""
        self.refused -= self.doubted
        self.doubted.clear()
        # One that is still there has only stopped: if there is no other, it is opened again.
        if changed or (self.lost and not self.target(devices)):
            self.forgive()

    def exchange(self, target: Device | None) -> SelectionBefore:
        """Use this from now on; how it was."""
        before = SelectionBefore(self.used, self.lost, self.picked)
        self.used, self.lost, self.picked = target, False, False
        return before

    def restore(self, before: SelectionBefore) -> None:
        """The exchange is to be tried in another way."""
        self.used, self.lost, self.picked = before.used, before.lost, before.picked or self.picked

    def is_wanted(self, device: Device) -> bool:
        """Whether this is what the user chose, by name."""
        return bool(self.wanted) and self.find([device], self.wanted) is not None


def with_used(devices: Sequence[Device], choices: Sequence[DeviceSelection]) -> list[Device]:
    """These devices, and those that are in use and can't be seen because of it."""
    keys = {device.key for device in devices}
    hidden = [
        choice.used
        for choice in choices
        if choice.used and not choice.lost and choice.used.key not in keys and _hides(choice.used)
    ]
    return [*devices, *dict.fromkeys(hidden)]


def _hides(device: Device) -> bool:
    return device.host_api == "ALSA" and bool(_EXCLUSIVE.search(device.name))


def records(devices: Sequence[Device], direction: Direction) -> list[DeviceRecord]:
    """The rows of a list of devices of one direction.

    Windows shows each device once by each of its four systems of sound: WASAPI's alone are listed, which
    the default is of too. Elsewhere a name that occurs twice is told apart by its host API.
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
