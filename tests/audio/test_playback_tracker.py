"""Which frames of which response were heard."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.audio.playback_tracker import PlaybackTracker


def test_gives_each_frame_to_its_response() -> None:
    tracker = PlaybackTracker()
    tracker.wrote(1, 100)
    tracker.wrote(2, 50)
    tracker.sounded(120)
    assert (tracker.heard(1), tracker.heard(2)) == (100, 20)
    tracker.sounded(110)  # the clock of a device isn't exact
    assert (tracker.heard(1), tracker.heard(2)) == (100, 20)


def test_takes_back_what_was_cut() -> None:
    tracker = PlaybackTracker()
    tracker.wrote(1, 100)
    tracker.wrote(2, 100)
    tracker.sounded(30)
    assert tracker.cut() == [1, 2]
    tracker.wrote(3, 10)
    tracker.sounded(40)
    assert [tracker.heard(response) for response in (1, 2, 3)] == [30, 0, 10]


@given(
    st.lists(
        st.tuples(st.sampled_from(["write", "sound", "cut"]), st.integers(1, 3), st.integers(0, 50)),
        max_size=60,
    )
)
def test_counts_each_frame_once(steps: list[tuple[str, int, int]]) -> None:
    tracker, written, sounded = PlaybackTracker(), 0, 0
    for step, response, frames in steps:
        if step == "write":
            tracker.wrote(response, frames)
            written += frames
        elif step == "sound":
            sounded = min(written, sounded + frames)
            tracker.sounded(sounded)
        else:
            tracker.cut()
            written = sounded
    assert sum(tracker.heard(response) for response in (1, 2, 3)) == sounded
