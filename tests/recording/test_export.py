"""The conversation as a document."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desktop.base.message import verbatim
from desktop.cost.total import Total
from desktop.cost.turn_cost import Cost
from desktop.recording.background import Background, SessionUsed
from desktop.recording.export import FORMATS, to_json, to_markdown, to_srt, to_text
from desktop.recording.markdown import escaped
from desktop.turn.timing import TurnTiming
from desktop.viewmodels.tool_calls_model import Call
from desktop.viewmodels.transcript_model import TranscriptModel

START = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


class TimedTranscript(TranscriptModel):
    """A transcript with a clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__(clock=lambda: START + timedelta(seconds=self.seconds))

    def at(self, seconds: float) -> TimedTranscript:
        self.seconds = seconds
        return self


@pytest.fixture
def transcript(qapp) -> TimedTranscript:
    """A take from 2 s to 4 s, a tool, and an answer heard from 5.5 s to 7 s of its 3 s."""
    transcript = TimedTranscript()
    transcript.at(0).add_note(verbatim("Connected."))
    transcript.at(2).begin_take(1)
    transcript.at(4).end_take(1, "sent")
    transcript.at(4.5).add_tool("c1", "get_time")
    transcript.at(4.6).end_tool("c1", "done", 100)
    transcript.at(5).begin_response(1)
    transcript.at(5.1).fill_take(1, "What *time* is it?")
    transcript.grow_response(1, "It is noon in the city", 0)
    transcript.at(5.5).begin_hearing(1)
    transcript.at(6).end_response(1, "complete")
    transcript.at(7.1).mark_heard(1, 1_500, 3_000)
    return transcript


def test_markdown_strikes_through_what_was_not_heard(transcript):
    document = to_markdown(transcript.lines)
    assert "_Connected._" in document
    assert "**You** · 12:00:02\n\n> What \\*time\\* is it?" in document
    assert "**Assistant** · 12:00:05 _(interrupted)_\n\n> It is noon ~~in the city~~" in document
    assert "_Tool get\\_time: done · 100 ms_" in document


def test_markdown_keeps_figures_and_leading_signs_as_they_were_said(qapp):
    transcript = TimedTranscript()
    transcript.add_typed("# no heading\n1. no list\n- 2 - 3\n3.5")
    assert "> \\# no heading\n> 1\\. no list\n> \\- 2 - 3\n> 3.5\n" in to_markdown(transcript.lines)


def test_markdown_strikes_each_paragraph_for_itself(qapp):
    transcript = TimedTranscript()
    transcript.begin_response(1)
    transcript.grow_response(1, "one\n\ntwo", 0)
    transcript.mark_heard(1, 0, 1_000)
    assert "> ~~one~~\n>\n> ~~two~~" in to_markdown(transcript.lines)


FORGERIES = [
    "# a heading",
    "#",
    "a heading\n===",
    "a heading\n---",
    "- a list",
    "> a quote",
    "```\n# fenced\n```",
    "~~~\ncode",
    "    indented",
    "\tindented",
    "a\r# heading",
    "a\u2028# heading",
    "a\x0b# heading",
    "x\n\n**Assistant** · 12:00:05\n\nSure.",
    "<h1>a heading</h1>",
    "&lt;h1&gt;",
    "| a | table |\n|---|---|",
    "[a]: http://example.org\n",
    "1. a list",
    "***",
    "___",
]


@pytest.mark.parametrize("said", FORGERIES)
def test_what_was_said_forges_nothing_in_markdown(qapp, said):
    transcript = TimedTranscript()
    transcript.add_typed(said)
    transcript.begin_response(1)
    transcript.grow_response(1, said, 0)
    transcript.add_note(verbatim(said))
    transcript.add_tool("c", said)
    document = to_markdown(transcript.lines)
    assert structure(document) == ["# Conversation", "**You**", "**Assistant**"]


BLOCK = re.compile(r" {0,3}(#{1,6}(\s|$)|>|[-+*](\s|$)|\d+[.)](\s|$)|(=+|-+|(\* *){3,}|(_ *){3,})\s*$)")


def structure(document: str) -> list[str]:
    """The lines that are a block of their own kind, or a speaker: what a reader of Markdown takes for one."""
    found = []
    for written in document.splitlines()[4:]:
        line = re.sub(r"^>( |$)", "", written)  # what was said is quoted; a quote within it would be found
        if re.match(
            r" {0,3}(#{1,6}(\s|$)|>|[-+*](\s|$)|\d+[.)](\s|$)|(=+|-+|(\* *){3,}|(_ *){3,})\s*$)", line
        ):
            found.append(line)
        elif re.match(r" {0,3}(`{3}|~{3}|<|\|)|\t| {4}", line) or "\u2028" in line:
            found.append(line)
        elif line.startswith("**"):
            found.append(line.partition(" ")[0])
    return [document.splitlines()[0], *found]


