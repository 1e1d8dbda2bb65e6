"""The microphone on streams driven by hand."""

import math

import numpy as np
import pytest

from desktop.audio.capture import RING_S, STALL_S, Capture
from desktop.audio.fake_streams import FakeClock, FakeStreams
from desktop.audio.interfaces import DeviceOpenError
from desktop.audio.levels import SILENCE
from desktop.audio.reported_values import USUAL_LATENCY_S
from desktop.audio.streams import ring_frames
from desktop.base.message import verbatim
from tests.audio.tones import decibels, fit, tone

RATE = 48_000
BLOCK = 480


def opened(streams: FakeStreams, clock: FakeClock | None = None, session_rate: int = 24_000) -> Capture:
    capture = Capture(streams=streams, clock=clock or FakeClock())
    capture.start(session_rate)
    return capture


@pytest.mark.parametrize(
    ("device_rate", "session_rate"), [(48_000, 24_000), (44_100, 16_000), (24_000, 24_000)]
)
def test_a_tone_arrives_at_the_sessions_rate(device_rate: int, session_rate: int) -> None:
    streams = FakeStreams(rate=device_rate)
    capture = opened(streams, session_rate=session_rate)
    heard = []
    sound = tone(1000, device_rate, 1)
    for at in range(0, len(sound), device_rate // 100):
        streams.input.deliver(sound[at : at + device_rate // 100])
        heard.append(capture.read())
    captured = np.concatenate(heard)
    assert len(captured) == pytest.approx(session_rate, abs=session_rate // 50)
    amplitude, rest = fit(captured[session_rate // 10 :], 1000, session_rate)
    assert amplitude == pytest.approx(0.5, rel=0.001)
    assert decibels(rest) < -100


def test_reads_nothing_when_nothing_came() -> None:
    capture = opened(FakeStreams())
    assert len(capture.read()) == 0
    assert capture.read().dtype == np.float32


def test_several_channels_are_mixed() -> None:
    streams = FakeStreams(channels=2)
    capture = opened(streams, session_rate=RATE)
    streams.input.deliver(np.full((BLOCK, 2), [0.5, 0.1], dtype=np.float32))
    assert np.allclose(capture.read(), 0.3)


def test_a_stall_costs_sound_and_is_counted_and_recording_continues() -> None:
    streams = FakeStreams()
    capture = opened(streams, session_rate=RATE)
    size = ring_frames(RATE, RING_S)
    streams.input.deliver(np.full(size, 0.1, dtype=np.float32))
    assert capture.overruns == 0
    streams.input.deliver(np.full(BLOCK, 0.2, dtype=np.float32))  # there is no room for it
    assert len(capture.read()) == size
    assert capture.overruns == 1
    streams.input.deliver(np.full(BLOCK, 0.3, dtype=np.float32))
    assert np.allclose(capture.read(), 0.3)
    assert capture.overruns == 1


def test_counts_what_portaudio_lost() -> None:
    streams, clock = FakeStreams(), FakeClock()
    capture = opened(streams, clock)
    streams.input.losses.input_overflows = 3
    for _ in range(400):
        clock.now += 0.01
        streams.input.deliver(np.zeros(BLOCK, dtype=np.float32))
        capture.read()
    assert capture.overruns == 3


def test_level_is_of_the_last_50_ms_at_the_device() -> None:
    streams = FakeStreams()
    capture = opened(streams)
    assert capture.level == SILENCE
    streams.input.deliver(np.full(5 * BLOCK, 1.0, dtype=np.float32))
    capture.read()
    assert capture.level.clipped
    streams.input.deliver(np.zeros(5 * BLOCK, dtype=np.float32))
    capture.read()
    assert capture.level == SILENCE


def test_latency_is_of_device_and_resampler() -> None:
    streams = FakeStreams(latency=0.02)
    capture = opened(streams)
    streams.input.deliver(np.zeros(5 * BLOCK, dtype=np.float32))
    capture.read()
    assert capture.latency_ms == pytest.approx(20 + 2.4, abs=0.1)


@pytest.mark.parametrize("latency", [2**32 / RATE, math.nan, math.inf, -1.0])
def test_an_invalid_latency_is_the_usual_one(latency: float) -> None:
    capture = opened(FakeStreams(latency=latency), session_rate=RATE)
    assert capture.latency_ms == pytest.approx(1000 * USUAL_LATENCY_S)


@pytest.mark.parametrize("rate", [0.0, math.nan, math.inf, -48_000.0])
def test_a_stream_with_an_invalid_rate_is_heard_at_the_usual_one(rate: float) -> None:
    streams = FakeStreams()
    streams.reported_rate = rate
    capture = opened(streams, session_rate=RATE)
    streams.input.deliver(np.full(BLOCK, 0.1, dtype=np.float32))
    assert len(capture.read()) == BLOCK


def test_is_lost_when_the_stream_ends_on_its_own() -> None:
    streams = FakeStreams()
    capture = opened(streams)
    assert not capture.lost
    streams.input.active = False
    assert capture.lost


def test_is_lost_when_nothing_comes_any_more() -> None:
    streams, clock = FakeStreams(), FakeClock()
    capture = opened(streams, clock)
    clock.now += STALL_S + 1
    assert capture.lost
    streams.input.deliver(np.zeros(BLOCK, dtype=np.float32))
    assert not capture.lost  # it was we who didn't read
    capture.read()
    assert not capture.lost


def test_close_lets_the_device_go_and_can_be_done_twice() -> None:
    streams = FakeStreams()
    capture = opened(streams)
    capture.close()
    capture.close()
    assert streams.input.closed
    assert not capture.lost
    assert len(capture.read()) == 0


def test_starting_again_takes_a_new_stream() -> None:
    streams = FakeStreams()
    capture = opened(streams)
    first = streams.input
    capture.start(16_000)
    assert first.closed
    assert not streams.input.closed


def test_a_device_that_cannot_be_opened_is_reported() -> None:
    streams = FakeStreams()
    streams.error = DeviceOpenError(verbatim("The microphone is in use. Choose another device."))
    with pytest.raises(DeviceOpenError):
        opened(streams)


def test_while_it_rests_the_last_of_it_waits_for_a_read() -> None:
    streams = FakeStreams()
    capture = opened(streams)
    sound = tone(1000, RATE, 3)
    for at in range(0, len(sound), RATE // 4):
        streams.input.deliver(sound[at : at + RATE // 4])
        capture.fetch()
        capture.rest()
        assert capture.level.peak_db == pytest.approx(-6, abs=0.1)
    captured = capture.read()
    assert len(captured) == pytest.approx(24_000 * 0.6, abs=150)
    amplitude, rest = fit(captured[2_400:], 1000, 24_000)
    assert amplitude == pytest.approx(0.5, rel=0.001), "what was left out before is forgotten"
    assert decibels(rest) < -90
