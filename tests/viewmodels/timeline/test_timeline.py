from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.turn.marks import Mark
from desktop.viewmodels.timeline import timeline as timelines
from desktop.viewmodels.timeline.records import Clip
from desktop.viewmodels.timeline.time_scale import TimeScale
from desktop.viewmodels.timeline.timeline import Timeline
from desktop.viewmodels.timeline.wave import PlacedClips, waves

SECOND = 1_000_000
PACKET = 480


def _loud(ms: int, value: int = 20_000) -> bytes:
    return np.full(ms * 24, value, "<i2").tobytes()


def _take(timeline: Timeline, begin: int, packets: int, offset: int = 0, early: int = 0) -> int:
    """Packets of 10 ms, the first `early` of them at once; where the next one's sound begins."""
    for number in range(packets):
        t = begin + max(0, number - early) * 10_000
        timeline.frame(t, "out", "audio.append", offset, PACKET)
        offset += PACKET
    return offset


def test_a_take_ends_where_its_last_packet_was_sent_and_begins_before_its_press() -> None:
    timeline = Timeline()
    _take(timeline, SECOND, 130, early=30)
    (clip,) = timeline.clips("sent")
    assert clip.end_us == pytest.approx(SECOND + 99 * 10_000)
    assert clip.begin_us == pytest.approx(SECOND + 99 * 10_000 - 1_300_000)
    assert clip.size == 130 * PACKET


@given(st.lists(st.integers(0, 400_000), min_size=5, max_size=60))
def test_packets_that_come_late_don_t_move_their_take(late: list[int]) -> None:
    timeline = Timeline()
    late[0] = 0
    for number, us in enumerate(late):
        timeline.frame(SECOND + number * 10_000 + us, "out", "audio.append", number * PACKET, PACKET)
    (clip,) = timeline.clips("sent")
    assert clip.begin_us == pytest.approx(SECOND - 10_000)
    assert clip.size == len(late) * PACKET


def test_a_commit_ends_a_clip_and_so_does_a_pause() -> None:
    timeline = Timeline()
    offset = _take(timeline, SECOND, 20)
    timeline.frame(SECOND + 200_000, "out", "audio.commit")
    offset = _take(timeline, SECOND + 210_000, 20, offset)
    _take(timeline, 3 * SECOND, 20, offset)
    assert [clip.size for clip in timeline.clips("sent")] == [20 * PACKET] * 3


def _reply(timeline: Timeline, t: int, ms: int, offset: int = 0) -> None:
    timeline.frame(t, "in", "response.started")
    timeline.frame(t + 1, "in", "audio.delta", offset, ms * 48)


