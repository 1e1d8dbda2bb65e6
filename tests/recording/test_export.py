"""The conversation as a document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from desktop.base.message import verbatim
from desktop.recording.export import FORMATS, to_json, to_markdown, to_srt, to_text
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
    assert "**You** · 12:00:02\n\nWhat \\*time\\* is it?" in document
    assert "**Assistant** · 12:00:05 _(interrupted)_\n\nIt is noon ~~in the city~~" in document
    assert "_Tool get\\_time: done · 100 ms_" in document


def test_markdown_keeps_figures_and_leading_signs_as_they_were_said(qapp):
    transcript = TimedTranscript()
    transcript.add_typed("# no heading\n1. no list\n- 2 - 3\n3.5")
    assert "\\# no heading\n1\\. no list\n\\- 2 - 3\n3.5\n" in to_markdown(transcript.lines)


def test_markdown_strikes_each_paragraph_for_itself(qapp):
    transcript = TimedTranscript()
    transcript.begin_response(1)
    transcript.grow_response(1, "one\n\ntwo", 0)
    transcript.mark_heard(1, 0, 1_000)
    assert "~~one~~\n\n~~two~~" in to_markdown(transcript.lines)


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
