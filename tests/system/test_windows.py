"""The meaning of Windows' messages; the messages themselves are made by hand."""

from __future__ import annotations

import ctypes

import pytest

from desktop.system import windows
from desktop.system.system_events import SystemEvents
from desktop.system.windows import MessageListener, NativeMessage


class Library:
    """wtsapi32, and the windows registered with it."""

    def __init__(self) -> None:
        self.registered: list[int] = []
        self.WTSRegisterSessionNotification = lambda window, flags: self.registered.append(window) or 1
        self.WTSUnRegisterSessionNotification = lambda window: self.registered.remove(window)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setattr(windows, "_wtsapi32", lambda: library)
    return library


@pytest.fixture
def heard(qtbot, library: Library):
    events = SystemEvents()
    listener = MessageListener(events)
    emitted: list[str] = []
    for name in ("locked", "sleeping", "woke", "sound_devices_changed"):
        getattr(events, name).connect(lambda name=name: emitted.append(name))

    def tell(message: int, wparam: int) -> list[str]:
        del emitted[:]
        packed = NativeMessage(0, message, wparam)
        listener.nativeEvent(b"windows_generic_MSG", ctypes.addressof(packed))
        return list(emitted)

    yield tell
    listener.close()
    assert library.registered == []


def test_each_message(heard):
    assert heard(0x02B1, 7) == ["locked"]
    assert heard(0x02B1, 8) == []
    assert heard(0x02B1, 7) == ["locked"]
    assert heard(0x0218, 4) == ["sleeping"]
    assert heard(0x0218, 18) == ["woke"]
    assert heard(0x0219, 7) == ["sound_devices_changed"]


def test_other_messages_mean_nothing(heard):
    assert heard(0x0218, 10) == []  # the battery's state
    assert heard(0x02B1, 5) == []  # a log-on
    assert heard(0x0113, 7) == []  # a timer


def test_it_asks_for_its_own_session_and_is_never_seen(qtbot, library: Library):
    listener = MessageListener(SystemEvents())
    assert library.registered == [int(listener.winId())]
    assert not listener.isVisible()
    listener.close()


def test_without_the_library_power_is_heard_of_anyway(qtbot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows, "_wtsapi32", lambda: None)
    events = SystemEvents()
    listener = MessageListener(events)
    with qtbot.waitSignal(events.sleeping):
        listener.handle_message(0x0218, 4)
    listener.close()
