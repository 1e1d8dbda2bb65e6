"""The bench: tools that are slow, fail, or say what a developer wants: the next call, or until switched off.

It bends the model's calls only, after they were approved. A failure and a fixed answer don't run the tool; a
delay and wrong types do, since they change what it says.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from desktop.tools.registry import ToolError

Bend = Literal["", "error", "timeout", "garbage", "empty", "huge", "wrong types", "fixed"]
"""What becomes of a call; empty: only the delay."""
BENDS: tuple[Bend, ...] = get_args(Bend)
MOST_DELAY_S = 120.0
HUGE = 10_000_000
"""Characters of a huge result. The model gets what it would get of any tool's: the beginning."""
GARBAGE = 400
"""Characters."""


@dataclass(frozen=True, slots=True)
class BenchRule:
    """What the bench does to the calls of one tool."""

    delay_s: float = 0.0
    """Before anything else; 120 at most. The tool's own timeout counts it."""
    bend: Bend = ""
    answer: Any = None
    """The result, where it is `fixed`."""
    chance: float = 1.0
    """How likely a call is bent, from 0 to 1."""
    seed: int = 0
    """Which calls are, by chance: the same seed gives the same sequence. It makes the garbage, too."""
    once: bool = True
    """Only the next call that is bent; else until it is switched off."""

    @property
    def mark(self) -> str:
        """What a bent call is marked by: the bend, or `delay`."""
        return self.bend or "delay"


class Bench:
    """The rules by the tools' names."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[BenchRule, random.Random]] = {}

    @property
    def rules(self) -> dict[str, BenchRule]:
        """The rules that hold."""
        return {name: rule for name, (rule, _) in self._rules.items()}

    def bend(self, name: str, rule: BenchRule) -> None:
        """Bend this tool's calls from now on."""
        self._rules[name] = rule, random.Random(rule.seed)

    def straighten(self, name: str) -> None:
        """Leave this tool's calls as they are."""
        self._rules.pop(name, None)

    def draw(self, name: str) -> BenchRule | None:
        """What is done to this call; None: nothing."""
        rule, chance = self._rules.get(name, (None, None))
        if rule is None or chance is None or chance.random() >= rule.chance:
            return None
        if rule.once:
            self.straighten(name)
        return rule


async def bent(rule: BenchRule, name: str, timeout_s: float, run: Callable[[], Awaitable[Any]]) -> Any:
    """The result of a bent call, after its delay. Raises ToolError as the tool would."""
    match rule.bend:
        case "":
            return await run()
        case "error":
            raise ToolError(f"{name} failed: the service that it needs could not be reached.")
        case "timeout":
            raise ToolError(f"{name} took longer than {timeout_s:g} s and was stopped.")
        case "garbage":
            return _garbage(rule.seed)
        case "empty":
            return {}
        case "huge":
            return "x" * HUGE
        case "wrong types":
            return wrong_types(await run())
        case "fixed":
            return rule.answer


def wrong_types(value: Any) -> Any:
    """The value with each part of another type: a text for a number, a list for a text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case str():
            return [value]
        case None:
            return 0
        case dict():
            return {key: wrong_types(one) for key, one in value.items()}
        case list() | tuple():
            return {str(place): wrong_types(one) for place, one in enumerate(value)}
        case _:
            return str(value)


def _garbage(seed: int) -> str:
    letters = random.Random(seed)
    return "".join(chr(letters.choice((letters.randrange(1, 0x250), 0xFFFD))) for _ in range(GARBAGE))
