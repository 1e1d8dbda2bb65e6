"""What the doctor's numbers mean."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from desktop.audio.loop_probe import RATE, LoopFindings
from desktop.devices.doctor.findings import NOTHING_DB, DeviceFacts, Findings, Loudness, loop_ms, loudness
from desktop.devices.doctor.verdicts import rows, worst

WELL = Findings(
    DeviceFacts("Desk microphone", 48_000, 10.0),
    DeviceFacts("Speakers", 44_100, 20.0),
    Loudness(-62.0, -61.0, -50.0),
    LoopFindings(40, (), (), 12.0, 0, -25.0),
    61.0,
    31.0,
    0,
    Loudness(-50.0, -25.0, -11.0),
)


def verdict(findings: Findings, id_: str) -> tuple[str, str]:
    row = next(row for row in rows(findings) if row.id == id_)
    return row.verdict, str(row.cure or "")


def test_a_good_desk_has_one_thing_to_say() -> None:
    assert [row.id for row in rows(WELL) if row.verdict != "good"] == ["echo"]
    assert worst(rows(WELL)) == "fair"
    headphones = replace(WELL, loop=LoopFindings(0), loop_ms=None)
    assert {row.verdict for row in rows(headphones)} == {"good", "unknown"}


@pytest.mark.parametrize(
    ("changes", "id_", "expected", "says"),
    [
        ({"microphone": DeviceFacts("Bluetooth", 16_000)}, "microphone", "fair", "telephone"),
        ({"microphone": DeviceFacts("", 0)}, "microphone", "unknown", ""),
        ({"room": Loudness(-49.0)}, "room", "fair", "fans"),
        ({"room": Loudness(-39.0)}, "room", "bad", "fans"),
        ({"room": Loudness(), "speech": Loudness()}, "room", "bad", "nothing at all"),
        ({"speech": Loudness(-62.0, -57.0, -40.0)}, "speech", "unknown", "read the sentence"),
        ({"speech": Loudness(-62.0, -40.0, -30.0)}, "speech", "fair", "hardly heard"),
        ({"speech": Loudness(-62.0, -50.0, -40.0)}, "speech", "bad", "hardly heard"),
        ({"speech": Loudness(-50.0, -11.0, -1.0)}, "speech", "fair", "too loud"),
        ({"speech": Loudness(-50.0, -14.0, 0.0, True)}, "speech", "bad", "too loud"),
        ({"loop_ms": 200.0}, "loop", "fair", "cable"),
        ({"loop_ms": 900.0}, "loop", "bad", "cable"),
        ({"loop": LoopFindings(40, echo_db=9.0)}, "echo", "bad", "down"),
        ({"reduction_db": 14.0}, "cancelled", "fair", "voice is left"),
        ({"reduction_db": 4.0}, "cancelled", "bad", "voice is left"),
        ({"reduction_db": None}, "cancelled", "unknown", ""),
        ({"dropouts": 1}, "dropouts", "fair", "lost"),
        ({"dropouts": 3}, "dropouts", "bad", "lost"),
        ({"loop": LoopFindings(40, drift_ppm=-150.0, echo_db=-9.0)}, "drift", "fair", "clocks"),
        ({"loop": LoopFindings(40, drift_ppm=400.0, echo_db=-9.0)}, "drift", "bad", "clocks"),
    ],
)
def test_what_is_amiss_has_its_cure(changes: dict, id_: str, expected: str, says: str) -> None:
    got, cure = verdict(replace(WELL, **changes), id_)
    assert got == expected
    assert says in cure


def test_loudness_is_that_of_the_room_and_that_of_the_voice() -> None:
    generator = np.random.default_rng(1)
    room = generator.normal(0, 10 ** (-60 / 20), 5 * RATE)
    room[RATE : 3 * RATE] += generator.normal(0, 10 ** (-26 / 20), 2 * RATE)
    found = loudness(room.astype(np.float32), RATE)
    assert found.quiet_db == pytest.approx(-60, abs=1)
    assert found.spoken_db == pytest.approx(-26, abs=1)
    assert not found.clipped


@pytest.mark.parametrize(
    "samples", [[], [math.nan] * 5_000, [math.inf] * 5_000, [0.0] * 5_000, [-1.0] * 5_000]
)
def test_any_sound_has_a_loudness(samples: list[float]) -> None:
    found = loudness(np.asarray(samples, np.float32), RATE)
    assert NOTHING_DB <= found.quiet_db <= 20
    assert found.clipped == any(abs(sample) >= 1 for sample in samples)


def test_the_loop_is_from_the_speakers_hand_to_the_microphones() -> None:
    """A probe that begins to sound at second 10, and is read 80 ms later; the driver holds 20 ms."""
    loop = LoopFindings(2, (RATE * 1.0, RATE * 3.0), (0, 1))
    sounded = ([10.0, 20.0], [0.0, 10.0 * RATE])
    read = ([9.08, 29.08], [0.0, 20.0 * RATE])
    assert loop_ms(loop, [0, 2 * RATE], sounded, read, 20.0) == pytest.approx(100.0)
    assert loop_ms(loop, [0, 2 * RATE], sounded, read, None) == pytest.approx(80.0)
    assert loop_ms(LoopFindings(0), [0, 2 * RATE], sounded, read, None) is None
