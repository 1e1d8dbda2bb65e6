"""What the user is told about a response that didn't come, or didn't come whole."""

from __future__ import annotations

from desktop.base.message import Text
from desktop.protocol import failures
from desktop.protocol.events import ResponseCompleted
from desktop.turn.effects import Note, NoteKind

NO_ANSWER = Text("no-answer", "No answer came. Press and say it again, or reconnect.")
EMPTY = Text("answer-empty", "The answer was empty. Press and say it again.")
STALLED = Text("answer-stalled", "The answer stalled. Press and ask again, or reconnect.")
CUT_OFF = Text(
    "answer-cut-off", "The connection dropped before the answer was complete. Press and ask again."
)

NO_ANSWER_NOTE = Note("error", NO_ANSWER(), "no_response", "reconnect", subject="answer")
EMPTY_NOTE = Note("error", EMPTY(), "empty_response", subject="answer")
STALLED_NOTE = Note("error", STALLED(), "response_stalled", "reconnect", subject="answer")


def failure_note(end: ResponseCompleted, *, has_line: bool) -> Note:
    """Why the service says that the response isn't complete; `has_line`: a line shows what has come."""
    failure = failures.failure(end)
    # A line that is cut off says so itself. Where there is none, the note must stay in the transcript.
    kind: NoteKind = "warning" if has_line and end.status != "failed" else "error"
    return Note(kind, failure.message, end.code or end.reason, failure.action, subject="answer")
