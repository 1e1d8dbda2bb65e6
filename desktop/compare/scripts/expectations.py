"""What a script expects of a turn, and whether it came. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from desktop.base.terminal import one_line
from desktop.compare.results import Check, TurnResult
from desktop.compare.scripts.words import error_rate, language_of, words_of

LONGEST_PATTERN = 500
LONGEST_ANSWER = 10_000
"""Characters that a pattern is looked for in."""
SHOWN = 200
LIMITS = ("key_up_to_audible", "leading_silence", "length", "stalls")


@dataclass(frozen=True, slots=True)
class ToolExpected:
    """A call. Arguments that aren't named may be anything."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectations:
    """All of them have to hold. `None` and empty: nothing is expected."""

    words: tuple[str, ...] = ()
    """Each is in the answer, in any case."""
    not_words: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    """Regular expressions that are found in the answer, in any case."""
    heard_words: tuple[str, ...] = ()
    heard: str = ""
    """What is said in the take, for the word error rate of what was understood."""
    wer: float = 0.2
    tools: tuple[ToolExpected, ...] = ()
    no_tools: bool = False
    language: str = ""
    max_ms: dict[str, float] = field(default_factory=dict)

    def __call__(self, turn: TurnResult) -> list[Check]:
        """Whether each holds."""
        if turn.error is not None:
            return [Check("an answer", False, turn.error)] if self != Expectations() else []
        answer = turn.answer[:LONGEST_ANSWER]
        said = one_line(answer, SHOWN) or "nothing"
        checks = [Check(f'the word "{one}"', _has(answer, one), said) for one in self.words]
        checks += [Check(f'not the word "{one}"', not _has(answer, one), said) for one in self.not_words]
        checks += [
            Check(f"a match of {one}", re.search(one, answer, re.IGNORECASE) is not None, said)
            for one in self.matches
        ]
        heard = one_line(turn.understood, SHOWN) or "nothing"
        checks += [
            Check(f'it hears the word "{one}"', _has(turn.understood, one), heard) for one in self.heard_words
        ]
        if self.heard:
            rate = error_rate(self.heard, turn.understood)
            checks.append(
                Check(
                    f'it hears "{one_line(self.heard, SHOWN)}" with at most {self.wer:.0%} wrong words',
                    rate <= self.wer,
                    f"{rate:.0%}: {heard}",
                )
            )
        checks += [self._tool(one, turn) for one in self.tools]
        called = ", ".join(tool.name for tool in turn.tools)
        if self.no_tools:
            checks.append(Check("no tool", not turn.tools, called))
        if self.language:
            language = language_of(answer)
            found = f"{language or 'no language that is known'}: {said}"
            checks.append(Check(f"the language {self.language}", language == self.language, found))
        return checks + [self._limit(name, most, turn) for name, most in self.max_ms.items()]

    def _tool(self, wanted: ToolExpected, turn: TurnResult) -> Check:
        arguments = msgspec.json.encode(wanted.arguments).decode() if wanted.arguments else ""
        passed = any(
            tool.name == wanted.name and _holds(wanted.arguments, tool.arguments) for tool in turn.tools
        )
        calls = (
            f"{tool.name} {msgspec.json.encode(tool.arguments, enc_hook=str).decode()}" for tool in turn.tools
        )
        found = one_line("; ".join(calls), SHOWN) or "no tool"
        return Check(f"the tool {wanted.name} {arguments}".rstrip(), passed, found)

    def _limit(self, name: str, most: float, turn: TurnResult) -> Check:
        values = {
            "key_up_to_audible": turn.key_up_to_audible_ms,
            "leading_silence": turn.leading_silence_ms,
            "length": turn.length_ms,
            "stalls": turn.stall_ms,
        }
        value = values[name]
        words = f"{name.replace('_', ' ')} at most {most:g} ms"
        if value is None:
            return Check(words, False, "it isn't known")
        return Check(words, value <= most, f"{value:.0f} ms")


def _has(text: str, phrase: str) -> bool:
    """Whether these words are in it, one after the other."""
    words, wanted = words_of(text), words_of(phrase)
    if not wanted:  # signs alone
        return phrase in text
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _holds(wanted: Any, found: Any) -> bool:
    """Whether what is wanted is there; objects may have more. Numbers are equal to their text."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and _holds(value, found[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_holds(one, other) for one, other in zip(wanted, found, strict=True))
        )
    if isinstance(wanted, str) and isinstance(found, str):
        return words_of(wanted) == words_of(found) if words_of(wanted) else wanted == found
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    return bool(wanted == found) or str(wanted) == str(found)
