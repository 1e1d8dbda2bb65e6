"""Every rate from 1,000 to 192,000 Hz: nothing is cut in the middle of a sample, and nothing is lost."""

from __future__ import annotations

import contextlib
import random

import numpy as np
import pytest

from desktop.audio.capture import Capture
from desktop.audio.fake_streams import FakeClock, FakeStreams
from desktop.audio.fakes import FakeMicrophone
from desktop.audio.files import CollectingSpeaker, FileMicrophone
from desktop.audio.format import float_to_pcm16, pcm16_to_float, wav_bytes
from desktop.audio.jitter_buffer import ResponseQueue
from desktop.audio.microphone_gate import MicrophoneGate
from desktop.audio.playback import Playback
from desktop.audio.resample import Resampler
from desktop.audio.sound_file import SoundFile
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.turn.mute_switch import MuteSwitch

KNOWN = (1_000, 1_001, 7_999, 8_000, 11_025, 12_345, 16_000, 22_050, 23_999, 24_000, 44_100, 48_000, 96_000)
ODD = random.Random(7).sample(range(1_000, 192_001), 14)
"""The more digits a ratio has, the longer its filter takes: most of these are for `make soak`."""
RATES = (
    *(*KNOWN, 176_400, 192_000, *ODD[:3]),
    *(pytest.param(rate, marks=pytest.mark.long) for rate in (191_999, *ODD[3:])),
)


def test_no_rate_cuts_a_sample_in_two():
    silence = np.zeros(192_000 // 10 + 1, dtype=np.float32)
    pcm = bytes(2 * len(silence))
    for rate in range(1_000, 192_001, 7):
        gate = MicrophoneGate(rate)
        gate.open(0)
        heard = silence[: rate // 10 + rate % 2]
        packets = [*gate.feed(heard), *gate.close()]
        assert all(len(packet) % 2 == 0 for packet in packets), rate
        assert sum(map(len, packets)) == 2 * len(heard), rate
        queue = ResponseQueue(rate)
        response = queue.write(1, pcm[: 2 * (rate // 10 + 1)])
        assert all(len(piece) % 2 == 0 for piece in response.pending), rate


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("device", [8_000, 44_100, 48_000])
def test_the_speaker_plays_it_to_its_end(rate: int, device: int):
    streams, clock = FakeStreams(rate=device), FakeClock()
    playback = Playback(streams=streams, clock=clock)
    playback.start(rate)
    tone = np.sin(np.arange(rate // 2) * (2 * np.pi * 100 / rate)).astype(np.float32) / 2
    playback.write(1, float_to_pcm16(tone))
    playback.complete(1)
    heard = []
    for _ in range(200):
        heard.append(streams.output.run())
        clock.now += 0.01
        playback.pump()
    assert not playback.playing
    sounding = np.flatnonzero(np.abs(np.concatenate(heard)) > 0.05)
    assert abs(len(sounding) and (sounding[-1] - sounding[0]) / device - 0.5) < 0.05
    assert abs(playback.heard_ms(1) - 500) < 30


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("device", [8_000, 44_100, 48_000])
def test_the_microphone_is_heard_at_it(rate: int, device: int):
    streams = FakeStreams(rate=device)
    capture = Capture(streams=streams, clock=FakeClock())
    capture.start(rate)
    heard = 0
    for _ in range(50):
        streams.input.deliver(np.full(device // 100, 0.25, dtype=np.float32))
        heard += len(capture.read())
    held_back = 0.3 if rate < 8_000 else 0.05  # the filter is longer
    assert abs(heard / rate - 0.5) < held_back


@pytest.mark.parametrize(
    ("before", "after"), [(11_025, 23_999), (12_345, 24_000), (24_000, 11_025), (1_001, 191_999)]
)
def test_a_take_goes_on_at_another_rate(before: int, after: int):
    sent: list[bytes] = []
    microphone = FakeMicrophone()
    microphone.start(before)
    uplink = MicrophoneUplink(microphone, sent.append, sent.extend, lambda ms, pre_roll: None, MuteSwitch())
    uplink.set_rate(before)
    uplink.attach()
    uplink.open_gate(1, 0)
    microphone.push_ms(505)
    uplink.step()
    uplink.append_silence(100)
    microphone.start(after)
    uplink.set_rate(after)
    microphone.push_ms(505)
    uplink.step()
    uplink.close_gate(1)
    assert all(len(packet) % 2 == 0 for packet in sent)
    sent.clear()
    uplink.resend(1)
    assert all(len(packet) % 2 == 0 for packet in sent)
    assert abs(len(pcm16_to_float(b"".join(sent))) / after - 1.01) < 0.03


@pytest.mark.parametrize("rate", RATES)
def test_a_file_is_spoken_and_an_answer_saved(rate: int, tmp_path):
    path = tmp_path / "said.wav"
    path.write_bytes(wav_bytes(float_to_pcm16(np.full(rate, 0.25, dtype=np.float32)), rate))
    with contextlib.closing(SoundFile(path)) as source:
        microphone = FileMicrophone(source, realtime=False)
        microphone.start(12_345)
        spoken = 0
        while not microphone.exhausted:
            spoken += len(microphone.read())
    assert abs(spoken / 12_345 - 1.0) < 0.15
    speaker = CollectingSpeaker()
    speaker.start(rate)
    speaker.write(1, bytes(2 * rate + 1))
    assert abs(speaker.heard_ms(1) - 1_000) < 1
    assert len(wav_bytes(speaker.pcm(1), rate)) == 44 + 2 * rate


@pytest.mark.parametrize("rate", RATES)
def test_the_resampler_has_every_ratio(rate: int):
    for other in (1_000, 24_000, 48_000, 192_000):
        for one, two in ((rate, other), (other, rate)):
            resampler = Resampler(one, two)
            blocks = [np.zeros(one // 100, dtype=np.float32)] * 20
            out = sum(len(resampler.push(block)) for block in blocks) + len(resampler.finish())
            assert abs(out / two - 20 * (one // 100) / one) < 0.03
