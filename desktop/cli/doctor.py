"""The audio doctor on the command line: half a minute, then a line for each finding."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from desktop.audio.devices import Device, find_input, find_output
from desktop.audio.interfaces import AudioError
from desktop.base.terminal import one_line
from desktop.cli.output import FAILED, as_command_error, print_problem, print_result
from desktop.cli.signals import run_until_signal
from desktop.devices.backend import SystemAudioBackend
from desktop.devices.doctor import verdicts
from desktop.devices.doctor.examination import Examination, Phase
from desktop.devices.doctor.findings import DeviceFacts, Findings
from desktop.devices.doctor.verdicts import Row

SCHEMA = 1
"""The version of the JSON."""
MARKS = {"good": "ok  ", "fair": "fair", "bad": "BAD ", "unknown": "?   "}
PROMPTS: dict[Phase, str] = {
    "opening": "Opening the microphone and the speaker.",
    "quiet": "Quiet, please: 2 s.",
    "sweeps": "Playing short sweeps and a murmur, and listening for them: 24 s.",
    "speech": "Now read this aloud: A quick brown fox jumps over the lazy dog, and then it rests in the sun.",
    "reckoning": "Reckoning.",
}


def run(options: argparse.Namespace) -> int:
    """Examine the devices, and print what was found: 0, or 1 if something is bad."""
    with as_command_error(AudioError):
        microphone = find_input(getattr(options, "input_device", None))
        speaker = find_output(getattr(options, "output_device", None))
        findings = run_until_signal(_examine(microphone, speaker))
    rows = verdicts.rows(findings)
    print_result(json.dumps(report(findings, rows), indent=2) if options.json else as_text(rows))
    return FAILED if verdicts.worst(rows) == "bad" else 0


async def _examine(microphone: Device, speaker: Device) -> Findings:
    backend = SystemAudioBackend()
    examination = Examination(
        backend.microphone(microphone),
        backend.speaker(speaker),
        (DeviceFacts(microphone.name, microphone.rate), DeviceFacts(speaker.name, speaker.rate)),
        lambda phase: print_problem(PROMPTS[phase]),
        time.monotonic,
    )
    return await examination.run()


def as_text(rows: list[Row]) -> str:
    """A line for each, and its cure below it."""
    wide = max(len(str(row.name)) for row in rows)
    lines: list[str] = []
    for row in rows:
        lines.append(f"{MARKS[row.verdict]}  {row.name!s:<{wide}}  {one_line(str(row.value))}")
        if row.cure:
            lines.append(f"{'':<{wide + 8}}{row.cure}")
    return "\n".join(lines)


def report(findings: Findings, rows: list[Row]) -> dict[str, Any]:
    """The findings for programs: the numbers, and what they mean. A number that isn't known is null."""
    heard = findings.loop.found > 0
    return {
        "schema": SCHEMA,
        "verdict": verdicts.worst(rows),
        "microphone": _device(findings.microphone),
        "speaker": _device(findings.speaker),
        "room_dbfs": round(findings.room.quiet_db, 1),
        "speech_dbfs": round(findings.speech.spoken_db, 1),
        "speech_peak_dbfs": round(findings.speech.peak_db, 1),
        "speech_clipped": findings.speech.clipped,
        "loop_delay_ms": None if findings.loop_ms is None else round(findings.loop_ms, 1),
        "echo_db": round(findings.loop.echo_db, 1) if heard else None,
        "cancelled_db": None if findings.reduction_db is None else round(findings.reduction_db, 1),
        "drift_ppm": round(findings.loop.drift_ppm, 1) if heard else None,
        "dropouts": findings.dropouts,
        "sweeps_heard": findings.loop.found,
        "findings": [
            {
                "id": row.id,
                "verdict": row.verdict,
                "value": str(row.value),
                "cure": str(row.cure) if row.cure else None,
            }
            for row in rows
        ],
    }


def _device(facts: DeviceFacts) -> dict[str, Any]:
    latency = None if facts.latency_ms is None else round(facts.latency_ms, 1)
    return {"name": facts.name, "rate_hz": facts.rate or None, "latency_ms": latency}
