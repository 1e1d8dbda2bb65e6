from __future__ import annotations

import pytest

from desktop.offline.text_normalization import duration, plain, respelled, spoken_duration, spoken_number


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("What time is it?", "what time is it"),
        ("What's twelve times seven?", "what is 12 times 7"),
        ("what\u2019s the time", "what is the time"),
        ("Roll a twenty-sided die.", "roll a 20 sided die"),
        ("Roll a 20-sided die", "roll a 20 sided die"),
        ("twenty-one plus one hundred and five", "21 plus 105"),
        ("two hundred thousand three hundred and twelve", "200312"),
        ("a hundred", "100"),
        ("a hundred and one", "101"),
        ("one two three", "1 2 3"),
        ("twenty thirty", "20 30"),
        ("one thousand two hundred", "1200"),
        ("two million", "2000000"),
        ("two hundred and", "200 and"),
        ("three point one four", "3.14"),
        ("what is the point", "what is the point"),
        ("four point", "4 point"),
        ("15% of eighty", "15 percent of 80"),
        ("fifteen per cent of eighty", "15 percent of 80"),
        ("2,000 + 3", "2000 + 3"),
        ("9 \u2212 4", "9 - 4"),
        ("6 \u00d7 7", "6 x 7"),
        ("at 6:30, then.", "at 6:30 then"),
        ("To-morrow and to-day", "tomorrow and today"),
        ("...", ""),
        ("", ""),
    ],
)
def test_plain(heard: str, expected: str) -> None:
    assert plain(heard) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("set a timer for two minutes", 120),
        ("set a timer for an hour and a half", 5_400),
        ("half an hour", 1_800),
        ("a minute and thirty seconds", 90),
        ("two and a half minutes", 150),
        ("a 30-second timer", 30),
        ("one hour, two minutes and five seconds", 3_725),
        ("a couple of minutes", 120),
        ("1.5 hours", 5_400),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    found = duration(plain(text))

    assert found is not None
    assert found[0] == seconds


def test_a_duration_is_cut_out_of_the_text() -> None:
    assert duration("remind me in 10 minutes to check the oven") == (600, "remind me in to check the oven")


@pytest.mark.parametrize("text", ["what time is it", "0 seconds", "a second", ""])
def test_no_duration_is_none_and_one_second_is_one(text: str) -> None:
    found = duration(text)

    assert found == (1, "") if text == "a second" else found is None


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (1, "1 second"),
        (120, "2 minutes"),
        (90, "1 minute and 30 seconds"),
        (3_725, "1 hour, 2 minutes and 5 seconds"),
    ],
)
def test_spoken_durations(seconds: float, spoken: str) -> None:
    assert spoken_duration(seconds) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (84.0, "84"),
        (1024, "1,024"),
        (-5, "minus 5"),
        (10 / 3, "about 3.33"),
        (2.5, "2.5"),
        (1e300, "1e+300"),
        (0.00012, "0.00012"),
        (0, "0"),
    ],
)
def test_spoken_numbers(value: float, spoken: str) -> None:
    assert spoken_number(value) == spoken


def test_misheard_words_are_put_right_and_others_left_alone() -> None:
    vocabulary = ["timer", "story", "dice", "thanks"]

    assert respelled("set a timmer and tell a storry", vocabulary) == "set a timer and tell a story"
    assert respelled("stop the store of mice", vocabulary) == "stop the store of mice"
    assert respelled("12 timers", vocabulary) == "12 timers"
