"""Recordings of takes, until they are answered."""

from __future__ import annotations

import numpy as np

from desktop.realtime.take_recordings import TakeRecordings


def test_a_take_is_kept_until_it_is_forgotten():
    recordings = TakeRecordings()
    recordings.begin(1)
    recordings.add(1, b"\1\0")
    recordings.begin(2, [b"\2\0"])
    recordings.add(2, b"\3\0")
    assert tuple(recordings.sound(1)) == (b"\1\0",)
    assert tuple(recordings.sound(2)) == (b"\2\0", b"\3\0")
    recordings.forget(1)
    recordings.forget(1)
    assert tuple(recordings.sound(1)) == ()


def test_a_take_that_begins_again_replaces_its_recording():
    recordings = TakeRecordings()
    recordings.add(1, b"\1\0")
    recordings.begin(1)
    assert tuple(recordings.sound(1)) == ()


def test_at_another_rate_packets_have_20_ms_again():
    recordings = TakeRecordings()
    recordings.set_rate(24_000)
    packet = np.full(480, 8_192, "<i2").tobytes()
    for _ in range(5):
        recordings.add(1, packet)
    recordings.resample(24_000, 16_000)
    packets = tuple(recordings.sound(1))
    assert [len(packet) for packet in packets] == [640] * 5
    middle = np.frombuffer(packets[2], "<i2")
    assert np.allclose(middle, 8_192, atol=8)
