"""macOS: Core Audio tells when the list of devices, or the default one of either side, changes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

CORE_AUDIO = "/System/Library/Frameworks/CoreAudio.framework/CoreAudio"
# CoreAudio/AudioHardware.h and AudioHardwareBase.h: codes of four characters.
SYSTEM_OBJECT = 1
GLOBAL_SCOPE = int.from_bytes(b"glob", "big")
PROPERTIES = tuple(int.from_bytes(code, "big") for code in (b"dev#", b"dIn ", b"dOut"))


class PropertyAddress(ctypes.Structure):
    """`AudioObjectPropertyAddress`."""

    _fields_ = (
        ("selector", ctypes.c_uint32),
        ("scope", ctypes.c_uint32),
        ("element", ctypes.c_uint32),
    )


Changed = ctypes.CFUNCTYPE(
    ctypes.c_int32, ctypes.c_uint32, ctypes.c_uint32, ctypes.POINTER(PropertyAddress), ctypes.c_void_p
)
"""`AudioObjectPropertyListenerProc`; called on a thread of Core Audio's."""


class CoreAudioListener(QObject):
    """Tells when a sound device has come or gone, from when it is made until `close`.

    Raises:
        OSError: there is no Core Audio, or it refuses.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, load: Callable[[str], Any] = ctypes.CDLL) -> None:
        super().__init__(parent)
        self._library = load(CORE_AUDIO)
        self._addresses = [PropertyAddress(selector, GLOBAL_SCOPE, 0) for selector in PROPERTIES]
        # It must live as long as Core Audio may call it.
        self._on_changed = Changed(self._tell)
        for address in self._addresses:
            if status := self._call(self._library.AudioObjectAddPropertyListener, address):
                self.close()
                raise OSError(status, "refused by Core Audio")

    def close(self) -> None:
        """Stop listening."""
        for address in self._addresses:
            self._call(self._library.AudioObjectRemovePropertyListener, address)

    def _call(self, function: Any, address: PropertyAddress) -> int:
        return int(function(ctypes.c_uint32(SYSTEM_OBJECT), ctypes.pointer(address), self._on_changed, None))

    def _tell(self, *_: Any) -> int:
        self.changed.emit()
        return 0
