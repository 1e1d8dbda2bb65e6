"""The lines of the running program's socket."""

from __future__ import annotations

import pytest

from desktop.app import request_line

TEXTS = ["openai/gpt-realtime-2", "a b", "größer=kleiner", "100%", "x\ny", "\udcff"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_request_is_one_line_and_comes_back_whole(text: str):
    line = request_line.encode({"do": "show", "model": text, "voice": ""})
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    found = request_line.decode(line)
    assert found["do"] == "show"
    assert found["model"] == text or "\udcff" in text
    assert "voice" not in found


def test_seconds_are_numbers_and_nonsense_stays_text():
    assert request_line.decode(b"ptt down at=12.5") == {"do": "ptt", "how": "down", "at": 12.5}
    for nonsense in ("nan", "inf", "never", "1e300", "0x10"):
        assert isinstance(request_line.decode(f"ptt down sent={nonsense}".encode())["sent"], str)


def test_an_answer_is_one_line():
    for problem in ("", "It isn't connected.", "two\nlines"):
        line = request_line.encode_answer(problem)
        assert line.count(b"\n") == 1
        assert request_line.decode_answer(line) == " ".join(problem.split())
    for half in (b"", b"ok", b"error It is", b"\0\0\0\x02ok\n"):
        with pytest.raises(ValueError, match=r"b['\"]"):
            request_line.decode_answer(half)
