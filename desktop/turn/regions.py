"""The regions of a turn, for the parts that work on several of them."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.turn.due_transcripts import DueTranscripts
from desktop.turn.hands_free import HandsFree
from desktop.turn.inputs import Policy
from desktop.turn.link import Link
from desktop.turn.microphone_line import MicrophoneLine
from desktop.turn.mute_switch import MuteSwitch
from desktop.turn.numbering import Numbering
from desktop.turn.response import Response
from desktop.turn.response_content import ResponseContent
from desktop.turn.sending import Sending
from desktop.turn.take import Take
from desktop.turn.unanswered import Unanswered


@dataclass(frozen=True, slots=True)
class Regions:
    """One of each."""

    link: Link
    take: Take
    response: Response
    unanswered: Unanswered
    transcripts: DueTranscripts
    line: MicrophoneLine
    hands_free: HandsFree
    sending: Sending


def make_regions(
    policy: Policy, mute_switch: MuteSwitch | None = None, numbering: Numbering | None = None
) -> Regions:
    """The regions of a conversation that has no connection yet; what isn't given is its own."""
    mute_switch, numbering = mute_switch or MuteSwitch(), numbering or Numbering()
    link, response = Link(policy), Response(ResponseContent(numbering))
    unanswered, transcripts = Unanswered(), DueTranscripts()
    take, line = Take(link, numbering), MicrophoneLine(link, mute_switch)
    hands_free = HandsFree(link, take, response, unanswered, transcripts)
    sending = Sending(response, unanswered)
    return Regions(link, take, response, unanswered, transcripts, line, hands_free, sending)
