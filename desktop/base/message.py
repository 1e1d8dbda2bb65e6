"""Messages to the user: which text, and the arguments in its places. They are worded where they are shown.

A text is defined once, in English, by the module that needs it. The window words a message in the user's
language (`viewmodels.wording`); `str` gives the English, for the command line, logs and files. Code that must
know a message looks at its text (`message.text is NO_ANSWER`), never at its words.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

DEEPEST = 8
"""Messages within one another that are read from a file."""
LONGEST_ARGUMENT = 2_000
"""Characters. No argument of ours is that long; a service's own words can have any length."""

LONGEST_DECIMAL = 40
"""Characters of one in a file."""

_texts: dict[str, Text] = {}
"""By id."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys as Qt writes them in portable text ("Ctrl+M"); the window names them as the platform does."""

    keys: str

    def __str__(self) -> str:
        return self.keys


@dataclass(frozen=True, slots=True)
class Text:
    """A text with named places: `Text("device-gone", "{device} is gone.")(device="Headset")` is a message.

    Called with literals, so that Qt's tools find it: `scripts/translations.py` has them take the id for the
    context. Ids are in kebab-case; ValueError if another text has this one.
    """

    id: str
    english: str

    def __post_init__(self) -> None:
        if _texts.setdefault(self.id, self) != self:
            raise ValueError(f"two texts have the id {self.id}")

    @property
    def places(self) -> frozenset[str]:
        """The names of the places."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.english) if name is not None)

    def __call__(self, **arguments: Argument) -> Message:
        """A message of this text. Raises TypeError unless each place has its argument."""
        if arguments.keys() != self.places:
            raise TypeError(f"{self.id} has the places {sorted(self.places)}, not {sorted(arguments)}")
        return Message(self, tuple((name, _bounded(value)) for name, value in arguments.items()))


@dataclass(frozen=True, slots=True)
class Message:
    """A text and its arguments. An argument may be a message too: a part of a sentence, or a whole one."""

    text: Text
    arguments: tuple[tuple[str, Argument], ...] = ()

    def __str__(self) -> str:
        return self.worded(lambda text: text.english, str)

    def worded(self, template: Callable[[Text], str], plain: Callable[[PlainArgument], str]) -> str:
        """The words in some language: `template` translates a text, `plain` writes other arguments."""
        words = {
            name: value.worded(template, plain) if isinstance(value, Message) else plain(value)
            for name, value in self.arguments
        }
        return template(self.text).format(**words)

    def mapped(self, change: Callable[[str], str]) -> Message:
        """The message with this done to each argument that is a string."""
        return Message(self.text, tuple((name, _mapped(value, change)) for name, value in self.arguments))

    def to_builtins(self) -> dict[str, Any]:
        """The message as JSON values, to be read back by `from_builtins`."""
        return {
            "id": self.text.id,
            "arguments": {name: _to_builtins(value) for name, value in self.arguments},
        }


PlainArgument: TypeAlias = str | int | float | Decimal | Shortcut
"""A `Decimal` is written with the digits that it has: an amount of money."""
Argument: TypeAlias = PlainArgument | Message


class MessageError(Exception):
    """An error with a message for the user: what is wrong, and the next step."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


VERBATIM = Text("verbatim", "{words}")
JOINED = Text("joined", "{first} {second}")


def verbatim(words: str) -> Message:
    """A message of a service's or a system's own words, which are not translated."""
    return VERBATIM(words=words)


def joined(first: Message, second: Message) -> Message:
    """Two sentences, one after the other."""
    return JOINED(first=first, second=second)


def from_builtins(value: object, depth: int = 0) -> Message | None:
    """The message that `Message.to_builtins` gave; None if no text here has its id and its places."""
    match value:
        case {"id": str(id_), "arguments": dict(raw)} if id_ in _texts and depth < DEEPEST:
            arguments = {str(name): _from_builtins(inner, depth + 1) for name, inner in raw.items()}
        case _:
            return None
    known = {name: argument for name, argument in arguments.items() if argument is not None}
    text = _texts[id_]
    return text(**known) if known.keys() == text.places else None


def _to_builtins(value: Argument) -> Any:
    match value:
        case Message():
            return value.to_builtins()
        case Shortcut(keys):
            return {"keys": keys}
        case Decimal():
            return {"decimal": str(value)}
        case _:
            return value


def _from_builtins(value: object, depth: int) -> Argument | None:
    match value:
        case str() | int() | float():
            return value
        case {"keys": str(keys)}:
            return Shortcut(keys)
        case {"decimal": str(digits)}:
            return _decimal(digits)
        case _:
            return from_builtins(value, depth)


def _decimal(digits: str) -> Decimal | None:
    try:
        number = Decimal(digits) if len(digits) <= LONGEST_DECIMAL else None
    except InvalidOperation:
        return None
    # An exponent of a million would be written out.
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < 40 else None


def _bounded(value: Argument) -> Argument:
    too_long = isinstance(value, str) and len(value) > LONGEST_ARGUMENT
    return f"{str(value)[: LONGEST_ARGUMENT - 1]}…" if too_long else value


def _mapped(value: Argument, change: Callable[[str], str]) -> Argument:
    match value:
        case Message():
            return value.mapped(change)
        case str():
            return change(value)
        case _:
            return value
