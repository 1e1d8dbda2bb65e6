"""What can't be seen in a name is shown; words that need such characters stay readable."""

from __future__ import annotations

import unicodedata

import pytest

from desktop.base.visible_text import visible, visible_line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("pay\u200bpal.com", "pay[U+200B]pal.com"),
        ("a\u2066b\u2069c", "a[U+2066]b[U+2069]c"),
        ("\x1b]0;title\x07", "[U+001B]]0;title[U+0007]"),
        ("read\u00adfile", "read[U+00AD]file"),
        ("delete\u3164", "delete[U+3164]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("a\ud800b", "a[U+D800]b"),
        ("x\u200dy", "x[U+200D]y"),
        ("x\ufe0f", "x[U+FE0F]"),
        ("\u2028line", "[U+2028]line"),
    ],
)
def test_what_has_no_glyph_is_written_as_its_number(name, shown):
    assert visible(name) == shown


@pytest.mark.parametrize(
    "words",
    [
        "get_time",
        "Größe, naïve, 日本語, ไทย, हिन्दी",
        "שלום עולם",
        "مرحبا",
        "👩‍👩‍👧‍👦 👍🏽 ❤️ 🏳️‍🌈 👩🏽‍💻",
        "two\nlines\tand a tab",
        "a\u00a0b",
    ],
)
def test_words_and_emoji_stay_as_they_are(words):
    assert visible(words) == words


def test_every_control_mark_of_direction_and_zero_width_character_is_shown():
    for number in range(0x110000):
        char = chr(number)
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\n\t":
            assert visible(f"a{char}b") == f"a[U+{number:04X}]b"


def test_a_name_is_one_line():
    assert visible_line("get_time\n\nApproved by you\t.") == "get_time Approved by you ."