def _placed(timeline: Timeline) -> list[tuple[int, int, int, bool]]:
    return [
        (round(clip.begin_us / 1_000), clip.offset // 48, clip.size // 48, clip.heard)
        for clip in timeline.clips("received")
    ]


def test_a_reply_stands_where_it_was_heard() -> None:
    timeline = Timeline()
    _reply(timeline, SECOND, 2_000)
    assert _placed(timeline) == [(1_000, 0, 2_000, False)]  # it has come, and isn't heard yet
    timeline.mark(Mark(1_100_000, "first_sample", reply=7))
    assert _placed(timeline) == [(1_100, 0, 2_000, True)]


def test_what_an_interruption_leaves_unheard_stands_behind_it() -> None:
    timeline = Timeline()
    _reply(timeline, SECOND, 2_000)
    timeline.mark(Mark(1_100_000, "first_sample", reply=7))
    timeline.mark(Mark(1_900_000, "last_audible", reply=7, ms=800.0))
    assert _placed(timeline) == [(1_100, 0, 800, True), (1_900, 800, 1_200, False)]
    _reply(timeline, 2_000_000, 500, 2_000 * 48)
    timeline.mark(Mark(2_100_000, "first_sample", reply=8))
    assert _placed(timeline) == [(1_100, 0, 800, True), (1_900, 800, 200, False), (2_100, 2_000, 500, True)]


def test_an_empty_speaker_is_a_gap() -> None:
    timeline = Timeline()
    _reply(timeline, SECOND, 2_000)
    timeline.mark(Mark(1_100_000, "first_sample", reply=7))
    timeline.mark(Mark(2_000_000, "underrun", ms=400.0))
    assert _placed(timeline) == [(1_100, 0, 500, True), (2_000, 500, 1_500, True)]


def test_a_reply_that_was_dropped_doesn_t_take_the_place_of_the_next() -> None:
    timeline = Timeline()
    _reply(timeline, SECOND, 300)
    _reply(timeline, 2 * SECOND, 700, 300 * 48)
    timeline.mark(Mark(2_100_000, "first_sample", reply=8))
    assert _placed(timeline)[-1] == (2_100, 300, 700, True)


def test_takes_replies_and_tools_are_stretches() -> None:
    timeline = Timeline()
    for t, kind, text in (
        (1, "take_began", ""),
        (2, "key_down", ""),
        (50, "key_up", ""),
        (60, "reply_started", ""),
        (61, "tool_started", "clock"),
        (62, "tool_started", "clock"),
        (70, "tool_ended", "clock"),
        (80, "tool_ended", "clock"),
        (90, "reply_done", ""),
        (120, "last_audible", ""),
        (130, "key_down", ""),
        (140, "take_discarded", ""),
        (150, "key_down", ""),
    ):
        timeline.mark(Mark(t, kind, text=text))
    assert [(one.kind, one.begin_us, one.end_us) for one in timeline.stretches] == [
        ("take", 1, 50),
        ("reply", 60, 120),
        ("tool", 61, 70),
        ("tool", 62, 80),
        ("take", 130, 140),
        ("take", 150, None),
    ]
    assert timeline.stretches[4].discarded
    assert "take_began" not in [mark.mark for mark in timeline.marks]


def test_marks_stand_in_the_order_of_their_times() -> None:
    timeline = Timeline()
    times = random.Random(1).sample(range(10_000), 200)
    for t in times:
        timeline.mark(Mark(t, "commit"))
    assert list(timeline.mark_times) == [mark.t for mark in timeline.marks] == sorted(times)


marks = st.builds(
    Mark,
    st.integers(0, 10**13),
    st.sampled_from(
        (
            *("session", "take_began", "key_down", "key_up", "commit", "reply_started", "first_sample"),
            *("first_audible", "last_audible", "underrun", "interrupted", "tool_started", "tool_ended", "?"),
        )
    ),
    turn=st.integers(-5, 10**9),
    reply=st.integers(0, 3),
    ms=st.one_of(st.none(), st.floats(-1e9, 1e12)),
    text=st.sampled_from(["", "a", "server"]),
    input_rate=st.integers(-5, 10**9),
    output_rate=st.integers(-5, 10**9),
)
frames = st.tuples(
    st.integers(0, 10**13),
    st.sampled_from(["in", "out"]),
    st.sampled_from(["audio.append", "audio.delta", "audio.commit", "response.started", "x"]),
    st.one_of(st.none(), st.integers(-10, 10**12)),
    st.integers(-10, 10**10),
)


@given(st.lists(st.one_of(marks, frames), max_size=60), st.integers(1, 900), st.floats(0.01, 10_000))
def test_no_recording_is_too_strange_to_be_painted(found: list, width: int, factor: float) -> None:
    timeline = Timeline()
    timeline.peaks["sent"].add(_loud(500))
    for one in found:
        timeline.mark(one) if isinstance(one, Mark) else timeline.frame(*one)
    scale = TimeScale(width=width).fitted(timeline.end_us).zoomed(factor, width / 2, timeline.end_us)
    for voice in ("sent", "received"):
        for wave in waves(timeline.peaks[voice], PlacedClips(timeline.clips(voice)), scale):
            assert len(wave.low) == len(wave.high) == width
    assert timeline.turn_starts() == sorted(timeline.turn_starts())


def test_what_it_holds_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_FRAMES", "MOST_MARKS", "MOST_STRETCHES", "MOST_TURNS"):
        monkeypatch.setattr(timelines, name, 10)
    timeline = Timeline()
    for number in range(50):
        timeline.frame(number, "in", "x")
        timeline.mark(Mark(number * 9_000_000, "key_down", turn=number))
        timeline.mark(Mark(number * 9_000_000 + 5, "key_up", turn=number))
    assert len(timeline.frames) == len(timeline.kinds) == len(timeline.marks) == 10
    assert len(timeline.stretches) == len(timeline.turns) == 10


def _clips() -> PlacedClips:
    """Half a second loud, a pause of one second, and half a second that nobody heard."""
    return PlacedClips(
        [Clip(0, 0, 24_000, 24_000), Clip(1_500_000, 24_000, 24_000, 24_000, heard=False)],
    )


@pytest.mark.parametrize("us_per_px", [1_000.0, 5_000.0, 19_000.0, 21_000.0, 90_000.0, 400_000.0])
def test_sound_is_painted_where_it_is_at_every_scale(us_per_px: float) -> None:
    timeline = Timeline()
    timeline.peaks["sent"].add(_loud(500) + _loud(500, -20_000))
    scale = TimeScale(0.0, us_per_px, 4_000)
    heard, unheard = waves(timeline.peaks["sent"], _clips(), scale)
    for wave, begin, end in ((heard, 0, 500_000), (unheard, 1_500_000, 2_000_000)):
        columns = np.flatnonzero(wave.some)
        assert columns[0] == pytest.approx(begin / us_per_px, abs=1 + 40_000 / us_per_px)
        assert columns[-1] == pytest.approx(end / us_per_px, abs=1 + 40_000 / us_per_px)
        assert len(columns) == columns[-1] - columns[0] + 1  # without a hole
    assert heard.high.max() == 20_000 >> 8
    assert unheard.low.min() == -20_000 >> 8
