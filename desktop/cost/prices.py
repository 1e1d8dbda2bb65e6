"""Prices of a model: by kind of token, by the open minute, by the typed message; and their words.

Source: an entry of the service's list (`GET /v3/models`), whose `pricing` is `{input [number], output
[number], cached_input [number], reasoning [number], thresholds [integer], price_per_minute,
price_per_second…}`: tokens per million, one number per threshold. Where it has none, see `cost/table.py`.
Reading never raises.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, Literal

from desktop.base.message import Message, Text
from desktop.cost.money import NOT_KNOWN, USD, as_price, is_currency, picos

Kind = Literal["input", "cached_input", "output", "reasoning", "input_audio", "output_audio"]
NAMES: dict[Kind, tuple[str, ...]] = {
    "input": ("input", "input_text", "text_input"),
    "cached_input": ("cached_input", "input_cached", "cache_read"),
    "output": ("output", "output_text", "text_output"),
    "reasoning": ("reasoning",),
    "input_audio": ("input_audio", "audio_input"),
    "output_audio": ("output_audio", "audio_output"),
}
"""The names of each kind's price in a list, the published one first. No list seen has those of sound."""
PER_MINUTE = ("price_per_minute", "per_minute")
PER_SECOND = ("price_per_second", "per_second")
PER_MESSAGE = ("price_per_message", "per_message")
MOST_STEPS = 20
"""Numbers of a kind: one for each threshold. The longest known list has three."""
MOST_THRESHOLD = 10**9
"""Tokens. A list whose thresholds are higher, or don't grow, is priced by its dearest numbers."""

PRICE_TOKENS = Text("price-tokens", "{input} in, {output} out for a million tokens")
PRICE_UP_TO = Text("price-up-to", "{most} at most")
PRICE_MINUTE = Text("price-minute", "{price} a minute")
PRICE_MESSAGE = Text("price-message", "{price} a typed message")
PRICE_LIST = Text("price-list", "{first}, {second}")
PRICE_FREE = Text("price-free", "free")
PRICE_DATED = Text("price-dated", "{price} (as published on {date})")

Source = Literal["", "list", "table"]


@dataclass(frozen=True, slots=True)
class Prices:
    """What one model costs, in picos (`cost/money.py`) of `currency`.

    `tokens` has a price per token for each step of `thresholds`: the first up to and with the first
    threshold, the last beyond the last one. `dated` is the day on which a table's prices were published.
    """

    currency: str = USD
    thresholds: tuple[int, ...] = ()
    tokens: Mapping[Kind, tuple[int, ...]] = field(default_factory=dict)
    per_minute: int | None = None
    per_message: int | None = None
    source: Source = ""
    dated: str = ""

    @property
    def known(self) -> bool:
        """Whether anything has a price."""
        return bool(self.tokens) or self.per_minute is not None or self.per_message is not None

    @property
    def by_the_minute(self) -> bool:
        """Whether an open session costs, said or not."""
        return bool(self.per_minute)

    def per_token(self, kind: Kind, context: int) -> tuple[int, bool]:
        """What a token of this kind costs where the input has `context` tokens; whether the price is its own.

        A kind without a price costs as much as the dearest known one: rather too much than too little.
        Without any token price: 0, which is what a model that is billed by time takes.
        """
        step = bisect_left(self.thresholds, context)
        own = self.tokens.get(kind)
        if own is not None:
            return own[min(step, len(own) - 1)], True
        return self.dearest(context), not self.tokens

    def dearest(self, context: int) -> int:
        """What a token of the dearest kind costs there."""
        step = bisect_left(self.thresholds, context)
        return max((one[min(step, len(one) - 1)] for one in self.tokens.values()), default=0)

    def worded(self) -> Message:
        """The prices in a few words, "—" where none is known."""
        parts = [*self._tokens_worded(), *self._others_worded()]
        if not parts:
            return NOT_KNOWN()
        if self._free:
            return PRICE_FREE()
        words = parts[0]
        for part in parts[1:]:
            words = PRICE_LIST(first=words, second=part)
        return PRICE_DATED(price=words, date=self.dated) if self.dated else words

    @property
    def _free(self) -> bool:
        figures = [price for steps in self.tokens.values() for price in steps]
        return not any([*figures, self.per_minute, self.per_message])

    def _tokens_worded(self) -> list[Message]:
        if not self.tokens:
            return []
        inward, outward = (self._million(kind) for kind in ("input", "output"))
        return [PRICE_TOKENS(input=inward, output=outward)]

    def _million(self, kind: Kind) -> Message:
        steps = self.tokens.get(kind)
        if steps is None:
            return NOT_KNOWN()
        dearest = as_price(steps[-1] * 10**6, self.currency)
        return PRICE_UP_TO(most=dearest) if steps[0] != steps[-1] else dearest

    def _others_worded(self) -> list[Message]:
        others = ((PRICE_MINUTE, self.per_minute), (PRICE_MESSAGE, self.per_message))
        return [text(price=as_price(price, self.currency)) for text, price in others if price is not None]


