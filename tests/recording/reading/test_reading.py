from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from desktop.recording.folder.layout import FRAMES, JOURNAL, MARKS, SESSION
from desktop.recording.folder.packing import pack
from desktop.recording.folder.reader import Recording, open_recording
from desktop.recording.reading.reading import Reading
from desktop.recording.reading.recorded_timeline import add_outlines, read_timeline
from desktop.turn.marked_turns import turns_of
from tests.recording.reading.recordings import make

MS = 1_000


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return make(tmp_path / "20261128-221503-4f3a90b1")


def _heard(reading: Reading, ms: float) -> list[tuple[str, str, str]]:
    return [(line.speaker, line.text, line.note) for line in reading.lines_at(ms * MS)]


def test_sound_stands_on_the_axis_where_it_was_said_and_heard(recording: Recording) -> None:
    found = read_timeline(recording)
    sent = [(round(clip.begin_us / MS), round(clip.end_us / MS)) for clip in found.timeline.clips("sent")]
    assert sent == [(990, 1_990), (4_990, 5_990)]
    received = [
        (round(clip.begin_us / MS), round(clip.end_us / MS), clip.heard)
        for clip in found.timeline.clips("received")
    ]
    assert received == [(2_600, 4_100, True), (6_600, 7_600, True), (7_600, 8_100, False)]
    assert [one.kind for one in found.timeline.stretches] == ["take", "reply", "tool", "take", "reply"]
    assert list(found.timeline.frames) == sorted(found.timeline.frames)
    assert len(found.places) == len(found.timeline.frames)


def test_the_outline_is_the_same_kept_packed_or_looked_up(recording: Recording) -> None:
    def outlines() -> list[np.ndarray]:
        found = read_timeline(open_recording(recording.folder))
        add_outlines(found)
        return [found.timeline.peaks[voice].pairs(0) for voice in ("sent", "received")]

    kept = outlines()
    assert len(kept[0]) == 200
    assert abs(int(kept[0].max()) - 64) < 3
    peaks = {name: (recording.folder / name) for name in ("sent.peaks", "received.peaks")}
    assert peaks["sent.peaks"].stat().st_size == 400
    # cut in the middle of a pair, longer than its track, not there, packed
    peaks["sent.peaks"].write_bytes(peaks["sent.peaks"].read_bytes()[:133])
    assert all(map(np.array_equal, kept, outlines()))
    whole = peaks["received.peaks"].read_bytes()
    peaks["received.peaks"].write_bytes(whole + b"\x7f" * 1_000)
    assert all(map(np.array_equal, kept, outlines()))
    for path in peaks.values():
        path.unlink()
    assert all(map(np.array_equal, kept, outlines()))
    assert pack(recording.folder)
    assert (recording.folder / "sent.flac").exists()
    assert all(map(np.array_equal, kept, outlines()))


def _all(reading: Reading, t_us: float) -> tuple[object, ...]:
    lines = [
        (one.text, one.note, one.growing, one.sounding, one.heard, one.tool) for one in reading.lines_at(t_us)
    ]
    return lines, reading.calls_at(t_us), tuple(reading.turns_at(t_us))


def test_the_transcript_is_what_it_was_then(recording: Recording) -> None:
    reading = Reading(recording)
    assert _heard(reading, 900) == []
    assert _heard(reading, 1_500) == [("user", "", "listening")]
    assert reading.lines_at(1_500 * MS)[0].growing
    assert _heard(reading, 2_200) == [("user", "", "")]  # its words are still to come
    assert reading.lines_at(2_200 * MS)[0].growing
    assert _heard(reading, 2_310) == [("user", "What time is it?", "")]
    assert _heard(reading, 2_460)[1] == ("assistant", "It is ", "")
    half = reading.lines_at(2_700 * MS)
    assert (half[1].text, half[1].growing, half[1].sounding) == ("It is ", True, True)
    assert half[2].tool is not None
    assert half[2].tool.state == "running"
    whole = reading.lines_at(4_500 * MS)
    assert (whole[1].text, whole[1].growing, whole[1].sounding) == ("It is just noon.", False, False)
    assert whole[2].tool is not None
    assert (whole[2].tool.state, whole[2].tool.duration_ms) == ("done", 200.0)
    assert reading.lines_at(7_000 * MS)[-1].heard is None
    last = reading.lines_at(9_000 * MS)[-1]
    assert (last.heard, last.note, last.heard_text) == (16, "interrupted", "Once upon a time")


