"""The body of an answer as it comes in, unpacked within a bound.

373 bytes of gzip can hold 6 GB. No compression is asked for, but some servers and proxies compress whatever
they send.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class PackedError(ValueError):
    """A body that can't be unpacked."""


class TooLargeError(ValueError):
    """A body that is larger than its bound, packed or not."""


class _Inflater(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Unpacked:
    """Collects a body of at most `most` bytes.

    Args:
        encodings: the values of `Content-Encoding`. gzip and deflate are known, one of them at a time.
        most: bytes, both as they come and unpacked.

    Raises:
        PackedError: it is packed in another way.
    """

    def __init__(self, encodings: Sequence[str], most: int) -> None:
        self._most = most
        self._body = bytearray()
        self._came = 0
        self._inflater: _Inflater | None = None
        names = [name for text in encodings if (name := text.strip().lower()) not in ("", "identity")]
        if names:
            if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
                raise PackedError("packed in a way that isn't known")
            self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)

    def add(self, chunk: bytes) -> None:
        """More of it came. Raises PackedError or TooLargeError."""
        self._came += len(chunk)
        if self._inflater:
            try:
                chunk = self._inflater.decompress(chunk, self._most - len(self._body) + 1)
            except zlib.error as exc:
                raise PackedError(str(exc)) from exc
        self._body += chunk
        if max(len(self._body), self._came) > self._most:
            raise TooLargeError

    def finish(self) -> bytes:
        """All of it. Raises PackedError when its end is missing."""
        if self._inflater and self._came and not self._inflater.eof:
            raise PackedError("the end is missing")
        return bytes(self._body)
