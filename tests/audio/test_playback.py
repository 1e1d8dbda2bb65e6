"""The speaker on streams driven by hand: a block of the device is one call of `run`."""

import math

import numpy as np
import pytest

from desktop.audio.cues import cue
from desktop.audio.fake_streams import FakeAction, FakeClock, FakeRing, FakeStreams
from desktop.audio.format import Samples, float_to_pcm16
from desktop.audio.interfaces import DeviceOpenError
from desktop.audio.levels import SILENCE
from desktop.audio.outlet import LEAD_BLOCKS, STALL_S
from desktop.audio.playback import Playback
from desktop.audio.reported_values import USUAL_LATENCY_S
from desktop.base.message import verbatim
from tests.audio.tones import breaks, tone

SESSION = 24_000
DEVICE = 48_000
BLOCK = DEVICE // 100
PACKET = SESSION // 50


CUE = cue("start", DEVICE)


class Bench:
    """A playback, its device and its clock: `run` lets blocks pass and pumps after each."""

    def __init__(self, session_rate: int = DEVICE, **streams: float) -> None:
        self.streams = FakeStreams(rate=DEVICE, **streams)  # type: ignore[arg-type]
        self.clock = FakeClock()
        self.playback = Playback(streams=self.streams, clock=self.clock)
        self.session_rate = session_rate
        self.playback.start(session_rate)

    def run(self, blocks: int, pump: bool = True) -> Samples:
        out = []
        for _ in range(blocks):
            out.append(self.streams.output.run())
            self.clock.now += 0.01
            if pump:
                self.playback.pump()
        return np.concatenate(out)

    def run_out(self) -> Samples:
        out = [np.zeros(0, dtype=np.float32)]
        while self.playback.playing:
            out.append(self.run(1))
        return np.concatenate(out)

    def write_ms(self, response: int, duration_ms: float, value: float = 0.25) -> None:
        samples = np.full(round(self.session_rate * duration_ms / 1000), value, dtype=np.float32)
        self.playback.write(response, float_to_pcm16(samples))


@pytest.fixture
def bench() -> Bench:
    """At the device's own rate, where nothing is resampled and each sample can be checked."""
    return Bench()


def sounding(samples: Samples) -> int:
    """Samples that are not silent."""
    return int(np.count_nonzero(samples))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_is_played_at_the_devices_rate_without_a_break(channels: int) -> None:
    bench = Bench(session_rate=SESSION, channels=channels)
    sound = tone(440, SESSION, 2)
    played = []
    for at in range(0, len(sound), PACKET):
        bench.playback.write(1, float_to_pcm16(sound[at : at + PACKET]))
        played.append(bench.run(2))
    bench.playback.complete(1)
    out = np.concatenate([*played, bench.run_out()])
    voiced = np.flatnonzero(np.abs(out) > 1e-4)
    out = out[voiced[0] + 100 : voiced[-1] - 100]
    assert len(out) == pytest.approx(2 * DEVICE, rel=0.01)
    assert not len(breaks(out, 440, DEVICE))
    assert bench.playback.underruns == 0


def test_waits_for_the_prebuffer(bench: Bench) -> None:
    bench.write_ms(1, 20)
    assert bench.playback.playing
    assert sounding(bench.run(3)) == 0
    bench.write_ms(1, 20)
    assert sounding(bench.run(1)) == BLOCK


def test_a_complete_response_starts_at_once_however_short(bench: Bench) -> None:
    bench.write_ms(1, 13)
    bench.playback.complete(1)
    assert sounding(bench.run(3)) == round(DEVICE * 0.013)
    assert not bench.playback.playing
    assert bench.playback.underruns == 0


def test_running_empty_in_mid_response_is_an_underrun_and_makes_the_next_wait_longer(bench: Bench) -> None:
    bench.write_ms(1, 40)
    bench.run(6)
    assert bench.playback.underruns == 0  # so far it could be the end
    bench.write_ms(1, 40)
    assert bench.playback.underruns == 1
    assert bench.playback.prebuffer_ms == pytest.approx(70)  # 20 ms were missing
    assert sounding(bench.run(2)) == 0
    bench.write_ms(1, 40)
    assert sounding(bench.run(8)) == 8 * BLOCK


