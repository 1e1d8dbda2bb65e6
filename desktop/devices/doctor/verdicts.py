"""What the findings mean: a row each, in words, with a verdict and a cure. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from desktop.base.message import Message, Text, verbatim
from desktop.devices.doctor.findings import NOTHING_DB, DeviceFacts, Findings

Verdict = Literal["good", "fair", "bad", "unknown"]
WORST_FIRST: tuple[Verdict, ...] = ("bad", "fair", "unknown", "good")

# Where a verdict changes. Each next to why.
NARROW_RATE = 16_000
"""Hz. A Bluetooth headset whose microphone is open has this rate or half of it, and so does its sound."""
SILENT_DB = NOTHING_DB + 10
"""dBFS. Quieter than the noise of any converter: a switch is off."""
LOUD_ROOM_DB, NOISY_ROOM_DB = -50.0, -40.0
"""dBFS. Speech at a usual -26 dBFS (ITU-T P.56's nominal level) is then 24 and 14 dB above the noise; under
15 dB a recogniser's errors double."""
LOUD_DB, QUIET_DB, FAINT_DB = -12.0, -36.0, -46.0
"""dBFS of speech. 10 and 20 dB under the nominal level; above -12 its peaks, 12 dB higher, are cut."""
AUDIBLE_OVER_ROOM_DB = 6.0
"""Speech is there at all if it is so much above the room."""
LONG_LOOP_MS, LONGEST_LOOP_MS = 120.0, 300.0
"""Answers begin that much later. ITU-T G.114: from 150 ms each way talks begin to suffer."""
LOUD_ECHO_DB = 6.0
"""The speaker comes back louder than it was: a canceller has its limits there."""
WELL_CANCELLED_DB, HARDLY_CANCELLED_DB = 20.0, 10.0
"""An answer at -20 dBFS is then no louder than the noise of a usual room; under 10 it is plainly heard."""
FAST_DRIFT_PPM, FASTEST_DRIFT_PPM = 100.0, 300.0
"""Crystals are good to 50 ppm each. At 200 ppm a canceller leaves twice as much as at 50."""
MANY_DROPOUTS = 3

DEVICE = Text("doctor-device", "{device}, {rate} Hz")
DEVICE_LATENCY = Text("doctor-device-latency", "{device}, {rate} Hz, {ms} ms")
DECIBELS = Text("doctor-decibels", "{db} dB")
MILLISECONDS = Text("doctor-milliseconds", "{ms} ms")
MILLIONTHS = Text("doctor-millionths", "{ppm} ppm")
TIMES = Text("doctor-times", "{count} in 16 s")
NOT_HEARD = Text("doctor-not-heard", "not heard")
NOTHING_SAID = Text("doctor-nothing-said", "nothing was said")
NONE = Text("doctor-none", "none")

MICROPHONE = Text("doctor-microphone", "Microphone")
SPEAKER = Text("doctor-speaker", "Speaker")
ROOM = Text("doctor-room", "Room noise")
SPEECH = Text("doctor-speech", "Your voice")
LOOP = Text("doctor-loop", "Delay")
ECHO = Text("doctor-echo", "Echo")
CANCELLED = Text("doctor-cancelled", "Echo cancellation")
DROPOUTS = Text("doctor-dropouts", "Dropouts")
DRIFT = Text("doctor-drift", "Clock drift")

NARROW = Text(
    "doctor-narrow",
    "This is a telephone's sample rate, which Bluetooth headsets have while their microphone is open. "
    "Choose another microphone, and keep the headset for listening.",
)
SILENT = Text(
    "doctor-silent",
    "The microphone delivers nothing at all. Look for its switch, check the system's permission, or choose "
    "another one.",
)
NOISY = Text(
    "doctor-noisy", "It is loud around you. Move the microphone nearer to your mouth, and away from fans."
)
FAINT = Text(
    "doctor-faint", "You are hardly heard. Turn the microphone up in the settings, or come nearer to it."
)
CUT = Text("doctor-cut", "You are too loud: peaks are cut off. Turn the microphone down in the settings.")
SAY_SOMETHING = Text(
    "doctor-say-something", "Start again, and read the sentence aloud when you are asked to."
)
LONG_LOOP = Text(
    "doctor-long-loop",
    "Answers are heard that much later. Bluetooth and network speakers are slow; a cable is not.",
)
HANDS_FREE_ECHO = Text(
    "doctor-hands-free-echo",
    "The microphone hears the speaker. That does no harm to push to talk; hands-free, headphones are safest.",
)
HARDLY_CANCELLED = Text(
    "doctor-hardly-cancelled",
    "Some of the assistant's voice is left. Turn the speaker down; hands-free, headphones are safest.",
)
LOUD_ECHO = Text("doctor-loud-echo", "Turn the speaker down, or move it away from the microphone.")
NO_LOOP = Text(
    "doctor-no-loop",
    "That is usual with headphones. If you use none, check that the speaker is on and not muted.",
)
DROPPED = Text(
    "doctor-dropped",
    "Sound was lost. Close programs that keep the computer busy, and try another port or a cable.",
)
DRIFTING = Text(
    "doctor-drifting",
    "The clocks of the two devices run at different speeds. Use a headset, or both devices of one make.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the doctor's page."""

    id: str
    name: Message
    value: Message
    verdict: Verdict
    cure: Message | None = None


def rows(findings: Findings) -> list[Row]:
    """The lines, in the order of the page."""
    return list(_rows(findings))


def worst(of: list[Row]) -> Verdict:
    """The verdict on the whole."""
    return next((one for one in WORST_FIRST if any(row.verdict == one for row in of)), "unknown")


def _rows(findings: Findings) -> Iterator[Row]:
    yield _device("microphone", MICROPHONE, findings.microphone)
    yield _device("speaker", SPEAKER, findings.speaker)
    yield _room(findings)
    yield _speech(findings)
    yield _loop(findings)
    yield _echo(findings)
    if findings.loop.found:
        yield _cancelled(findings)
    yield _dropouts(findings)
    yield _drift(findings)


def _device(id_: str, name: Text, facts: DeviceFacts) -> Row:
    if not facts.rate:
        return Row(id_, name(), verbatim(facts.name), "unknown")
    if facts.latency_ms is None:
        value = DEVICE(device=facts.name, rate=facts.rate)
    else:
        value = DEVICE_LATENCY(device=facts.name, rate=facts.rate, ms=round(facts.latency_ms))
    narrow = facts.rate <= NARROW_RATE
    return Row(id_, name(), value, "fair" if narrow else "good", NARROW() if narrow else None)


def _room(findings: Findings) -> Row:
    db = findings.room.quiet_db
    value = DECIBELS(db=round(db))
    if max(db, findings.speech.spoken_db) <= SILENT_DB:
        return Row("room", ROOM(), NONE(), "bad", SILENT())
    if db > NOISY_ROOM_DB:
        return Row("room", ROOM(), value, "bad", NOISY())
    if db > LOUD_ROOM_DB:
        return Row("room", ROOM(), value, "fair", NOISY())
    return Row("room", ROOM(), value, "good")


def _speech(findings: Findings) -> Row:
    speech = findings.speech
    value = DECIBELS(db=round(speech.spoken_db))
    if speech.spoken_db < max(findings.room.quiet_db + AUDIBLE_OVER_ROOM_DB, SILENT_DB):
        return Row("speech", SPEECH(), NOTHING_SAID(), "unknown", SAY_SOMETHING())
    if speech.clipped or speech.spoken_db > LOUD_DB:
        return Row("speech", SPEECH(), value, "bad" if speech.clipped else "fair", CUT())
    if speech.spoken_db < QUIET_DB:
        return Row("speech", SPEECH(), value, "bad" if speech.spoken_db < FAINT_DB else "fair", FAINT())
    return Row("speech", SPEECH(), value, "good")


def _loop(findings: Findings) -> Row:
    if findings.loop_ms is None:
        return Row("loop", LOOP(), NOT_HEARD(), "unknown", NO_LOOP())
    value = MILLISECONDS(ms=round(findings.loop_ms))
    if findings.loop_ms > LONG_LOOP_MS:
        verdict: Verdict = "bad" if findings.loop_ms > LONGEST_LOOP_MS else "fair"
        return Row("loop", LOOP(), value, verdict, LONG_LOOP())
    return Row("loop", LOOP(), value, "good")


def _echo(findings: Findings) -> Row:
    if not findings.loop.found:
        return Row("echo", ECHO(), NONE(), "good")
    loud = findings.loop.echo_db > LOUD_ECHO_DB
    value = DECIBELS(db=round(findings.loop.echo_db))
    return Row("echo", ECHO(), value, "bad" if loud else "fair", LOUD_ECHO() if loud else HANDS_FREE_ECHO())


def _cancelled(findings: Findings) -> Row:
    db = findings.reduction_db
    if db is None:
        return Row("cancelled", CANCELLED(), NONE(), "unknown")
    value = DECIBELS(db=-round(db))
    if db < WELL_CANCELLED_DB:
        verdict: Verdict = "bad" if db < HARDLY_CANCELLED_DB else "fair"
        return Row("cancelled", CANCELLED(), value, verdict, HARDLY_CANCELLED())
    return Row("cancelled", CANCELLED(), value, "good")


def _dropouts(findings: Findings) -> Row:
    count = findings.dropouts
    if not count:
        return Row("dropouts", DROPOUTS(), NONE(), "good")
    verdict: Verdict = "fair" if count < MANY_DROPOUTS else "bad"
    return Row("dropouts", DROPOUTS(), TIMES(count=count), verdict, DROPPED())


def _drift(findings: Findings) -> Row:
    if not findings.loop.found:
        return Row("drift", DRIFT(), NOT_HEARD(), "unknown", NO_LOOP())
    ppm = findings.loop.drift_ppm
    value = MILLIONTHS(ppm=round(ppm))
    if abs(ppm) > FAST_DRIFT_PPM:
        return Row("drift", DRIFT(), value, "bad" if abs(ppm) > FASTEST_DRIFT_PPM else "fair", DRIFTING())
    return Row("drift", DRIFT(), value, "good")
