"""A conversation as spans: sent later, tried again, given up with a count; nothing unless it is wanted."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from desktop.access.endpoint_resolver import AccessOptions
from desktop.base.message import verbatim
from desktop.conversation.service_requests import post_span
from desktop.realtime.errors import RealtimeError, RefusedError, UnreachableError
from desktop.recording import span_queue
from desktop.recording.span_queue import OLDEST_S, SpanQueue
from desktop.recording.turn_spans import TurnSpans
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.realtime.office import open_office

KEY = "op-4b1c9d2e7f60aa31"


class Service:
    """Takes spans after so many failures."""

    def __init__(self, *failures: RealtimeError) -> None:
        self.failures = list(failures)
        self.written: list[dict[str, Any]] = []
        self.now = 0.0
        self.queue = SpanQueue(self.post, lambda: self.now, settle_s=0.0, retry_s=0.0)

    async def post(self, span: dict[str, Any]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.written.append(span)

    async def idle(self) -> None:
        async with asyncio.timeout(5):
            while self.queue.waiting:  # noqa: ASYNC110 - it is asked, and tells nobody
                await asyncio.sleep(0)


def away() -> UnreachableError:
    return UnreachableError(verbatim("away"))


def refusal(code: str) -> RefusedError:
    return RefusedError(verbatim("no"), code=code)


async def test_spans_are_sent_in_order_and_adding_one_waits_for_nothing():
    service = Service()
    for number in range(3):
        service.queue.add(lambda number=number: {"n": number})
    assert service.written == []
    await service.idle()
    assert [span["n"] for span in service.written] == [0, 1, 2]


async def test_what_failed_is_tried_again():
    service = Service(away(), refusal("500"), refusal("401"))
    service.queue.add(lambda: {"n": 0})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 0}], 0)


async def test_after_an_hour_they_are_dropped_with_a_count(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger=span_queue.__name__)
    service = Service()
    service.queue.add(lambda: {"n": 0})
    service.queue.add(lambda: {"n": 1})
    service.now = OLDEST_S + 1
    service.queue.add(lambda: {"n": 2})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 2}], 2)
    assert "2 were given up" in caplog.text


async def test_what_the_service_can_never_take_holds_nothing_up():
    service = Service(refusal("422"))
    service.queue.add(lambda: {"n": 0})
    service.queue.add(lambda: {"n": 1})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 1}], 1)


async def test_they_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(span_queue, "MOST", 2)
    service = Service()
    for number in range(5):
        service.queue.add(lambda number=number: {"n": number})
    await service.idle()
    assert ([span["n"] for span in service.written], service.queue.dropped) == ([3, 4], 3)


async def test_the_end_waits_for_none():
    service = Service(*[away()] * 1_000)
    service.queue = SpanQueue(service.post, settle_s=3_600.0)
    service.queue.add(lambda: {"n": 0})
    async with asyncio.timeout(5):
        await service.queue.close()
    assert service.written == []


def talk(transcript: TranscriptModel, number: int, answer: str) -> None:
    transcript.begin_take(number)
    transcript.end_take(number, "sent")
    transcript.begin_response(number)
    transcript.grow_response(number, answer, 0)
    transcript.end_response(number, "complete", {"input_tokens": 3})


async def test_a_turn_is_a_span_with_its_words(qtbot: Any):
    service, transcript = Service(), TranscriptModel()
    spans = TurnSpans(transcript, service.queue, lambda: True, lambda: "a/b")
    talk(transcript, 1, f"Good morning, {KEY}.")
    talk(transcript, 2, "Goodbye.")
    await service.idle()
    spans.begin_conversation()
    talk(transcript, 3, "Again.")
    await service.idle()
    first, second, third = service.written
    assert (first["name"], first["output"].startswith("Good morning"), first["meta"]["model"]) == (
        "turn",
        True,
        "a/b",
    )
    assert first["meta"]["usage"] == {"input_tokens": 3}
    assert first["start_time"] <= first["end_time"]
    assert first["end_time"].endswith("Z")
    assert KEY not in json.dumps(service.written)
    assert first["trace_id"] == second["trace_id"] != third["trace_id"]


async def test_nothing_is_written_unless_it_is_wanted(qtbot: Any):
    service, transcript = Service(), TranscriptModel()
    TurnSpans(transcript, service.queue, lambda: False, lambda: "a/b", transcript)
    talk(transcript, 1, "Hello.")
    assert service.queue.waiting == 0


async def test_a_span_goes_to_the_service_with_the_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    async with open_office({"data": {"id": "1"}}) as office:
        await post_span(AccessOptions(office.url), {"name": "turn"})
        await post_span(AccessOptions(office.url, ticket_url="https://t.example"), {"name": "turn"})
        (asked,) = office.asked
    assert (asked.method, asked.path, asked.json) == ("POST", "/v3/spans", {"name": "turn"})
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


async def test_a_span_that_can_not_be_made_costs_none_of_the_next_ones(expect_log):
    expect_log("a span could not be made or sent")
    service = Service()
    service.queue.add(lambda: {"n": 1 // 0})
    service.queue.add(lambda: {"n": 1})
    await service.idle()
    service.queue.add(lambda: {"n": 2})
    await service.idle()
    assert service.written == [{"n": 1}, {"n": 2}]
    assert service.queue.dropped == 1
