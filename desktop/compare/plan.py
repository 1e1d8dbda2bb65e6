"""What is to be run: conversations, targets, repeats; each a job with a number. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from desktop.compare.results import Check, TurnResult
from desktop.compare.take import Take
from desktop.compare.targets import Target, in_order

MOST_REPEATS = 1_000
MOST_SESSIONS = 32
SESSIONS = 4
"""At once, by default. xAI allows a team ten."""


def _expects_nothing(result: TurnResult) -> list[Check]:
    return []


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One turn: a take that is spoken, or a text that is typed."""

    name: str
    take: Take | None = None
    text: str = ""
    pause_s: float = 0.0
    """Before it."""
    interrupt_after_s: float | None = None
    """The next turn begins so long after the first sound of this one's answer, whether it is over or not."""
    check: Callable[[TurnResult], list[Check]] = _expects_nothing
    expects: str = ""
    """What `check` looks for, in any words that are the same for the same."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns that are taken in one session."""

    name: str
    turns: tuple[PlannedTurn, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `count`, from 1."""

    number: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True, slots=True)
class Job:
    """One run: a conversation with a target, for the `repeat`th time. Jobs are numbered from 1."""

    number: int
    conversation: int
    target: int
    repeat: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison before it is run."""

    targets: tuple[Target, ...]
    conversations: tuple[Conversation, ...]
    repeats: int = 1
    seed: int = 0
    sessions: int = SESSIONS
    realtime: bool = True
    timeout_s: float = 120.0
    shard: Shard = field(default_factory=Shard)

    @property
    def fingerprint(self) -> str:
        """The same for plans whose runs belong together: parts of one, or one that goes on."""
        facts = {
            "targets": self.targets,
            "conversations": [(one.name, [_facts(turn) for turn in one.turns]) for one in self.conversations],
            "repeats": self.repeats,
            "seed": self.seed,
            "realtime": self.realtime,
        }
        return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()[:16]

    @property
    def all_jobs(self) -> int:
        """How many there are, over all shards."""
        return self.repeats * len(self.conversations) * len(self.targets)

    def waves(self, done: Iterable[int] = ()) -> list[list[Job]]:
        """This shard's jobs that aren't done: a list for each repeat of a conversation, run together.

        The targets of each are in an order of its own.
        """
        over = frozenset(done)
        waves: list[list[Job]] = []
        number = 0
        for repeat in range(1, self.repeats + 1):
            for conversation in range(len(self.conversations)):
                wave = []
                for target in range(len(self.targets)):
                    number += 1
                    mine = (number - 1) % self.shard.count == self.shard.number - 1
                    if mine and number not in over:
                        wave.append(Job(number, conversation, target, repeat))
                if wave:
                    waves.append(in_order(wave, self.seed, number))
        return waves


def _facts(turn: PlannedTurn) -> list[object]:
    sound = hashlib.sha256(turn.take.at_rate(16_000)).hexdigest() if turn.take else ""
    return [turn.name, sound, turn.text, turn.pause_s, turn.interrupt_after_s, turn.expects]
