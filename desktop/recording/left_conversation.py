"""The conversation that the user left for a new one: it can be shown above that one."""

from __future__ import annotations

from dataclasses import replace

from desktop.base.message import Text
from desktop.viewmodels.dates import moment
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import KEPT_NOTE, TranscriptModel
from desktop.viewmodels.wording import worded

LEFT_UP_TO_HERE = Text("left-up-to-here", "Up to here: the conversation from {date}.")


class LeftConversation:
    """Remembers the lines of the last conversation, until they are shown or another one is left."""

    def __init__(self, transcript: TranscriptModel) -> None:
        self._transcript = transcript
        self._lines: list[Line] = []

    def remember(self) -> bool:
        """Remember what is about to go from the view; False if nobody has said anything."""
        gone = [line for line in self._transcript.lines if line.note != KEPT_NOTE]
        if not any(line.speaker in ("user", "assistant") for line in gone):
            return False
        self._lines = [
            replace(line, number=0, growing=False, sounding=False, playable=False) for line in gone
        ]
        return True

    def show(self) -> None:
        """Show it above the lines of the present conversation."""
        if self._lines:
            message = LEFT_UP_TO_HERE(date=moment(self._lines[0].at))
            end = Line("system", message=message)
            end.spoken.add(worded(message), 0)
            self._transcript.put_above([*self._lines, end])
        self._lines = []
