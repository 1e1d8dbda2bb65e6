"""The parts of a message, and its English."""

from __future__ import annotations

import json

import pytest

from desktop.base.message import (
    DEEPEST,
    LONGEST_ARGUMENT,
    MessageError,
    Shortcut,
    Text,
    from_builtins,
    joined,
    verbatim,
)

GONE = Text("test-gone", "{device} is gone ({reason}).")
PART = Text("test-part", "Unplugged, {count} times")
PRESS = Text("test-press", "Press {key}.")


def test_a_message_is_its_text_and_its_arguments() -> None:
    message = GONE(device="Headset", reason=PART(count=2))
    assert message.text is GONE
    assert message == GONE(device="Headset", reason=PART(count=2))
    assert message != GONE(device="Headset", reason=PART(count=3))
    assert str(message) == "Headset is gone (Unplugged, 2 times)."


def test_keys_are_as_qt_writes_them_in_portable_text() -> None:
    assert str(PRESS(key=Shortcut("Ctrl+M"))) == "Press Ctrl+M."


def test_an_argument_is_never_taken_for_a_text() -> None:
    assert str(GONE(device="{reason}", reason="{0} {}")) == "{reason} is gone ({0} {})."
    assert str(verbatim("{device}")) == "{device}"


def test_each_place_has_its_argument() -> None:
    with pytest.raises(TypeError, match="test-gone"):
        GONE(device="Headset")
    with pytest.raises(TypeError, match="test-part"):
        PART(count=2, more=1)


def test_no_two_texts_share_an_id() -> None:
    with pytest.raises(ValueError, match="test-gone"):
        Text("test-gone", "Something else.")


def test_a_message_is_read_again_from_a_file() -> None:
    message = joined(GONE(device="{reason}", reason=PART(count=2)), PRESS(key=Shortcut("Ctrl+M")))
    assert from_builtins(json.loads(json.dumps(message.to_builtins()))) == message


@pytest.mark.parametrize(
    "value",
    [
        None,
        "test-gone",
        {"id": "of-a-later-version", "arguments": {}},
        {"id": "test-gone", "arguments": {"device": "Headset"}},
        {"id": "test-gone", "arguments": {"device": "Headset", "reason": None}},
        {"id": "test-gone", "arguments": {"device": "Headset", "reason": {"id": "?", "arguments": {}}}},
        {"id": "test-press", "arguments": []},
    ],
)
def test_what_no_text_is_known_for_is_no_message(value: object) -> None:
    assert from_builtins(value) is None


def test_messages_too_deep_within_one_another_are_not_read() -> None:
    message = verbatim("No.")
    for _ in range(DEEPEST):
        message = joined(message, verbatim("No."))
    assert from_builtins(message.to_builtins()) is None


def test_long_words_are_cut() -> None:
    message = verbatim("x" * (LONGEST_ARGUMENT + 1))
    assert len(str(message)) == LONGEST_ARGUMENT
    assert str(message).endswith("x…")


def test_strings_can_be_changed_wherever_they_are() -> None:
    message = joined(GONE(device="op-secret", reason=PART(count=2)), PRESS(key=Shortcut("Ctrl+M")))
    assert str(message.mapped(lambda word: word.replace("op-secret", "…"))) == (
        "… is gone (Unplugged, 2 times). Press Ctrl+M."
    )


def test_an_error_says_its_message() -> None:
    message = PRESS(key="F1")
    assert str(MessageError(message)) == "Press F1."
    assert MessageError(message).message is message
