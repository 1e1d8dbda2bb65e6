"""What every system's way of hearing keys has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from desktop.base.hotkey import Hotkey, HotkeyAction, Way
from desktop.base.message import Message, Text

CLASH = Text(
    "hotkey-clash",
    "{keys} is used by another program or by the desktop. Choose another key, or free it there: it is tried "
    "again all the time.",
)
NO_SUCH_KEY = Text("hotkey-not-there", "No keyboard here has {keys}. Choose another key.")
NOT_ALONE = Text(
    "hotkey-not-alone", "{keys} can't be had from this system in all programs. Choose a combination of keys."
)
TWICE = Text("hotkey-twice", "{keys} is chosen for two things. Choose another key for one of them.")
NO_RAW = Text(
    "hotkey-no-raw",
    "{keys} alone can't be heard here: the X server has no XInput 2. Choose a combination of keys.",
)


@dataclass(frozen=True, slots=True)
class Struck:
    """A key went down or up, at this time of `time.monotonic`. Repeats of a held key are none."""

    action: HotkeyAction
    down: bool
    at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The key is up, or may be: its key-up has not come and will not."""

    action: HotkeyAction
    at: float


@dataclass(frozen=True, slots=True)
class Escaped:
    """Escape was pressed while `hear_escape` was on."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was struck before the last `ask` has been told: there is no more of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Why this key can't be had; None: it can."""

    action: HotkeyAction
    problem: Message | None


@dataclass(frozen=True, slots=True)
class Named:
    """What the desktop calls the key that the user has given to this there."""

    action: HotkeyAction
    words: str


@dataclass(frozen=True, slots=True)
class Active:
    """By which way the keys come now; where it is none, why."""

    way: Way
    problem: Message | None = None


HotkeyEvent: TypeAlias = Struck | Lost | Escaped | Answered | Told | Named | Active
Tell: TypeAlias = Callable[[HotkeyEvent], None]
"""Called on any thread; must return at once."""
Keys: TypeAlias = Mapping[HotkeyAction, Hotkey]


class HotkeyBackend(Protocol):
    """Hears keys, on a thread of its own or by the system's callbacks. No call waits."""

    @property
    def asks_user(self) -> bool:
        """Whether the system may ask the user whenever it is asked for keys: then a pause keeps them."""

    def use(self, keys: Keys) -> None:
        """Hear these keys and no others. A key that is held is lost."""

    def hear_escape(self, wanted: bool) -> None:
        """Hear Escape too, where that can be had; or no longer."""

    def ask(self) -> bool:
        """Tell `Answered` once all that was struck before has been told; False where that can't be known."""

    def refresh(self) -> None:
        """Ask for the keys anew: the screen was unlocked, or the computer woke."""

    def close(self) -> None:
        """Give the keys back. Waits for a moment at most."""


def first_problem(problems: Mapping[HotkeyAction, Message | None]) -> Message | None:
    """Why the first of the keys that can't be had can't; None if all can."""
    return next((problem for problem in problems.values() if problem), None)
