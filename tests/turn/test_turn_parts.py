"""The wait's parts add up, whatever is known of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.turn.marked_turns import turns_of
from desktop.turn.marks import Mark
from desktop.turn.timing import TurnTiming
from desktop.turn.turn_detail import Stop, TurnDetail, WayOfSound
from desktop.turn.turn_parts import (
    PART_NAMES,
    interruption_of,
    parts_of,
    share_of,
    summarise_parts,
    wait_of,
)

WAY = WayOfSound(captured=1_180, gate_shut=1_195, handed=1_740, audible=2_100)
TURN = TurnTiming(
    1,
    press=0,
    release=1_000,
    commit=1_200,
    response_started=1_400,
    first_audio=1_700,
    first_heard=1_800,
    detail=TurnDetail(WAY, model="openai/gpt-realtime-2"),
)


def test_each_part_has_its_name_and_its_side() -> None:
    parts = parts_of(TURN)
    assert [part.names for part in parts] == [(name,) for name in PART_NAMES]
    assert [part.ms for part in parts] == [180, 15, 5, 200, 300, 40, 60, 300]
    assert wait_of(TURN) == sum(part.ms for part in parts) == 1_100
    assert share_of(TURN, "client") == 300
    assert share_of(TURN, "service") == 800


def test_a_device_without_a_latency_makes_one_part_of_two() -> None:
    way = replace(WAY, handed=None, latency_unknown=True)
    turn = replace(TURN, detail=TurnDetail(way))
    assert [part.names for part in parts_of(turn)][5:] == [("prebuffer", "device"), ("leading_silence",)]
    assert wait_of(turn) == 1_100


def test_typed_and_hands_free_turns_begin_with_the_service() -> None:
    typed = replace(TURN, press=None, release=None, detail=TurnDetail(replace(WAY, captured=None)))
    heard = replace(TURN, commit=None, detail=TurnDetail(replace(WAY, by_server=True)))
    assert parts_of(typed)[0].names == parts_of(heard)[0].names == ("service",)
    assert (wait_of(typed), wait_of(heard)) == (900, 1_100)


def test_an_interruption_counts_from_the_key() -> None:
    detail = TurnDetail(WAY, Stop(key_down=3_000, cancel=3_004, last_audible=3_045, last_delta=3_200))
    stopped = interruption_of(replace(TURN, interrupted=3_002, detail=detail))
    assert stopped
    assert (stopped.to_silence, stopped.to_cancel, stopped.to_last_delta) == (45, 4, 200)
    assert interruption_of(TURN) is None


def test_medians_are_by_model_and_say_of_how_many() -> None:
    other = replace(TURN, number=2, detail=TurnDetail(replace(WAY, captured=1_100), model="xai/grok"))
    found = summarise_parts([TURN, other, replace(TURN, number=3, release=None, commit=None)])
    assert set(found) == {"", "openai/gpt-realtime-2", "xai/grok"}
    assert (found[""]["tail"].count, found[""]["tail"].median, found[""]["tail"].p95) == (2, 140, 180)
    assert found["xai/grok"]["packet"].median == 95


MAYBE = st.none() | st.floats(0, 10_000)


@given(*[MAYBE] * 8, st.booleans())
def test_they_add_up_whatever_comes(
    release, captured, shut, commit, started, audio, heard, audible, by_server
) -> None:
    way = WayOfSound(captured, shut, None if heard is None else heard - 30, audible, by_server=by_server)
    turn = TurnTiming(
        1,
        release=release,
        commit=commit,
        response_started=started,
        first_audio=audio,
        first_heard=heard,
        detail=TurnDetail(way),
    )
    parts = parts_of(turn)
    begin = commit if release is None else release
    if audible is None or begin is None:
        assert not parts
        return
    assert all(part.ms >= 0 for part in parts)
    assert [one.end for one in parts[:-1]] == [one.begin for one in parts[1:]]
    assert wait_of(turn) == pytest.approx(max(0.0, audible - begin))
    assert sum(part.ms for part in parts) == pytest.approx(wait_of(turn))


def test_marks_give_back_the_turn() -> None:
    at = (
        ("take_began", 0),
        ("key_down", 0),
        ("key_up", 1_000),
        ("captured_to", 1_180),
        ("gate_shut", 1_195),
        ("commit", 1_200),
        ("reply_started", 1_400),
        ("first_delta", 1_700),
    )
    marks = [Mark(round(ms * 1_000), kind) for kind, ms in at]
    marks += [Mark(1_800_000, "first_sample", ms=60.0), Mark(2_100_000, "first_audible")]
    (turn,) = turns_of(marks, "openai/gpt-realtime-2")
    assert turn == TURN
