"""What a response, an open minute and a typed message cost; and what the next turn's context will."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.cost.money import USD
from desktop.cost.prices import Kind, Prices
from desktop.cost.usage import Usage

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount in picos (`cost/money.py`); None where no price is known, which is never the same as 0.

    `estimated`: from seconds and words. `assumed`: a kind without a price was priced as the dearest.
    """

    picos: int | None = None
    currency: str = USD
    estimated: bool = False
    assumed: bool = False


NOTHING = Cost(0)


def of_usage(usage: Usage, prices: Prices) -> Cost:
    """The cost of a response; the price of a token depends on how long its input is."""
    if not prices.known:
        return Cost()
    if not prices.tokens:
        # Billed by time: tokens cost nothing, and that is no estimate.
        return Cost(0, prices.currency)
    cached = min(usage.cached, usage.input)
    fresh = usage.input - cached
    spoken = min(usage.input_audio, fresh) if "input_audio" in prices.tokens else 0
    thought = min(usage.reasoning, usage.output)
    said = usage.output - thought
    heard = min(usage.output_audio, said) if "output_audio" in prices.tokens else 0
    counts: dict[Kind, int] = {
        "input": fresh - spoken,
        "input_audio": spoken,
        "cached_input": cached,
        "output": said - heard,
        "output_audio": heard,
        "reasoning": thought,
    }
    total, assumed = 0, False
    for kind, count in counts.items():
        if count:
            price, own = prices.per_token(kind, usage.input)
            total += count * price
            assumed = assumed or not own
    if usage.unsplit:
        total += usage.unsplit * prices.dearest(usage.input)
        assumed = True
    return Cost(total, prices.currency, usage.estimated, assumed)


def of_open_ms(ms: int, prices: Prices) -> int:
    """What a session of so many milliseconds costs by the minute, in picos; 0 where time costs nothing."""
    return max(0, ms) * (prices.per_minute or 0) // MINUTE_MS


def of_message(prices: Prices) -> Cost:
    """What a typed message costs besides its tokens."""
    return Cost(prices.per_message or 0, prices.currency) if prices.known else NOTHING


def forecast(last: Usage, prices: Prices) -> Cost | None:
    """What the next turn costs before anything new is said: all of the conversation is its input again.

    As much of it is taken to be cached as of the last input. None without a price for tokens.
    """
    if not prices.tokens:
        return None
    context = last.context
    cached = context * min(last.cached, last.input) // last.input if last.input else 0
    cost = of_usage(Usage(input=context, cached=cached), prices)
    return replace(cost, estimated=True)
