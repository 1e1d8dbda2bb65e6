"""The times of a turn, from its frames and notices."""

from __future__ import annotations

from desktop.conversation.turn_timer import TurnTimer
from desktop.protocol import commands, events
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import PlaybackEnded, PlaybackStarted
from desktop.turn import effects
from desktop.turn.timing import MOMENTS, TurnTiming


class Bench:
    """A stopwatch on a clock moved by hand; times are in milliseconds."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.turns: dict[int, TurnTiming] = {}
        self.watch = TurnTimer(lambda: self.now_ms / 1_000, self._keep)

    def _keep(self, turn: TurnTiming) -> None:
        self.turns[turn.number] = turn

    def at(self, ms: float) -> TurnTimer:
        self.now_ms = ms
        return self.watch


def out(message) -> Frame:
    return Frame("out", message, 10)


def come(message) -> Frame:
    return Frame("in", message, 10)


def test_a_tool_call_after_an_empty_end_goes_on_with_the_turn():
    bench = Bench()
    bench.at(100).notice(effects.TakeStarted(1))
    bench.at(900).release()
    bench.at(1_100).frame(out(commands.AudioCommit()))
    bench.at(1_300).frame(come(events.ResponseStarted()))
    bench.at(1_310).notice(effects.ResponseEnded(1, "complete"))
    bench.at(1_800).notice(effects.ResponseBegan(2))
    bench.at(2_000).frame(come(events.ResponseStarted()))
    bench.at(2_100).frame(come(events.AudioDelta(b"\0\0")))
    bench.at(2_500).notice(effects.ResponseEnded(3, "complete"))
    assert list(bench.turns) == [1]
    turn = bench.turns[1]
    assert (turn.response_started, turn.first_audio, turn.done) == (1_300, 2_100, 2_500)


def test_an_answer_that_failed_is_over():
    bench = Bench()
    bench.at(100).frame(out(commands.TextInput("hello")))
    bench.at(500).notice(effects.ResponseEnded(1, "failed"))
    assert bench.turns[1].done == 500


def test_each_moment_of_a_turn_has_its_time():
    bench = Bench()
    bench.at(100).notice(effects.TakeStarted(1))
    bench.at(122).frame(out(commands.AudioAppend(b"\0\0")))
    bench.at(142).frame(out(commands.AudioAppend(b"\0\0")))
    bench.at(900).release()
    bench.at(1_100).frame(out(commands.AudioCommit()))
    bench.at(1_101).notice(effects.TakeEnded(1, "sent"))
    bench.at(1_300).frame(come(events.ResponseStarted()))
    bench.at(1_400).frame(come(events.AudioDelta(b"\0\0")))
    bench.at(1_450).notice(PlaybackStarted(1, 30))
    bench.at(2_000).notice(effects.ResponseEnded(1, "complete"))
    bench.at(3_000).notice(PlaybackEnded(1))
    turn = bench.turns[1]
    assert [turn.at(moment) for moment in MOMENTS] == [
        100,
        122,
        900,
        1_100,
        1_300,
        1_400,
        1_420,
        None,
        3_000,
    ]


def test_a_press_within_the_tail_continues_the_turn():
    bench = Bench()
    bench.at(100).notice(effects.TakeStarted(1))
    bench.at(500).release()
    bench.at(600).press()
    bench.at(900).release()
    assert len(bench.turns) == 1
    assert bench.turns[1].release == 900


def test_a_take_that_its_cap_ends_is_released_then():
    bench = Bench()
    bench.at(0).notice(effects.TakeStarted(1))
    bench.at(120_000).notice(effects.TakeEnded(1, "sent"))
    assert bench.turns[1].release == 120_000


def test_a_take_thrown_away_is_done():
    bench = Bench()
    bench.at(0).notice(effects.TakeStarted(1))
    bench.at(50).notice(effects.TakeEnded(1, "short"))
    assert bench.turns[1].done == 50


def test_an_interruption_is_told_of_the_answer_it_cut():
    bench = Bench()
    bench.at(0).frame(out(commands.TextInput("hello")))
    bench.at(100).frame(come(events.ResponseStarted()))
    bench.at(150).notice(effects.TakeStarted(1))
    bench.at(151).notice(effects.Heard(1, 20, 100))
    assert bench.turns[1].interrupted == 151
    assert bench.turns[2].interrupted is None
