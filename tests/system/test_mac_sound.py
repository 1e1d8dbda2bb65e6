"""Core Audio's news of devices; a fake framework calls back as the real one does."""

from __future__ import annotations

import threading
from unittest.mock import MagicMock

import pytest

from desktop.system.mac_sound import CoreAudioListener


class CoreAudio:
    """Listeners by the property's code of four characters."""

    def __init__(self, refused: str = "") -> None:
        self.listeners: dict[str, object] = {}
        self.refused = refused
        self.library = MagicMock()
        self.library.AudioObjectAddPropertyListener.side_effect = self._add
        self.library.AudioObjectRemovePropertyListener.side_effect = self._remove

    def _add(self, system, address, listener, data) -> int:
        code = self._code(system, address)
        if code == self.refused:
            return 560947818  # '!obj'
        self.listeners[code] = listener
        return 0

    def _remove(self, system, address, listener, data) -> int:
        return 0 if self.listeners.pop(self._code(system, address), None) else -1

    def _code(self, system, address) -> str:
        assert system.value == 1
        return address.contents.selector.to_bytes(4, "big").decode()


def test_each_change_is_told_of_from_core_audios_thread(qtbot) -> None:
    system = CoreAudio()
    listener = CoreAudioListener(load=lambda path: system.library)
    assert set(system.listeners) == {"dev#", "dIn ", "dOut"}
    for call_back in list(system.listeners.values()):
        with qtbot.waitSignal(listener.changed):
            thread = threading.Thread(target=call_back, args=(1, 1, None, None))
            thread.start()
            thread.join()
    listener.close()
    assert not system.listeners


def test_a_refusal_leaves_no_listener_behind(qapp) -> None:
    system = CoreAudio(refused="dOut")
    with pytest.raises(OSError, match="refused"):
        CoreAudioListener(load=lambda path: system.library)
    assert not system.listeners