def test_markdown_says_when_and_with_which_model(transcript):
    used = SessionUsed(START, "openai/gpt-realtime-2", "marin")
    document = to_markdown(transcript.lines, Background(sessions=(used, used)))
    head = document.split("\n\n")[1].splitlines()
    assert head == [
        "- Date: 2026-05-01 12:00 to 12:00",
        f"- Model: {escaped(used.name)} (openai/gpt-realtime-2)",
        f"- Provider: {used.provider}",
        "- Voice: marin",
    ]
    assert SessionUsed(START, "someone/else").provider == "someone"


def test_markdown_has_the_tools_arguments_and_results(transcript):
    asked, said = {"city": "Oslo```\n# no"}, {"time": "````\n**You** · 12:00:00"}
    by_hand = Call("c1", "get_time", {"by": "hand"}, "done", "no", 1.0, by_hand=True)
    calls = (by_hand, Call("c1", "get_time", asked, "done", said, 100.0))
    document = to_markdown(transcript.lines, Background(calls=calls))
    assert '_Tool get\\_time: done · 100 ms_\n\nArguments:\n\n````json\n{\n  "city": "Oslo```' in document
    assert "Result:\n\n`````json" in document
    fenced = re.findall(r"^(`{3,})json\n(.*?)\n\1$", document, re.MULTILINE | re.DOTALL)
    assert [json.loads(content) for _, content in fenced] == [asked, said]


def test_a_call_of_another_session_with_the_same_id_is_another_call(qapp):
    transcript = TimedTranscript()
    for state in ("done", "failed"):
        transcript.add_tool("c1", "roll")
        transcript.end_tool("c1", state, 1)
    calls = (Call("c1", "roll", {"n": 1}, "done", 5), Call("c1", "roll", {"n": 2}, "failed", 6))
    lines = json.loads(to_json(transcript.lines, Background(calls=calls)))["lines"]
    assert [(line["arguments"]["n"], line["result"]) for line in lines] == [(1, 5), (2, 6)]


def test_json_has_all_that_is_known(transcript):
    turn = TurnTiming(1, press=2_000.0, release=4_000.0, first_heard=5_500.0)
    background = Background(
        (SessionUsed(START, "xai/grok-voice-latest", "ara"),),
        (Call("c1", "get_time", {"city": "Oslo"}, "done", {"time": "12:00"}, 100.0),),
        tuple(transcript.responses),
        (turn,),
    )
    transcript.responses.clear()
    transcript.end_response(9, "complete", {"total_tokens": 12})
    background = replace(background, responses=(*background.responses, *transcript.responses))
    document = json.loads(to_json(transcript.lines, background))
    assert document["sessions"][0]["model"] == "xai/grok-voice-latest"
    assert document["sessions"][0]["voice"] == "ara"
    assert document["lines"][2]["arguments"] == {"city": "Oslo"}
    assert document["lines"][2]["result"] == {"time": "12:00"}
    assert document["lines"][1]["take"] == 1
    assert document["calls"][0]["by_hand"] is False
    assert [one["usage"] for one in document["responses"]] == [None, {"total_tokens": 12}]
    assert document["turns"][0]["release_ms"] == 2_000.0
    assert document["turns"][0]["release_to_first_heard_ms"] == 1_500.0
    assert document["turns"][0]["commit_ms"] is None


def total_of(*costs: Cost) -> Total:
    total = Total()
    for cost in costs:
        total.add(cost)
    return total


@pytest.mark.parametrize(
    ("spent", "line"),
    [
        (total_of(Cost(123_400_000_000)), "- Spent: $0.12"),
        (total_of(Cost(123_400_000_000, estimated=True)), "- Spent: ≈ $0.12"),
        (total_of(Cost(2 * 10**12), Cost(10**12, "EUR")), "- Spent: $2.00 + €1.00"),
        (total_of(Cost(0)), "- Spent: $0.00"),
        (total_of(Cost()), "- Spent: —"),
        (total_of(Cost(10**12), Cost()), "- Spent: ≈ $1.00"),
    ],
)
def test_markdown_says_what_it_has_cost(transcript, spent: Total, line: str):
    assert line in to_markdown(transcript.lines, Background(spent=spent)).splitlines()


def test_where_nothing_was_counted_no_document_has_a_spend(transcript):
    assert "Spent" not in to_markdown(transcript.lines)
    document = json.loads(to_json(transcript.lines, Background(turns=(TurnTiming(1),))))
    assert document["spend"] is None
    assert document["turns"][0]["spend"] is None


