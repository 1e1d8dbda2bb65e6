from __future__ import annotations

from typing import Any

import pytest

from desktop.offline.tool_results import (
    INTERIM,
    DemoCall,
    spoken_aside,
    spoken_clock,
    spoken_date,
    spoken_result,
)
from desktop.turn import late_results

TIME = {"time": "15:04", "date": "2026-11-22", "weekday": "Sunday", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("tool", "topic", "result", "spoken"),
    [
        ("get_time", "time", TIME, "It's 3:04 PM."),
        ("get_time", "date", TIME, "Today is Sunday, November 22nd."),
        ("get_time", "Tokyo", TIME, "In Tokyo it's 3:04 PM."),
        ("get_time", "time", {"datetime": "2026-11-22T00:30:00+00:00"}, "It's 12:30 AM."),
        ("get_time", "time", {"now": "noon"}, "The tool says: now: noon."),
        ("get_time", "time", "noon", "The tool says: noon."),
        ("roll_dice", "", {"rolls": [3, 5], "total": 8}, "You rolled a 3 and a 5: 8 in all."),
        ("roll_dice", "", {"rolls": [8], "total": 8}, "You rolled an 8."),
        ("roll_dice", "", {"rolls": [1, 2, 3], "total": 6}, "You rolled a 1, a 2 and a 3: 6 in all."),
        ("roll_dice", "", {"rolls": [6] * 20, "total": 120}, "Your 20 dice add up to 120."),
        ("roll_dice", "", {"value": 4}, "You rolled a 4."),
        ("roll_dice", "", [2, 2], "You rolled a 2 and a 2: 4 in all."),
        ("roll_dice", "", 11, "You rolled an 11."),
        ("roll_dice", "", {"rolls": ["six"]}, "The tool says: rolls: six."),
        ("calculate", "12 times 7", {"result": 84, "expression": "12 * 7"}, "12 times 7 is 84."),
        (
            "calculate",
            "2 to the power of 70",
            {"result": str(2**70)},
            "2 to the power of 70 is about 1.18e+21.",
        ),
        ("calculate", "12 times 7", 84, "12 times 7 is 84."),
        ("calculate", "12 times 7", {"result": "many"}, "The tool says: result: many."),
        ("calculate", "12 times 7", {"result": None}, "The tool says: result: nothing."),
        ("set_timer", "2 minutes", {"timer": 1}, "All right: your timer will ring in 2 minutes."),
        ("set_timer", "2 minutes", None, "All right: your timer will ring in 2 minutes."),
        ("open_url", "example.com", {"opened": True}, "I've opened example.com in your browser."),
        (
            "open_url",
            "example.com",
            {"opened": False, "reason": "the user said no"},
            "I didn't open it: the user said no.",
        ),
        ("other", "", {}, "It's done."),
        ("other", "", {"is_on": True, "level": 3}, "The tool says: is on: yes; level: 3."),
        ("other", "", [{"a": 1}], "The tool says: a 1."),
    ],
)
def test_results_as_sentences(tool: str, topic: str, result: Any, spoken: str) -> None:
    assert spoken_result(DemoCall(tool, {}, topic), result) == spoken


@pytest.mark.parametrize(
    ("error", "spoken"),
    [
        ("no such zone", "I'm afraid that didn't work: no such zone."),
        ({"message": "Too slow!"}, "I'm afraid that didn't work: Too slow!"),
        ({"code": 7}, "I'm afraid that didn't work: the tool gave no reason."),
    ],
)
def test_failures_are_said_whatever_the_tool(error: Any, spoken: str) -> None:
    assert spoken_result(DemoCall("get_time", {}, "time"), {"error": error}) == spoken


def test_long_results_are_cut() -> None:
    assert len(spoken_result(DemoCall("other", {}), "x" * 10_000)) < 350


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("00:00", "12:00 AM"), ("12:30:59", "12:30 PM"), ("9:05", "9:05 AM"), ("25:00", None), ("", None)],
)
def test_the_clock(text: str, spoken: str | None) -> None:
    assert spoken_clock(text) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("2026-11-01", "November 1st"),
        ("2026-01-11", "January 11th"),
        ("2026-03-23", "March 23rd"),
        ("2026-13-01", None),
        ("today", None),
    ],
)
def test_the_date(text: str, spoken: str | None) -> None:
    assert spoken_date(text) == spoken


def test_a_slow_tool_is_spoken_of_and_its_result_told_as_an_aside():
    text, _ = late_results.as_text([("roll_dice", {"rolls": [4], "total": 4}), ("odd", {"n": 1})])
    assert spoken_aside(text) == "You rolled a 4. The tool says: n: 1."
    assert spoken_result(DemoCall("crawl", {}), late_results.RUNS_ON) == INTERIM["running"]
    assert spoken_result(DemoCall("crawl", {}), late_results.ASKS) == INTERIM["waiting for approval"]
    for asks, status in ((False, "running"), (True, "waiting for approval")):
        assert spoken_aside(late_results.interim_text("crawl", asks)) == INTERIM[status]
    assert spoken_aside("Roll a die.") is None


@pytest.mark.parametrize("depth", [129, 400, 5_000])
def test_a_result_that_is_nested_too_deep_is_not_told(depth: int):
    text, _ = late_results.as_text([("odd", {"n": 1})])
    deep = text.replace('{"n":1}', "[" * depth + "1" + "]" * depth)
    assert deep != text
    assert spoken_aside(deep) == INTERIM["running"]
