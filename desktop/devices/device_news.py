"""What the user should know about a device: it is gone, it is back, another one is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from desktop.audio.devices import Device
from desktop.base.message import Message
from desktop.devices.device_selection import SelectionBefore
from desktop.realtime.audio_io import Side

DeviceNewsKind = Literal[
    "absent",
    "gone",
    "none",
    "all gone",
    "stuck",
    "still none",
    "back",
    "default",
    "again",
    "refused",
    "works",
]


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """What happened to a side's device: it `was` used, `now` another is; `problem` says why."""

    kind: DeviceNewsKind
    side: Side
    was: str = ""
    now: str = ""
    problem: Message | None = None
    code: str = ""
    """The raw code of the problem, as the sound system gave it."""
    by_choice: bool = False
    """What is used now was chosen by name, and isn't the system's default."""


def kind_of_exchange(
    before: SelectionBefore, now: Device, *, chosen: bool, present: Sequence[Device]
) -> DeviceNewsKind | None:
    """The news when a device was opened in place of another one; None when the user chose it just now.

    Args:
        before: the selection before the exchange.
        now: the device that is open.
        chosen: whether the user chose it by name.
        present: the devices that are plugged in.
    """
    was = before.used
    if before.picked:
        return None
    if was is None:
        return "back" if chosen else "works"
    if before.lost and was.key == now.key:
        return "again"
    if before.lost or all(device.key != was.key for device in present):
        return "gone"
    return "back" if chosen else "default"
