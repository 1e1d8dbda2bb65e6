"""Depths around the limit and around Python's own."""

from __future__ import annotations

import json

import pytest

from desktop.base import json_depth
from desktop.base.json_depth import DEEPEST, TooDeepError


def nested(depth: int, opening: str = "[") -> str:
    closing = "]" if opening == "[" else "}"
    return opening * depth + "1" + closing * depth


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("form", [str, str.encode], ids=["text", "bytes"])
def test_one_depth_is_the_limit(opening: str, form):
    value = json_depth.decode(form(nested(DEEPEST, opening)))
    assert not json_depth.is_deep(value)
    for depth in (DEEPEST + 1, 300, 400, 990, 1_000, 100_000):
        with pytest.raises(TooDeepError):
            json_depth.decode(form(nested(depth, opening)))


def test_brackets_side_by_side_are_not_deep():
    assert json_depth.decode("[" + ",".join(["[]"] * 1_000) + "]") == [[]] * 1_000


def test_brackets_in_a_text_are_not_deep():
    assert json_depth.decode(json.dumps("[" * 1_000)) == "[" * 1_000


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff"])
def test_no_json(text):
    with pytest.raises(ValueError, match=r"."):
        json_depth.decode(text)


def test_what_is_too_deep_is_cut_with_a_mark():
    value = json.loads(nested(300, '{"a":'))
    cut = json_depth.pruned(value)
    assert not json_depth.is_deep(cut)
    for _ in range(DEEPEST):
        cut = cut["a"]
    assert cut == json_depth.CUT


def test_what_is_not_too_deep_stays():
    value = {"a": [1, {"b": None}], "c": "x"}
    assert json_depth.pruned(value) == value
