"""The conversation as a new session gets it: what was heard, in order, and no more than fits."""

from __future__ import annotations

from desktop.base.message import verbatim
from desktop.conversation import context_prompt
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel


class Talk:
    """A conversation in its models."""

    def __init__(self) -> None:
        self.transcript = TranscriptModel()
        self.calls = ToolCallsModel()
        self._turn = 0

    def turn(self, user: str, assistant: str) -> None:
        self._turn += 1
        self.transcript.begin_take(self._turn)
        self.transcript.end_take(self._turn, "sent")
        self.transcript.fill_take(self._turn, user)
        self.transcript.begin_response(self._turn)
        self.transcript.grow_response(self._turn, assistant, 0)
        self.transcript.end_response(self._turn, "complete")

    def context_text(self, **options: bool) -> str:
        return context_prompt.context_text(self.transcript.lines, self.calls.find, **options)

    def words(self, **options: bool) -> list[str]:
        return self.context_text(**options).splitlines()[1:]


def test_nothing_was_said():
    talk = Talk()
    talk.transcript.add_note(verbatim("Connected."))
    assert talk.context_text() == ""


def test_both_sides_in_their_order():
    talk = Talk()
    talk.turn("What time is it?", "It's four.")
    talk.transcript.add_note(verbatim("Reconnected."))
    talk.transcript.add_typed("and in\nTokyo?")
    assert talk.words() == ["User: What time is it?", "Assistant: It's four.", "User: and in Tokyo?"]
    assert talk.context_text().startswith(context_prompt.BEGINNING)


def test_what_was_not_heard_was_not_said():
    talk = Talk()
    talk.turn("Tell me a story.", "Once upon a time there was a king")
    talk.transcript.mark_heard(1, 500, 1_000)
    line = talk.words()[1]
    assert line.startswith("Assistant: Once")
    assert "king" not in line


def test_what_will_be_sent_again_is_not_told_twice():
    talk = Talk()
    talk.turn("Hello", "Hi.")
    talk.transcript.add_typed("Are you there?")
    assert talk.words(unanswered=False) == ["User: Hello", "Assistant: Hi."]


def test_a_tool_is_one_line():
    talk = Talk()
    for call_id, result in (("1", {"time": "16:15"}), ("2", "x" * 5_000)):
        talk.transcript.add_tool(call_id, "get_time")
        talk.calls.begin(call_id, "get_time", {"timezone": "Europe/Oslo"})
        talk.calls.end(call_id, "done", result, 3)
    first, second = talk.words()
    assert first == 'Tool get_time({"timezone":"Europe/Oslo"}): {"time":"16:15"}'
    assert len(second) < 300


def test_a_tool_whose_result_was_not_sent_is_reported_without_one():
    talk = Talk()
    talk.transcript.add_tool("1", "get_time")
    talk.calls.begin("1", "get_time", {})
    talk.calls.end("1", "dropped")
    assert talk.words() == ["Tool get_time({}): no result (dropped)"]
    talk.calls.end("1", "late", {"time": "16:15"}, 3)
    assert talk.words() == ["Tool get_time({}): no result (late)"]


def test_when_there_is_too_much_the_last_turns_are_included():
    talk = Talk()
    for number in range(2_000):
        talk.turn(f"question {number}", f"answer {number}")
    words = talk.words()
    assert words[0] == context_prompt.CUT
    assert words[-1] == "Assistant: answer 1999"
    assert context_prompt.LONGEST - 100 < len(talk.context_text()) <= context_prompt.LONGEST


def test_one_endless_line_leaves_room_for_others():
    talk = Talk()
    talk.turn("short", "word " * 10_000)
    assert len(talk.words()) == 2
    assert len(talk.context_text()) < context_prompt.LONGEST_LINE + 400
