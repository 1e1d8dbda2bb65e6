"""Sound that waits on the disk: a script may have thousands of takes."""

from __future__ import annotations

import tempfile
import threading
import weakref


class SoundStore:
    """One temporary file, which is gone with this object. May be used by any thread."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="presstalk-takes-")
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    def put(self, content: bytes) -> tuple[int, int]:
        """Keep bytes; where they are. Raises OSError: the disk is full."""
        with self._lock:
            offset = self._file.seek(0, 2)
            self._file.write(content)
            self._file.flush()
            return offset, len(content)

    def get(self, place: tuple[int, int]) -> bytes:
        """The bytes of a place."""
        offset, size = place
        with self._lock:
            self._file.seek(offset)
            return self._file.read(size)
