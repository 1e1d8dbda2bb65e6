"""What a shared zip will hold, before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TakenOut = Literal["key", "email", "home", "user", "host"]


@dataclass(frozen=True, slots=True)
class SharePreview:
    """`files` are names and sizes in bytes, before they are packed; `taken_out` counts by kind.

    Attributes:
        name: to suggest for the zip.
        sound: whether its sound is in it.
        has_sound: whether there is any.
        damaged: whether some of the recording can't be read.
    """

    name: str
    files: tuple[tuple[str, int], ...]
    taken_out: tuple[tuple[TakenOut, int], ...] = ()
    sound: bool = False
    has_sound: bool = False
    damaged: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size in self.files)
