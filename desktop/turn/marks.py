"""What happens in a conversation and is on no wire, or on it only in passing: each a moment.

Marks are what times are made of: live, as they come (`conversation.turn_timer`), and of a recording, read
from `marks.jsonl`. `docs/recording.md` says of each how exactly its moment is known.
"""

from __future__ import annotations

from typing import Literal

import msgspec

MarkKind = Literal[
    # the session
    "session",  # a session is open; `input_rate`, `output_rate`
    "drop",  # it was lost
    "renewal",  # another one has taken its place
    "state",  # the display state is another; `text`
    # the user
    "take_began",  # a take is open; hands-free, because the server has heard speech
    "key_down",
    "first_packet",  # sound of the take was handed to the socket for the first time
    "key_up",  # ... or the take ended without one; `text` is "server" where the server says so
    "gate_open",
    "captured_to",  # the last sample of the take was captured
    "gate_shut",
    "take_kept",  # the take has no response and will be sent again
    "take_discarded",
    # the wire
    "commit",  # the turn's end was handed to the socket
    "cancel",  # the request to stop was handed to the socket
    "reply_started",
    "first_delta",  # sound of the reply came for the first time
    "last_delta",  # ... for the last time
    # the speaker
    "first_sample",  # the reply's first sample has left the device
    "first_audible",  # ... the first one above -50 dBFS
    "last_audible",  # nothing of the reply is heard from now on; `ms` were heard
    "underrun",  # the speaker had nothing to play while a reply was open, for `ms`
    # the reply
    "interrupted",
    "reply_done",
    "words",  # how many `count` words the reply has
    "silence",  # so many `ms` of the reply's sound are silence after its first sound
    # tools
    "tool_started",  # `text` is its name
    "tool_ended",
]


class Mark(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A moment in microseconds since the recording began, on a clock that never runs backwards.

    `turn` and `reply` are the numbers of the turn and the reply it belongs to, 0 where it belongs to none;
    `late_us`: the moment may be so much earlier than `t`, because it could only be noticed later.
    """

    t: int
    mark: str
    turn: int = 0
    reply: int = 0
    ms: float | None = None
    count: int | None = None
    text: str = ""
    input_rate: int = 0
    output_rate: int = 0
    late_us: int = 0
