"""What can happen to a turn, besides the server's events: the user, the microphone, the speaker, the link."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from desktop.base.message import Message
from desktop.protocol.endings import Action

ReleaseCause = Literal["key", "focus", "lock", "sleep", "cap", "device"]
EchoChoice = Literal["auto", "on", "off"]
"""auto: unless the speaker is known to be a headset."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How turns are taken in this session. All times in milliseconds.

    Sources: pre-roll, tail and cap are the user's settings; 100 ms is the smallest commit that the
    providers take; `trail_ms` is the server's `silence_duration_ms` plus a margin.
    """

    commits: bool = True
    """The client ends the turn (`turn_detection: none`); otherwise the server's VAD does."""
    continuous: bool = False
    """The response comes while the user speaks (live translation): a press interrupts nothing."""
    hands_free: bool = False
    """The server finds the turns in what the microphone sends all the time; the talk key mutes it."""
    half_duplex: bool | None = True
    """Hands-free: while the assistant is heard, the microphone is sent as silence. None: where it would hear
    it."""
    echo: EchoChoice = "off"
    """Hands-free: whether the assistant's echo is cancelled."""
    suppresses_noise: bool = False
    """Where echo is cancelled, steady noise is made quieter."""
    least_speech_ms: float = 0
    """Hands-free: shorter sounds don't stop the assistant, and aren't sent. 0: the server alone decides."""
    pre_roll_ms: float = 300
    tail_ms: float = 200
    tail_ends_early: bool = True
    """The tail ends as soon as nobody speaks any more."""
    min_ms: float = 100
    warn_ms: float = 100_000
    cap_ms: float = 120_000
    trail_ms: float = 900
    sees: bool = False
    """The model takes pictures: those of a tool's result go before it."""
    late_results: bool = False
    """A tool's result is taken in a later turn too; otherwise the call gets a word at once, and its result is
    told as text later."""


class Input(msgspec.Struct, frozen=True):
    """Base of everything that happens to a turn on our side."""


class Press(Input, frozen=True):
    """The talk key went down, `ago_ms` milliseconds ago."""

    ago_ms: float = 0


class Release(Input, frozen=True):
    """The talk key went up, or its key-up can't be trusted to come."""

    cause: ReleaseCause = "key"
    wait_ms: float = 0
    """How much more sound the take stays open for, its tail included: another press may follow."""
    ago_ms: float = 0
    """How long ago it went up: a window that hung learns of it late."""
    passed_ms: float = 0
    """How much sound from after that is in the take already."""


class Cancel(Input, frozen=True):
    """Escape: discard the take, or silence the response."""


class Captured(Input, frozen=True):
    """Audio of the open take was captured."""

    ms: float
    pre_roll: bool = False
    """It was spoken before the press."""


class FellSilent(Input, frozen=True):
    """Whoever spoke into the microphone has stopped, as far as it was captured."""


class SpeakerDrained(Input, frozen=True):
    """The speaker has nothing left to play."""


class Say(Input, frozen=True):
    """The user typed a message."""

    text: str


class Show(Input, frozen=True):
    """The user shows a picture, as a data URL; `caption` says what it is."""

    url: str
    caption: Message


class Mute(Input, frozen=True):
    """The user muted the microphone, or let it through again."""

    muted: bool


class ToolDone(Input, frozen=True):
    """A tool has ended, well or not; `result` is what the model is to read.

    `pictures` are what it is to see, if it does, as data URLs.
    """

    call_id: str
    result: Any
    pictures: tuple[str, ...] = ()


class ToolRunsOn(Input, frozen=True):
    """A tool takes long: the conversation goes on without its result. `asks`: it isn't approved yet."""

    call_id: str
    asks: bool = False


class ToolsStopped(Input, frozen=True):
    """The session is over, and no tool of it runs any more."""


class Unsent(Input, frozen=True):
    """So many milliseconds of sound wait to be sent, with or before something a response depends on.

    None: nothing that a response depends on waits any more.
    """

    ms: float | None


class Connecting(Input, frozen=True):
    """A connection is being opened."""


class Connected(Input, frozen=True):
    """`session.started` came: audio may flow."""


class Renewed(Input, frozen=True):
    """Another session has taken the place of this one, at a moment when nothing was under way."""


class PolicyChanged(Input, frozen=True):
    """Turns are taken by this policy from now on."""

    policy: Policy


class Dropped(Input, frozen=True):
    """The connection is gone.

    `final`: it is not tried again. `message`: why, None when the user wanted it; `code`: the raw
    one, of the upgrade, the close frame or the server's last word; `action`: what helps. Where it is tried
    again: in `after_s` seconds, for the `attempt`th time. `rests`: it is opened again by `effects.Connect`;
    with `held` only when the user says so, whatever they say before is kept.
    `keeps`: the user wanted it and goes on in another session, which is sent what has no response yet.
    `unreachable`: nobody answered, or the line broke, and the network may be why.
    """

    final: bool
    message: Message | None = None
    code: str = ""
    attempt: int = 0
    after_s: float = 0.0
    action: Action = ""
    rests: bool = False
    held: bool = False
    keeps: bool = False
    unreachable: bool = False


class Tick(Input, frozen=True):
    """Time has passed; waiting states look at their deadlines."""