UNKNOWN = Prices()


def read(pricing: object, source: Source = "list", dated: str = "") -> Prices:
    """The prices in an entry's `pricing`. What can't be a price is left out. Never raises."""
    if not isinstance(pricing, Mapping):
        return UNKNOWN
    found = {kind: steps for kind, names in NAMES.items() if (steps := _steps(_first(pricing, names)))}
    thresholds = _thresholds(pricing.get("thresholds"), max(map(len, found.values()), default=0))
    tokens: dict[Kind, tuple[int, ...]] = {}
    for kind, steps in found.items():
        # Which number holds from where may not be said: then the dearest, rather than too little.
        tokens[kind] = steps if len(steps) == len(thresholds) + 1 else steps[-1:]
    minute = picos(_first(pricing, PER_MINUTE))
    if minute is None and (second := picos(_first(pricing, PER_SECOND))) is not None:
        minute = second * 60
    prices = Prices(
        _currency(pricing.get("currency")),
        thresholds if any(len(steps) > 1 for steps in tokens.values()) else (),
        tokens,
        minute,
        picos(_first(pricing, PER_MESSAGE)),
        source,
        dated,
    )
    return prices if prices.known else UNKNOWN


def _first(pricing: Mapping[Any, Any], names: tuple[str, ...]) -> object:
    return next((pricing[name] for name in names if pricing.get(name) is not None), None)


def _thresholds(raw: object, numbers: int) -> tuple[int, ...]:
    """The lengths beyond which the next of so many numbers holds; empty where they can't be read.

    "One number per threshold": where the first threshold is 0, each is where its number begins, and 0 itself
    separates nothing. Otherwise each is where its number ends, and the last number holds beyond the last
    threshold too, unless there is one number more for that.
    """
    if not isinstance(raw, list | tuple) or not 0 < len(raw) <= MOST_STEPS:
        return ()
    found = [_edge(value) for value in raw]
    edges = [edge for edge in found if edge is not None]
    if len(edges) < len(found) or any(b <= a for a, b in pairwise(edges)):
        return ()
    if edges[0] == 0:
        return tuple(edges[1:])
    return tuple(edges[: numbers - 1])


def _edge(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_THRESHOLD:
        return None
    return int(value) if value == int(value) else None


def _steps(raw: object) -> tuple[int, ...]:
    """Prices per token in picos, none below the one before: a turn never costs less by being longer."""
    numbers = list(raw) if isinstance(raw, list | tuple) else [raw]
    if not numbers or len(numbers) > MOST_STEPS:
        return ()
    found = [picos(number) for number in numbers]
    if None in found:
        return ()
    per_token = [(million + 500_000) // 10**6 for million in found if million is not None]
    return tuple(accumulate(per_token, max))


def _currency(raw: object) -> str:
    """An ISO 4217 code; dollars where there is none."""
    word = raw.strip().upper() if isinstance(raw, str) else ""
    return word if is_currency(word) else USD
