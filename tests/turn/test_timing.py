"""Moments grouped into turns, in order and out of order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.turn import timing
from desktop.turn.timing import FIGURES, MOMENTS, TurnTiming
from desktop.turn.timing_tracker import TimingTracker
from desktop.turn.turn_detail import TurnDetail, WayOfSound

CALLS = [
    "press",
    "packet",
    "release",
    "commit",
    "response_started",
    "first_audio",
    "first_heard",
    "interrupted",
    "done",
    "thrown_away",
]


def tracker_of(*moments: tuple[str, float]) -> TimingTracker:
    tracker = TimingTracker()
    for name, at in moments:
        getattr(tracker, name)(at)
    return tracker


def a_turn(at: float) -> list[tuple[str, float]]:
    return [
        ("press", at),
        ("packet", at + 20),
        ("release", at + 1_000),
        ("commit", at + 1_200),
        ("response_started", at + 1_300),
        ("first_audio", at + 1_500),
        ("first_heard", at + 1_560),
        ("done", at + 3_000),
    ]


DETAIL = TurnDetail(WayOfSound(latency_unknown=True))
WHOLE = TurnTiming(1, 0, 20, 1_000, 1_200, 1_300, 1_500, 1_560, None, 3_000, DETAIL)


def test_a_turn_from_press_to_end() -> None:
    assert tracker_of(*a_turn(0)).turns == (WHOLE,)


def test_each_call_gives_the_turn_as_it_is_then() -> None:
    tracker = TimingTracker()
    assert tracker.press(5) == TurnTiming(1, press=5)
    assert tracker.packet(25) == TurnTiming(1, press=5, first_packet=25)
    assert tracker.packet(45) is None, "only the first packet counts"


def test_the_figures() -> None:
    assert [figure.of(WHOLE) for figure in FIGURES] == [20, 200, 100, 200, 60, 560]


def test_a_figure_needs_both_ends_in_their_order() -> None:
    figure = timing.Figure("commit", "response_started")
    assert figure.of(TurnTiming(1, commit=5)) is None
    assert figure.of(TurnTiming(1, response_started=5)) is None
    assert figure.of(TurnTiming(1, commit=5, response_started=4)) is None
    assert figure.of(TurnTiming(1, commit=5, response_started=5)) == 0


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (3, 4), (5, 6), (6, 7)])
def test_neighbours_that_are_told_in_the_wrong_order_make_the_same_turn(one: int, other: int) -> None:
    moments = a_turn(0)
    moments[one], moments[other] = moments[other], moments[one]
    assert tracker_of(*moments).turns == (WHOLE,)


@pytest.mark.parametrize("missing", range(1, 8))
def test_any_but_the_press_may_be_missing(missing: int) -> None:
    moments = a_turn(0)
    name = MOMENTS[missing] if missing < 7 else "done"
    del moments[missing]
    tracker = tracker_of(*moments, *a_turn(10_000))
    first, second = tracker.turns
    assert first.at(name) is None
    assert [first.at(other) for other in MOMENTS if other != name] == [
        WHOLE.at(other) for other in MOMENTS if other != name
    ]
    assert (second.press, second.first_heard, second.done) == (10_000, 11_560, 13_000)


def test_a_press_in_the_tail_continues_the_take() -> None:
    tracker = tracker_of(
        ("press", 0), ("release", 500), ("press", 600), ("release", 1_500), ("commit", 1_700)
    )
    assert tracker.turns == (TurnTiming(1, press=0, release=1_500, commit=1_700),)


def test_a_press_long_after_a_release_is_a_new_turn() -> None:
    tracker = tracker_of(("press", 0), ("release", 80), ("press", 1_081))
    assert [turn.press for turn in tracker.turns] == [0, 1_081]


def test_a_take_that_was_thrown_away_takes_no_answer() -> None:
    tracker = tracker_of(("press", 0), ("thrown_away", 80), ("release", 90), *a_turn(200))
    thrown, whole = tracker.turns
    assert thrown == TurnTiming(1, press=0, done=80)
    assert whole.first_heard == 1_760


def test_an_interruption_belongs_to_the_answer_and_not_to_the_new_take() -> None:
    tracker = tracker_of(
        *a_turn(0)[:-1], ("press", 2_000), ("interrupted", 2_004), ("first_audio", 2_010), ("done", 2_090)
    )
    cut, new = tracker.turns
    assert (cut.interrupted, cut.done, cut.first_audio) == (2_004, 2_090, 1_500)
    assert new == TurnTiming(2, press=2_000)


def test_sound_that_comes_after_the_interruption_is_not_the_answers_first() -> None:
    tracker = tracker_of(("press", 0), ("release", 500), ("commit", 700), ("response_started", 800))
    tracker.interrupted(900)
    assert tracker.first_audio(950) is None
    assert tracker.first_audio(850) is not None, "told late, but it came before"


def test_a_press_while_the_service_thinks() -> None:
    tracker = tracker_of(
        ("press", 0), ("release", 500), ("commit", 700), ("press", 800), ("interrupted", 800)
    )
    for name, at in (
        ("release", 1_800),
        ("commit", 2_000),
        ("response_started", 2_100),
        ("first_audio", 2_200),
    ):
        getattr(tracker, name)(at)
    cut, new = tracker.turns
    assert (cut.interrupted, cut.response_started) == (800, None)
    assert (new.response_started, new.first_audio) == (2_100, 2_200)


def test_the_late_end_of_a_cut_answer_does_not_end_the_next_turn() -> None:
    new = a_turn(2_000)
    tracker = tracker_of(
        *a_turn(0)[:-1], ("press", 2_000), ("interrupted", 2_004), *new[1:4], ("done", 3_250), *new[4:]
    )
    assert (tracker.turns[1].response_started, tracker.turns[1].done) == (3_300, 5_000)


def test_the_answer_after_a_tool_belongs_to_the_same_turn() -> None:
    tracker = tracker_of(
        ("press", 0),
        ("release", 500),
        ("commit", 700),
        ("response_started", 800),
        ("done", 900),
        ("response_started", 1_000),
        ("first_audio", 1_100),
        ("first_heard", 1_150),
        ("done", 2_000),
    )
    (turn,) = tracker.turns
    assert (turn.response_started, turn.first_audio, turn.first_heard, turn.done) == (
        800,
        1_100,
        1_150,
        2_000,
    )


def test_a_commit_without_a_take_begins_a_turn() -> None:
    tracker = tracker_of(
        ("commit", 0), ("commit", 5), ("response_started", 100), ("done", 200), ("commit", 300)
    )
    assert [turn.commit for turn in tracker.turns] == [0, 300]
    assert tracker.turns[0].response_started == 100


def test_an_answer_that_nobody_asked_for_is_left_out() -> None:
    assert tracker_of(("response_started", 0), ("first_audio", 1), ("done", 2), ("release", 3)).turns == ()


def test_a_take_that_is_being_spoken_takes_no_answer() -> None:
    tracker = tracker_of(("press", 0), ("response_started", 10), ("first_audio", 20), ("done", 30))
    assert tracker.turns == (TurnTiming(1, press=0),)


def test_the_oldest_turns_are_forgotten() -> None:
    tracker = tracker_of(*[moment for turn in range(timing.KEPT + 5) for moment in a_turn(turn * 10_000.0)])
    assert len(tracker.turns) == timing.KEPT
    assert tracker.turns[0].number == 6
    assert all(turn.done is not None for turn in tracker.turns)


def test_median_and_p95() -> None:
    turns = [TurnTiming(i, release=0, commit=float(i)) for i in range(1, 101)]
    figure = timing.Figure("release", "commit")
    assert timing.summarise(turns)[figure] == timing.FigureSummary(50.5, 95)
    assert timing.summarise(turns[:3])[figure] == timing.FigureSummary(2, 3)
    assert timing.summarise([])[figure] == timing.FigureSummary(None, None)


@given(st.lists(st.tuples(st.sampled_from(CALLS), st.floats(0, 1e6)), max_size=60))
def test_nothing_that_is_told_breaks_it(moments: list[tuple[str, float]]) -> None:
    turns = tracker_of(*moments).turns
    assert [turn.number for turn in turns] == list(range(1, len(turns) + 1))
    for turn in turns:
        assert turn.press is not None or turn.commit is not None
        assert all(value is None or value >= 0 for value in (figure.of(turn) for figure in FIGURES))


def test_another_conversation_counts_from_one_and_takes_what_is_still_to_be_sent_along():
    tracker = TimingTracker()
    for at in (0.0, 10_000.0):
        tracker.press(at)
        tracker.release(at + 900)
        tracker.commit(at + 1_000)
        tracker.done(at + 2_000)
    tracker.press(20_000)
    tracker.release(20_900)
    (turn,) = tracker.begin_conversation()
    assert (turn.number, turn.press, turn.commit) == (1, 20_000, None)
    assert (sent := tracker.commit(21_000))
    assert (sent.number, sent.commit) == (1, 21_000)
    tracker.done(22_000)
    assert list(tracker.begin_conversation()) == []
    assert (typed := tracker.commit(30_000))
    assert typed.number == 1


def test_a_take_that_was_sent_and_is_sent_again_is_the_first_of_another_conversation() -> None:
    tracker = tracker_of(*a_turn(0), ("press", 5_000), ("release", 6_000), ("commit", 6_200))
    tracker.keep()
    assert tracker.begin_conversation() == (TurnTiming(1, press=5_000, release=6_000, commit=6_200),)
    assert tracker.commit(7_000) is None, "it was sent before"
    assert tracker.begin_conversation() == ()
