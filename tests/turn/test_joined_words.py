"""Words that come in parts: sentences, or pieces of words."""

from __future__ import annotations

import pytest

from desktop.turn.joined_words import JoinedWords, continuation


def joined(*parts: str) -> str:
    words = JoinedWords()
    for part in parts:
        words.add(part)
    return words.text


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["Hel", "lo", " the", "re."], "Hello there."),
        (["Hel", "lo ", "the", "re."], "Hello there."),
        ([" Hel", "lo", " there", "."], "Hello there."),
        (["Hel", "lo", " ", "the", "re."], "Hello there."),
        (["It is", " 3", ".", "5", " euros", "."], "It is 3.5 euros."),
        (["don", "'t", " go"], "don't go"),
        (["I'm fine.", " How are", " you?"], "I'm fine. How are you?"),
        (["Hel", "lo"], "Hello"),
        (["Hello", ",", "world"], "Hello, world"),
        (["First.", "Second."], "First. Second."),
        (["First.\n", "Second.\n"], "First. Second."),
        ([" First.", " Second."], "First. Second."),
        (["First.\n", "Second."], "First. Second."),
        (["good morning", "how are you"], "good morning how are you"),
        (["good morning", "Anna"], "good morning Anna"),
        (["Hello", "World"], "Hello World"),
        (["One, ", "two"], "One, two"),
        (["你", "好", "。", "再见"], "你好。再见"),
        (["こん", "にちは"], "こんにちは"),
        (["สวัส", "ดี"], "สวัสดี"),
        (["안녕", " 하세요"], "안녕 하세요"),
        (["  whole  take \n"], "whole take"),
        (["", " ", "Late."], "Late."),
        ([""], ""),
    ],
)
def test_joined(parts: list[str], text: str):
    assert joined(*parts) == text


def test_the_text_is_whole_after_each_part():
    words = JoinedWords()
    assert [words.add(part) for part in ("Hel", "lo", " the", "re.")] == [
        "Hel",
        "Hello",
        "Hello the",
        "Hello there.",
    ]


@pytest.mark.parametrize(
    ("parts", "part", "continues"),
    [
        ([], "lo", False),
        (["Hel"], "lo", True),
        (["Hel", "lo"], " there", True),
        (["Hello"], ".", True),
        (["Hello."], "How are you?", False),
        (["Hello."], " How are you?", False),
        (["Hel", "lo."], " How are you?", True),
        (["Hello"], "Another", False),
        (["Hello"], "  ", False),
        (["你"], "好", True),
    ],
)
def test_what_goes_on_with_the_words_before(parts: list[str], part: str, continues: bool):
    words = JoinedWords()
    for one in parts:
        words.add(one)
    assert words.continued_by(part) is continues


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", " More.", "More."),
        ("Done. ", " More.", "Done. More."),
        ("Done.", " More.", "Done. More."),
        ("Done. ", "More.", "Done. More."),
        ("Done.", "More.", "Done. More."),
        ("the las", "t word", "the last word"),
        ("the last word", ".", "the last word."),
    ],
)
def test_a_text_goes_on_with_one_space_at_most(before: str, after: str, text: str):
    assert before + continuation(before, after) == text
