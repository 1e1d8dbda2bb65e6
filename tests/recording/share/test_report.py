"""The report in a browser: it loads nothing, runs nothing foreign, plays and scrubs."""

from __future__ import annotations

import json
import re
import socket
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest

from desktop.protocol import commands
from desktop.recording import journal
from desktop.recording.folder.reader import open_recording
from desktop.recording.share import bundle, placed_sound
from desktop.recording.share.redactor import Identity
from desktop.recording.share.report import embedded
from desktop.turn.marks import Mark
from tests.recording.folder.sessions import RATE, arrived, delta, record, sent
from tests.rig.browser import browser, chromium

TONE = (6_000 * np.sin(np.arange(2 * RATE) / 9)).astype("<i2").tobytes()
TURN = (
    Mark(100_000, "take_began", turn=1),
    Mark(2_100_000, "key_up", turn=1),
    Mark(2_150_000, "captured_to", turn=1),
    Mark(2_160_000, "gate_shut", turn=1),
    Mark(2_162_000, "commit", turn=1),
    Mark(2_400_000, "reply_started", turn=1, reply=1),
    Mark(2_700_000, "first_delta", turn=1, reply=1),
    Mark(2_750_000, "first_sample", turn=1, reply=1, ms=20.0),
    Mark(2_800_000, "first_audible", turn=1, reply=1, ms=50.0),
    Mark(4_750_000, "last_audible", turn=1, reply=1),
)


def hostile(port: int) -> str:
    """Words that would load or run something wherever they are taken for more than words."""
    leak = f"http://127.0.0.1:{port}/leak"
    return (
        f"</script><script>window.ran=1;fetch('{leak}')</script><img src='{leak}' onerror='window.ran=1'>"
        f"<style>body{{background:url({leak})}}</style>\"'><iframe src='{leak}'></iframe>"
        "<!-- <script> ]]> \u2028"
        f"<meta http-equiv='refresh' content='0;url={leak}'><a href='javascript:window.ran=1' id='evil'>x</a>"
    )


def recording(folder: Path, words: str) -> Path:
    """A turn of two seconds each way, with these words wherever there are any."""
    packets = [TONE[at : at + 4_800] for at in range(0, len(TONE), 4_800)]
    frames = [
        sent(commands.SessionStart(commands.Config(model="openai/gpt-realtime-2", instructions=words))),
        arrived(b'{"type":"session.started"}'),
        *(sent(commands.AudioAppend(packet)) for packet in packets),
        sent(commands.AudioCommit()),
        arrived(json.dumps({"type": "transcript.committed", "transcript": words}).encode()),
        arrived(json.dumps({"type": words, "id": words}).encode()),
        arrived(b'{"type":"response.started"}'),
        *(arrived(delta(packet)) for packet in packets),
        arrived(json.dumps({"type": "text.delta", "delta": words}).encode()),
        arrived(b'{"type":"response.completed"}'),
    ]
    record(folder, frames)
    marks = (*TURN, Mark(3_000_000, "tool_ended", text=words, ms=100.0))
    (folder / "marks.jsonl").write_bytes(b"".join(msgspec.json.encode(mark) + b"\n" for mark in marks))
    session = json.loads((folder / "session.json").read_text())
    session["sessions"] = [{"t": 0, "model": words, "voice": words, "input_rate": RATE, "output_rate": RATE}]
    session["ended_us"] = 5_000_000
    session["config"] = {"instructions": words}
    (folder / "session.json").write_text(json.dumps(session))
    at = datetime.fromisoformat(session["began"]) + timedelta(seconds=1)
    with (folder / "journal.jsonl").open("wb") as file:
        for one in (
            journal.Began(at=at, model=words, voice=words),
            journal.LineRecord(id=1, at=at, speaker="user", text=words, note=words),
            journal.LineRecord(id=2, at=at, speaker="assistant", text=words, heard=9),
            journal.LineRecord(id=3, at=at, speaker="tool", text=words, call_id="c", state=words),
            journal.CallRecord(call_id="c", at=at, name=words, arguments={words: words}, result=[words]),
            journal.Ended(at=at),
        ):
            file.write(msgspec.json.encode(one) + b"\n")
    return folder


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def made(tmp_path: Path, words: str = "What time is it?", *, sound: bool = True) -> str:
    folder = recording(tmp_path / "r", words)
    return bundle.prepare(folder, Identity(), sound=sound).texts[bundle.REPORT].decode()


