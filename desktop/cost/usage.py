"""What a response used, from any nesting of the names that services report it by.

No schema is published. Names are compared without case, underscores and hyphens, so `inputTokens` is
`input_tokens`; an object named after a side (`input_token_details`) says whose the counts in it are. What
isn't known is left to whoever shows the frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["", "input", "output", "cached"]

MOST = 10**12
"""Of a count: what is more is none."""
MOST_FIELDS = 200
DEEPEST = 5

_COUNTS: dict[str, str] = {
    **dict.fromkeys(("inputtokens", "prompttokens", "prompttokencount", "inputtokencount"), "input"),
    **dict.fromkeys(
        (
            "outputtokens",
            "completiontokens",
            "candidatestokencount",
            "responsetokencount",
            "outputtokencount",
        ),
        "output",
    ),
    **dict.fromkeys(("totaltokens", "totaltokencount"), "total"),
    **dict.fromkeys(
        (
            *("cachedtokens", "cachereadtokens", "cachedinputtokens", "inputcachedtokens"),
            *("cachereadinputtokens", "cachedcontenttokencount", "inputcachereadtokens"),
        ),
        "cached",
    ),
    **dict.fromkeys(("reasoningtokens", "outputreasoningtokens", "thoughtstokencount"), "reasoning"),
    **dict.fromkeys(("inputaudiotokens", "audioinputtokens"), "input_audio"),
    **dict.fromkeys(("inputtexttokens", "textinputtokens"), "input_text"),
    **dict.fromkeys(("inputimagetokens", "imageinputtokens"), "input_image"),
    **dict.fromkeys(("outputaudiotokens", "audiooutputtokens"), "output_audio"),
    **dict.fromkeys(("outputtexttokens", "textoutputtokens"), "output_text"),
}
_PARTS = {"audiotokens": "audio", "texttokens": "text", "imagetokens": "image"}
"""Counts that belong to the side that they stand in."""
_MODALITIES = {"audio": "audio", "text": "text", "image": "image", "video": "image"}
_ITEM_COUNTS = ("tokencount", "tokens", "count")
"""Names of the count in a list's item that names its modality, as `promptTokensDetails` has them."""
_SIDES: tuple[tuple[str, Side], ...] = (
    ("cached", "cached"),
    ("cache", "cached"),
    ("input", "input"),
    ("prompt", "input"),
    ("output", "output"),
    ("completion", "output"),
    ("candidates", "output"),
    ("responsetoken", "output"),
)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request: `cached` and `input_audio` are parts of `input`, the next two of `output`.

    `unsplit` are tokens of which only the total is known. `estimated`: not reported, but worked out.
    """

    input: int = 0
    cached: int = 0
    input_audio: int = 0
    output: int = 0
    reasoning: int = 0
    output_audio: int = 0
    unsplit: int = 0
    estimated: bool = False

    @property
    def context(self) -> int:
        """Tokens that the next request has as input again, if nothing is dropped."""
        return self.input + self.output + self.unsplit


def read(reported: object) -> Usage | None:
    """The tokens in a reported usage; None where it has none of the known names."""
    counts: dict[str, int] = {}
    for name, count in _counted(reported, "", [MOST_FIELDS], DEEPEST):
        # The same figure may stand in two places, once without its parts.
        counts[name] = max(count, counts.get(name, 0))
    if not counts:
        return None
    given = counts.get
    cached = given("cached", 0)
    parts_in = sum(given(name, 0) for name in ("input_audio", "input_text", "input_image"))
    parts_out = sum(given(name, 0) for name in ("output_audio", "output_text"))
    # Cached is part of input, reasoning of output, in every list of prices seen.
    inward = max(given("input", parts_in), cached)
    outward = max(given("output", parts_out), given("reasoning", 0))
    return Usage(
        inward,
        cached,
        min(given("input_audio", 0), inward),
        outward,
        given("reasoning", 0),
        min(given("output_audio", 0), outward),
        # A total that is more than both sides: of what is more, nobody says whose it is.
        max(0, given("total", 0) - inward - outward),
    )


def _counted(value: object, side: Side, room: list[int], deepest: int) -> Iterator[tuple[str, int]]:
    if not isinstance(value, Mapping) or deepest <= 0:
        return
    for raw, inner in value.items():
        room[0] -= 1
        if room[0] < 0:
            return
        name = _plain(raw)
        if isinstance(inner, Mapping):
            yield from _counted(inner, _side(name, side), room, deepest - 1)
        elif isinstance(inner, list):
            yield from _by_modality(inner, _side(name, side), room)
        elif (count := _count(inner)) is not None:
            known = _COUNTS.get(name)
            if side == "cached":
                continue  # the parts of what is cached; its sum stands beside them
            if known:
                yield known, count
            elif side and name in _PARTS:
                yield f"{side}_{_PARTS[name]}", count


def _by_modality(items: list[Any], side: Side, room: list[int]) -> Iterator[tuple[str, int]]:
    for item in items:
        room[0] -= 1
        if room[0] < 0:
            return
        if not isinstance(item, Mapping) or side not in ("input", "output"):
            continue
        fields = {_plain(name): value for name, value in list(item.items())[:MOST_FIELDS]}
        modality = _MODALITIES.get(str(fields.get("modality"))[:20].lower())
        count = next(
            (found for name in _ITEM_COUNTS if (found := _count(fields.get(name))) is not None), None
        )
        if modality and count is not None:
            yield f"{side}_{modality}", count


def _plain(name: object) -> str:
    return str(name)[:100].lower().replace("_", "").replace("-", "")


def _side(name: str, side: Side) -> Side:
    return next((found for word, found in _SIDES if word in name), side)


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        return None
    return int(value)
