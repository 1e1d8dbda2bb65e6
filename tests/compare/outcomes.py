"""Outcomes of comparisons that were never run."""

from __future__ import annotations

from typing import Any

from desktop.compare.results import Machine, Outcome, RunResult, TargetInfo, TurnResult
from desktop.compare.targets import Target


def turn(number: int, wait_ms: float, **changes: Any) -> TurnResult:
    values: dict[str, Any] = {
        "turn": number,
        "kind": "spoken",
        "asked": "question.wav",
        "understood": "What time is it?",
        "answer": "It is noon.",
        "complete": True,
        "key_up_to_audible_ms": wait_ms,
        "parts_ms": {"service": wait_ms / 4, "model": wait_ms / 2, "leading_silence": wait_ms / 4},
        "leading_silence_ms": wait_ms / 4,
    }
    return TurnResult(**(values | changes))


def outcome_of(waits: dict[int, list[float]], **changes: Any) -> Outcome:
    """Targets by their number, each with runs of one turn that took so long."""
    targets = [Target(model=f"maker/model-{at}") for at in waits]
    values: dict[str, Any] = {
        "made_at": "2026-11-30T12:00:00+00:00",
        "program": "presstalk 1",
        "machine": Machine("Linux", "3.11", 2),
        "seed": 1,
        "repeats": max(map(len, waits.values())),
        "sessions": 4,
        "realtime": True,
        "targets": [TargetInfo(name=target.name, target=target) for target in targets],
        "runs": [
            RunResult(target=at, repeat=number, job=number, turns=[turn(1, ms)])
            for at, values in waits.items()
            for number, ms in enumerate(values, 1)
        ],
    }
    return Outcome(**(values | changes))
