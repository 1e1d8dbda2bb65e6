"""Where the writer of records puts its lines: a stream that is open already, such as standard output."""

from __future__ import annotations

import os

from desktop.base.terminal import plain_json


class RecordStream:
    """An open stream, used by one thread: whoever reads it, at any speed, gets each line as it comes.

    It may be a terminal, so what a terminal would obey is written as JSON's escapes.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def sync_in_s(self) -> float | None:
        """Nothing is ever to be synced."""
        return None

    def write(self, data: bytes) -> None:
        """Write whole lines, after what was left over. Raises OSError."""
        self._rest += plain_json(data.decode()).encode()
        while self._rest:
            self._rest = self._rest[os.write(self._descriptor, self._rest) :]

    def sync(self) -> None:
        """Nothing is to be synced."""

    def close(self) -> None:
        """It belongs to the program."""
