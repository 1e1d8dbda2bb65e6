"""What a turn returns: effects, which the session carries out, and notices, which tell what happened.

`TurnOutput` is the union of both. Takes and responses are numbered from 1, separately, for the life of the
`numbering.Numbering`: a program's sessions share one.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import msgspec

from desktop.base.message import Message
from desktop.protocol import commands, events
from desktop.protocol.endings import Action
from desktop.turn.note_subject import NoteSubject


class DisplayState(Enum):
    """The display state: the one word that the user sees."""

    OFFLINE = "Offline"
    CONNECTING = "Connecting"
    READY = "Ready"
    LISTENING = "Listening"
    SENDING = "Sending"
    THINKING = "Thinking"
    TOOL = "Tool"
    SPEAKING = "Speaking"
    INTERRUPTED = "Interrupted"
    RECONNECTING = "Reconnecting"
    RESTING = "Resting"
    NO_MICROPHONE = "No microphone"
    """The session is open, and there is none to talk into."""
    MUTED = "Muted"
    """The microphone is not sent. The turn has this state only hands-free."""
    ERROR = "Error"


TurnActivity = Literal["speaking", "busy", "sounding", "quiet"]
"""A take is open; a response is under way; the rest of one is played; none of these."""


class Effect(msgspec.Struct, frozen=True):
    """Base of what the session carries out, in the order in which it was returned."""


class Send(Effect, frozen=True):
    """Put this command on the wire."""

    command: commands.Command


class Connect(Effect, frozen=True):
    """Open a connection now: the user is speaking, and there is none."""


class OpenGate(Effect, frozen=True):
    """Let the microphone through, from `pre_roll_ms` before now."""

    take: int
    pre_roll_ms: float


class CloseGate(Effect, frozen=True):
    """Close the microphone's gate. The rest of the last packet still belongs to the take."""

    take: int


class OpenLine(Effect, frozen=True):
    """Let the microphone through all the time, from now on."""


class CloseLine(Effect, frozen=True):
    """Stop sending the microphone all the time."""


class BeginRecording(Effect, frozen=True):
    """Record what the open line sends, from a little before now, so that it can be sent again."""

    take: int


class EndRecording(Effect, frozen=True):
    """Stop recording the open line: the take is over."""

    take: int


class AppendSilence(Effect, frozen=True):
    """Append digital silence, so that the server's VAD ends the turn."""

    ms: float


class ResendTake(Effect, frozen=True):
    """Append the whole recording of this take again, for a connection that doesn't have it."""

    take: int


class ForgetTake(Effect, frozen=True):
    """The take's recording is no longer needed."""

    take: int


class PushAudio(Effect, frozen=True, gc=False):
    """Queue this audio for the speaker: PCM16 at the output rate, which may end within a sample."""

    response: int
    audio: bytes


class CompleteAudio(Effect, frozen=True):
    """No more audio comes for this response: play what is queued to its end."""

    response: int


class StopPlayback(Effect, frozen=True):
    """Silence the speaker within one block, and drop what is queued."""


class RunTool(Effect, frozen=True):
    """Run this tool in the background, and report its end with `inputs.ToolDone`.

    A tool that still runs for an earlier call with this id is stopped.
    """

    call: events.ToolCall


class WithdrawCall(Effect, frozen=True):
    """The connection that this call came on is gone: if the user is still to approve it, it isn't run."""

    call_id: str


class InterruptTool(Effect, frozen=True):
    """The user has interrupted while the model waits for this call: stop it if its tool says it may be."""

    call_id: str


class Notice(msgspec.Struct, frozen=True):
    """Base of what observers get: those that show, record or time the conversation."""


class StateChanged(Notice, frozen=True):
    """The display state has changed."""

    state: DisplayState


class Muted(Notice, frozen=True):
    """The microphone was muted, or let through again, by whatever means."""

    muted: bool


ResultOutcome = Literal["sent", "late", "dropped", "ended", "cancelled", "refused"]
"""What became of a tool's result.

sent: the model has it.
late: the tool has ended after its result had stopped being of use.
dropped: the connection that the call came on is gone, and the model doesn't have the result, as far as is
known; a tool that still runs is `late` when it ends.
ended: the session ended first, and the tool was stopped.
cancelled: the response that made the call was cancelled, and the tool was not run.
refused: too many tools ran already; the model was told so, and the tool was not run.
"""
TakeOutcome = Literal["sent", "kept", "short", "thrown away"]
ResponseOutcome = Literal[
    "complete", "interrupted", "dropped", "stalled", "failed", "incomplete", "cancelled"
]
"""How a response ended.

interrupted: by the user. dropped: with the connection. stalled: it said nothing more.
failed, incomplete, cancelled: the service says so, and the user didn't ask for it.
"""
NoteKind = Literal["hint", "warning", "error"]


class TakeStarted(Notice, frozen=True):
    """The user has begun to speak. Their line stands here, whenever its transcript comes."""

    take: int


class TakeEnded(Notice, frozen=True):
    """The take is over: sent, kept for the next connection, too short, or discarded."""

    take: int
    outcome: TakeOutcome


class UserText(Notice, frozen=True):
    """The transcript of a take; take 0 if it belongs to no known take."""

    take: int
    text: str


class Typed(Notice, frozen=True):
    """A typed message was sent."""

    text: str


class Pictured(Notice, frozen=True):
    """A picture was sent; `caption` says what it is."""

    caption: Message


class ResponseBegan(Notice, frozen=True):
    """A response has begun."""

    response: int


class ResponseText(Notice, frozen=True):
    """More text of the response, and how much of its audio had come before it."""

    response: int
    delta: str
    received_bytes: int


class ResponseEnded(Notice, frozen=True):
    """The response is over on the wire; its audio may still be playing."""

    response: int
    outcome: ResponseOutcome
    usage: dict[str, Any] | None = None
    """What it used, in the service's own names; None if the service didn't say."""


class Heard(Notice, frozen=True):
    """The response was cut short: `ms` milliseconds of its audio had left the speaker."""

    response: int
    ms: float
    received_ms: float


class ToolCalled(Notice, frozen=True):
    """The model has called a tool. A `ToolResultDecided` follows for every call."""

    call: events.ToolCall


class ToolResultDecided(Notice, frozen=True):
    """What became of a tool's result. `late` may follow `sent` and `dropped`; `dropped` may follow `sent`."""

    call_id: str
    outcome: ResultOutcome


ToolStage = Literal["running on", "waiting"]
"""running on: the conversation goes on without the result. waiting: there is one, and somebody speaks."""


class ToolProgress(Notice, frozen=True):
    """Where a call stands whose result comes later."""

    call_id: str
    stage: ToolStage


class Note(Notice, frozen=True):
    """A message to the user, with the server's code where there is one.

    `action` is what helps, if anything does; with `wait`, in `after_s` seconds. `subject` decides how long
    it is true.
    """

    kind: NoteKind
    message: Message
    code: str = ""
    action: Action = ""
    after_s: float = 0.0
    subject: NoteSubject = "news"


class Retrying(Notice, frozen=True):
    """The connection is lost, and is tried for the `attempt`th time in `after_s` seconds; `message`: why."""

    attempt: int
    after_s: float
    message: Message | None = None
    code: str = ""


class SendingProgress(Notice, frozen=True):
    """So many seconds of what the user said are still to be sent; 0: none any more. Told when it changes."""

    left_s: int


TurnOutput = Effect | Notice
