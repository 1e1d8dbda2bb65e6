"""A program that hears two keys by the portal of this bus, and prints each stroke with its time."""

from __future__ import annotations

import sys
import threading

from desktop.base import hotkey
from desktop.base.hotkey import HotkeyAction
from desktop.system.hotkeys.interface import Active, HotkeyEvent, Struck
from desktop.system.hotkeys.portal import PortalHotkeys


def tell(event: HotkeyEvent) -> None:
    match event:
        case Struck(action, down, at):
            print(action.value, "down" if down else "up", at, flush=True)
        case Active("portal"):
            print("ready", flush=True)
        case _:
            pass


PortalHotkeys(tell, sys.argv[1]).use(
    {action: hotkey.parse(name) for action, name in ((HotkeyAction.TALK, "F9"), (HotkeyAction.DISCARD, "F8"))}
)
threading.Event().wait()
