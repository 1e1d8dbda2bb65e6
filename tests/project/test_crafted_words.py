"""What goes over words of others takes no longer for crafted ones than for others of their length."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from desktop.base import redaction, terminal, visible_text
from desktop.offline import arithmetic
from desktop.protocol import endings
from desktop.recording import escaping, markdown

SIZE = 100_000
"""Characters. To go over them once takes milliseconds; for each of them again, a minute."""
DEADLINE_S = 3.0
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


def test_what_is_slow_is_found() -> None:
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
