"""The gate: what it remembers, what it lets through, how it cuts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.audio.format import Samples, pcm16_to_float
from desktop.audio.microphone_gate import MicrophoneGate

RATE = 24_000
BLOCK = RATE // 100
PACKET_BYTES = 2 * RATE // 50


class Counting:
    """A microphone whose samples count up, so that each can be recognised."""

    def __init__(self) -> None:
        self.at = 0

    def take(self, samples: int) -> Samples:
        self.at += samples
        return (np.arange(self.at - samples, self.at) / 32768).astype(np.float32)


def numbers(packets: list[bytes]) -> list[int]:
    return [round(float(sample) * 32768) for sample in pcm16_to_float(b"".join(packets))]


@pytest.fixture
def mic() -> Counting:
    return Counting()


def test_shut_it_says_nothing_and_open_it_begins_with_the_pre_roll(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    for _ in range(10):
        assert gate.feed(mic.take(BLOCK)) == []
    assert gate.open(60) == 60
    assert gate.is_open
    sent = gate.feed(mic.take(BLOCK)) + gate.close()
    assert numbers(sent) == list(range(4 * BLOCK, 11 * BLOCK))


def test_remembers_no_more_than_half_a_second(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    for _ in range(100):
        gate.feed(mic.take(BLOCK))
    assert gate.open(10_000) == 500


def test_says_how_much_pre_roll_there_was(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    gate.feed(mic.take(BLOCK))
    assert gate.open(300) == 10


def test_no_pre_roll_means_none(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    gate.feed(mic.take(BLOCK))
    assert gate.open(0) == 0
    assert numbers(gate.feed(mic.take(BLOCK)) + gate.close()) == list(range(BLOCK, 2 * BLOCK))


@pytest.mark.parametrize("before", [0, 5, 117, 1000, 12_345])
def test_each_feed_is_a_packet_and_what_was_kept_goes_in_packets_of_20_ms(mic: Counting, before: int) -> None:
    gate = MicrophoneGate(RATE)
    gate.feed(mic.take(before))
    gate.open(300)
    first = gate.feed(mic.take(BLOCK))
    assert all(len(packet) == PACKET_BYTES for packet in first[:-1])
    for blocks in (1, 2, 1, 1, 3):
        packets = [len(packet) for packet in gate.feed(mic.take(blocks * BLOCK))]
        assert packets == [[PACKET_BYTES // 2], [PACKET_BYTES], [PACKET_BYTES, PACKET_BYTES // 2]][blocks - 1]


def test_a_block_one_sample_short_delays_no_packet(mic: Counting) -> None:
    """From 44.1 kHz a block of 10 ms is 239 to 241 samples."""
    gate = MicrophoneGate(RATE)
    gate.open(300)
    gate.feed(mic.take(BLOCK))
    for _ in range(20):
        for pair in ((BLOCK - 1, BLOCK), (BLOCK + 1, BLOCK)):
            assert [len(gate.feed(mic.take(samples))) for samples in pair] == [1, 1]


@given(
    feeds=st.lists(st.integers(0, 900), max_size=12),
    cut=st.integers(0, 12),
    pre_roll_ms=st.integers(0, 600),
)
def test_every_sample_goes_out_once_and_in_order(feeds: list[int], cut: int, pre_roll_ms: int) -> None:
    mic, gate = Counting(), MicrophoneGate(RATE)
    for samples in feeds[:cut]:
        gate.feed(mic.take(samples))
    opened_at = mic.at
    there = round(gate.open(pre_roll_ms) * RATE / 1000)
    sent = [packet for samples in feeds[cut:] for packet in gate.feed(mic.take(samples))] + gate.close()
    assert numbers(sent) == list(range(opened_at - there, mic.at))
    assert all(len(packet) <= PACKET_BYTES for packet in sent)


def test_close_hands_out_the_rest_once(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    gate.open(0)
    gate.feed(mic.take(BLOCK))
    gate.feed(mic.take(BLOCK // 2))
    assert b"".join(gate.close())
    assert gate.close() == []
    assert not gate.is_open


def test_what_was_sent_is_no_pre_roll_of_the_next_take(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    gate.open(300)
    for _ in range(30):
        gate.feed(mic.take(BLOCK))
    gate.close()
    gate.feed(mic.take(BLOCK))
    assert gate.open(300) == 10


def test_opening_twice_changes_nothing(mic: Counting) -> None:
    gate = MicrophoneGate(RATE)
    gate.open(300)
    gate.feed(mic.take(BLOCK))
    assert gate.open(300) == 0
    gate.feed(mic.take(BLOCK // 4))
    assert numbers(gate.close())[-1] == mic.at - 1