def test_an_underrun_nobody_looked_at_is_as_long_as_it_was(bench: Bench) -> None:
    bench.write_ms(1, 40)
    bench.run(9, pump=False)
    bench.write_ms(1, 40)
    assert bench.playback.prebuffer_ms == pytest.approx(40 + 50 + 10)


def test_what_was_written_just_as_the_ring_ran_empty_waits_with_the_rest(bench: Bench) -> None:
    bench.write_ms(1, 40)
    bench.run(6, pump=False)
    player = bench.playback._player
    assert player is not None
    response = player.queue.front
    assert response is not None
    player._put(response, np.full(BLOCK, 0.5, dtype=np.float32))
    assert sounding(bench.run(3)) == 0
    bench.write_ms(1, 100)
    assert sounding(bench.run(11)) == 11 * BLOCK


def test_the_end_of_a_response_is_no_underrun(bench: Bench) -> None:
    bench.write_ms(1, 40)
    bench.run(6)
    bench.playback.complete(1)
    bench.write_ms(2, 40)
    bench.playback.complete(2)
    bench.run_out()
    assert bench.playback.underruns == 0
    assert bench.playback.prebuffer_ms == 40


def test_nobody_pumping_for_too_long_is_an_underrun_too(bench: Bench) -> None:
    bench.write_ms(1, 10_000)
    bench.playback.complete(1)
    played = bench.run(500, pump=False)
    assert 2 * DEVICE <= sounding(played) < 5 * DEVICE
    assert sounding(played) + sounding(bench.run_out()) == 10 * DEVICE
    assert bench.playback.underruns == 1
    assert bench.playback.prebuffer_ms == 40  # the line was not to blame


def test_counts_the_blocks_the_device_lost(bench: Bench) -> None:
    bench.write_ms(1, 40)
    bench.playback.complete(1)
    bench.streams.output.actions[0].stats.output_underflows = 2
    bench.run_out()
    bench.run(1)
    assert bench.playback.underruns == 2


def test_a_burst_of_minutes_is_held_and_played_in_order() -> None:
    bench = Bench()
    second = np.arange(1, 181, dtype=np.float32) / 256
    for value in second:  # each second of the three minutes has its own value
        bench.write_ms(1, 1000, float(value))
    bench.playback.complete(1)
    played = bench.run_out()
    assert np.array_equal(played[: 180 * DEVICE], np.repeat(second, DEVICE))
    assert bench.playback.underruns == 0
    assert bench.playback.heard_ms(1) == 180_000


def test_responses_follow_each_other_without_a_gap(bench: Bench) -> None:
    bench.write_ms(5, 70, 0.25)
    bench.write_ms(2, 70, 0.5)
    bench.playback.complete(2)
    played = bench.run_out()
    frames = round(DEVICE * 0.07)
    assert np.array_equal(played[: 2 * frames], np.repeat([0.25, 0.5], frames))
    assert (bench.playback.heard_ms(5), bench.playback.heard_ms(2)) == (70, 70)


def test_flush_is_silence_with_the_next_block(bench: Bench) -> None:
    bench.write_ms(1, 2000)
    assert sounding(bench.run(10)) == 10 * BLOCK
    heard = bench.playback.flush()
    assert not bench.playback.playing
    assert sounding(bench.run(100)) == 0
    assert heard == {1: 100}
    assert bench.playback.heard_ms(1) == 100


def test_flush_drops_what_is_still_to_come_of_the_same_response(bench: Bench) -> None:
    bench.write_ms(1, 2000)
    bench.run(10)
    bench.playback.flush()
    bench.write_ms(1, 500)
    bench.playback.complete(1)
    assert sounding(bench.run(60)) == 0
    bench.write_ms(2, 50)
    assert sounding(bench.run(5)) == 5 * BLOCK