def test_json_has_what_the_conversation_and_each_turn_have_cost_to_the_last_digit(transcript):
    first, second = total_of(Cost(1)), total_of(Cost(10**12, "EUR", estimated=True), Cost())
    spent = total_of(Cost(1), Cost(10**12, "EUR", estimated=True), Cost())
    background = Background(turns=(TurnTiming(1), TurnTiming(2)), costs={1: first, 2: second}, spent=spent)
    document = json.loads(to_json(transcript.lines, background))
    exact = {"estimated": False, "assumed": False, "unknown": 0}
    about = {"estimated": True, "assumed": False, "unknown": 1}
    assert document["spend"] == {"amounts": {"EUR": "1", "USD": "0.000000000001"}, **about}
    assert [turn["spend"] for turn in document["turns"]] == [
        {"amounts": {"USD": "0.000000000001"}, **exact},
        {"amounts": {"EUR": "1"}, **about},
    ]


def test_no_secret_of_a_tool_is_in_any_document(transcript):
    secret = "sk-abcdefghijklmnop"
    calls = (Call("c1", "get_time", {"header": f"Bearer {secret}"}, "done", [secret], 100.0),)
    background = Background((SessionUsed(START, secret),), calls).redacted()
    for write in FORMATS.values():
        assert secret not in write(transcript.lines, background)


def test_a_text_cannot_forge_a_line_of_plain_text(qapp):
    transcript = TimedTranscript()
    transcript.add_typed("yes\n2026-05-01 12:00:09  Assistant: no\rmore")
    document = to_text(transcript.lines)
    assert [line[:4] for line in document.splitlines()] == ["2026", "    ", "    "]


def test_plain_text_has_a_line_for_each(transcript):
    assert to_text(transcript.lines).splitlines() == [
        "2026-05-01 12:00:00  Connected.",
        "2026-05-01 12:00:02  You: What *time* is it?",
        "2026-05-01 12:00:04  Tool get_time: done · 100 ms",
        "2026-05-01 12:00:05  Assistant: It is noon [not heard: in the city] (interrupted)",
    ]


def test_json_has_every_time_and_word(transcript):
    lines = json.loads(to_json(transcript.lines))["lines"]
    assert [line["speaker"] for line in lines] == ["system", "user", "tool", "assistant"]
    assert lines[1]["ended_at"] == "2026-05-01T12:00:04+00:00"
    assert lines[2]["state"] == "done"
    assert lines[2]["duration_ms"] == 100
    assert lines[3]["sounded_at"] == "2026-05-01T12:00:05.500000+00:00"
    assert lines[3]["heard"] == "It is noon"
    assert lines[3]["not_heard"] == "in the city"


def test_subtitles_have_the_times_of_speech(transcript):
    assert to_srt(transcript.lines) == (
        "1\n00:00:02,000 --> 00:00:04,000\nYou: What *time* is it?\n\n"
        "2\n00:00:05,500 --> 00:00:07,000\nAssistant: It is noon\n"
    )


def test_an_answer_that_was_heard_to_its_end_ends_there(qapp):
    transcript = TimedTranscript()
    transcript.begin_response(1)
    transcript.grow_response(1, "Hello", 0)
    transcript.at(0.5).begin_hearing(1)
    transcript.at(1).end_response(1, "complete")
    transcript.at(3.25).end_hearing(1)
    # From its first sound on, since nothing was before it.
    assert "00:00:00,000 --> 00:00:02,750" in to_srt(transcript.lines)


def test_typed_words_stay_as_long_as_they_take_to_read_or_until_the_next(qapp):
    transcript = TimedTranscript()
    transcript.at(0).add_typed("x" * 45)
    transcript.at(10).add_typed("y" * 45)
    transcript.at(11.5).add_typed("z")
    times = [line for line in to_srt(transcript.lines).splitlines() if "-->" in line]
    assert times == [
        "00:00:00,000 --> 00:00:03,000",
        "00:00:10,000 --> 00:00:11,500",
        "00:00:11,500 --> 00:00:12,500",
    ]


def test_words_cannot_break_the_subtitles(qapp):
    transcript = TimedTranscript()
    transcript.add_typed("a --> b\n\n\n2")
    assert to_srt(transcript.lines).count("-->") == 1
    assert "\n\n" not in to_srt(transcript.lines)


@pytest.mark.parametrize("ending", FORMATS)
def test_an_empty_conversation_can_be_saved(qapp, ending):
    assert isinstance(FORMATS[ending]([]), str)


def test_a_result_of_the_bench_is_marked_in_every_document(qapp):
    transcript = TimedTranscript()
    transcript.add_tool("c1", "roll")
    transcript.end_tool("c1", "done", 1, "fixed")
    background = Background(calls=(Call("c1", "roll", {}, "done", 5, bench="fixed"),))
    document = json.loads(to_json(transcript.lines, background))
    assert document["calls"][0]["bench"] == document["lines"][0]["bench"] == "fixed"
    for ending in (".md", ".txt"):
        assert "bench: fixed answer" in FORMATS[ending](transcript.lines, background)
