"""A turn that gets any input in any order: its effects must stay possible, and it must not grow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec

from desktop.base.message import verbatim
from desktop.protocol import codec, events
from desktop.turn import effects, inputs
from desktop.turn.turn import Turn

POLICIES = (
    inputs.Policy(),
    inputs.Policy(commits=False),
    inputs.Policy(commits=False, continuous=True),
    inputs.Policy(commits=False, hands_free=True),
)
ROOM = 300
"""Entries that a turn may hold whatever the server does: words due, tools and the ids of
results, 64 of each, and some more."""
PER_ACTION = 4
"""What each action of the user may add: a take that waits for a connection is theirs."""


class Growth(AssertionError):
    """The turn holds more than the user has given it."""


class Talker:
    """A user, their devices and a link around a turn, acting at random."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.turn = Turn(chance.choice(POLICIES))
        self.now = 0.0
        self.up = False
        self.actions = 0
        self._gate = 0
        self._line = False
        self._recordings: set[int] = set()
        self._tools: list[str] = []
        self._steps = chance.choice(((20,), (0, 1, 20, 500), (50, 3_000), (20, 25_000), (0,)))
        self._ways = chance.sample(_WAYS, chance.randint(1, len(_WAYS)))

    def hear(self, event: events.Event) -> None:
        """The server says this."""
        if not self.up:
            self.connect()
        if isinstance(event, events.SessionTerminating):
            self._drop()
        elif not isinstance(event, events.SessionStarted):
            self._tell(event)

    def act(self) -> None:
        """Something happens on our side, or time passes."""
        self._chance.choice(self._ways)(self)

    def connect(self) -> None:
        """A connection is opened."""
        self._tell(inputs.Connecting())
        self.up = True
        self._tell(inputs.Connected())

    def rest(self) -> None:
        """Everything stops; what is left after some minutes stays forever. Raises Growth, AssertionError."""
        if self._gate:
            self._tell(inputs.Release())
        for call_id in self._tools:
            self._tell(inputs.ToolDone(call_id, None))
        self._tell(inputs.SpeakerDrained())
        self._tell(inputs.Unsent(None))
        for _ in range(12):
            self.now += 130_000
            self._tell(inputs.Tick())
        assert not self.turn.gate_open
        assert not self.turn.has_deadline, f"nothing ends {self.turn.state}"
        self.weigh()

    def weigh(self) -> None:
        """Raises Growth when the turn holds too much."""
        weight = _entries(self.turn) + len(self._recordings)
        if weight > ROOM + PER_ACTION * self.actions:
            raise Growth(f"{weight} entries after {self.actions} actions of the user's")

    def _tell(self, happened: inputs.Input | events.Event) -> None:
        for effect in self.turn.handle(happened, self.now):
            self._obey(effect)

    def _obey(self, effect: effects.TurnOutput) -> None:
        match effect:
            case effects.Send(command):
                assert self.up, f"nothing is sent without a connection: {command}"
                codec.encode(command)
            case effects.OpenGate(take):
                assert not self._gate
                assert not self._line
                self._gate = take
                self._recordings.add(take)
            case effects.CloseGate(take):
                assert self._gate == take
                self._gate = 0
            case effects.OpenLine():
                assert self.up
                assert not self._line
                self._line = True
            case effects.CloseLine():
                assert self._line
                self._line = False
            case effects.BeginRecording(take):
                self._recordings.add(take)
            case effects.ForgetTake(take):
                self._recordings.discard(take)
            case effects.ResendTake(take):
                assert take in self._recordings, "what was forgotten can't be sent again"
            case effects.RunTool(call):
                self._tools.append(call.tool_call_id)
            case effects.Connect():
                assert not self.up
            case _:
                pass

    # What happens on our side

    def _user(self) -> None:
        self.actions += 1
        self._tell(self._chance.choice(_DONE))

    def _capture(self) -> None:
        for _ in range(self._chance.randint(1, 20)):
            if self._gate:
                self.now += 20
                self._tell(inputs.Captured(20))

    def _pass_time(self) -> None:
        self.now += self._chance.choice(self._steps)
        self._tell(inputs.Tick())

    def _end_playback(self) -> None:
        self._tell(inputs.SpeakerDrained())

    def _wait_to_be_sent(self) -> None:
        self._tell(inputs.Unsent(self._chance.choice((None, 0.0, 20.0, 90_000.0))))

    def _end_tool(self) -> None:
        if self._tools:
            call_id = self._tools.pop(self._chance.randrange(len(self._tools)))
            self._tell(inputs.ToolDone(call_id, {"ok": True}))

    def _change_turns(self) -> None:
        self._tell(inputs.PolicyChanged(self._chance.choice(POLICIES)))

    def _drop(self) -> None:
        if not self.up:
            return
        self.up = False
        message = self._chance.choice((None, verbatim("The connection dropped.")))
        final = not message or self._chance.random() < 0.3
        self._tell(inputs.Dropped(final, message, rests=message is not None and self._chance.random() < 0.2))

    def _renew(self) -> None:
        if self.up and not self._gate:
            self._tell(inputs.Renewed())


_DONE: tuple[inputs.Input, ...] = (
    inputs.Press(),
    inputs.Release(),
    inputs.Release("lock"),
    inputs.Release("device"),
    inputs.Release("key", 350),
    inputs.Cancel(),
    inputs.Say("hello"),
    inputs.Show("data:,", verbatim("a picture")),
    inputs.Mute(True),
    inputs.Mute(False),
)

_WAYS: tuple[Callable[[Talker], None], ...] = (
    *(Talker._user, Talker._capture, Talker._pass_time, Talker._end_playback, Talker._end_tool),
    *(Talker._change_turns, Talker._drop, Talker._renew, Talker._wait_to_be_sent),
)


def _entries(value: Any, seen: set[int] | None = None) -> int:
    """How many entries the containers hold that an object of ours reaches, its texts in thousands."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return 0
    if isinstance(value, str | bytes):
        return len(value) // 1_000
    seen.add(id(value))
    if isinstance(value, dict):
        return len(value) + sum(_entries(each, seen) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return len(value) + sum(_entries(each, seen) for each in value)
    if isinstance(value, msgspec.Struct):
        return sum(_entries(getattr(value, name), seen) for name in value.__struct_fields__)
    if type(value).__module__.startswith("desktop.") and hasattr(value, "__dict__"):
        return sum(_entries(each, seen) for each in vars(value).values())
    return 0
