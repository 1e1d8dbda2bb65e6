"""What is printed is text, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

import pytest

from desktop.base.terminal import one_line, plain_json, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hi there.", "Hi there."),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred\x1b[0m", "�[31mred�[0m"),
        ("\x1b]52;c;cm0=\x07", "�]52;c;cm0=�"),
        ("\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\", "�]8;;http://evil�\\here�]8;;�\\"),
        ("\x9b2J\x9d0;title\x9c\x90q\x9c", "�2J�0;title��q�"),
        ("\x1bPq\x1b\\\x1bc", "�Pq�\\�c"),
        ("bell\a, back\b, null\0, delete\x7f", "bell�, back�, null�, delete�"),
        ("shift\x0e\x0f, \x05", "shift��, �"),
        ("safe\roverwritten", "safe\noverwritten"),
        ("a\r\nb\vc\fd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("abc\u202etxt.exe\u202c \u2066x\u2069", "abctxt.exe x"),
        ("in\u200bvis\ufeffible\U000e0041\u2063", "invisible"),
        ("half \ud800 a pair", "half � a pair"),
        ("ümläut 你好 שלום עברית नमस्ते", "ümläut 你好 שלום עברית नमस्ते"),
        (
            "👩\u200d💻 \u0645\u06cc\u200c\u062e e\u0301 \u00a0\u200f",
            "👩\u200d💻 \u0645\u06cc\u200c\u062e e\u0301 \u00a0\u200f",
        ),
    ],
)
def test_only_text_is_left(text: str, plain: str):
    assert plain_text(text) == plain


def test_no_character_is_obeyed_whatever_it_is():
    everything = plain_text("".join(map(chr, range(0x110000))))
    assert {char for char in everything if unicodedata.category(char) in ("Cc", "Cs")} == {"\n", "\t"}
    overrides = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not overrides & {unicodedata.bidirectional(char) for char in everything}


def test_json_stays_what_it_was_in_plain_characters():
    content = {"delta": "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))}
    line = plain_json(json.dumps(content, ensure_ascii=False) + "\n")
    assert json.loads(line) == content
    assert plain_text(line) == line


def test_a_line_is_one_line_of_a_bounded_length():
    assert one_line(" a\r\nb\x1b[2J\u2028 c ") == "a b�[2J c"
    assert one_line("x" * 9, 5) == "xxxx…"


@pytest.mark.skipif(sys.platform == "win32", reason="There, files have other numbers")
def test_no_file_gets_a_closed_streams_number(request: pytest.FixtureRequest):
    script = (
        "import os, sys; from desktop.base import terminal; terminal.prepare(); "
        "sys.exit(os.open(os.devnull, os.O_RDONLY))"
    )
    code = subprocess.run(
        ["bash", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, script], cwd=request.config.rootpath
    ).returncode
    assert code > 2
