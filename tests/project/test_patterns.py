"""No pattern takes much longer for a crafted text than for another of its length: each may meet one."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

import desktop
from desktop.base import redaction, terminal, visible_text
from desktop.offline import arithmetic
from desktop.protocol import endings
from desktop.recording import escaping, markdown

SIZE = 20_000
"""Characters. A pattern that goes over them once takes milliseconds; for each of them again, seconds."""
DEADLINE_S = 1.0
"""Of the processor's time, for one text."""

REPEATED = [
    *(" ", "\t", "a", "0", "-", "(", "[", "{", "<", "\\", '"', "'", ".", ",", "=", "&", "/", "`", "~", "*"),
    *("a ", "a.", "0.", "1 ", "a:", "a=", "%20", "\r\n", " \n", "a@", "http://a ", "?a=b&", "Bearer "),
    *("key-", "op-", "\x1b[", "\u202e", "&amp;", "<a ", "${", "ws://a:b@", "eyJa.", '{"a":', "-->", "\u00e9"),
    *("what is ", "plus ", "und zwanzig ", "wie viel ist ", "cu\u00e1nto es ", "\u0627 ", "\u4f60"),
    "minus one hundred ",
]
"""What nested repetitions stumble over, and words of several languages that sentences are recognised by."""


def crafted() -> Iterator[str]:
    for part in REPEATED:
        for end in ("", "!\x00"):
            yield part * (SIZE // len(part)) + end


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Each pattern that a module of the program holds, by its place."""
    found = {}
    for module in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if module.name.rpartition(".")[2] in ("__main__", "mac", "windows"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            several = value.values() if isinstance(value, dict) else value
            every = several if isinstance(value, dict | list | tuple) else (value,)
            flat = [each for one in every for each in (one if isinstance(one, tuple) else (one,))]
            for number, pattern in enumerate(flat):
                if isinstance(pattern, re.Pattern):
                    found[f"{module.name}.{name}[{number}]"] = pattern
    return found


@contextmanager
def deadline(what: str) -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"{what} takes too long")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, DEADLINE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the system has no timer of a process's time")


def test_no_pattern_is_slow_for_a_crafted_text() -> None:
    every = patterns()
    assert len(every) > 40
    for where, pattern in every.items():
        for text in crafted():
            with deadline(f"{where} {pattern.pattern!r:.200} over {text[:20]!r}"):
                data = text.encode() if isinstance(pattern.pattern, bytes) else text
                pattern.search(data)  # type: ignore[arg-type]
                pattern.fullmatch(data)  # type: ignore[arg-type]


def test_a_slow_pattern_is_found() -> None:
    with pytest.raises(AssertionError, match="too long"), deadline("this"):
        re.search(r"(a+)+$", "a" * 40 + "!")


FUNCTIONS: list[Callable[[str], object]] = [
    redaction.redact,
    terminal.plain_text,
    terminal.one_line,
    visible_text.visible,
    visible_text.visible_line,
    escaping.as_text,
    escaping.as_cue,
    markdown.escaped,
    arithmetic.find,
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.__name__)
def test_what_goes_over_words_of_others_is_not_slow(function: Callable[[str], object]) -> None:
    for text in crafted():
        with deadline(f"{function.__name__} over {text[:20]!r}"):
            function(text)


def test_an_error_is_recognised_quickly() -> None:
    for text in crafted():
        with deadline(f"an error of {text[:20]!r}"):
            endings.reason(text, text)
            endings.ending(text, text)
