from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.viewmodels.timeline.steps import after, before, nearest
from desktop.viewmodels.timeline.time_scale import CLOSEST_US, TimeScale

lengths = st.floats(0, 36e9)
widths = st.integers(1, 5_120)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0.05, 20), st.floats(0, 1)),
        st.tuples(st.just("scroll"), st.floats(-5_000, 5_000), st.just(0.0)),
        st.tuples(st.just("follow"), st.floats(0, 1), st.just(0.0)),
        st.tuples(st.just("resize"), st.integers(1, 5_120), st.just(0.0)),
    ),
    max_size=20,
)


@given(lengths, widths, moves)
def test_it_never_leaves_the_timeline_whatever_is_done(length: float, width: int, done: list) -> None:
    scale = TimeScale(width=width).fitted(length)
    for what, value, share in done:
        match what:
            case "zoom":
                scale = scale.zoomed(value, share * scale.width, length)
            case "scroll":
                scale = scale.scrolled(value, length)
            case "follow":
                scale = scale.following(value * length, length)
                assert -1 <= scale.x(value * length) <= scale.width + 1
            case "resize":
                scale = scale.resized(value, length)
        assert scale.begin_us >= 0
        assert scale.us_per_px >= CLOSEST_US * 0.999
        assert scale.end_us <= max(length * 1.02, 10e6) * 1.0001 + CLOSEST_US * scale.width


@given(lengths, widths, st.floats(0, 36e9))
def test_place_and_time_are_each_others_inverse(length: float, width: int, t_us: float) -> None:
    scale = TimeScale(width=width).fitted(length)
    assert scale.at(scale.x(t_us)) == pytest.approx(t_us, abs=1)


@given(st.floats(1.01, 8), st.floats(0.2, 0.8))
def test_the_time_under_the_pointer_stays_there(factor: float, share: float) -> None:
    scale = TimeScale(width=1_000).fitted(600e6)
    x = share * 1_000
    assert scale.zoomed(factor, x, 600e6).at(x) == pytest.approx(scale.at(x), rel=1e-6)


def test_all_of_it_stays_in_sight_while_the_window_grows() -> None:
    scale = TimeScale(width=700).fitted(600e6).resized(2_560, 600e6)
    assert scale.begin_us == 0
    assert scale.end_us >= 600e6


@given(st.lists(st.integers(0, 1_000), max_size=40), st.integers(-10, 1_010))
def test_steps_go_to_the_next_and_the_last_and_end_at_the_ends(times: list[int], t: int) -> None:
    times.sort()
    later, earlier = [one for one in times if one > t], [one for one in times if one < t]
    assert after(times, t) == (later[0] if later else None)
    assert before(times, t) == (earlier[-1] if earlier else None)
    found = nearest(times, t, 50)
    least = min((abs(one - t) for one in times), default=1_000)
    assert (found is None) == (least > 50)
    if found is not None:
        assert abs(times[found] - t) == least
