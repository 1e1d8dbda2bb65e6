"""A track's outline while the track is recorded: what of it is still to be written."""

from __future__ import annotations


class OutlinePart:
    """Takes the sound of one track; the writing thread's."""

    def __init__(self) -> None:
        self._sound: list[bytes] = []
        self._rest = b""

    def add(self, pcm: bytes) -> None:
        """More of the track."""
        self._sound.append(pcm)

    def take(self) -> bytes:
        """The outline of what was added since the last time, as it is kept: pairs of signed bytes."""
        if not self._sound:
            return b""
        from desktop.viewmodels.timeline.peaks import BIN_BYTES, outline  # numpy, only with sound

        pcm = self._rest + b"".join(self._sound)
        self._sound.clear()
        whole = len(pcm) // BIN_BYTES * BIN_BYTES
        self._rest = pcm[whole:]
        return outline(pcm[:whole]).tobytes()
