"""What came of a comparison, as it is kept and reported. Pure. `docs/compare.md` describes the JSON.

Times are in ms; None stands for what isn't known, which is never the same as 0.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desktop.compare.targets import Target
from desktop.cost.total import Total

FORMAT = "presstalk-compare"
VERSION = 1
"""Of the JSON. It grows when a field changes its meaning or goes; new fields don't count."""


class Amount(msgspec.Struct, frozen=True):
    """Money. `amount` is a decimal number as text, because JSON's readers round."""

    amount: str
    currency: str
    estimated: bool = False


class ToolUse(msgspec.Struct, frozen=True):
    """A call of the model's, with the arguments it gave and what became of it."""

    name: str
    arguments: Any
    state: str = ""
    ms: float | None = None


class Check(msgspec.Struct, frozen=True):
    """One expectation of a script: whether it holds, and what was found if it doesn't."""

    expects: str
    passed: bool
    found: str = ""


class Sound(msgspec.Struct, frozen=True):
    """Where an answer's sound lies in its run's recording: bytes of the track `received`."""

    offset: int
    bytes: int
    rate: int


class TurnResult(msgspec.Struct, kw_only=True):
    """What one target made of one turn."""

    turn: int
    """From 1."""
    kind: Literal["spoken", "typed"]
    asked: str = ""
    """What was typed, or the name of the sound."""
    understood: str = ""
    answer: str = ""
    complete: bool = False
    interrupted: bool = False
    """The script let the next take begin before the answer was over."""
    key_up_to_audible_ms: float | None = None
    parts_ms: dict[str, float] = {}
    """They sum to `key_up_to_audible_ms`."""
    leading_silence_ms: float | None = None
    begins_with: Literal["key_up", "commit", "server"] = "key_up"
    """What the wait is counted from: typed, there is no key; "server": its word for the end of the speech."""
    length_ms: float | None = None
    """Of the answer's sound, from its first audible sample on."""
    silence_ms: float | None = None
    """Pauses in it."""
    words_a_minute: float | None = None
    stalls: int = 0
    stall_ms: float = 0.0
    tools: list[ToolUse] = []
    cost: list[Amount] | None = None
    """By currency; None where it isn't known."""
    error: str | None = None
    problems: list[str] = []
    retries: int = 0
    input_rate: int = 0
    output_rate: int = 0
    sent_bytes: int = 0
    sent_sha256: str = ""
    same_sound: bool | None = None
    """Whether what was sent is the take, byte for byte; None for a typed turn."""
    sound: Sound | None = None
    checks: list[Check] = []

    @property
    def passed(self) -> bool:
        """Whether it was answered, and does what the script expects."""
        return self.error is None and all(check.passed for check in self.checks)


class RunResult(msgspec.Struct, kw_only=True):
    """One session with one target: all turns of a conversation once."""

    target: int
    """Its place among the targets, from 0."""
    repeat: int
    """From 1."""
    conversation: str = ""
    """The script's name for it."""
    job: int = 0
    """Its number among all runs of the comparison, over all shards."""
    began: str = ""
    """ISO 8601, UTC."""
    place: int = 0
    """The how many-th to begin, from 1."""
    alone: bool = False
    """No other run was going on at its beginning, because the service allows no more."""
    retries: int = 0
    """Sessions that were refused before this one, and connections that were tried again in it."""
    round_trip_ms: float | None = None
    recording: str = ""
    """The folder of its recording, within that of the comparison."""
    error: str | None = None
    code: str = ""
    """The service's own, of the error."""
    whole: bool = True
    """False: it was stopped in the middle, and will be run again."""
    turns: list[TurnResult] = []

    @property
    def passed(self) -> bool:
        """Whether all of it was answered, and does what the script expects."""
        return self.error is None and bool(self.turns) and all(turn.passed for turn in self.turns)


class PriceInfo(msgspec.Struct, frozen=True):
    """What a target's prices are known from. `dated`: the day of a table's prices."""

    words: str
    source: str
    dated: str = ""


class TargetInfo(msgspec.Struct, kw_only=True):
    """A target, and what is known of its model."""

    name: str
    target: Target
    label: str = ""
    price: PriceInfo | None = None


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured; no names of the computer or its user."""

    system: str
    python: str
    processors: int


class SourceInfo(msgspec.Struct, frozen=True):
    """A sound that was asked with. `sha256` is that of its bytes, by the rate in Hz."""

    name: str
    seconds: float
    rate: int
    sha256: dict[str, str]


class Outcome(msgspec.Struct, kw_only=True):
    """A whole comparison: what its reports are made of."""

    made_at: str
    program: str
    machine: Machine
    seed: int
    repeats: int
    sessions: int
    realtime: bool
    fingerprint: str = ""
    """Of the plan: only runs of the same can be merged or continued."""
    shards: list[str] = []
    jobs: int = 0
    """How many runs there are in all, over all shards."""
    sources: list[SourceInfo] = []
    notes: list[str] = []
    targets: list[TargetInfo] = []
    runs: list[RunResult] = []
    complete: bool = True
    """Whether every run of this part is there: it may have been stopped."""

    def runs_of(self, target: int) -> list[RunResult]:
        """A target's runs, by their repeats."""
        return sorted((run for run in self.runs if run.target == target), key=lambda run: run.repeat)

    @property
    def passed(self) -> bool:
        """Whether everything was asked, answered, and as the script expects."""
        return self.complete and bool(self.runs) and all(run.passed for run in self.runs)


def amounts(total: Total) -> list[Amount] | None:
    """A cost for a report; None where nothing is known, or not all."""
    if not total.known or total.unknown:
        return None
    return [Amount(money.exactly(), money.currency, total.about) for money in total.money]
