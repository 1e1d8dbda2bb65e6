"""Runs every regular expression of the program over long texts, and prints those that take too long.

A process of its own, because an expression can't be interrupted from outside the thread it runs in.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import desktop

LENGTH = 100_000
CPU_S = 1.0
"""For one expression and one text. A linear one takes 0.01 s. Only this process's own work counts."""
FUNCTIONS = {"compile", "sub", "subn", "search", "match", "fullmatch", "findall", "finditer", "split"}


class TooLong(Exception):
    """The time is up."""


def _in_modules() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    for found in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            values = value.values() if isinstance(value, dict) else value
            values = values if isinstance(value, dict | list | tuple | set | frozenset) else [value]
            for one in values:
                if isinstance(one, re.Pattern):
                    yield f"{found.name}.{name}", one


def _in_calls() -> Iterator[tuple[str, re.Pattern[str]]]:
    root = Path(desktop.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=name),
                    args=[ast.Constant(value=str(text)), *_],
                ) if name in FUNCTIONS:
                    yield f"{path.relative_to(root)}:{node.lineno}", re.compile(text)


def texts(pattern: str) -> Iterator[str]:
    """Texts that make the engine try again and again: runs of what it repeats, and no end to match."""
    units = {
        " ",
        "\t",
        "\n",
        "a",
        "A",
        "1",
        "-",
        ".",
        "\\",
        "a ",
        "1 ",
        "a.",
        "1.",
        "ab1 ",
        "\n ",
        "-\n",
        "/",
        "é",
        # Beginnings without an end: of comments, quoted texts and places.
        "/*a",
        '"\\"',
        '"a',
        "${env:",
        "<!--",
    }
    units |= {char for char in pattern if char.isprintable()}
    words = re.findall(r"[A-Za-z]{2,}", pattern)
    units |= set(words) | {f"{word} " for word in words}
    for unit in sorted(units):
        run = (unit * (LENGTH // len(unit)))[:LENGTH]
        yield f"\0{run}\0!"


def _too_slow(pattern: re.Pattern[str] | re.Pattern[bytes]) -> str:
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for text in texts(source):
        subject = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
        try:
            for _ in pattern.finditer(subject):  # type: ignore[type-var]
                pass
            pattern.fullmatch(subject)  # type: ignore[type-var]
        except TooLong:
            return repr(text[:20])
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def main() -> int:
    """Print each expression that is too slow, and how many there are in all; the exit code."""

    def end(_: int, __: FrameType | None) -> None:
        raise TooLong

    signal.signal(signal.SIGVTALRM, end)
    known: dict[str, str] = {}
    slow = 0
    for place, pattern in [*_in_modules(), *_in_calls()]:
        key = repr(pattern.pattern)
        if key in known:
            continue
        known[key] = place
        if text := _too_slow(pattern):
            slow += 1
            print(f"slow: {place} {key} on {text}…", flush=True)
    print(f"{len(known)} expressions", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
