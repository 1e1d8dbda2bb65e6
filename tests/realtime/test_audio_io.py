"""Devices are opened, exchanged and closed, without losing takes or responses."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from desktop.audio.fakes import FakeMicrophone, FakeSpeaker
from desktop.audio.interfaces import DeviceOpenError, NoDeviceError
from desktop.base.message import verbatim
from desktop.realtime import audio_io
from desktop.realtime.audio_io import AudioIO
from desktop.realtime.microphone_uplink import MicrophoneUplink
from desktop.realtime.replay import Replay
from desktop.realtime.response_audio import KEPT_BYTES
from desktop.realtime.speaker_downlink import ECHO_MS, SpeakerDownlink
from desktop.turn.mute_switch import MuteSwitch

RATE = 24_000


class Ends:
    """Uplink and downlink, and what they reported."""

    def __init__(self) -> None:
        self.microphone = FakeMicrophone()
        self.speaker = FakeSpeaker()
        self.sent: list[bytes] = []
        self.captured_ms = 0.0
        self.reported: list[object] = []
        self.cut: dict[int, tuple[float, float]] = {}
        self.out = MicrophoneUplink(
            self.microphone, self.sent.append, self.sent.extend, self._on_captured, MuteSwitch()
        )
        self.heard: list[tuple[int, str]] = []
        self.into = SpeakerDownlink(self.speaker, lambda: self.reported.append("ended"), self._on_heard)
        self.lines = AudioIO(self.out, self.into, self.cut.update)

    def _on_captured(self, ms: float, pre_roll: bool) -> None:
        self.captured_ms += ms

    def _on_heard(self, response: int, ago_ms: float | None) -> None:
        self.heard.append((response, "end" if ago_ms is None else "begin"))

    def recording(self, take: int) -> bytes:
        """The recording of a take that is sent on another connection."""
        self.sent.clear()
        self.out.resend(take)
        return b"".join(self.sent)

    def play_ms(self, response: int, ms: float, value: int = 1) -> None:
        self.into.push_audio(response, np.full(round(RATE * ms / 1_000), value, "<i2").tobytes())


@pytest.fixture
async def ends() -> Ends:
    ends = Ends()
    assert await ends.lines.open(RATE, RATE) == {}
    return ends


async def test_another_microphone_continues_the_take(ends: Ends) -> None:
    ends.out.open_gate(1, 0)
    ends.microphone.push_ms(200, amplitude=0.25)
    other = FakeMicrophone()
    assert await ends.lines.exchange(microphone=other) == {}
    assert ends.microphone.closed
    assert not ends.speaker.closed, "the other line is left alone"
    other.push_ms(200, amplitude=0.5)
    ends.lines.step()
    ends.out.close_gate(1)
    take = np.frombuffer(ends.recording(1), "<i2")
    assert len(take) == RATE * 0.4
    assert (take[0], take[-1]) == (8_192, 16_384)


async def test_a_sound_system_that_hangs_is_reported_and_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audio_io, "OPEN_S", 0.05)
    ends, answers, closed = Ends(), threading.Event(), threading.Event()
    monkeypatch.setattr(ends.microphone, "start", lambda rate: answers.wait(30))
    monkeypatch.setattr(ends.microphone, "close", closed.set)
    try:
        async with asyncio.timeout(5):
            problems = await ends.lines.open(RATE, RATE)
        assert "isn't responding" in str(problems["microphone"])
        assert not ends.lines.has_microphone
        assert not closed.is_set()
    finally:
        answers.set()
    assert await asyncio.to_thread(closed.wait, 5), "what opens too late is closed again"


async def test_an_answer_continues_where_the_old_speaker_was_cut(ends: Ends) -> None:
    ends.play_ms(1, 300, value=1)
    ends.play_ms(1, 700, value=2)
    ends.speaker.play(300)
    other = FakeSpeaker()
    await ends.lines.exchange(speaker=other)
    rest = np.frombuffer(b"".join(pcm for _, pcm in other.writes), "<i2")
    assert len(rest) == RATE * 0.7
    assert set(rest) == {2}
    ends.play_ms(1, 100)
    ends.into.complete(1)
    other.play(200)
    assert ends.into.playing
    assert ends.into.flush() == {1: (500.0, 1_100.0)}, "of both speakers together"


async def test_an_answer_is_over_when_it_is_complete_and_not_in_its_gaps(ends: Ends) -> None:
    for _ in range(2):
        ends.play_ms(1, 100)
        for _ in range(3):
            ends.lines.step()
            ends.speaker.play(60)
    assert ends.heard == [(1, "begin")]
    assert ends.reported == ["ended"] * 2, "each silence once"
    assert ends.into.playing, "more is to come"
    ends.into.complete(1)
    ends.lines.step()
    assert ends.heard == [(1, "begin"), (1, "end")]
    assert not ends.into.playing


async def test_the_next_answer_ends_one_that_was_never_completed(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.speaker.play(100)
    ends.lines.step()
    ends.play_ms(2, 100)
    ends.lines.step()
    ends.speaker.play(100)
    ends.lines.step()
    ends.into.complete(2)
    ends.lines.step()
    assert ends.heard == [(1, "begin"), (2, "begin"), (1, "end"), (2, "end")]


async def test_an_answer_that_is_complete_while_its_speaker_is_exchanged_is_over(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.speaker.play(100)
    ends.lines.step()
    exchanging = asyncio.create_task(ends.lines.exchange(speaker=FakeSpeaker()))
    await asyncio.sleep(0)
    ends.into.complete(1)
    await exchanging
    ends.lines.step()
    assert ends.heard == [(1, "begin"), (1, "end")]
    assert not ends.into.playing


async def test_nothing_else_is_played_while_more_of_an_answer_is_to_come(ends: Ends) -> None:
    """It would silence the answer, whose rest nobody would hear."""
    replays = Replay(ends.into, lambda: False)
    ends.play_ms(1, 100)
    ends.speaker.play(100)
    ends.lines.step()
    assert not replays.play(bytes(4_800))
    ends.into.complete(1)
    ends.lines.step()
    assert replays.play(bytes(4_800))


async def test_the_room_is_silent_in_a_gap(ends: Ends) -> None:
    """Half-duplex the microphone listens again: nothing sounds that it could hear."""
    ends.play_ms(1, 100)
    assert ends.into.sounding(0.0)
    ends.speaker.play(100)
    ends.lines.step()
    assert ends.into.sounding(ECHO_MS - 1)
    assert not ends.into.sounding(ECHO_MS)


async def test_what_comes_while_a_speaker_is_opened_waits_for_it(ends: Ends) -> None:
    go_on = threading.Event()
    other = FakeSpeaker()
    start = other.start
    other.start = lambda rate: (go_on.wait(5), start(rate))[1]  # type: ignore[method-assign]
    ends.play_ms(1, 100)
    exchanging = asyncio.create_task(ends.lines.exchange(speaker=other))
    await asyncio.sleep(0)
    ends.play_ms(1, 100)
    ends.into.complete(1)
    ends.play_ms(2, 50)
    ends.lines.step()
    assert ends.into.playing
    assert ends.reported == []
    go_on.set()
    await exchanging
    assert [(response, len(pcm)) for response, pcm in other.writes] == [(1, 9_600), (2, 2_400)]
    assert other.completed == [1]


async def test_what_is_cut_while_a_speaker_is_opened_does_not_come_back(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.speaker.play(40)
    other = FakeSpeaker()
    exchanging = asyncio.create_task(ends.lines.exchange(speaker=other))
    await asyncio.sleep(0)
    assert ends.into.flush() == {1: (40.0, 100.0)}
    await exchanging
    assert other.writes == []


async def test_without_another_speaker_the_rest_is_reported_as_not_heard(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.speaker.play(40)
    problem = NoDeviceError(verbatim("There is no speaker."))
    assert await ends.lines.exchange(speaker=FakeSpeaker(problem)) == {"speaker": problem}
    assert ends.cut == {1: (40.0, 100.0)}
    assert not ends.into.playing
    ends.play_ms(2, 100)
    ends.into.complete(2)
    assert ends.reported == ["ended"], "the words alone are the answer"
    other = FakeSpeaker()
    await ends.lines.exchange(speaker=other)
    ends.play_ms(3, 100)
    assert [response for response, _ in other.writes] == [3]


async def test_an_answer_that_lost_its_speaker_ends_once_and_its_rest_is_not_heard(ends: Ends) -> None:
    ends.play_ms(1, 300)
    ends.speaker.play(100)
    await ends.lines.exchange(speaker=FakeSpeaker(NoDeviceError(verbatim("There is no speaker."))))
    before = len(ends.reported)
    for _ in range(5):
        ends.play_ms(1, 40)
    assert ends.reported[before:] == [], "the state would flicker with each piece"
    assert ends.into.complete(1) == {1: (100.0, 500.0)}
    assert ends.reported[before:] == ["ended"]


async def test_an_answer_too_long_to_be_kept_is_cut(ends: Ends) -> None:
    ends.into.push_audio(1, bytes(KEPT_BYTES + 2))
    ends.speaker.play(40)
    other = FakeSpeaker()
    await ends.lines.exchange(speaker=other)
    assert other.writes == []
    assert ends.cut[1][0] == 40


async def test_what_was_not_heard_can_be_played_on_the_new_speaker(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.into.complete(1)
    ends.speaker.play(40)
    ends.into.flush()
    other = FakeSpeaker()
    await ends.lines.exchange(speaker=other)
    assert ends.into.play_aside(ends.into.unheard(1))
    assert len(other.writes[0][1]) / 48 == pytest.approx(60)


async def test_a_replay_ends_with_its_speaker(ends: Ends) -> None:
    ends.play_ms(1, 100)
    ends.into.flush()
    assert ends.into.play_aside(ends.into.unheard(1))
    await ends.lines.exchange(speaker=FakeSpeaker())
    assert not ends.into.playing
    assert not ends.into.replaying


async def test_counters_go_on(ends: Ends) -> None:
    ends.microphone.overruns, ends.speaker.underruns = 2, 3
    await ends.lines.exchange(FakeMicrophone(), FakeSpeaker())
    ends.out.microphone.overruns = 1  # type: ignore[misc]
    assert (ends.lines.overruns, ends.lines.underruns) == (3, 3)


async def test_both_are_closed_before_what_comes_between(ends: Ends) -> None:
    closed: list[bool] = []
    other = FakeMicrophone()

    def between() -> None:
        closed.extend([ends.microphone.closed, ends.speaker.closed, other.session_rate == 0])

    await ends.lines.exchange(other, FakeSpeaker(), between)
    assert closed == [True, True, True]
    assert other.session_rate == RATE


async def test_a_microphone_that_cant_be_opened_is_reported_and_another_can(ends: Ends) -> None:
    problem = DeviceOpenError(verbatim("It is in use."))
    assert await ends.lines.exchange(FakeMicrophone(problem)) == {"microphone": problem}
    assert not ends.lines.has_microphone
    ends.lines.step()
    assert await ends.lines.exchange(FakeMicrophone()) == {}
    assert ends.lines.has_microphone


async def test_what_is_lost_is_reported_once_and_what_it_heard_is_in_the_take(ends: Ends) -> None:
    ends.out.open_gate(1, 0)
    ends.microphone.push_ms(100)
    ends.microphone.lost = ends.speaker.lost = True
    assert ends.lines.newly_lost() == ["microphone", "speaker"]
    assert ends.lines.newly_lost() == []
    assert ends.captured_ms == pytest.approx(100, abs=1)
    await ends.lines.exchange(microphone=FakeMicrophone())
    ends.out.microphone.lost = True  # type: ignore[misc]
    assert ends.lines.newly_lost() == ["microphone"]


async def test_without_a_session_nothing_is_opened(ends: Ends) -> None:
    await ends.lines.close()
    other = FakeMicrophone()
    await ends.lines.exchange(other, FakeSpeaker())
    assert other.session_rate == 0
    await ends.lines.open(RATE, RATE)
    assert other.session_rate == RATE


@pytest.mark.parametrize("rate", [16_000, 48_000])
async def test_a_take_continues_at_the_rate_of_the_next_connection(ends: Ends, rate: int) -> None:
    def swing(seconds: float, rate: int, begin: float = 0.0) -> np.ndarray:
        return 0.5 * np.sin(2 * np.pi * 440 * (begin + np.arange(round(seconds * rate)) / rate))

    ends.out.open_gate(1, 0)
    ends.microphone.push(swing(0.305, RATE))
    assert await ends.lines.open(rate, RATE) == {}
    assert ends.microphone.session_rate == rate
    ends.microphone.push(swing(0.295, rate, begin=0.305))
    ends.lines.step()
    ends.out.close_gate(1)
    again = np.frombuffer(ends.recording(1), "<i2") / 32_768
    assert len(again) == pytest.approx(0.6 * rate, abs=rate // 500)
    wrong = np.abs(again - swing(0.6, rate)[: len(again)])
    at = np.flatnonzero(wrong > 0.01) / rate
    # A filter rings where sound begins and ends: of what was kept, that is the press and the reconnect.
    assert np.all((at < 0.02) | (abs(at - 0.305) < 0.02)), at


async def test_a_take_that_waits_is_sent_at_the_rate_of_the_next_connection(ends: Ends) -> None:
    ends.out.open_gate(1, 0)
    ends.microphone.push_ms(500)
    ends.lines.step()
    ends.out.close_gate(1)
    await ends.lines.open(16_000, RATE)
    assert len(ends.recording(1)) == pytest.approx(16_000, abs=40)
    assert ends.captured_ms == pytest.approx(500, abs=1), "told once"


async def test_an_open_line_continues_at_the_rate_of_the_next_connection(ends: Ends) -> None:
    ends.out.stream(True)
    ends.microphone.push_ms(105)
    assert await ends.lines.open(16_000, RATE) == {}
    ends.sent.clear()
    ends.microphone.push_ms(100)
    ends.lines.step()
    assert sum(map(len, ends.sent)) == pytest.approx(2 * 16_000 * 0.1, abs=16)


async def test_what_plays_ends_when_the_next_connection_has_another_rate(ends: Ends) -> None:
    ends.play_ms(1, 100)
    assert await ends.lines.open(RATE, 16_000) == {}
    ends.lines.step()
    assert ends.reported == ["ended"]
    assert not ends.into.playing
