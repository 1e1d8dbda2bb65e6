"""The events of macOS's two centres; fake frameworks call back as the real ones do."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest

from desktop.system import mac
from desktop.system.mac import CAN_SLEEP, HAS_POWERED_ON, LOCKED, UNLOCKED, WILL_SLEEP, CenterListener
from desktop.system.system_events import SystemEvents


class Frameworks:
    """CoreFoundation and IOKit, with strings and callbacks by number."""

    def __init__(self) -> None:
        self.strings: dict[int, str] = {}
        self.core, self.kit = MagicMock(), MagicMock()
        self.core.CFStringCreateWithCString.side_effect = self._string
        self.core.CFEqual.side_effect = lambda one, other: self.strings[one] == self.strings[other]
        self.kit.IORegisterForSystemPower.return_value = 7

    def load(self, path: str):
        return self.kit if "IOKit" in path else self.core

    def notify(self, text: str) -> None:
        callback = self.core.CFNotificationCenterAddObserver.call_args.args[2]
        callback(None, None, self._string(None, text.encode(), 0), None, None)

    def power(self, message: int) -> None:
        callback = self.kit.IORegisterForSystemPower.call_args.args[2]
        callback(None, 1, message, 99)

    def _string(self, _: object, text: bytes, __: int) -> int:
        self.strings[len(self.strings) + 1] = text.decode()
        return len(self.strings)


@pytest.fixture
def frameworks(monkeypatch: pytest.MonkeyPatch) -> Frameworks:
    monkeypatch.setattr(mac, "common_modes", lambda core: "common")
    return Frameworks()


@pytest.fixture
def heard(qapp, frameworks: Frameworks):
    events = SystemEvents()
    emitted: list[str] = []
    for name in ("locked", "sleeping", "woke"):
        getattr(events, name).connect(lambda name=name: emitted.append(name))
    listener = CenterListener(events, frameworks.load)
    yield emitted
    listener.close()


def test_the_lock(heard, frameworks: Frameworks):
    for name in (LOCKED, LOCKED, UNLOCKED, "com.apple.other", LOCKED):
        frameworks.notify(name)
    assert heard == ["locked", "locked"]


def test_sleep_is_reported_and_allowed_at_once(heard, frameworks: Frameworks):
    frameworks.power(CAN_SLEEP)
    assert heard == []
    frameworks.power(WILL_SLEEP)
    frameworks.power(HAS_POWERED_ON)
    assert heard == ["sleeping", "woke"]
    assert [call.args for call in frameworks.kit.IOAllowPowerChange.call_args_list] == [(7, 99)] * 2
    assert frameworks.core.CFRunLoopAddSource.call_args.args[2] == "common"


def test_the_end(qapp, frameworks: Frameworks):
    listener = CenterListener(SystemEvents(), frameworks.load)
    listener.close()
    assert frameworks.core.CFNotificationCenterRemoveEveryObserver.called
    assert frameworks.kit.IOServiceClose.call_args.args == (7,)


def test_without_the_frameworks_it_is_silent(qapp):
    def load(path: str):
        raise OSError(path)

    CenterListener(SystemEvents(), load).close()