def test_flush_tells_of_every_response_not_heard_to_its_end(bench: Bench) -> None:
    bench.write_ms(1, 50)
    bench.write_ms(2, 50)
    bench.write_ms(3, 50)
    bench.playback.complete(3)
    bench.run(7)
    assert bench.playback.flush() == {2: 20, 3: 0}
    assert bench.playback.flush() == {}


def test_flush_leaves_nothing_of_a_response_in_the_resampler() -> None:
    bench = Bench(session_rate=SESSION)
    bench.write_ms(1, 500, 0.5)
    bench.run(10)
    bench.playback.flush()
    bench.write_ms(2, 100, 0.0)
    bench.playback.complete(2)
    assert sounding(bench.run_out()) == 0


def test_flush_keeps_what_the_callback_may_still_look_at(bench: Bench) -> None:
    """The ring, the action and its cancel have to outlive the callback's last use of them."""
    bench.write_ms(1, 2000)
    bench.run(1)
    outlet = bench.playback._player.outlet  # type: ignore[union-attr]
    bench.playback.flush()
    bench.playback.pump()
    assert len(outlet._actions._cancelled) == 1
    bench.run(2)
    assert outlet._actions.settled


def test_heard_is_what_left_the_device() -> None:
    bench = Bench(latency=0.03)
    bench.write_ms(1, 100)
    bench.playback.complete(1)
    bench.run(5)
    assert bench.playback.heard_ms(1) == 20
    bench.run(6)
    assert bench.playback.heard_ms(1) == pytest.approx(80)  # all is with the device since 10 ms
    assert bench.playback.playing
    bench.run(2)
    assert bench.playback.heard_ms(1) == 100
    assert not bench.playback.playing


@pytest.mark.parametrize("latency", [2**32 / DEVICE, math.nan, math.inf, -1.0])
def test_heard_counts_although_the_latency_is_none(latency: float) -> None:
    bench = Bench(latency=latency)
    bench.write_ms(1, 100)
    bench.playback.complete(1)
    bench.run(5)
    assert bench.playback.heard_ms(1) == 50 - 1000 * USUAL_LATENCY_S
    assert bench.playback.level != SILENCE
    bench.run(5 + round(100 * USUAL_LATENCY_S) + 1)
    assert bench.playback.heard_ms(1) == 100
    assert not bench.playback.playing


@pytest.mark.parametrize("rate", [0.0, math.nan, math.inf, -48_000.0])
def test_a_stream_with_an_invalid_rate_plays_at_the_usual_one(rate: float) -> None:
    bench = Bench()
    bench.streams.reported_rate = rate
    bench.playback.start(DEVICE)
    bench.write_ms(1, 100)
    bench.playback.complete(1)
    assert sounding(bench.run(20)) == DEVICE // 10
    assert bench.playback.heard_ms(1) == 100


def test_heard_of_a_resampled_response_is_all_of_it_in_the_end() -> None:
    bench = Bench(session_rate=16_000)
    bench.write_ms(1, 333)
    bench.playback.complete(1)
    bench.run_out()
    assert bench.playback.heard_ms(1) == pytest.approx(333, abs=0.1)


def test_level_is_of_what_is_heard_not_of_what_is_queued() -> None:
    bench = Bench(latency=0.02)
    bench.write_ms(1, 100, 0.0)
    bench.write_ms(1, 200, 1.0)
    bench.playback.complete(1)
    bench.run(5)
    assert bench.playback.level == SILENCE
    bench.run(15)
    assert bench.playback.level.clipped
    bench.run_out()
    assert bench.playback.level == SILENCE


def test_level_is_silent_as_soon_as_all_was_heard(bench: Bench) -> None:
    bench.write_ms(1, 100, 1.0)
    bench.playback.complete(1)
    bench.run(10)
    assert bench.playback.level == SILENCE


SETTLED = (LEAD_BLOCKS + 1) * BLOCK
"""Frames from a change of volume until it is all there: the lead, and a ramp of one block."""