def test_calls_are_what_they_were_then(recording: Recording) -> None:
    reading = Reading(recording)
    assert reading.calls_at(2_500 * MS) == []
    (call,) = reading.calls_at(2_700 * MS)
    assert (call.state, call.result) == ("running", None)
    (call,) = reading.calls_at(2_801 * MS)
    assert (call.state, call.result) == ("done", {"noon": True})


def test_times_are_those_of_the_marks_up_to_then(recording: Recording) -> None:
    reading = Reading(recording)
    everything = turns_of(recording.marks(), recording.model)
    assert tuple(reading.turns_at(9_000 * MS)) == everything
    assert [turn.number for turn in reading.turns_at(3_000 * MS)] == [1]
    assert reading.turns_at(2_900 * MS)[0].done is None
    assert tuple(reading.turns_at(9_000 * MS)) == everything


def test_events_are_those_up_to_then_with_their_contents(recording: Recording) -> None:
    reading = Reading(recording)
    count = reading.events.count_at(2_310 * MS)
    shown = reading.events.between(0, count)
    assert len(shown) == count
    assert shown[-1].type == "transcript.committed"
    assert shown[-1].content == {"transcript": "What time is it?"}
    assert shown[-1].at_ms == pytest.approx(2_300)
    assert shown[0].content["config"]["model"] == "openai/gpt-realtime-2"
    assert shown[5].content == {"audio_bytes": 480}
    assert reading.events.between(count - 2, count) == shown[-2:]


def test_two_readings_show_the_same_in_whatever_order_they_are_asked(recording: Recording) -> None:
    one, other = Reading(recording), Reading(open_recording(recording.folder))
    times = [number * 50 * MS for number in range(200)]
    shown = {t: _all(one, t) for t in times}
    random.Random(3).shuffle(times)
    for t in times:
        assert _all(other, t) == shown[t]


def test_without_frames_the_words_stand_where_they_began(tmp_path: Path) -> None:
    reading = Reading(make(tmp_path / "r", sound=False, with_frames=False))
    assert _heard(reading, 1_500) == [("user", "", "listening")]
    assert _heard(reading, 1_900) == [("user", "What time is it?", "")]
    assert _heard(reading, 2_410)[1][1] == "It is just noon."
    assert reading.recorded.timeline.marks
    assert reading.missing is None


def test_a_recording_that_was_cut_or_garbled_shows_what_can_be_read(tmp_path: Path) -> None:
    rnd = random.Random(7)
    for number in range(20):
        folder = tmp_path / f"r{number}"
        recording = make(folder)
        for name in (FRAMES, MARKS, JOURNAL, SESSION, "sent.pcm", "received.peaks"):
            path = folder / name
            data = bytearray(path.read_bytes())
            if rnd.random() < 0.3:
                data = data[: rnd.randrange(len(data))]
            elif rnd.random() < 0.5:
                for _ in range(rnd.randrange(1, 20)):
                    data[rnd.randrange(len(data))] = rnd.randrange(256)
            path.write_bytes(data)
        recording = open_recording(folder)
        reading = Reading(recording)
        add_outlines(reading.recorded)
        for ms in (0, 1_500, 2_600, 9_000):
            reading.lines_at(ms * MS)
            reading.calls_at(ms * MS)
            reading.turns_at(ms * MS)
            reading.events.between(0, reading.events.count_at(ms * MS))
        str(reading.missing)


def test_what_is_missing_is_one_sentence(recording: Recording) -> None:
    path = recording.folder / FRAMES
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], b"garbage\n", *lines[4:]]))
    reading = Reading(open_recording(recording.folder))
    assert str(reading.missing) == "Some of this recording can't be read: 1 frames."


def test_a_folder_without_words_and_frames_is_an_empty_reading(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    reading = Reading(open_recording(tmp_path / "r"))
    assert reading.lines_at(10**9) == []
    assert reading.recorded.length_us == 0
    assert "how the session was opened" in str(reading.missing)
