from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop.recording.reading import player as players
from desktop.recording.reading.player import WITHOUT_SOUND, Player
from desktop.recording.reading.recorded_timeline import RecordedTimeline, read_timeline
from tests.recording.reading.recordings import make

SECOND = 1_000_000


class Played:
    """A player with a clock that is set by hand, and what it asks for."""

    def __init__(self, recorded: RecordedTimeline) -> None:
        self.now = 100.0
        self.recorded = recorded
        self.player = Player(clock=lambda: self.now)
        self.sounds: list[int] = []
        self.places: list[float] = []
        self.states: list[bool] = []
        self.silenced = 0
        self.remarks: list[object] = []
        self.player.sound_ready.connect(lambda sound: self.sounds.append(len(sound.pcm) // 48))
        self.player.moved.connect(self.places.append)
        self.player.playing_changed.connect(self.states.append)
        self.player.silence_asked.connect(self._on_silence)
        self.player.remarked.connect(self.remarks.append)

    def _on_silence(self) -> None:
        self.silenced += 1

    async def until(self, condition) -> None:
        async with asyncio.timeout(10):
            while not condition():
                QApplication.processEvents()
                await asyncio.sleep(0.002)

    async def at(self, seconds: float) -> float:
        """The place so many seconds later."""
        self.now += seconds
        count = len(self.places)
        await self.until(lambda: len(self.places) > count)
        return self.places[-1]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp) -> Played:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)
    return Played(read_timeline(make(tmp_path / "r")))


async def test_the_playhead_moves_with_the_sound(played: Played) -> None:
    played.player.play(played.recorded, 0.5 * SECOND)
    await played.until(lambda: played.sounds)
    assert played.sounds == [8_500]
    played.now += 0.3  # the device takes its time
    played.player.on_sounding(True)
    assert await played.at(1.0) == pytest.approx(1.5 * SECOND)
    assert await played.at(20.0) == 9 * SECOND
    assert played.states == [True, False]
    assert played.silenced == 1
    await played.player.close()


async def test_at_twice_the_speed_it_takes_half_of_the_time(played: Played) -> None:
    played.player.set_speed(2.0)
    played.player.play(played.recorded, SECOND)
    await played.until(lambda: played.sounds)
    assert played.sounds == [4_000]
    played.player.on_sounding(True)
    assert await played.at(1.0) == pytest.approx(3 * SECOND)
    played.player.set_speed(0.5)
    await played.until(lambda: len(played.sounds) == 2)
    assert played.sounds[1] == 12_000
    played.player.on_sounding(True)
    assert await played.at(1.0) == pytest.approx(3.5 * SECOND)
    await played.player.close()


async def test_where_nothing_sounds_no_speaker_is_asked_for(played: Played) -> None:
    played.player.play(played.recorded, 8.5 * SECOND)
    assert await played.at(0.2) == pytest.approx(8.7 * SECOND, abs=SECOND / 4)
    assert not played.sounds
    await played.player.close()


async def test_a_long_one_is_played_in_parts(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "PART_US", 3 * SECOND)
    played.player.play(played.recorded, SECOND)
    await played.until(lambda: played.sounds == [3_000])
    played.player.on_sounding(True)
    assert await played.at(3.1) == 4 * SECOND
    played.player.on_sounding(False)  # its end, as expected
    await played.until(lambda: played.sounds == [3_000, 3_000])
    assert played.player.playing
    await played.player.close()


async def test_sound_that_somebody_stops_stops_the_playhead(played: Played) -> None:
    played.player.play(played.recorded, SECOND)
    await played.until(lambda: played.sounds)
    played.player.on_sounding(True)
    await played.at(1.0)
    played.player.on_sounding(False)
    assert not played.player.playing
    assert played.states == [True, False]
    await played.player.close()


async def test_without_a_speaker_it_goes_on_silently_and_says_so(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(players, "START_S", 0.001)
    played = Played(played.recorded)
    played.player.play(played.recorded, SECOND)
    await played.until(lambda: played.remarks)
    assert played.remarks == [WITHOUT_SOUND()]
    assert await played.at(1.0) == pytest.approx(2 * SECOND)
    await played.player.close()
