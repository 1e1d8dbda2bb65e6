"""What a redaction takes out, what it leaves, and that no text can hold it up."""

from __future__ import annotations

import time

import pytest

from desktop.recording.share.identity import this_identity
from desktop.recording.share.redactor import Identity, Redactor

ANNA = Identity(("anna", "Anna Schmidt"), ("annas-box.lan",), ("/home/anna", "C:\\Users\\Anna Schmidt"))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def", "Authorization: [key]"),
        ('{"authorization": "Basic eHk6eno="}', '{"authorization": "[key]"}'),
        ("curl -H 'x-api-key: 12345678' x", "curl -H 'x-api-key: [key]' x"),
        ("OPENAI_API_KEY=abcd1234 ./run", "OPENAI_API_KEY=[key] ./run"),
        ("password=correct-horse", "password=[key]"),
        ("https://a.example/x?key=abc&y=1", "https://a.example/x?key=[key]&y=1"),
        ("postgres://me:secret@db/x", "postgres://[key]@db/x"),
        ("write to Jürgen.Müller+x@sub.example.org!", "write to [e-mail]!"),
        ("mailto:a%40example.org", "mailto:[e-mail]"),
        ("/home/anna/x and /home/bob/y", "~/x and ~/y"),
        ("C:\\Users\\Anna Schmidt\\x", "~\\x"),
        ("C:\\\\Users\\\\bob\\\\x", "~\\\\x"),
        ("Hello Anna, from ANNAS-BOX", "Hello [user], from [host]"),
        ("anna_schmidt@here", "[user]@here"),
        ("Savanna is no name", "Savanna is no name"),
        ("aAbBcC1122aAbBcC1122aAbBcC1122xY", "[key]"),
        ("item_aAbBcC1122aAbBcC1122aAbBcC1122xY", "item_aAbBcC1122aAbBcC1122aAbBcC1122xY"),
        ("123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("what is the time? at 5:30 the bus goes.", "what is the time? at 5:30 the bus goes."),
        ("max_output_tokens: 4096", "max_output_tokens: 4096"),
        ("https://example.org/home/page", "https://example.org/home/page"),
    ],
)
def test_a_text_loses_what_is_not_for_others(text: str, clean: str) -> None:
    assert Redactor(ANNA).text(text) == clean


def test_a_value_loses_it_in_fields_keys_and_texts() -> None:
    value = {
        "type": "x",
        "usage": {"input_tokens": 3, "output_token_details": {"audio": 1}},
        "clientSecret": {"value": "abc", "expires": 5},
        "of anna": ["anna", {"x-auth-token": "abc"}],
        "event_id": "aAbBcC1122aAbBcC1122aAbBcC1122xY",
    }
    assert Redactor(ANNA).value(value) == {
        "type": "x",
        "usage": {"input_tokens": 3, "output_token_details": {"audio": 1}},
        "clientSecret": {"value": "[key]", "expires": 5},
        "of [user]": ["[user]", {"x-auth-token": "[key]"}],
        "event_id": "aAbBcC1122aAbBcC1122aAbBcC1122xY",
    }


def test_it_counts_by_kind() -> None:
    redactor = Redactor(ANNA)
    redactor.value(["a@b.example", "c@d.example", {"password": "x"}, "/home/bob", "Anna on annas-box"])
    assert redactor.counts == {"email": 2, "key": 1, "home": 1, "user": 1, "host": 1}


def test_common_logins_and_short_names_blot_out_nothing() -> None:
    redactor = Redactor(Identity(("root", "user", "al", "Ludwig van Beethoven"), ("localhost",), ("/",)))
    text = "The user of localhost is root, al and van; / is the root."
    assert redactor.text(text) == text
    assert redactor.text("Ludwig") == "[user]"


def test_this_computers_names_are_found() -> None:
    found = this_identity()
    assert found.homes
    assert found.users


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "@",
            "a@",
            "a.",
            "-",
            "_",
            "/",
            "\\",
            "\\\\",
            '"',
            "'",
            ":",
            "=",
            "&",
            "?",
            "key=",
            "token:",
            "%40",
            "1a",
        ),
        *(
            "Aa1",
            "://",
            "://a:",
            "/home/",
            "C:\\Users\\",
            "eyJ",
            "eyJa.",
            "sk-",
            "-----BEGIN PRIVATE KEY-----",
            "-----",
        ),
        *(
            "authorization",
            "authorization: ",
            "bearer ",
            "basic ",
            "anna",
            "a@b.",
            "\\u0061",
            "a.b@c.d.",
            " ",
            "\n",
        ),
    ],
)
def test_no_text_holds_it_up(piece: str) -> None:
    """It takes 10 ms; where a time grows with the square of the length, some seconds."""
    text = (piece * 20_000)[:20_000]
    begin = time.thread_time()
    Redactor(ANNA).text(text)
    assert time.thread_time() - begin < 1.0
