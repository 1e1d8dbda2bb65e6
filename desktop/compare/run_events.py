"""What a runner tells as it goes on: for a window's columns, or a terminal's lines."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.message import Message
from desktop.compare.plan import Job
from desktop.compare.results import RunResult, TurnResult


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A job's session is being opened."""

    job: Job


@dataclass(frozen=True, slots=True)
class TurnMeasured:
    """A turn of a job is over."""

    job: Job
    turn: TurnResult


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A job is over, well or not."""

    job: Job
    run: RunResult
    whole: bool
    """False: it was stopped in the middle, and has to be run again."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that holds for the whole comparison."""

    message: Message


RunEvent = RunBegan | TurnMeasured | RunEnded | Noted