def test_volume_scales_what_waits_as_well() -> None:
    bench = Bench(channels=2)
    bench.write_ms(1, 10_000, 0.5)
    bench.run(200)  # so that what waits lies across the end of the ring
    bench.playback.volume = 0.5
    played = bench.run(200)
    assert np.allclose(played[: LEAD_BLOCKS * BLOCK], 0.5)
    assert np.allclose(played[SETTLED:], 0.25)
    assert np.abs(np.diff(played)).max() < 0.01
    assert bench.playback.level.peak_db == pytest.approx(-12.04, abs=0.1)
    bench.playback.volume = 0
    assert sounding(bench.run(100)[SETTLED:]) == 0
    bench.playback.volume = 7
    assert bench.playback.volume == 1
    assert np.allclose(bench.run(100)[SETTLED:], 0.5)
    assert bench.playback.heard_ms(1) == 6_000


def test_a_new_volume_writes_to_nothing_that_the_callback_may_read(bench: Bench) -> None:
    bench.write_ms(1, 1000, 0.5)
    bench.run(10)
    ring = bench.streams.output.actions[0].ring
    assert ring is not None
    before = ring.memory.copy()
    bench.playback.volume = 0.1
    np.testing.assert_array_equal(ring.memory, before)
    assert bench.run(20).max() == 0.5
    assert np.allclose(bench.run(1), 0.05)


