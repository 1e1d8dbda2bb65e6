"""A recording that is garbled anywhere is shared as far as it can be read, and its report stays a page."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from desktop.recording.share import bundle
from tests.recording.share.planted import IDENTITY, plant

NASTY = [
    b'{"t":0,"direction":"in","type":"a","size":1,"frame":{"x":1e400}}\n',
    b'{"t":0,"direction":"in","type":"a","size":1,"frame":{"x":"\\ud800"}}\n',
    b'{"t":0,"direction":"in","type":"a","size":1,"frame":{"x":NaN}}\n',
    b'{"t":0,"direction":"in","type":"\\ud800","size":1,"text":"\\udfff"}\n',
    b'{"t":0,"direction":"in","type":"a","size":1,"frame":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n",
    b'{"t":0,"direction":"in","type":"a","size":1,"frame":{"x":' + b"9" * 6_000 + b"}}\n",
    b'{"t":0,"direction":"in","type":"a","size":-1,"base64":"????"}\n',
    b'{"t":5,"direction":"out","type":"audio.append","size":9,"frame":{"audio":"\xc3\xbc"},'
    b'"sound":{"track":"sent","offset":9999999999,"bytes":99999999999999,"at":12}}\n',
    b'{"t":5,"direction":"out","type":"audio.append","size":9,"frame":{"audio":"a@b.example"},'
    b'"sound":{"track":"sent","offset":-5,"bytes":-7,"at":-9}}\n',
    b'{"t":6,"direction":"in","type":"text.delta","size":9,"frame":{"delta":["a"]}}\n',
    b'{"t":6,"direction":"in","type":"text.delta","size":9,"frame":["delta"]}\n',
]
SESSIONS = [
    b'{"began":"9999-12-31T23:59:59Z","ended_us":99999999999999999}',
    b'{"began":"0001-01-01T00:00:00","ended_us":-5,"sessions":[{"t":-1,"input_rate":1,"output_rate":-1}]}',
    b'{"began":"2026-01-01T00:00:00Z","sessions":[{"t":0,"input_rate":999999999999,"output_rate":3,'
    b'"speaker":{"name":"x","latency_ms":1e300}}],"config":{"a":"\\ud800"}}',
    b"no json",
]
MARKS = b"".join(
    b'{"t":%d,"mark":"%s","ms":%s,"turn":1,"reply":1,"count":-3,"text":"\\ud800<"}\n' % (at, kind, ms)
    for at, kind, ms in (
        (0, b"key_down", b"1"),
        (9, b"key_up", b"-1e300"),
        (5, b"commit", b"1e300"),
        (99, b"first_sample", b"1e300"),
        (98, b"last_audible", b"1e300"),
        (97, b"tool_ended", b"1e300"),
        (31_000_000_000_000, b"first_audible", b"0"),
    )
)


def shared(folder: Path) -> None:
    for sound in (False, True):
        made = bundle.prepare(folder, IDENTITY, sound=sound)
        bundle.write(made, folder.parent / "x.zip")
        page = made.texts[bundle.REPORT].decode()
        assert page.count("<script") == 2
        assert page.endswith("</html>\n")


@pytest.mark.parametrize("session", SESSIONS)
def test_nonsense_in_it_is_shared_as_what_it_is(tmp_path: Path, session: bytes) -> None:
    folder = plant(tmp_path / "r")
    with (folder / "frames.jsonl").open("ab") as file:
        file.writelines(NASTY)
    (folder / "marks.jsonl").write_bytes(MARKS)
    (folder / "session.json").write_bytes(session)
    (folder / "sent.pcm").write_bytes(b"\1\2\3" * 1_001)
    (folder / "received.flac").write_bytes(b"fLaC" + b"\xff" * 500)
    shared(folder)


@pytest.mark.parametrize("seed", range(12))
def test_one_that_is_garbled_anywhere_is_shared(tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    folder = plant(tmp_path / "r")
    for path in folder.iterdir():
        data = bytearray(path.read_bytes())
        for _ in range(rnd.randint(0, 12)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        path.write_bytes(data[: rnd.randint(len(data) // 2, len(data))])
    shared(folder)
