"""What the user is to approve is shown as it is."""

from __future__ import annotations

import pytest

from desktop.base.visible_text import unmasked


@pytest.mark.parametrize(
    "text",
    [
        "rm -rf /tmp/x",
        "Grüße aus Köln",
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u0430 \u043e",
        "你好",
        "a 😀 b",
        "10 m²",
        "naïve café",
    ],
)
def test_plain_text_stays_as_it_is(text: str):
    assert unmasked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202etxt.exe", "a[U+202E]txt.exe"),
        ("p\u0430ypal.com", "p\u0430[U+0430]ypal.com"),
        ("\u0441\u043e\u0441\u043e.com", "\u0441[U+0441]\u043e[U+043E]\u0441[U+0441]\u043e[U+043E].com"),
        ("a\u2215b", "a\u2215[U+2215]b"),
        ("\uff41", "\uff41[U+FF41]"),
        ("a\u00a0b", "a\u00a0[U+00A0]b"),
        ("a\nb\tc\x1b[2J", "a[U+000A]b[U+0009]c[U+001B][2J"),
        ("ls" + " " * 300 + "; rm", "ls[300 spaces]; rm"),
        ("a\u200bb", "a[U+200B]b"),
    ],
)
def test_what_is_not_plain_is_made_visible(text: str, shown: str):
    assert unmasked(text) == shown