def test_a_new_volume_loses_and_repeats_nothing_although_the_device_continues(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = (np.arange(DEVICE) / DEVICE).astype(np.float32)
    bench.playback.write(1, float_to_pcm16(sound))
    bench.playback.complete(1)
    played = [bench.run(10)]
    make_ring = bench.streams.ring

    def slow_ring(frames: int, channels: int) -> FakeRing:
        played.append(bench.streams.output.run())
        return make_ring(frames, channels)

    with monkeypatch.context() as patch:
        patch.setattr(bench.streams, "ring", slow_ring)
        bench.playback.volume = 0.5
    out = np.concatenate([*played, bench.run_out()])
    begin = 10 * BLOCK
    np.testing.assert_allclose(out[:begin], sound[:begin], atol=1e-4)
    np.testing.assert_allclose(out[begin + SETTLED :], 0.5 * sound[begin + SETTLED :], atol=1e-4)
    assert np.abs(np.diff(out)).max() < 0.01
    assert bench.playback.heard_ms(1) == 1000
    assert bench.playback.underruns == 0


def ramp_to_half(bench: Bench) -> tuple[Samples, list[Samples]]:
    """A second of a rising line is queued, and 10 blocks of it have played."""
    sound = (np.arange(DEVICE) / DEVICE).astype(np.float32)
    bench.playback.write(1, float_to_pcm16(sound))
    bench.playback.complete(1)
    return sound, [bench.run(10)]


def assert_each_frame_once(bench: Bench, sound: Samples, out: Samples) -> None:
    assert np.abs(np.diff(out)).max() < 0.01
    np.testing.assert_allclose(out[: 10 * BLOCK], sound[: 10 * BLOCK], atol=1e-4)
    np.testing.assert_allclose(out[30 * BLOCK :], 0.5 * sound[30 * BLOCK :], atol=1e-4)
    assert len(out) == len(sound)
    assert bench.playback.heard_ms(1) == 1000
    assert bench.playback.underruns == 0


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_blocks_that_end_between_the_count_and_the_exchange_are_not_heard_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    sound, played = ramp_to_half(bench)
    exchange = bench.streams.output.exchange

    def late(playing: FakeAction, ring: FakeRing) -> tuple[FakeAction, FakeAction]:
        played.extend(bench.streams.output.run() for _ in range(blocks))
        return exchange(playing, ring)

    monkeypatch.setattr(bench.streams.output, "exchange", late)
    bench.playback.volume = 0.5
    assert_each_frame_once(bench, sound, np.concatenate([*played, bench.run_out()]))


def test_a_block_that_began_before_the_exchange_and_ends_after_it_is_not_heard_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, played = ramp_to_half(bench)
    exchange = bench.streams.output.exchange

    def during_a_callback(playing: FakeAction, ring: FakeRing) -> tuple[FakeAction, FakeAction]:
        assert playing.ring is not None
        commands = exchange(playing, ring)
        played.append(np.frombuffer(playing.ring.read(BLOCK), dtype=np.float32))
        return commands

    monkeypatch.setattr(bench.streams.output, "exchange", during_a_callback)
    bench.playback.volume = 0.5
    assert_each_frame_once(bench, sound, np.concatenate([*played, bench.run_out()]))


def test_a_volume_that_took_long_to_prepare_comes_later_instead_of_with_a_step(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, played = ramp_to_half(bench)
    make_ring = bench.streams.ring
    stalls = [LEAD_BLOCKS + 2]

    def slow_ring(frames: int, channels: int) -> FakeRing:
        if stalls:
            played.append(bench.streams.output.run(stalls.pop()))
        return make_ring(frames, channels)

    monkeypatch.setattr(bench.streams, "ring", slow_ring)
    bench.playback.volume = 0.5
    monkeypatch.undo()
    out = np.concatenate([*played, bench.run_out()])
    assert_each_frame_once(bench, sound, out)
    assert np.abs(np.diff(out)).max() < 0.1 / BLOCK


def test_a_volume_moved_all_the_time_takes_one_exchange_a_block(bench: Bench) -> None:
    bench.write_ms(1, 2000, 0.5)
    bench.run(10)
    for volume in np.linspace(1, 0.2, 100):
        bench.playback.volume = float(volume)
    assert len(bench.streams.output.actions) == 3  # the old ring, its cancel, the new ring
    bench.run(2)
    played = bench.run(10)
    assert np.allclose(played[SETTLED:], 0.1)
    assert np.abs(np.diff(played)).max() < 0.01
    assert not bench.playback.lost


def test_a_new_volume_in_the_last_blocks_leaves_them_as_they_are(bench: Bench) -> None:
    bench.write_ms(1, 100, 0.5)
    bench.playback.complete(1)
    bench.run(9)
    bench.playback.volume = 0.1
    assert np.allclose(bench.run(1), 0.5)
    bench.run(2)
    bench.write_ms(2, 50, 0.5)
    bench.playback.complete(2)
    assert np.allclose(bench.run(5), 0.05)


def test_a_flush_during_a_change_of_volume_is_still_silence(bench: Bench) -> None:
    bench.write_ms(1, 2000, 0.5)
    bench.run(10)
    bench.playback.volume = 0.1
    assert bench.playback.flush() == {1: 100}
    assert sounding(bench.run(10)) == 0
    bench.write_ms(2, 100, 0.5)
    bench.playback.complete(2)
    assert np.allclose(bench.run(10), 0.05)


def test_lost_blocks_before_a_change_of_volume_are_counted(bench: Bench) -> None:
    bench.write_ms(1, 1000)
    bench.run(2)
    bench.streams.output.actions[0].stats.output_underflows = 2
    bench.playback.volume = 0.1
    bench.run(2)
    assert bench.playback.underruns == 2


def test_volume_set_before_start_counts() -> None:
    streams = FakeStreams()
    playback = Playback(streams=streams, clock=FakeClock())
    playback.volume = 0.5
    playback.start(DEVICE)
    playback.write(1, float_to_pcm16(np.full(4800, 0.5, dtype=np.float32)))
    assert np.allclose(streams.output.run(), 0.25)


def test_is_lost_when_the_stream_ends_or_takes_nothing(bench: Bench) -> None:
    bench.write_ms(1, 1000)
    bench.run(2)
    assert not bench.playback.lost
    bench.clock.now += STALL_S + 1
    assert bench.playback.lost
    bench.run(1)
    assert not bench.playback.lost
    bench.streams.output.active = False
    assert bench.playback.lost


def test_idle_it_is_not_lost(bench: Bench) -> None:
    assert not bench.playback.lost
    bench.clock.now += 60
    bench.run(2)
    assert not bench.playback.lost


def test_a_full_action_queue_means_lost_and_raises_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise RuntimeError("Action queue is full")

    bench.write_ms(1, 1000)
    monkeypatch.setattr(bench.streams.output, "cancel", full)
    assert bench.playback.flush() == {1: 0}
    assert bench.playback.lost


def test_closed_it_is_silent_and_still_knows_what_was_heard(bench: Bench) -> None:
    bench.write_ms(1, 1000)
    bench.run(10)
    bench.playback.close()
    bench.playback.close()
    assert bench.streams.output.closed
    bench.write_ms(1, 100)
    bench.playback.complete(1)
    bench.playback.pump()
    assert bench.playback.flush() == {}
    assert not bench.playback.playing
    assert bench.playback.heard_ms(1) == 100
    assert bench.playback.level == SILENCE


def test_before_start_nothing_happens() -> None:
    playback = Playback(streams=FakeStreams())
    playback.write(1, b"\0\0")
    playback.complete(1)
    playback.pump()
    assert (playback.flush(), playback.heard_ms(1)) == ({}, 0)
    assert (playback.playing, playback.lost, playback.underruns) == (False, False, 0)


def test_a_device_that_cannot_be_opened_is_reported() -> None:
    streams = FakeStreams()
    streams.error = DeviceOpenError(verbatim("The speaker is in use. Choose another device."))
    with pytest.raises(DeviceOpenError):
        Playback(streams=streams).start(SESSION)


def test_a_cue_sounds_from_the_next_block_on(bench: Bench):
    ms = bench.playback.cue("start")
    heard = bench.run(20)
    np.testing.assert_allclose(heard[: len(CUE)], CUE)
    assert sounding(heard[len(CUE) :]) == 0
    assert ms == pytest.approx(10 + 1000 * len(CUE) / DEVICE)


def test_a_cue_is_told_to_end_when_the_device_has_put_it_out():
    bench = Bench(latency=0.2)
    assert bench.playback.cue("start") == pytest.approx(210 + 1000 * len(CUE) / DEVICE)


@pytest.mark.parametrize("latency", [2**32 / DEVICE, math.nan, math.inf, -1.0])
def test_a_cue_ends_although_the_latency_is_invalid(latency: float):
    bench = Bench(latency=latency)
    expected = 10 + 1000 * (USUAL_LATENCY_S + len(CUE) / DEVICE)
    assert bench.playback.cue("start") == pytest.approx(expected)


def test_a_cue_sounds_beside_a_response_and_counts_for_nothing(bench: Bench):
    bench.write_ms(1, 500)
    bench.playback.complete(1)
    bench.run(5)
    bench.playback.cue("start")
    heard = bench.run(20)
    np.testing.assert_allclose(heard[: len(CUE)], CUE + 0.25, atol=1e-4)
    bench.run_out()
    assert bench.playback.heard_ms(1) == pytest.approx(500)
    assert bench.playback.underruns == 0


def test_a_cue_alone_is_no_playing(bench: Bench):
    bench.playback.cue("start")
    assert not bench.playback.playing
    bench.run(1)
    assert bench.playback.flush() == {}


def test_a_cue_has_the_volume(bench: Bench):
    bench.playback.volume = 0.5
    bench.playback.cue("start")
    np.testing.assert_allclose(bench.run(20)[: len(CUE)], 0.5 * CUE)


def test_a_cue_on_both_sides_of_a_stereo_device():
    bench = Bench(channels=2)
    bench.playback.cue("start")
    np.testing.assert_allclose(bench.run(20)[: len(CUE)], CUE)


def test_no_cue_where_nothing_is_open(bench: Bench):
    bench.playback.close()
    assert bench.playback.cue("start") == 0.0
    assert Playback(streams=FakeStreams()).cue("stop") == 0.0