class Elements(HTMLParser):
    """The elements of a page, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_words_make_no_element_and_no_address(tmp_path: Path) -> None:
    plain, evil = (
        Elements(made(tmp_path / name, words)).found for name, words in (("a", "x" * 50), ("b", hostile(1)))
    )
    assert [tag for tag, _ in plain] == [tag for tag, _ in evil]
    loads = [value for _, named in evil for name, value in named.items() if name in ("src", "href", "srcset")]
    assert len(loads) == 1
    assert (loads[0] or "").startswith("data:audio/flac;base64,")
    assert not [name for _, named in evil for name in named if name.startswith("on") or name == "style"]


def test_json_in_the_page_ends_no_element() -> None:
    text = "</script><!--<script>&\u2028\u2029"
    coded = embedded([text])
    assert not re.search("[<>&\u2028\u2029]", coded)
    assert json.loads(coded) == [text]


def test_without_sound_and_words_there_is_still_a_report(tmp_path: Path) -> None:
    record(tmp_path / "r", [arrived(b'{"type":"session.started"}')])
    page = bundle.prepare(tmp_path / "r", Identity(), sound=False).texts[bundle.REPORT].decode()
    assert "No words were kept" in page
    assert "No turn was timed" in page


@pytest.mark.rig
@pytest.mark.parametrize(
    "lossless_s", [pytest.param(600.0, id="flac"), pytest.param(0.0, id="mp3", marks=pytest.mark.long)]
)
def test_a_browser_plays_and_scrubs_it_and_asks_nobody_for_anything(
    tmp_path: Path, lossless_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not chromium():
        pytest.skip("No Chromium is installed: `apt-get install chromium`, or the like")
    monkeypatch.setattr(placed_sound, "LOSSLESS_S", lossless_s)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.0)
        page_file = tmp_path / "report.html"
        page_file.write_text(made(tmp_path, hostile(server.getsockname()[1])))
        with browser(tmp_path) as page:
            page.open(page_file.as_uri())
            assert page.run("document.documentElement.dataset.ready") == "yes"
            # its sound plays
            assert page.run("sound.duration") == pytest.approx(4.75, abs=0.1)
            page.run(
                "sound.play().then(() => new Promise(done => {"
                "const see = () => sound.currentTime > 0.2 ? done() : setTimeout(see, 20); see();"
                "}))"
            )
            page.run("sound.pause()")
            assert page.run("Number(document.getElementById('position').value)") > 0.1
            # its timeline scrubs: by the pointer, the slider and a line's time
            page.run("timeline.scrollIntoView({block: 'center'})")
            place = page.run(
                "(({x, y, width, height}) => ({x, y, width, height}))(timeline.getBoundingClientRect())"
            )
            x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
            for kind, at in (("mousePressed", x), ("mouseMoved", x + 20), ("mouseReleased", x + 20)):
                page.call(
                    "Input.dispatchMouseEvent", type=kind, x=at, y=y, button="left", clickCount=1, buttons=1
                )
            scrubbed = "document.getElementById('position')"
            length = page.run(f"Number({scrubbed}.max)")
            assert page.run("sound.currentTime") == pytest.approx(
                length / 2 + 20 / place["width"] * length, abs=0.1
            )
            page.run(f"{scrubbed}.value = 3; {scrubbed}.dispatchEvent(new Event('input'))")
            assert page.run("sound.currentTime") == pytest.approx(3.0, abs=0.02)
            page.run("document.querySelector('button.at').click()")
            assert page.run("sound.currentTime") == pytest.approx(1.0, abs=0.05)
            painted = (
                "[...timeline.getContext('2d').getImageData(0, 0, timeline.width, timeline.height).data]"
            )
            assert page.run(f"{painted}.filter(one => one).length") > 5_000
            # its frames are listed and found
            assert page.run("document.querySelectorAll('#frames tr').length") > 5
            words = "document.getElementById('find')"
            page.run(f"{words}.value = 'TRANSCRIPT'; {words}.dispatchEvent(new Event('input'))")
            assert page.run("document.querySelectorAll('#frames tr').length") == 1
            # nothing foreign ran, and nobody was asked for anything
            assert page.run("window.ran === undefined && !document.querySelector('img, iframe, a')")
            asked = {address.partition(":")[0] for address in page.requests}
            assert asked == {"file", "data"}
            assert [address for address in page.requests if address.startswith("file")] == [
                page_file.as_uri()
            ]
            assert page.complaints == []
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_reply_that_was_silenced_ends_there(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r", "x")
    found = open_recording(folder)
    marks = [*TURN[:-1], Mark(3_250_000, "last_audible", turn=1, reply=1, ms=500.0)]
    mine, theirs = placed_sound.stretches(found, found.frame_lines(), marks)
    assert (mine.track, theirs.track) == ("sent", "received")
    assert theirs.begin == pytest.approx(2.75)
    assert theirs.heard == pytest.approx(3.25)
    assert theirs.end == pytest.approx(4.75)
    sound = placed_sound.placed(found, [mine, theirs])
    assert sound is not None
    user, assistant = sound.peaks
    at = int(sound.a_second * 3.2)
    assert min(assistant[at - 10 : at]) > 10
    assert max(assistant[at + 5 :]) == 0
    assert max(user) > 10
