"""The system's clock is set back or forward while somebody speaks: nothing fails, nothing is lost."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from desktop.recording.export import to_json, to_markdown, to_srt, to_text
from desktop.viewmodels.transcript_model import TranscriptModel

START = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
JUMPS = [timedelta(days=-1), timedelta(seconds=-3), timedelta(days=4_000), timedelta(days=-20_000)]


@pytest.fixture(params=JUMPS, ids=str)
def transcript(qapp, request: pytest.FixtureRequest) -> TranscriptModel:
    """A take and an answer; the clock jumps while each of them is spoken."""
    clock = [START]
    transcript = TranscriptModel(clock=lambda: clock[0])
    transcript.begin_take(1)
    clock[0] += request.param
    transcript.end_take(1, "sent")
    transcript.fill_take(1, "What time is it?")
    transcript.begin_response(1)
    transcript.grow_response(1, "It is noon in the city.", 0)
    transcript.begin_hearing(1)
    clock[0] -= request.param
    transcript.mark_heard(1, 500, 2_000)
    transcript.end_response(1, "interrupted")
    transcript.end_hearing(1)
    return transcript


@pytest.mark.parametrize("write", [to_markdown, to_text, to_srt, to_json])
def test_every_document_can_be_written(transcript: TranscriptModel, write):
    document = write(transcript.lines)
    assert "What time is it?" in document
    assert "It is" in document


def test_subtitles_end_after_they_begin(transcript: TranscriptModel):
    times = re.findall(r"([\d:,]+) --> ([\d:,]+)", to_srt(transcript.lines))
    assert len(times) == 2
    assert all(begin <= end < "13" for begin, end in times)
    assert times[0][0] == "00:00:00,000"
    assert [begin for begin, _ in times] == sorted(begin for begin, _ in times)
    assert to_srt(transcript.lines).index("What time") < to_srt(transcript.lines).index("It is")


def test_json_can_be_read(transcript: TranscriptModel):
    assert len(json.loads(to_json(transcript.lines))["lines"]) == 2
