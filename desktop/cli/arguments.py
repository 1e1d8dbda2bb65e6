"""What the arguments of commands may be: files, standard streams, numbers, text."""

from __future__ import annotations

import argparse
import math
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias

from desktop.audio.gain_bounds import LEAST_DB, MOST_DB
from desktop.base.terminal import one_line
from desktop.cli.output import CommandError, print_problem, print_result
from desktop.protocol.agent_name import is_agent_name

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

STDIO: Final = "-"
"""Standard input for a file that is read, standard output for one that is written. `./-` is a file's name."""
FileArgument: TypeAlias = Path | Literal["-"]

LONGEST_TIMEOUT_S = 86_400
MOST_SESSIONS = 1_000
MOST_REPEATS = 1_000
MOST_AT_ONCE = 32
MOST_SHARDS = 10_000
_STDIN = (STDIO, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_STDOUT = (STDIO, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class OneLineParser(argparse.ArgumentParser):
    """Reports a mistake as one plain line, without the whole usage; the help is printed as results are."""

    def error(self, message: str) -> NoReturn:
        """Print it on stderr, and exit with 2."""
        self.exit(2, f"{self.prog}: {one_line(message)}. `{self.prog} --help` lists what there is.\n")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse's own drops what can't be written, and says nothing.
        if file is sys.stdout:
            print_result(message.rstrip("\n"))
        else:
            print_problem(message)


def input_file(text: str) -> FileArgument:
    """A file to be read, or `STDIO`."""
    return _file(text, _STDIN)


def output_file(text: str) -> FileArgument:
    """A file to be written, or `STDIO`."""
    return _file(text, _STDOUT)


def port(text: str) -> int:
    """A port, or 0."""
    return _whole_number(text, 0, 65_535, "a port is a number from 0 to 65535")


def sessions(text: str) -> int:
    """How many sessions at once."""
    return _whole_number(text, 1, MOST_SESSIONS, f"that is a number of sessions from 1 to {MOST_SESSIONS}")


def host(text: str) -> str:
    """An address to listen on. An empty one would mean every address of this machine."""
    plain = text.strip().removeprefix("[").removesuffix("]")
    if not plain:
        raise argparse.ArgumentTypeError("the host is empty; 127.0.0.1 is this computer")
    return plain


def agent(text: str) -> str:
    """The name of an agent."""
    name = text.strip()
    if not is_agent_name(name):
        raise argparse.ArgumentTypeError("that can't be an agent's name; copy it from the platform")
    return name


def seconds(text: str) -> float:
    """A time-out."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= LONGEST_TIMEOUT_S:
        raise argparse.ArgumentTypeError("the timeout is a number of seconds, at most one day")
    return value


def speed(text: str) -> float:
    """How many times as fast as recorded, from 0 to 100."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError("the speed is a number from 0 to 100")
    return value


def repeats(text: str) -> int:
    """How many times each target is asked."""
    return _whole_number(text, 1, MOST_REPEATS, f"that is a number from 1 to {MOST_REPEATS}")


def at_once(text: str) -> int:
    """How many sessions of a comparison at once."""
    return _whole_number(text, 1, MOST_AT_ONCE, f"that is a number of sessions from 1 to {MOST_AT_ONCE}")


def seed(text: str) -> int:
    """What decides the order of the targets."""
    return _whole_number(text, 0, 999_999_999, "the seed is a whole number of up to nine digits")


def dollars(text: str) -> Decimal:
    """A budget."""
    try:
        value = Decimal(text.removeprefix("$")) if len(text) < 20 else Decimal(0)
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and 0 < value <= 1_000_000):
        raise argparse.ArgumentTypeError("the budget is an amount of dollars, for example 2.50")
    return value


def shard(text: str) -> tuple[int, int]:
    """One part of several, as 2/8."""
    number, slash, count = text.partition("/")
    problem = "a shard is a part of several, for example 2/8"
    if not slash:
        raise argparse.ArgumentTypeError(problem)
    of = _whole_number(count, 1, MOST_SHARDS, problem)
    return _whole_number(number, 1, of, problem), of


def decibels(text: str) -> float:
    """A gain, within the bounds of the microphone's."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not LEAST_DB <= value <= MOST_DB:
        raise argparse.ArgumentTypeError(f"the gain is a number of dB from {LEAST_DB:g} to {MOST_DB:g}")
    return value


def check_text(options: argparse.Namespace) -> None:
    """Refuse text that is no text. Names of files may be any bytes, as the system allows.

    Raises:
        CommandError: bytes that are not in the terminal's encoding.
    """
    for value in vars(options).values():
        if isinstance(value, str) and not _is_text(value):
            raise CommandError(
                f'"{one_line(value, 80)}" has bytes that are no text in this terminal\'s encoding. '
                "Type it again, or set the locale to UTF-8."
            )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # the system's bytes, as Python keeps them
        return False
    return True


def _file(text: str, standard: tuple[str, ...]) -> FileArgument:
    if not text:
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return STDIO if text in standard else Path(text)


def _whole_number(text: str, least: int, most: int, problem: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(problem)
