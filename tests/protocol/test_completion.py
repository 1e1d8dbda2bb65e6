"""The end of a response, in each shape that is seen on the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol import codec
from desktop.protocol.completion import LONGEST_CODE, LONGEST_MESSAGE
from desktop.protocol.events import ResponseCompleted

ERROR = {"type": "server_error", "code": "boom", "message": "It broke."}
FAILED = ("failed", "", "boom", "It broke.")


def decoded(frame: dict[str, Any]) -> ResponseCompleted:
    event = codec.decode(json.dumps({"type": "response.done", **frame}))
    assert isinstance(event, ResponseCompleted)
    return event


def end(frame: dict[str, Any]) -> tuple[str, str, str, str]:
    event = decoded(frame)
    return event.status, event.reason, event.code, event.message


@pytest.mark.parametrize("kind", ["response.completed", "response.done"])
def test_both_names_are_read(kind: str):
    event = codec.decode(json.dumps({"type": kind, "status": "failed", "error": ERROR}))
    assert event == ResponseCompleted(None, "failed", "", "boom", "It broke.")


@pytest.mark.parametrize(
    "frame",
    [
        {"status": "failed", "status_details": {"type": "failed", "error": ERROR}},
        {"status": "failed", "error": ERROR},
        {"status": "FAILED ", "error": ERROR},
        {"status": {"type": "failed"}, "error": ERROR},
        {"status_details": {"type": "failed", "error": ERROR}},
        {"status_details": {"error": ERROR}},
        {"error": ERROR},
        {"error": [ERROR, 7]},
        {"status": "error", "error": ERROR},
        {"status": "failed", "status_details": {"code": "?"}, "error": ERROR},
        {"status": "no status we know", "error": ERROR},
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_failed(frame: dict[str, Any], nested: bool):
    assert end({"response": frame} if nested else frame) == FAILED


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({"status": "failed"}, ("failed", "", "", "")),
        ({"status": "failed", "error": "No luck."}, ("failed", "", "", "No luck.")),
        ({"status": "failed", "message": "No luck."}, ("failed", "", "", "No luck.")),
        ({"status": "failed", "status_details": "No luck at all"}, ("failed", "", "", "No luck at all")),
        ({"status": "failed", "status_details": "overloaded"}, ("failed", "overloaded", "", "")),
        ({"status": "failed", "status_details": [{"reason": "x"}]}, ("failed", "x", "", "")),
        ({"status": "failed", "error": {"code": 429}}, ("failed", "", "429", "")),
        ({"error": 429}, ("failed", "", "429", "")),
        ({"error": "  "}, ("completed", "", "", "")),
        ({"status": "failed", "error": {"type": "a", "code": None}}, ("failed", "", "a", "")),
        ({"status": "failed", "error": {}}, ("failed", "", "", "")),
        ({"error": {}}, ("completed", "", "", "")),
        ({"error": None}, ("completed", "", "", "")),
        ({"error": False}, ("completed", "", "", "")),
        (
            {"status": "incomplete", "status_details": {"type": "incomplete", "reason": "content_filter"}},
            ("incomplete", "content_filter", "", ""),
        ),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            ("incomplete", "max_output_tokens", "", ""),
        ),
        (
            {"incomplete_details": {"reason": "max_output_tokens"}},
            ("incomplete", "max_output_tokens", "", ""),
        ),
        ({"finish_reason": "length"}, ("incomplete", "length", "", "")),
        ({"finish_reason": "MAX_TOKENS"}, ("incomplete", "MAX_TOKENS", "", "")),
        ({"finish_reason": "stop"}, ("completed", "", "", "")),
        ({"status": "cancelled"}, ("cancelled", "", "", "")),
        ({"status": "canceled"}, ("cancelled", "", "", "")),
        (
            {"status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}},
            ("cancelled", "turn_detected", "", ""),
        ),
        ({"status": "completed"}, ("completed", "", "", "")),
        ({"status": "completed", "status_details": None, "error": None}, ("completed", "", "", "")),
        ({"status": 7}, ("completed", "", "", "")),
        ({"status": ["failed"]}, ("completed", "", "", "")),
        ({"status": "brand_new"}, ("completed", "", "", "")),
        ({"response": "none", "status_details": 5}, ("completed", "", "", "")),
        ({}, ("completed", "", "", "")),
    ],
)
def test_ends(frame: dict[str, Any], expected: tuple[str, ...]):
    assert end(frame) == expected
    assert end({"response": frame} if "response" not in frame else frame) == expected


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("response.failed", "failed"),
        ("response.incomplete", "incomplete"),
        ("response.cancelled", "cancelled"),
    ],
)
def test_ends_with_a_name_of_their_own(kind: str, status: str):
    assert codec.decode(json.dumps({"type": kind})) == ResponseCompleted(None, status)
    known = codec.decode(json.dumps({"type": kind, "response": {"error": ERROR}}))
    assert isinstance(known, ResponseCompleted)
    assert known.code == "boom"


def test_the_usage_is_read_under_response_too():
    assert decoded({"response": {"status": "completed", "usage": {"total_tokens": 5}}}).usage == {
        "total_tokens": 5
    }


def test_words_are_bounded_lines_of_plain_text():
    error = {"code": "co\x1bde" * 1_000, "message": "red \x1b[31m\u202e" + "line\n" * 100_000}
    event = decoded({"status": "failed", "reason": "r" * 10_000, "error": error})
    assert len(event.reason) == len(event.code) == LONGEST_CODE
    assert len(event.message) <= LONGEST_MESSAGE
    assert event.message.startswith("red �[31mline line")
    assert (event.code + event.message).isprintable()


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["failed", "completed"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["status", "error", "status_details", "reason", "code", "message", "type", "usage"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(_VALUES, _VALUES, _VALUES)
def test_nothing_raises(response: Any, status: Any, details: Any):
    frame = {"type": "response.done", "response": response, "status": status, "status_details": details}
    event = codec.decode(json.dumps(frame))
    assert isinstance(event, ResponseCompleted)
    assert event.status in ("completed", "failed", "incomplete", "cancelled")
